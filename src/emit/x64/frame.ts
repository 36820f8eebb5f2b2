// The stack frame: what lies where, which registers of the caller are kept in it, and the code that makes and unmakes it.
//
//   an ordinary frame, reached from rsp               one with align > 16, reached from rbp and rsp
//
//   │ in      │ rsp + size + 8·saved + 8              │ in      │ rbp + size + 8·saved + 8
//   ├─────────┤                                       ├─────────┤
//   │ return  │                                       │ return  │
//   │ saved   │ 8 bytes each                          │ saved   │ rbp itself, then the others
//   │ vectors │ 16 bytes each, aligned                │ vectors │ rbp + 16·i
//   │ local   │ rsp + outSize                         ├─────────┤ ◀── rbp
//   │ out     │                                       │ local   │ rsp + outSize
//   └─────────┘ ◀── rsp                               │ out     │ rsp, a multiple of align
//                                                     └─────────┘
// The stack pointer does not move between prologue and epilogue. Registers are pushed before the frame pointer is set and
// nothing is saved below it: an unwinder finds everything at fixed distances, also one that knows no more than Windows'.

import { assert } from '../../errors.ts';
import type { Register } from '../../isa/register.ts';
import { rax, rbp, rcx, rsp } from '../../isa/x64.ts';
import type { Plan } from '../../plan/step.ts';
import type { FrameShape } from '../code-image.ts';
import { endsInTailCall } from '../plan-uses.ts';
import type { Assembler } from './assembler.ts';
import * as X64 from './encoding.ts';

/** Bytes. What a stack pointer is a multiple of at every call; when we are entered it is 8 past one, by the return address. */
const STACK_ALIGN = 16;
const VECTOR_BYTES = 16;

/** `changed`: the registers that our own instructions change, beside those that the called function may. */
export function shapeOf(plan: Plan, changed: readonly Register[]): FrameShape {
  const { incoming, outgoing, align } = plan;
  const areas = plan.outSize + plan.localSize;
  const base = align > STACK_ALIGN ? rbp : rsp;
  const saved: Register[] = base === rsp ? [] : [base];
  const vectors: Register[] = [];
  const { calleeSaved } = incoming;
  // By index: V8 does not optimise `for … of` over a frozen array.
  for (let index = 0; index < calleeSaved.length; index++) {
    const register = calleeSaved[index];
    // Ours to keep: what our caller counts on and either we or the function we call may change.
    if (register === undefined || register === base) continue;
    if (!changed.includes(register) && (outgoing === incoming || outgoing.calleeSaved.includes(register))) continue;
    (register.file === 'gpr' ? saved : vectors).push(register);
  }
  if (endsInTailCall(plan)) assert(areas + saved.length + vectors.length === 0, 'a tail call has no frame');
  const below = base === rsp ? areas : 0;
  const vectorsAt = vectors.length === 0 ? below : (below + STACK_ALIGN - 1) & -STACK_ALIGN;
  const filled = vectorsAt + VECTOR_BYTES * vectors.length;
  const isAligned = endsInTailCall(plan) || (base !== rsp && vectors.length === 0);
  const size = isAligned ? filled : filled + (-(filled + 8 + 8 * saved.length) & (STACK_ALIGN - 1));
  const savedVectors = vectors.map((register, index) => ({ register, offset: vectorsAt + VECTOR_BYTES * index }));
  return { base, saved, savedVectors, size, local: plan.outSize, incoming: size + 8 * saved.length + 8 };
}

/** Eight bytes that only align the stack are pushed: one byte of code instead of four. What is pushed does not matter. */
const isOnlyAlignment = ({ base, size }: FrameShape, { outSize, localSize }: Plan): boolean =>
  base === rsp && size === 8 && outSize + localSize === 0;

export function enterFrame(shape: FrameShape, plan: Plan, asm: Assembler): void {
  const { base, saved, savedVectors, size } = shape;
  for (const register of saved) asm.r(X64.push, register);
  if (isOnlyAlignment(shape, plan)) asm.r(X64.push, rax);
  else reserveStack(size, asm);
  if (base !== rsp) asm.rr(X64.movMR64, rsp, base);
  for (const { register, offset } of savedVectors) asm.rm(X64.movapsMR, register, { base, disp: offset });
  if (base !== rsp) reserveAligned(plan, base, asm);
}

/** Bytes: the smallest page, and the smallest guard area below a thread's stack. */
const PAGE_BYTES = 4096;

/**
 * Moves the stack pointer down. A frame of pages is entered page by page, each touched before the next: otherwise the
 * first write could land beyond the guard page of a stack that is nearly full, in memory of somebody else.
 */
function reserveStack(size: number, asm: Assembler): void {
  touchPages(Math.floor(size / PAGE_BYTES), asm);
  lowerStack(size % PAGE_BYTES, asm);
}

/**
 * Moves the stack pointer down by both areas and on to a multiple of `align`. Pages are touched as far down as that may
 * lead, from a stack pointer that is a multiple of 8; the last move may then lead up again.
 */
function reserveAligned({ outSize, localSize, align }: Plan, base: Register, asm: Assembler): void {
  const areas = outSize + localSize;
  const pages = Math.floor((areas + align - 8) / PAGE_BYTES);
  touchPages(pages, asm);
  if (pages === 0) lowerStack(areas, asm);
  else asm.rm(X64.lea, rsp, { base, disp: -areas });
  asm.ri(align <= 128 ? X64.andMI8 : X64.andMI32, rsp, -align);
}

function touchPages(pages: number, asm: Assembler): void {
  if (pages === 0) return;
  asm.ri(X64.movOI32, rax, pages); // rax carries no argument; in a variadic call it counts those that we store anyway
  const next = asm.offset;
  asm.ri(X64.subMI32, rsp, PAGE_BYTES);
  asm.mi(X64.orMI8, { base: rsp, disp: 0 }, 0);
  asm.ri(X64.subMI8d, rax, 1);
  asm.jump(X64.jne, next);
}

function lowerStack(size: number, asm: Assembler): void {
  if (size > 0) asm.ri(size <= 127 ? X64.subMI8 : X64.subMI32, rsp, size);
}

/** Nothing here changes a register that carries a result: rax, rdx, xmm0, xmm1, st0, st1. */
export function leaveFrame(shape: FrameShape, plan: Plan, asm: Assembler): void {
  const { base, saved, savedVectors, size } = shape;
  for (const { register, offset } of savedVectors) asm.rm(X64.movapsRM, register, { base, disp: offset });
  if (isOnlyAlignment(shape, plan)) asm.r(X64.pop, rcx);
  // An epilogue that Windows' unwinder recognises has this form, not a `mov` (Microsoft's x64 convention, epilogue code).
  else if (base !== rsp) asm.rm(X64.lea, rsp, { base, disp: size });
  else if (size > 0) asm.ri(size <= 127 ? X64.addMI8 : X64.addMI32, rsp, size);
  for (const register of [...saved].reverse()) asm.r(X64.pop, register);
  asm.none(X64.ret);
}
