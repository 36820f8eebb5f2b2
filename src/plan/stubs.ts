// Many functions behind one body: how many there may be, and the plan of a trampoline that was prepared for another number.

import { conventionOf } from '../abi/conventions.ts';
import { InterfixError } from '../errors.ts';
import type { Prepared } from './prepare.ts';
import { planReverse } from './reverse.ts';
import type { Stubs, TrampolineKind } from './step.ts';
import { verify } from './verify.ts';

const MAX_COUNT = 2 ** 16;
/** With it, what the last stub brings still has 31 bits. */
const MAX_STRIDE = 2 ** 15;

/** Throws `ERR_OPTION`. */
export function checkStubs(stubs: Stubs | null, kind: TrampolineKind): void {
  if (stubs === null) return;
  if (kind !== 'reverse') {
    throw new InterfixError('ERR_OPTION', `only trampolines of kind reverse have stubs, not ${kind}`);
  }
  for (const [name, value, most] of [
    ['count', stubs.count, MAX_COUNT],
    ['stride', stubs.stride, MAX_STRIDE],
  ] as const) {
    if (Number.isInteger(value) && value >= 1 && value <= most) continue;
    throw new InterfixError('ERR_OPTION', `stubs.${name} is from 1 to ${most}, got ${String(value)}`);
  }
}

/** What `prepare` gives with these stubs, for a signature that was prepared before: it is not classified again. */
export function withStubs(prepared: Prepared, stubs: Stubs): Prepared {
  const { kind, layout, abi, entry } = prepared;
  checkStubs(stubs, kind);
  const plan = verify(planReverse(layout, conventionOf(abi), conventionOf(entry), stubs), layout);
  return Object.freeze({ ...prepared, plan });
}
