// Every convention against every compiler of it: random signatures, each kind of trampoline, executed. Fixed seeds, a fresh
// one, and what failed once. INTERFIX_ORACLE_SIGNATURES is the number of signatures for each compiler, half of them fresh.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ConventionId } from '../../src/abi/convention.ts';
import { parseSignature } from '../../src/signature/parse.ts';
import { Bench, reasonToSkip, reasonToSkipCpu } from './bench.ts';
import { type Campaign, carryOut, tryOut } from './campaign.ts';
import { regressions } from './regressions.ts';
import { ALL_KINDS, GENERATED } from './subject.ts';
import { type Cpu, large, type Target, targets } from './targets.ts';

const COUNT = Number(process.env['INTERFIX_ORACLE_SIGNATURES'] ?? 60);
const FIXED_SEED = 1;
const FRESH_SEED = Number(process.env['INTERFIX_SEED'] ?? Date.now() % 2 ** 32);
/** Not fewer: of six signatures, chance once drew three that are refused by rule. */
const LARGE_COUNT = Math.max(30, Math.ceil(COUNT / 10));
/** Much more than the seconds it takes: a busy machine is no failure. */
const TIMEOUT: number = 240_000 + COUNT * 1000;

console.log(`oracle: fresh seed, repeat with INTERFIX_SEED=${FRESH_SEED}`);

const openBenches: Partial<Record<Cpu, Bench>> = {};
const benchOf = (cpu: Cpu): Bench => {
  const bench = openBenches[cpu];
  if (bench === undefined) throw new Error(`the bench for ${cpu} is not open`);
  return bench;
};

beforeAll(async () => {
  for (const cpu of ['x64', 'aarch64'] as const) {
    if (reasonToSkipCpu(cpu) === null) openBenches[cpu] = await Bench.open(cpu);
  }
}, TIMEOUT);
afterAll(async () => {
  for (const bench of Object.values(openBenches)) await bench.close();
});

async function agrees(campaign: Campaign): Promise<void> {
  const { messages, run, refused } = await carryOut(benchOf(campaign.target.cpu), campaign);
  expect(messages.join('\n\n')).toBe('');
  expect(run).toBeGreaterThan(campaign.count / 2); // most of what is asked for has to be an answer
  if (refused.size > 0) console.log(`${campaign.target.name}: refused ${JSON.stringify(Object.fromEntries(refused))}`);
}

const own = (target: Target): Pick<Campaign, 'target' | 'kinds' | 'entry'> => ({
  target,
  kinds: ALL_KINDS,
  entry: target.abi,
});

describe.each(targets)('oracle: $name', (target) => {
  const skipped = reasonToSkip(target);
  const test = (rule: string, body: () => Promise<void>): void =>
    void it.skipIf(skipped !== null)(skipped === null ? rule : `${rule} (${skipped})`, { timeout: TIMEOUT }, body);

  const half = Math.ceil(COUNT / 2);
  test(`agrees on ${half} signatures of a fixed seed`, () => agrees({ ...own(target), seed: FIXED_SEED, count: half }));
  test(`agrees on ${half} signatures of a fresh seed`, () => agrees({ ...own(target), seed: FRESH_SEED, count: half }));
  test(`agrees on ${LARGE_COUNT} signatures with records of many pages`, () =>
    agrees({ ...own(large(target)), seed: FRESH_SEED, count: LARGE_COUNT }));

  const texts = regressions[target.abi];
  if (texts.length > 0) {
    test('agrees on what failed once', async () => {
      const signatures = texts.map((text) => parseSignature(text));
      const name = ({ index }: { readonly index: number }): string => texts[index] ?? '';
      const { messages } = await tryOut(benchOf(target.cpu), own(target), signatures, name);
      expect(messages.join('\n\n')).toBe('');
    });
  }
});

const crossings: readonly { readonly entry: ConventionId; readonly target: Target }[] = targets
  .filter(({ cpu, vectors }) => cpu === 'x64' && vectors === 'sse')
  .map((target) => ({ target, entry: target.abi === 'win-x64' ? 'sysv-x64' : 'win-x64' }));

describe.each(crossings)('oracle: $target.name, and $entry on the other side', ({ target, entry }) => {
  const skipped = reasonToSkip(target);
  const rule = 'agrees on signatures of a fresh seed';
  it.skipIf(skipped !== null)(skipped === null ? rule : `${rule} (${skipped})`, { timeout: TIMEOUT }, () =>
    agrees({ target, entry, kinds: GENERATED, seed: FRESH_SEED, count: Math.ceil(COUNT / 3) }),
  );
});
