// Questions about a plan that every CPU's lowering asks: which step uses which pointer, and when. No instruction.

import { unreachable } from '../errors.ts';
import type { Register } from '../isa/register.ts';
import { isRegister, type Plan, type Step } from '../plan/step.ts';

/** A base whose address is a literal of the trampoline: the symbol of its name. */
export type LiteralBase = 'frame' | 'errno';

export const literalBases: readonly LiteralBase[] = ['frame', 'errno'];

/** A base that is a pointer in a register. */
export type PointerBase = 'target' | 'args' | 'ret' | LiteralBase;

/** When a pointer is used: indexes of steps, or -1. */
export interface Use {
  readonly first: number;
  readonly last: number;
}

export function useOf(pointer: PointerBase, steps: readonly Step[]): Use {
  let first = -1;
  let last = -1;
  let index = 0;
  for (const step of steps) {
    if (uses(step, pointer)) {
      if (first < 0) first = index;
      last = index;
    }
    index++;
  }
  return { first, last };
}

/** Whether a step reads or writes through a pointer. */
export function uses(step: Step, pointer: PointerBase): boolean {
  switch (step.op) {
    case 'point':
      return pointer === 'args';
    case 'load':
      return step.from.base === pointer;
    case 'store':
      return step.to.base === pointer;
    case 'copy':
      return step.from.base === pointer || step.to.base === pointer;
    case 'address':
      return step.of.base === pointer || (!isRegister(step.to) && step.to.base === pointer);
    case 'set':
    case 'move':
      return false;
    case 'call':
      return pointer === 'target' && step.target === 'parameter';
    default:
      return unreachable(step);
  }
}

/** Whether the plan itself says that a step gives a register a new value. */
export const gives = (step: Step, register: Register): boolean =>
  (step.op === 'load' || step.op === 'set' || step.op === 'address' || step.op === 'move') && step.to === register;

/** The index of the one step that calls. */
export const callIn = ({ steps }: Plan): number => steps.findIndex(({ op }) => op === 'call');

/** A tail call is the last step, so nothing is put back behind it. */
export function endsInTailCall({ steps }: Plan): boolean {
  const last = steps[steps.length - 1];
  return last?.op === 'call' && last.tail;
}
