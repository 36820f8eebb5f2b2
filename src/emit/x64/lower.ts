// Plan → x86-64: the only file that sees both a step and an instruction. It knows no convention by name.

import { assert, assertOf, unreachable } from '../../errors.ts';
import type { Register } from '../../isa/register.ts';
import { rax } from '../../isa/x64.ts';
import { isRegister, type Plan, type Step } from '../../plan/step.ts';
import { beginPart, endPart, type Mark } from '../code-image.ts';
import type { Lowered, LowerOptions, TracedInstruction } from '../lowering.ts';
import { callIn, endsInTailCall, type LiteralBase } from '../plan-uses.ts';
import { withStubs } from '../stubs.ts';
import { Assembler } from './assembler.ts';
import * as X64 from './encoding.ts';
import { enterFrame, leaveFrame } from './frame.ts';
import { address, copy, load, move, store } from './move.ts';
import { type Places, placesOf } from './places.ts';
import { brought, stubCode } from './stubs.ts';

export function lowerX64(plan: Plan, { landingPad }: LowerOptions, trace: TracedInstruction[] | null = null): Lowered {
  const asm = new Assembler(trace);
  const places = placesOf(plan);
  const marks: Mark[] = [];
  const mark = (part: Mark['part']): void => {
    beginPart(marks, part, asm.offset);
  };
  if (landingPad && plan.stubs === undefined) {
    mark('landing pad');
    asm.none(X64.endbr64); // SDM vol. 1, 17.3: where indirect branches may land when CET is on
  }
  mark('prologue');
  enterFrame(places.shape, plan, asm);
  for (const { name, register } of plan.params) {
    const home = places.pointers[name];
    if (home !== null && home !== register) asm.rr(X64.movMR64, register, home);
  }
  const handedOn = plan.kind === 'adapter' ? callIn(plan) : 0; // what other registers hold until then is wanted, whole
  let index = 0;
  for (const step of plan.steps) {
    mark(index);
    for (const { base, first } of places.literals) if (index === first) loadPointer(base, places, asm);
    lowerStep(step, plan.steps[index + 1], places, asm);
    if (index >= handedOn && isLastWideStore(plan.steps, index)) asm.none(X64.vzeroupper);
    index++;
  }
  if (!endsInTailCall(plan)) {
    mark('epilogue');
    leaveFrame(places.shape, plan, asm);
  }
  if (asm.needsLiterals) {
    mark('padding');
    asm.align(8); // a literal is written while other threads may run the code beside it: it must not tear
    mark('literals');
  }
  const symbols = asm.literals();
  endPart(marks, asm.offset);
  const lowered = { bytes: asm.take(), symbols, marks, frame: places.shape, stubs: null };
  return plan.stubs === undefined ? lowered : withStubs(lowered, plan.stubs, stubCode(landingPad), trace);
}

/**
 * Vectors beyond 16 bytes that were stored leave their upper bits behind in the registers, with which every SSE
 * instruction of the next function would be slow: observed: gcc 12 (-O2), clang 14, 19 clear them there.
 */
function isLastWideStore(steps: readonly Step[], index: number): boolean {
  const step = steps[index];
  if (step === undefined || !isWideStore(step)) return false;
  const next = steps.slice(index + 1).find((later) => later.op === 'call' || isWideStore(later));
  return next === undefined || next.op === 'call';
}

const isWideStore = (step: Step): boolean => step.op === 'store' && step.from.file === 'vec' && step.size > 16;

function loadPointer(base: LiteralBase, { pointers }: Places, asm: Assembler): void {
  const register = pointers[base];
  assertOf(base, register !== null, 'has a register');
  asm.rm(X64.movRM64, register, { symbol: base });
}

function lowerStep(step: Step, next: Step | undefined, places: Places, asm: Assembler): void {
  switch (step.op) {
    case 'point':
      return asm.rm(X64.movRM64, places.argument(next), places.mem({ base: 'args', offset: 8 * step.index }, step));
    case 'load':
      return load(step.to, places.mem(step.from, step), step.size, step.extend, asm);
    case 'move':
      return move(step.to, step.from, step.size, step.extend, asm);
    case 'store':
      return store(step.from, places.mem(step.to, step), step.size, asm);
    case 'copy':
      return copy(places.mem(step.from, step), places.mem(step.to, step), step, asm, places.largeCopy);
    case 'address':
      if (isRegister(step.to)) return address(step.to, places.mem(step.of, step), asm);
      address(rax, places.mem(step.of, step), asm);
      return asm.rm(X64.movMR64, rax, places.mem(step.to, step));
    case 'set':
      set(step.to, step.value, asm);
      if (step.plus === 'stub') asm.rr(X64.addMR64, brought, step.to);
      return;
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
  const register = pointers.target;
  assert(register !== null, 'the target has a register');
  asm.r(row, register);
}
