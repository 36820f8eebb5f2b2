// The runner's own controls: right code passes, and each kind of wrong code is reported for the right reason.

import { expect } from 'vitest';
import { type CType, integer, member, parameter, type Signature, signature, struct } from '../../src/ctype/ctype.ts';
import { type Bench, gatesOf } from './bench.ts';
import type { Pieces } from './handmade.ts';
import type { PatchedCode } from './link.ts';
import type { TestedFunction } from './runner-input.ts';
import { type Target, targets } from './targets.ts';

export const int32: CType = integer('int32');
export const int64: CType = integer('int64');
export const of = (types: readonly CType[], result: CType, variadicFrom: number | null = null): Signature =>
  signature(
    types.map((type) => parameter(null, type)),
    result,
    variadicFrom,
  );

/** What the hand-made trampolines are for. */
export const FORWARD_PLAIN: Signature = of([int32, int64], int32);
export const REVERSE_PLAIN: Signature = of([int32], int32);
export const IN_MEMORY: Signature = of([], struct([member('a', int64), member('b', int64), member('c', int64)]));

export interface Control {
  readonly name: string;
  readonly changes: Pieces;
  /** What the runner must say; null where the code is right. */
  readonly reason: RegExp | null;
  readonly signature?: Signature;
}

export interface Handmade {
  readonly kind: 'forward' | 'reverse';
  readonly make: (changes: Pieces) => PatchedCode;
  readonly plain: Signature;
  readonly controls: readonly Control[];
}

/** The convention's first compiler. */
export function targetOf(abi: Target['abi']): Target {
  const found = targets.find((each) => each.abi === abi);
  if (found === undefined) throw new Error(`no compiler for ${abi}`);
  return found;
}

/** Runs each control, and expects what it says. */
export async function checkControls(bench: Bench, target: Target, handmade: Handmade): Promise<void> {
  const { kind, make, plain, controls } = handmade;
  const echoes = target.cpu === 'x64';
  const functions = controls.map(({ changes, signature: own }, index): TestedFunction => {
    const side = { index, kind, entry: gatesOf(target.abi), image: make(changes), frame: null };
    return { ...side, echoes: echoes && own === IN_MEMORY, x87: 0 };
  });
  const signatures = controls.map((control) => control.signature ?? plain);
  const failures = await bench.run(target, signatures, () => functions);
  for (const [index, { name, reason }] of controls.entries()) {
    const reasons = failures.find((failure) => failure.index === index)?.reasons ?? [];
    if (reason === null) expect(reasons, name).toEqual([]);
    else expect(reasons, name).toContainEqual(expect.stringMatching(reason));
    // `^` and `$` in a reason say that it is the whole line; one wrong piece must not drown it in others.
    expect(reasons.length, name).toBeLessThan(6);
  }
}
