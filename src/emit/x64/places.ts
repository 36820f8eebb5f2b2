// Where the bases of a plan's addresses live while the code runs: which register each pointer is used from.
//
// Scratch registers hold no parameter, no argument and no result in any x64 convention:
//   rax   before the call: the argument that `point` chose, and what a copy carries; or else the target
//   r9    what a copy carries while rax points at the argument: memory is moved before r9 is loaded, and no parameter of
//         a trampoline arrives in it; a reverse plan has stored it before it copies
//   r10   the array of arguments or the call frame, if it needs another register; what a stub brought (stubs.ts)
//   r11   the target before the call; what a `store` carries on its way, when no target is kept: see move.ts
//   rbx   what is still needed after the call

import { assert, assertOf } from '../../errors.ts';
import type { Register } from '../../isa/register.ts';
import { r10, r11, rax, rbx, rcx, rdi, rsi, rsp } from '../../isa/x64.ts';
import { type Addr, isRegister, type Plan, type Step } from '../../plan/step.ts';
import type { FrameShape } from '../code-image.ts';
import { callIn, gives, type LiteralBase, literalBases, type PointerBase, useOf } from '../plan-uses.ts';
import { shapeOf } from './frame.ts';
import type { BasedMem } from './mem.ts';
import { isWholeLoad, type LargeCopy, MAX_UNROLLED_COPY } from './move.ts';

/** Where a pointer that must leave its incoming register goes: not argument registers of any x64 convention, but rbx. */
const refuge: Readonly<Record<PointerBase, Register>> = {
  target: r11,
  args: r10,
  ret: rbx,
  frame: r10,
  errno: r11, // behind the call, where no target is kept
};

/** Pointers that the plan does not use have none. */
export type Pointers = Readonly<Record<PointerBase, Register | null>>;

export interface Places {
  /** The register each pointer is used from. */
  readonly pointers: Pointers;
  /** The pointers that are literals, each with the first step that uses it. */
  readonly literals: readonly { readonly base: LiteralBase; readonly first: number }[];
  readonly shape: FrameShape;
  /** The register that `point` fills, in front of the step `next`. */
  readonly argument: (next: Step | undefined) => Register;
  /** Whether the registers of `rep movsb` hold arguments that are still needed. */
  readonly largeCopy: LargeCopy;
  /** The memory operand for an address of the plan, which the step uses. */
  readonly mem: (addr: Addr, step: Step) => BasedMem;
}

export function placesOf(plan: Plan): Places {
  const { steps } = plan;
  const call = callIn(plan);
  const target = plan.params.find(({ name }) => name === 'target')?.register;
  const raxIsFree = target !== undefined && isOverwritten(target, steps, call) && leavesRax(steps, call);
  const argument: Places['argument'] = (next) => (raxIsFree && next?.op === 'load' ? next.to : rax);
  const pointers: Record<PointerBase, Register | null> = {
    target: null,
    args: null,
    ret: null,
    frame: null,
    errno: null,
  };
  let usesRbx = false;
  for (const { name, register } of plan.params) {
    const { last } = useOf(name, steps);
    if (last < 0) continue; // void needs no return buffer, and no arguments no array
    const away = name === 'target' && raxIsFree ? rax : refuge[name];
    const home = last > call ? rbx : isOverwritten(register, steps, last) ? away : register;
    usesRbx ||= home === rbx;
    pointers[name] = home;
  }
  const literals: { readonly base: LiteralBase; readonly first: number }[] = [];
  for (const base of literalBases) {
    const { first, last } = useOf(base, steps);
    if (first < 0) continue;
    const home = first < call && last > call ? rbx : refuge[base];
    usesRbx ||= home === rbx;
    pointers[base] = home;
    literals.push({ base, first });
  }
  const largeCopy: LargeCopy = plan.kind === 'adapter' ? 'keeps' : 'clobbers';
  assert(!usesRbx || plan.outgoing.calleeSaved.includes(rbx), 'rbx outlives the call');
  const shape = shapeOf(plan, changedBy(largeCopy === 'clobbers' && steps.some(isLargeCopy), usesRbx));
  return { pointers, literals, shape, argument, largeCopy, mem: memOf(plan, pointers, argument, shape) };
}

/** The registers that `rep movsb` uses. */
const LARGE_COPY_REGISTERS: readonly Register[] = [rdi, rsi, rcx];
const LARGE_COPY_AND_RBX: readonly Register[] = [...LARGE_COPY_REGISTERS, rbx];
const ONLY_RBX: readonly Register[] = [rbx];
const NO_REGISTERS: readonly Register[] = [];

/** The registers of our caller that our own instructions change. */
function changedBy(copiesLarge: boolean, usesRbx: boolean): readonly Register[] {
  if (copiesLarge) return usesRbx ? LARGE_COPY_AND_RBX : LARGE_COPY_REGISTERS;
  return usesRbx ? ONLY_RBX : NO_REGISTERS;
}

const isLargeCopy = (step: Step): boolean => step.op === 'copy' && step.size > MAX_UNROLLED_COPY;

/** Whether a step in front of step `end` changes a register. */
function isOverwritten(register: Register, steps: readonly Step[], end: number): boolean {
  for (let index = 0; index < end; index++) {
    const step = steps[index];
    if (step !== undefined && overwrites(step, register)) return true;
  }
  return false;
}

/** Whether a step before the call changes a register that may hold a parameter. Scratch registers hold none. */
function overwrites(step: Step, register: Register): boolean {
  return gives(step, register) || (isLargeCopy(step) && LARGE_COPY_REGISTERS.includes(register));
}

/**
 * Whether the steps before the call can do without rax: every argument fills one general register, which can hold the
 * address of the argument before its value. A target in rax saves a byte: `call r11` needs REX.
 */
function leavesRax(steps: readonly Step[], call: number): boolean {
  return steps.every((step, index) => {
    if (index >= call) return true;
    if (step.op === 'point') return steps[index + 1]?.op === 'load';
    if (step.op === 'set' || step.op === 'address') return isRegister(step.to) && step.to !== rax;
    return step.op === 'load' && steps[index - 1]?.op === 'point' && isWholeLoad(step.to, step.size);
  });
}

function memOf(plan: Plan, pointers: Pointers, argument: Places['argument'], shape: FrameShape): Places['mem'] {
  const inward = shape.size + 8 * shape.saved.length + 8;
  return ({ base, offset }, step) => {
    if (base === 'arg') return { base: argument(step), disp: offset };
    if (base === 'out') return { base: rsp, disp: offset };
    if (base === 'local') return { base: rsp, disp: plan.outSize + offset };
    if (base === 'in') return { base: shape.base, disp: inward + offset };
    const pointer = pointers[base];
    assertOf(base, pointer !== null, 'has a register');
    return { base: pointer, disp: offset };
  };
}
