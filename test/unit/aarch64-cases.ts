// Signatures for the tests of AArch64 code: the named ones and a few of its own, for all kinds and conventions.

import type { ConventionId } from '../../src/abi/convention.ts';
import { type ListingLine, listing } from '../../src/emit/listing.ts';
import { InterfixError } from '../../src/errors.ts';
import { kinds, type Prepared, type PrepareOptions, prepare } from '../../src/plan/prepare.ts';
import type { TrampolineKind } from '../../src/plan/step.ts';
import { namedSignatures } from '../support/golden.ts';

export const ABIS = ['aapcs64', 'aapcs64-apple', 'aapcs64-windows'] as const;

/** Signatures for what the named ones do not show on this processor. */
const own: ReadonlyMap<string, string> = new Map([
  ['hfa', '({float, float, float}, {[4:double]}) -> {[4:float]}'],
  ['quads', '(longdouble, v[4:float], {[2:v[2:double]]}) -> {[3:longdouble]}'],
  ['halves', '(float16, {[3:float16]}) -> float16'],
  ['indirect', '({[3:long]}, int, {[100:uint8]}) -> {[3:long]}'],
  ['aligned result', '(int) -> alignas(64) {[80:uint8]}'],
  ['aligned pages', '(int) -> alignas(8192) {[5000:uint8]}'],
  ['far stack', `(${'long, '.repeat(600)}{[3:uint8]}) -> int`],
  ['all registers', `(${'int, '.repeat(8)}${'double, '.repeat(8)}{[7:uint8]}) -> {[13:uint8]}`],
]);

export interface Case {
  readonly name: string;
  readonly prepared: Prepared;
  readonly lines: readonly ListingLine[];
}

type Form = Pick<PrepareOptions, 'receiver' | 'result'>;

const PLAIN: readonly Form[] = [{}];
const ADAPTERS: readonly Form[] = [...PLAIN, { receiver: true }, { receiver: true, result: 'frame' }];

/** What a convention refuses has no code. */
function preparedOrRefused(text: string, abi: ConventionId, kind: TrampolineKind, form: Form): Prepared | null {
  try {
    return prepare(text, { abi, kind, ...form });
  } catch (error) {
    if (error instanceof InterfixError && error.code === 'ERR_UNSUPPORTED') return null;
    throw error;
  }
}

export const cases: readonly Case[] = ABIS.flatMap((abi) =>
  [...namedSignatures(), ...own].flatMap(([name, text]) =>
    kinds.flatMap((kind) =>
      (kind === 'adapter' ? ADAPTERS : PLAIN).flatMap((form) => {
        const prepared = preparedOrRefused(text, abi, kind, form);
        const what = `${form.receiver === true ? ' with receiver' : ''}${form.result === 'frame' ? ' to the frame' : ''}`;
        const label = `${abi} ${kind}${what} ${name}`;
        return prepared === null ? [] : [{ name: label, prepared, lines: listing(prepared) }];
      }),
    ),
  ),
);
