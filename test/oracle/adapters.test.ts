// Adapters between compiled callers and compiled callees: of one convention, with and without a receiver in front, their
// result returned or left in the call frame, and of two that one processor executes. Callers leave rubbish above narrow
// integers wherever their convention lets them.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ConventionId } from '../../src/abi/convention.ts';
import { conventionOf } from '../../src/abi/conventions.ts';
import { DOUBLE, FLOAT, integer, type Signature } from '../../src/ctype/ctype.ts';
import type { AdapterCalls } from '../support/c-source.ts';
import { crossable, scalarSignature } from '../support/scalar-signature.ts';
import { Bench, reasonToSkip, reasonToSkipCpu } from './bench.ts';
import { type Campaign, carryOut } from './campaign.ts';
import { int32, int64, of, targetOf } from './controls.ts';
import { prefixed } from './handmade.ts';
import type { TestedFunction } from './runner-input.ts';
import { ADAPTERS, subject } from './subject.ts';
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

/**
 * The target, where it is asked for every type: with gcc a record of unnamed bits takes the last register and no stack, so
 * that a receiver in front decides whether it travels. Clang is not asked for such records.
 */
const withUnnamedBits = (target: Target): Target =>
  target.abi === 'sysv-x64' && target.c.compiler === 'gcc'
    ? { ...target, refusals: [...target.refusals, 'adapter-pieces'] }
    : target;

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
  const all = { ...own, target: withUnnamedBits(target) };
  const half = Math.ceil(COUNT / 2);

  test(`agree on ${half} signatures of scalars, up to 20 arguments`, () =>
    agrees({ ...own, seed: FRESH_SEED, count: half, draw: scalarSignature }));
  test(`agree on ${half} signatures of every type of a fixed seed`, () =>
    agrees({ ...all, seed: FIXED_SEED, count: half }));
  test(`agree on ${half} signatures of every type of a fresh seed`, () =>
    agrees({ ...all, seed: FRESH_SEED, count: half }));
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

/** Registers, narrow integers and, without room for all, the stack. */
const PLAIN = of([int32, DOUBLE, integer('int8'), int64, int32, int32, int32, int32, int32, int64], DOUBLE);
const OTHER = of([int64, FLOAT, integer('int8'), int32, int32, int32, int32, int32, int32, int64], DOUBLE);

const RETURNING = ['adapter', 'receiver'] as const;

interface Mistake {
  readonly name: string;
  readonly reason: RegExp;
  readonly wrong: (target: Target, signature: Signature) => readonly TestedFunction[];
}

const CLEARS: Readonly<Record<Cpu, string>> = { x64: '48 31 db', aarch64: '5f 24 03 d5 f3 03 1f aa' }; // rbx, x19

const mistakes: readonly Mistake[] = [
  {
    name: 'with a receiver where none is passed, and the other way round',
    reason: /argument \d differs/,
    wrong: (target, signature) =>
      RETURNING.map((kind, index) => ({
        ...subject(target, signature, index, kind === 'adapter' ? 'receiver' : 'adapter'),
        kind,
      })),
  },
  {
    name: 'of another signature',
    reason: /^argument 3 differs at byte 4/,
    wrong: (target) => [subject(target, OTHER, 0, 'receiver'), subject(target, OTHER, 1, 'kept')],
  },
  {
    name: 'that leaves its result beside the place for it',
    reason: /^wrote to the frame outside the result, at byte \d+$/,
    wrong: (target, signature) => {
      const tested = subject(target, signature, 0, 'kept');
      if (tested.frame === null) throw new Error('the result is kept nowhere');
      const { ret, ...frame } = tested.frame;
      return [{ ...tested, frame: { ...frame, ret: { ...ret, offset: ret.offset - 8 } } }];
    },
  },
  {
    name: 'that leaves a part of its result',
    reason: /^the result differs at byte 4/,
    wrong: (target, { parameters }) => [
      subject(
        target,
        of(
          parameters.map(({ type }) => type),
          FLOAT,
        ),
        0,
        'kept',
      ),
    ],
  },
  {
    name: 'that clears a register of its caller',
    reason: /^(rbx|x19) not restored by the trampoline/,
    wrong: (target, signature) =>
      ADAPTERS.map((kind, index) => {
        const tested = subject(target, signature, index, kind);
        if (tested.image === null) throw new Error(`${kind} has no code`);
        return { ...tested, image: prefixed(tested.image, CLEARS[target.cpu]) };
      }),
  },
  {
    name: 'that does not extend a narrow integer',
    reason: /^argument 2 not extended to 32 bits$/,
    wrong: (target, signature) => [withoutExtension(subject(target, signature, 0, 'adapter'))],
  },
];

/** `movsx esi, sil` → `mov esi, esi`, and a no-op in the place of the byte that is left over. */
function withoutExtension(tested: TestedFunction): TestedFunction {
  if (tested.image === null) throw new Error('the adapter has no code');
  const hex = Buffer.from(tested.image.bytes).toString('hex');
  const changed = hex.replace('400fbef6', '89f66690');
  if (changed === hex) throw new Error('the adapter extends nothing');
  return { ...tested, image: { ...tested.image, bytes: Buffer.from(changed, 'hex') } };
}

describe.each(['sysv-x64', 'win-x64', 'aapcs64', 'aapcs64-apple', 'aapcs64-windows'] as const)(
  'oracle: the runner sees what is wrong with an adapter of %s',
  (abi) => {
    const compiler = targetOf(abi);
    const target = calling(compiler, abi, '');
    const skipped = reasonToSkip(compiler);
    const rows = mistakes.filter(({ name }) => abi === 'sysv-x64' || !name.includes('extend'));
    it.skipIf(skipped !== null).each(rows)('$name', { timeout: TIMEOUT }, async ({ wrong, reason }) => {
      const bench = openBenches[target.cpu];
      if (bench === undefined) throw new Error('the bench is not open');
      const functions = wrong(target, PLAIN);
      const signatures = functions.map(() => PLAIN);
      const right = functions.map(({ kind }, index) => subject(target, PLAIN, index, kind));
      expect(await bench.run(target, signatures, () => right)).toEqual([]);
      const failures = await bench.run(target, signatures, () => functions);
      expect(failures.map(({ index }) => index)).toEqual(functions.map(({ index }) => index));
      for (const { reasons } of failures) expect(reasons).toContainEqual(expect.stringMatching(reason));
    });
  },
);
