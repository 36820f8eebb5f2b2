// Adapters between compiled callers and compiled callees: of one convention, with and without a receiver in front, and of
// two that one processor executes. Callers leave rubbish above narrow integers wherever their convention lets them.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ConventionId } from '../../src/abi/convention.ts';
import { conventionOf } from '../../src/abi/conventions.ts';
import type { AdapterCalls } from '../support/c-source.ts';
import { crossable, scalarSignature } from '../support/scalar-signature.ts';
import { Bench, reasonToSkip, reasonToSkipCpu } from './bench.ts';
import { type Campaign, carryOut } from './campaign.ts';
import { ADAPTERS } from './subject.ts';
import { type Cpu, type Target, targets } from './targets.ts';

const COUNT = Number(process.env['INTERFIX_ORACLE_SIGNATURES'] ?? 60);
const FIXED_SEED = 6;
const FRESH_SEED = Number(process.env['INTERFIX_SEED'] ?? Date.now() % 2 ** 32);
const TIMEOUT: number = 240_000 + COUNT * 1000;

console.log(`adapters: fresh seed, repeat with INTERFIX_SEED=${FRESH_SEED}`);

const openBenches: Partial<Record<Cpu, Bench>> = {};
beforeAll(async () => {
  for (const cpu of ['x64', 'aarch64'] as const) {
    if (reasonToSkipCpu(cpu) === null) openBenches[cpu] = await Bench.open(cpu);
  }
}, TIMEOUT);
afterAll(async () => {
  for (const bench of Object.values(openBenches)) await bench.close();
});

/** The target, with functions that call adapters as C of the convention does. */
const calling = (target: Target, entry: ConventionId, attribute: string): Target => {
  const adapters: AdapterCalls = { attribute, extendsNarrow: conventionOf(entry).extendsNarrow };
  return { ...target, c: { ...target.c, adapters } };
};

async function agrees(campaign: Omit<Campaign, 'kinds'>): Promise<void> {
  const bench = openBenches[campaign.target.cpu];
  if (bench === undefined) throw new Error('the bench is not open');
  const { messages, run } = await carryOut(bench, { ...campaign, kinds: ADAPTERS });
  expect(messages.join('\n\n')).toBe('');
  expect(run).toBeGreaterThan(campaign.count / 2); // most of what is asked for has to be an answer
}

describe.each(targets)('oracle: adapters, $name', (compiler) => {
  const skipped = reasonToSkip(compiler);
  const test = (rule: string, body: () => Promise<void>): void =>
    void it.skipIf(skipped !== null)(skipped === null ? rule : `${rule} (${skipped})`, { timeout: TIMEOUT }, body);
  const target = calling(compiler, compiler.abi, '');
  const own = { target, entry: compiler.abi };
  const half = Math.ceil(COUNT / 2);

  test(`agree on ${half} signatures of scalars, up to 20 arguments`, () =>
    agrees({ ...own, seed: FRESH_SEED, count: half, draw: scalarSignature }));
  test(`agree on ${half} signatures of every type of a fixed seed`, () =>
    agrees({ ...own, seed: FIXED_SEED, count: half }));
  test(`agree on ${half} signatures of every type of a fresh seed`, () =>
    agrees({ ...own, seed: FRESH_SEED, count: half }));
});

const attributes: Readonly<Partial<Record<ConventionId, string>>> = {
  'sysv-x64': '__attribute__((sysv_abi))',
  'win-x64': '__attribute__((ms_abi))',
};

const crossings = targets
  .filter(({ cpu, vectors }) => cpu === 'x64' && vectors === 'sse')
  .map((target) => ({ target, entry: target.abi === 'win-x64' ? ('sysv-x64' as const) : ('win-x64' as const) }));

describe.each(crossings)('oracle: adapters, $target.name called from $entry', ({ target: compiler, entry }) => {
  const skipped = reasonToSkip(compiler);
  const rule = 'agree on signatures of scalars, up to 20 arguments';
  it.skipIf(skipped !== null)(skipped === null ? rule : `${rule} (${skipped})`, { timeout: TIMEOUT }, () => {
    const { refusals, profile, ...rest } = calling(compiler, entry, attributes[entry] ?? '');
    const target = { ...rest, refusals, profile: crossable(profile, entry) };
    return agrees({ target, entry, seed: FRESH_SEED, count: COUNT, draw: scalarSignature });
  });
});
