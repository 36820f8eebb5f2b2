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
import { type Addr, isRegister, type Plan, type Step } from '../../plan/step.ts';
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

/** When a pointer is used: indexes of steps, or -1. */
interface Use {
  first: number;
  last: number;
}

export function placesOf(plan: Plan): Places {
  const { steps } = plan;
  const call = steps.findIndex(({ op }) => op === 'call');
  const pointers = new Map<PointerBase, Register>();
  const moved: { readonly from: Register; readonly to: Register }[] = [];
  for (const { name, register } of plan.params) {
    const { last } = useOf(name, steps);
    if (last < 0) continue; // void needs no return buffer, and no arguments no array
    const home = last > call ? rbx : isOverwritten(register, steps, last) ? refuge[name] : register;
    pointers.set(name, home);
    if (home !== register) moved.push({ from: register, to: home });
  }
  const frame = useOf('frame', steps);
  if (frame.first >= 0) pointers.set('frame', frame.first < call && frame.last > call ? rbx : refuge.frame);
  let saved: readonly Register[] = NONE;
  for (const register of pointers.values()) if (register === rbx) saved = RBX;
  const shape = shapeOf(plan, saved);
  return { pointers, moved, shape, mem: memOf(plan, pointers, shape) };
}

const NONE: readonly Register[] = Object.freeze([]);
const RBX: readonly Register[] = Object.freeze([rbx]);

function useOf(pointer: PointerBase, steps: readonly Step[]): Use {
  const use = { first: -1, last: -1 };
  for (let index = 0; index < steps.length; index++) {
    const step = steps[index];
    if (step === undefined || !uses(step, pointer)) continue;
    if (use.first < 0) use.first = index;
    use.last = index;
  }
  return use;
}

/** Whether a step in front of step `end` changes a register. */
function isOverwritten(register: Register, steps: readonly Step[], end: number): boolean {
  for (let index = 0; index < end; index++) {
    const step = steps[index];
    if (step !== undefined && overwrites(step, register)) return true;
  }
  return false;
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

/** A tail call is the last step, so nothing is put back behind it. */
export function endsInTailCall({ steps }: Plan): boolean {
  const last = steps[steps.length - 1];
  return last?.op === 'call' && last.tail;
}

/** At every call the stack pointer is a multiple of 16; when we are entered it is 8 past one, by the return address. */
function shapeOf(plan: Plan, saved: readonly Register[]): FrameShape {
  const areas = plan.outSize + plan.localSize;
  if (endsInTailCall(plan)) {
    assert(areas === 0 && saved.length === 0, 'a tail call has no frame');
    return { saved, size: 0 };
  }
  const above = 8 + 8 * saved.length;
  return { saved, size: areas + (-(areas + above) & 15) };
}

function memOf(plan: Plan, pointers: ReadonlyMap<PointerBase, Register>, shape: FrameShape): Places['mem'] {
  const inward = shape.size + 8 * shape.saved.length + 8;
  return ({ base, offset }) => {
    if (base === 'arg') return { base: rax, disp: offset };
    if (base === 'out') return { base: rsp, disp: offset };
    if (base === 'local') return { base: rsp, disp: plan.outSize + offset };
    if (base === 'in') return { base: rsp, disp: inward + offset };
    const pointer = pointers.get(base);
    assert(pointer !== undefined, `${base} has a register`);
    return { base: pointer, disp: offset };
  };
}
