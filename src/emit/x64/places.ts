// Where the bases of a plan's addresses live while the code runs: the registers and the shape of the stack frame.
//
//   higher   │ in    │ argument area of our caller                rsp + size + 8·saved + 8
//            ├───────┤
//            │       │ return address
//            │ saved │ callee-saved registers that we use
//            │ local │ our own area                               rsp + outSize
//   rsp ───▶ │ out   │ arguments of the function we call          rsp
//
// The stack pointer does not move between prologue and epilogue, so everything is reached from it.

import { assert, unreachable } from '../../errors.ts';
import type { Register } from '../../isa/register.ts';
import { r10, r11, rax, rbx, rcx, rdi, rsi, rsp } from '../../isa/x64.ts';
import { type Addr, type Base, isRegister, type Plan, type Step } from '../../plan/step.ts';
import type { FrameShape } from '../code-image.ts';
import type { BasedMem } from './assembler.ts';

/** Larger copies are made by `rep movsb`: unrolled they would need 8 bytes of code for 8 bytes of data. */
export const MAX_UNROLLED_COPY = 64;

/** A base that is a pointer in a register. */
export type PointerBase = 'target' | 'args' | 'ret' | 'frame';

/** Where a pointer that must leave its incoming register goes: not argument registers of any x64 convention, but rbx. */
const refuge: Readonly<Record<PointerBase, Register>> = { target: r11, args: r10, ret: rbx, frame: r10 };

export interface Places {
  /** The register each pointer is used from. */
  readonly pointers: ReadonlyMap<PointerBase, Register>;
  /** The parameters that the prologue moves, from their incoming register. */
  readonly moved: readonly { readonly from: Register; readonly to: Register }[];
  readonly shape: FrameShape;
  /** The memory operand for an address of the plan. `arg` is reached through rax. */
  readonly mem: (addr: Addr) => BasedMem;
}

export function placesOf(plan: Plan): Places {
  const call = plan.steps.findIndex(({ op }) => op === 'call');
  const pointers = new Map<PointerBase, Register>();
  const moved: { readonly from: Register; readonly to: Register }[] = [];
  for (const { name, register } of plan.params) {
    const uses = usesOf(name, plan.steps);
    const last = uses[uses.length - 1];
    if (last === undefined) continue; // void needs no return buffer, and no arguments no array
    const stays = last <= call && !plan.steps.some((step, index) => index < last && overwrites(step, register));
    const home = stays ? register : last > call ? rbx : refuge[name];
    pointers.set(name, home);
    if (home !== register) moved.push({ from: register, to: home });
  }
  const frameUses = usesOf('frame', plan.steps);
  const [first, last] = [frameUses[0], frameUses[frameUses.length - 1]];
  if (first !== undefined && last !== undefined)
    pointers.set('frame', first < call && last > call ? rbx : refuge.frame);
  const shape = shapeOf(plan, [...pointers.values()].includes(rbx) ? [rbx] : []);
  return { pointers, moved, shape, mem: memOf(plan, pointers, shape) };
}

/** The indexes of the steps that use a pointer, in order. */
function usesOf(pointer: PointerBase, steps: readonly Step[]): number[] {
  return steps.flatMap((step, index) => (uses(step, pointer) ? [index] : []));
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
      return false;
    case 'call':
      return pointer === 'target' && step.target === 'parameter';
    default:
      return unreachable(step);
  }
}

/** Whether a step before the call changes a register that may hold a parameter. Scratch registers hold none. */
function overwrites(step: Step, register: Register): boolean {
  if (step.op === 'load' || step.op === 'set') return step.to === register;
  if (step.op === 'address') return step.to === register;
  return step.op === 'copy' && step.size > MAX_UNROLLED_COPY && [rdi, rsi, rcx].includes(register);
}

/** At every call the stack pointer is a multiple of 16; when we are entered it is 8 past one, by the return address. */
function shapeOf(plan: Plan, saved: readonly Register[]): FrameShape {
  const areas = plan.outSize + plan.localSize;
  const tail = plan.steps.some((step) => step.op === 'call' && step.tail);
  if (tail) {
    assert(areas === 0 && saved.length === 0, 'a tail call has no frame');
    return { saved, size: 0 };
  }
  const above = 8 + 8 * saved.length;
  return { saved, size: areas + (-(areas + above) & 15) };
}

function memOf(plan: Plan, pointers: ReadonlyMap<PointerBase, Register>, shape: FrameShape): Places['mem'] {
  const onStack: Partial<Record<Base, number>> = {
    out: 0,
    local: plan.outSize,
    in: shape.size + 8 * shape.saved.length + 8,
  };
  return ({ base, offset }) => {
    if (base === 'arg') return { base: rax, disp: offset };
    if (base === 'out' || base === 'local' || base === 'in') return { base: rsp, disp: (onStack[base] ?? 0) + offset };
    const pointer = pointers.get(base);
    assert(pointer !== undefined, `${base} has a register`);
    return { base: pointer, disp: offset };
  };
}
