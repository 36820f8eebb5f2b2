// The runner's own controls: right code passes, and each kind of wrong code is reported for the right reason.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ConventionId } from '../../src/abi/convention.ts';
import { DOUBLE, integer, type Signature } from '../../src/ctype/ctype.ts';
import { Bench, gatesOf, reasonToSkip } from './bench.ts';
import { checkControls, FORWARD_PLAIN, type Handmade, int32, int64, of, targetOf } from './controls.ts';
import { aarch64Controls } from './controls-aarch64.ts';
import { sysvControls } from './controls-sysv.ts';
import { winControls } from './controls-win.ts';
import { prefixed } from './handmade.ts';
import type { Failure, TestedFunction } from './runner-input.ts';
import { GENERATED, generated, subject } from './subject.ts';
import type { Target } from './targets.ts';

/** One control is an endless loop, which takes the runner seconds to give up. */
const TIMEOUT = 60_000;

interface Row {
  readonly abi: ConventionId;
  readonly handmade: readonly Handmade[];
  /** Clears the first callee-saved register of `clobbered`, in front of the code. */
  readonly clobber: string;
  readonly clobbered: string;
}

const XOR_RBX = { clobber: '48 31 db', clobbered: 'rbx' };
const BTI_CLEAR_X19 = { clobber: '5f 24 03 d5 f3 03 1f aa', clobbered: 'x19' }; // bti c; mov x19, xzr

const rows: readonly Row[] = [
  { abi: 'sysv-x64', handmade: sysvControls, ...XOR_RBX },
  { abi: 'win-x64', handmade: winControls, ...XOR_RBX },
  { abi: 'aapcs64', handmade: aarch64Controls, ...BTI_CLEAR_X19 },
  { abi: 'aapcs64-apple', handmade: aarch64Controls, ...BTI_CLEAR_X19 },
  { abi: 'aapcs64-windows', handmade: aarch64Controls, ...BTI_CLEAR_X19 },
];

/** The second argument is read from where the first is: one bit of an immediate. */
function withFlippedBit(target: Target, signature: Signature): TestedFunction {
  const { prepared, image } = generated(target, signature, 'forward');
  const step = prepared.plan.steps.findIndex((each) => each.op === 'point' && each.index === 1);
  const end = image.marks.find(({ part }) => typeof part === 'number' && part > step)?.offset ?? 0;
  const bytes = image.bytes.slice();
  // x64: bit 3 of the disp8 at the end of the instruction. AArch64: imm12, from bit 10 on, counts eights.
  const at = target.cpu === 'x64' ? end - 1 : end - 3;
  bytes[at] = (bytes[at] ?? 0) ^ (target.cpu === 'x64' ? 8 : 4);
  return { ...subject(target, signature, 0, 'forward'), image: { bytes, symbols: image.symbols } };
}

describe.each(rows)('oracle: the runner sees what is wrong ($abi)', ({ abi, handmade, clobber, clobbered }) => {
  const target = targetOf(abi);
  const skipped = reasonToSkip(target);
  let bench: Bench | undefined;
  beforeAll(async () => {
    if (skipped === null) bench = await Bench.open(target.cpu);
  }, TIMEOUT);
  afterAll(() => bench?.close());

  const opened = (): Bench => {
    if (bench === undefined) throw new Error('the bench is not open');
    return bench;
  };
  const run = (signatures: readonly Signature[], functions: readonly TestedFunction[]): Promise<Failure[]> =>
    opened().run(target, signatures, () => functions);
  const rule = (text: string): string => (skipped === null ? text : `${text} (${skipped})`);

  describe.skipIf(skipped !== null)(rule('with'), { timeout: TIMEOUT }, () => {
    it.each(handmade)('$kind code assembled by hand', (each) => checkControls(opened(), target, each));

    it('code generated for another signature', async () => {
      const right = of([int32, DOUBLE, int64], DOUBLE);
      const swapped = of([DOUBLE, int64, int32], DOUBLE);
      const failures = await run(
        GENERATED.map(() => right),
        GENERATED.map((kind, index) => ({
          ...subject(target, swapped, 0, kind),
          index,
          frame: subject(target, right, 0, kind).frame,
        })),
      );
      expect(failures.map(({ kind }) => kind)).toEqual(GENERATED);
    });

    it('generated code that clobbers a register before it saves it', async () => {
      const functions = GENERATED.map((kind, index): TestedFunction => {
        const tested = subject(target, FORWARD_PLAIN, index, kind);
        if (tested.image === null) throw new Error(`${kind} has no code`);
        return { ...tested, image: prefixed(tested.image, clobber) };
      });
      const failures = await run(
        GENERATED.map(() => FORWARD_PLAIN),
        functions,
      );
      const reason = new RegExp(`^${clobbered} not restored`);
      expect(failures.map(({ kind, reasons }) => [kind, reasons])).toEqual(
        GENERATED.map((kind) => [kind, [expect.stringMatching(reason)]]),
      );
    });

    it('generated code with one bit of an immediate flipped', async () => {
      const signature = of([int64, int64], int64);
      const failures = await run([signature], [withFlippedBit(target, signature)]);
      expect(failures.map(({ kind }) => kind)).toEqual(['forward']);
    });
  });
});

/** Nine narrow integers: Apple packs the ninth and tenth, Linux and Windows give each its eight bytes. */
const MANY = of(new Array(10).fill(integer('int8')), int32);
const FEW = of([int64, DOUBLE, int64], DOUBLE);
const VARIADIC = of([int32, DOUBLE], int32, 1);

/** Code for one convention that meets a callee, a caller of another. */
const PAIRS: readonly {
  readonly code: ConventionId;
  readonly compiled: ConventionId;
  readonly signature: Signature;
}[] = [
  { code: 'sysv-x64', compiled: 'win-x64', signature: FEW },
  { code: 'win-x64', compiled: 'sysv-x64', signature: FEW },
  { code: 'aapcs64-apple', compiled: 'aapcs64', signature: MANY },
  { code: 'aapcs64', compiled: 'aapcs64-apple', signature: MANY },
  { code: 'aapcs64', compiled: 'aapcs64-windows', signature: VARIADIC },
  { code: 'aapcs64-windows', compiled: 'aapcs64', signature: VARIADIC },
];

describe.each(PAIRS)('oracle: $code code against a $compiled compiler', ({ code, compiled, signature }) => {
  const target = targetOf(compiled);
  const skipped = reasonToSkip(target);
  it.skipIf(skipped !== null)(skipped === null ? 'fails' : `fails (${skipped})`, { timeout: TIMEOUT }, async () => {
    const bench = await Bench.open(target.cpu);
    try {
      const failures = await bench.run(
        target,
        GENERATED.map(() => signature),
        () =>
          GENERATED.map((kind, index) => ({
            ...subject(targetOf(code), signature, index, kind),
            entry: gatesOf(compiled),
          })),
      );
      expect(failures.map(({ kind }) => kind)).toEqual(GENERATED);
    } finally {
      await bench.close();
    }
  });
});
