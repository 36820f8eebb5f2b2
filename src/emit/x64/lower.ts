// Plan → x86-64: the only file that sees both a step and an instruction. It knows no convention by name.

import { assert, unreachable } from '../../errors.ts';
import type { Register } from '../../isa/register.ts';
import { rax, rcx, rsp } from '../../isa/x64.ts';
import { isRegister, type Plan, type Step } from '../../plan/step.ts';
import type { Mark } from '../code-image.ts';
import type { Lowered, LowerOptions, TracedInstruction } from '../lowering.ts';
import { Assembler } from './assembler.ts';
import * as X64 from './encoding.ts';
import { address, copy, load, store } from './move.ts';
import { endsInTailCall, type Places, placesOf, uses } from './places.ts';

export function lowerX64(plan: Plan, { landingPad }: LowerOptions, trace: TracedInstruction[] | null = null): Lowered {
  const asm = new Assembler(trace);
  const places = placesOf(plan);
  const marks: Mark[] = [];
  const mark = (part: Mark['part']): void => {
    marks.push({ offset: asm.offset, part });
  };
  if (landingPad) {
    mark('landing pad');
    asm.none(X64.endbr64); // SDM vol. 1, 17.3: where indirect branches may land when CET is on
  }
  mark('prologue');
  prologue(places, plan, asm);
  let frameLoaded = false;
  plan.steps.forEach((step, index) => {
    mark(index);
    if (!frameLoaded && uses(step, 'frame')) {
      loadFrame(places, asm);
      frameLoaded = true;
    }
    lowerStep(step, places, asm);
  });
  if (!endsInTailCall(plan)) {
    mark('epilogue');
    epilogue(places, plan, asm);
  }
  if (asm.needsLiterals) {
    mark('padding');
    asm.align(8); // a literal is written while other threads may run the code beside it: it must not tear
    mark('literals');
  }
  const symbols = asm.literals();
  const seen = marks.filter(({ offset }, index) => offset !== (marks[index + 1]?.offset ?? asm.offset));
  return { bytes: asm.bytes(), symbols, marks: seen, frame: places.shape };
}

/** Eight bytes that only align the stack are pushed: one byte of code instead of four. What is pushed does not matter. */
const isOnlyAlignment = ({ shape }: Places, { outSize, localSize }: Plan): boolean =>
  shape.size === 8 && outSize + localSize === 0;

function prologue(places: Places, plan: Plan, asm: Assembler): void {
  const { shape, moved } = places;
  for (const register of shape.saved) asm.r(X64.push, register);
  if (isOnlyAlignment(places, plan)) asm.r(X64.push, rax);
  else reserveStack(shape.size, asm);
  for (const { from, to } of moved) asm.rr(X64.movMR64, from, to);
}

/** Bytes: the smallest page, and the smallest guard area below a thread's stack. */
const PAGE_BYTES = 4096;

/**
 * Moves the stack pointer down. A frame of pages is entered page by page, each touched before the next: otherwise the
 * first write could land beyond the guard page of a stack that is nearly full, in memory of somebody else.
 */
function reserveStack(size: number, asm: Assembler): void {
  const pages = Math.floor(size / PAGE_BYTES);
  if (pages > 0) {
    asm.ri(X64.movOI32, rax, pages);
    const next = asm.offset;
    asm.ri(X64.subMI32, rsp, PAGE_BYTES);
    asm.mi(X64.orMI8, { base: rsp, disp: 0 }, 0);
    asm.ri(X64.subMI8d, rax, 1);
    asm.jump(X64.jne, next);
  }
  const rest = size % PAGE_BYTES;
  if (rest > 0) asm.ri(rest <= 127 ? X64.subMI8 : X64.subMI32, rsp, rest);
}

function epilogue(places: Places, plan: Plan, asm: Assembler): void {
  const { shape } = places;
  if (isOnlyAlignment(places, plan))
    asm.r(X64.pop, rcx); // rcx carries no result in any x64 convention
  else if (shape.size > 0) asm.ri(shape.size <= 127 ? X64.addMI8 : X64.addMI32, rsp, shape.size);
  for (const register of [...shape.saved].reverse()) asm.r(X64.pop, register);
  asm.none(X64.ret);
}

function loadFrame({ pointers }: Places, asm: Assembler): void {
  const register = pointers.get('frame');
  assert(register !== undefined, 'the frame has a register');
  asm.rm(X64.movRM64, register, { symbol: 'frame' });
}

function lowerStep(step: Step, places: Places, asm: Assembler): void {
  const { mem } = places;
  switch (step.op) {
    case 'point':
      return asm.rm(X64.movRM64, rax, mem({ base: 'args', offset: 8 * step.index }));
    case 'load':
      return load(step.to, mem(step.from), step.size, step.extend, asm);
    case 'store':
      return store(step.from, mem(step.to), step.size, asm);
    case 'copy':
      return copy(mem(step.from), mem(step.to), step.size, step.extend, asm);
    case 'address':
      if (isRegister(step.to)) return address(step.to, mem(step.of), asm);
      address(rax, mem(step.of), asm);
      return asm.rm(X64.movMR64, rax, mem(step.to));
    case 'set':
      return set(step.to, step.value, asm);
    case 'call':
      return call(step, places, asm);
    default:
      return unreachable(step);
  }
}

function set(to: Register, value: Extract<Step, { op: 'set' }>['value'], asm: Assembler): void {
  if (typeof value === 'string') asm.rm(X64.movRM64, to, { symbol: value });
  else if (value === 0) asm.rr(X64.xorMR32, to, to);
  else asm.ri(X64.movOI32, to, value);
}

function call({ target, tail }: Extract<Step, { op: 'call' }>, { pointers }: Places, asm: Assembler): void {
  const row = tail ? X64.jmpM : X64.callM;
  if (target !== 'parameter') return asm.m(row, { symbol: target });
  const register = pointers.get('target');
  assert(register !== undefined, 'the target has a register');
  asm.r(row, register);
}
