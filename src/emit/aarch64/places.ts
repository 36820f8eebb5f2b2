// Where the bases of a plan's addresses live while the code runs: the registers and the shape of the stack frame.
//
//   a frame with outgoing arguments, alignment or size       any other
//
//   in      our caller's argument area      x29 + record      in      our caller's argument area      x29 + record
//           (padding)                                                 (padding)
//           x19                             x29 + 16          local   our own area                    sp + 16, 32
//   x29 ──▶ x29, x30: the frame record      x29                       x19                             sp + 16
//           (padding)                                         sp  ──▶ x29, x30: the frame record      sp = x29
//   local   our own area                    sp + out
//   sp  ──▶ out: arguments of the function we call
//
// Both are entered by one `stp` of the record that takes `record` bytes; the first one then takes `below` bytes more.
// AAPCS64 6.4.6 lets a frame record lie anywhere in its frame. Neither register moves until the epilogue.

import { assert, assertOf } from '../../errors.ts';
import { sp, x } from '../../isa/aarch64.ts';
import type { Register } from '../../isa/register.ts';
import type { Addr, Plan } from '../../plan/step.ts';
import { callIn, endsInTailCall, gives, literalBases, type PointerBase, useOf } from '../plan-uses.ts';
import type { BasedMem } from './assembler.ts';

/**
 * Scratch registers. No convention passes parameters, arguments or results in any of them, and none is callee-saved, so
 * a step may change one that is not in use for something else at that point (AAPCS64 6.1.1):
 *
 *   x9       the argument that the last `point` chose
 *   x10      bytes and addresses on their way to memory
 *   x12 x13  parameters that must leave their registers; the literals `frame` and `errno`, where there are none
 *   x14 x15  where a copy reads and writes, if that is not in reach of an offset
 *   x16      the same for loads and stores, constants, the target of a call through a symbol
 *   x17      parameter `target`; the program counter, where literals are far
 *
 * x11 is what a stub brought (stubs.ts); x18 belongs to the platform. v16, v17: bytes of copies.
 */
export const arg: Register = x(9);
export const through: Register = x(10);
export const source: Register = x(14);
export const destination: Register = x(15);
export const far: Register = x(16);
/** Parameter `target` leaves x0 for x17, which a tail call may branch through. */
const refuge: Readonly<Record<PointerBase, Register>> = {
  target: x(17),
  args: x(12),
  ret: x(13),
  frame: x(12),
  errno: x(13),
};
/** Holds a pointer during the call. */
const kept: Register = x(19);

/** All in bytes. A tail call has no frame. */
export interface Frame {
  /** What the `stp` of the frame record takes: a multiple of 16. 0 if there is no frame. */
  readonly record: number;
  /** Callee-saved registers besides the record: above it, from x29 + 16 on, 8 bytes each. */
  readonly saved: readonly Register[];
  /** What lies below the record, or 0 if nothing does. */
  readonly below: number;
  /** What the stack pointer is a multiple of. */
  readonly align: number;
  /** Where the local area begins, from the stack pointer. */
  readonly local: number;
}

export interface Places {
  /** The register each pointer is used from. */
  readonly pointers: ReadonlyMap<PointerBase, Register>;
  /** The parameters that the prologue moves, from their incoming register. */
  readonly moved: readonly { readonly from: Register; readonly to: Register }[];
  readonly frame: Frame;
  /** The memory operand for an address of the plan. */
  readonly mem: (addr: Addr) => BasedMem;
}

export function placesOf(plan: Plan): Places {
  const { steps, incoming, outgoing } = plan;
  // Otherwise we would have to save what the callee does not. The conventions of AArch64 save the same registers.
  assert(
    incoming === outgoing || incoming.calleeSaved.every((register) => outgoing.calleeSaved.includes(register)),
    'the callee saves enough',
  );
  const call = callIn(plan);
  const isTail = endsInTailCall(plan);
  const pointers = new Map<PointerBase, Register>();
  const moved: { readonly from: Register; readonly to: Register }[] = [];
  for (const { name, register } of plan.params) {
    const { last } = useOf(name, steps);
    if (last < 0) continue; // void needs no return buffer, and no arguments no array
    const given = steps.findIndex((step) => gives(step, register));
    const isOverwritten = given >= 0 && given < last;
    // A tail call enters a `bti c` pad only if it branches through x16 or x17 (Arm ARM C6.2, BTI).
    const leaves = isOverwritten || (name === 'target' && isTail);
    const home = last > call ? kept : leaves ? refuge[name] : register;
    pointers.set(name, home);
    if (home !== register) moved.push({ from: register, to: home });
  }
  for (const base of literalBases) if (useOf(base, steps).first >= 0) pointers.set(base, refuge[base]);
  const homes = [...pointers.values()];
  const isOwn = (home: Register, index: number): boolean => homes.indexOf(home) === index;
  assert(homes.every(isOwn), 'every pointer has a register of its own');
  const saved = homes.includes(kept) ? [kept] : [];
  const frame = frameOf(plan, isTail, saved);
  return { pointers, moved, frame, mem: memOf(plan, pointers, frame) };
}

/** Bytes of x29 and x30; what else is saved begins above them. */
export const RECORD_BYTES = 16;
/** The largest multiple of 16 that both `stp` and `ldp` of the record can move the stack pointer by. */
const MAX_RECORD = 496;
/** Bytes. What the stack pointer is a multiple of whenever it addresses memory (AAPCS64 6.4.5.1). */
const STACK_ALIGN = 16;

const aligned = (size: number): number => size + (-size & (STACK_ALIGN - 1));

function frameOf({ outSize, localSize, align }: Plan, isTail: boolean, saved: readonly Register[]): Frame {
  if (isTail) {
    assert(outSize + localSize + saved.length === 0, 'a tail call has no frame');
    return { record: 0, saved, below: 0, align, local: 0 };
  }
  const registers = aligned(RECORD_BYTES + 8 * saved.length);
  const whole = registers + aligned(localSize);
  if (outSize === 0 && align === STACK_ALIGN && whole <= MAX_RECORD) {
    return { record: whole, saved, below: 0, align, local: registers };
  }
  return { record: registers, saved, below: aligned(outSize + localSize), align, local: outSize };
}

function memOf(plan: Plan, pointers: ReadonlyMap<PointerBase, Register>, frame: Frame): Places['mem'] {
  const isTail = endsInTailCall(plan);
  return ({ base, offset }) => {
    if (base === 'arg') return { base: arg, disp: offset };
    if (base === 'out') return { base: sp, disp: offset };
    if (base === 'local') return { base: sp, disp: frame.local + offset };
    if (base === 'in') return isTail ? { base: sp, disp: offset } : { base: x(29), disp: frame.record + offset };
    const pointer = pointers.get(base);
    assertOf(base, pointer !== undefined, 'has a register');
    return { base: pointer, disp: offset };
  };
}
