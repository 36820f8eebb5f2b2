// Plan → AArch64: the only file that sees both a step and an instruction. It knows no convention by name.

import { assertOf, unreachable } from '../../errors.ts';
import { sp, x } from '../../isa/aarch64.ts';
import type { Register } from '../../isa/register.ts';
import { isRegister, type Plan, type Step } from '../../plan/step.ts';
import { beginPart, endPart, type FrameShape, type Mark } from '../code-image.ts';
import type { Lowered, LowerOptions, TracedInstruction } from '../lowering.ts';
import { endsInTailCall, type LiteralBase, literalBases, uses } from '../plan-uses.ts';
import { withStubs } from '../stubs.ts';
import { Assembler } from './assembler.ts';
import * as A64 from './encoding.ts';
import { exchange } from './exchange.ts';
import { epilogue, prologue } from './frame.ts';
import { address, constant, copy, load, store } from './move.ts';
import { arg, far, type Places, placesOf, through } from './places.ts';
import { brought, stubCode } from './stubs.ts';

/** Bytes: what a literal may lie ahead of the `ldr` that reads it, and a bound for the code of one step. */
const LITERAL_REACH = 2 ** 20;
const MAX_STEP_BYTES = 96;

export function lowerAArch64(
  plan: Plan,
  { landingPad }: LowerOptions,
  trace: TracedInstruction[] | null = null,
): Lowered {
  const asm = new Assembler(trace, (plan.steps.length + 2) * MAX_STEP_BYTES > LITERAL_REACH);
  const places = placesOf(plan);
  const marks: Mark[] = [];
  const mark = (part: Mark['part']): void => {
    beginPart(marks, part, asm.offset);
  };
  if (landingPad && plan.stubs === undefined) {
    mark('landing pad');
    asm.op(A64.btiC); // where indirect calls may land in a guarded page (Arm ARM C6.2, BTI)
  }
  mark('prologue');
  prologue(places, asm);
  lowerSteps(plan, places, asm, mark);
  if (!endsInTailCall(plan)) {
    mark('epilogue');
    epilogue(places, asm);
  }
  if (asm.needsLiterals) {
    mark('padding');
    asm.align(8); // a literal is written while other threads may run the code beside it: it must not tear
    mark('literals');
  }
  const symbols = asm.literals();
  endPart(marks, asm.offset);
  const lowered = { bytes: asm.take(), symbols, marks, frame: shapeOf(places), stubs: null };
  return plan.stubs === undefined ? lowered : withStubs(lowered, plan.stubs, stubCode(landingPad), trace);
}

function lowerSteps(plan: Plan, places: Places, asm: Assembler, mark: (part: number) => void): void {
  const loaded = new Set<LiteralBase>();
  plan.steps.forEach((step, index) => {
    mark(index);
    for (const base of literalBases) {
      if (loaded.has(base) || !uses(step, base)) continue;
      asm.literal(pointerOf(base, places), base);
      loaded.add(base);
    }
    lowerStep(step, places, asm);
    // To load it again costs one instruction, and keeping it in a callee-saved register two.
    if (step.op === 'call') loaded.clear();
  });
}

function lowerStep(step: Step, places: Places, asm: Assembler): void {
  const { mem } = places;
  switch (step.op) {
    case 'point':
      return load(arg, mem({ base: 'args', offset: 8 * step.index }), 8, 'none', asm);
    case 'load':
      return load(step.to, mem(step.from), step.size, step.extend, asm);
    case 'move':
      return exchange(step.to, step.from, step.size, step.extend, asm);
    case 'store':
      return store(step.from, mem(step.to), step.size, asm);
    case 'copy':
      return copy(mem(step.from), mem(step.to), step.size, step.extend, asm);
    case 'address':
      if (isRegister(step.to)) return address(step.to, mem(step.of), asm);
      address(through, mem(step.of), asm);
      return store(through, mem(step.to), 8, asm);
    case 'set':
      if (typeof step.value === 'string') asm.literal(step.to, step.value);
      else constant(step.to, step.value, asm);
      if (step.plus === 'stub') asm.op(A64.addX, step.to, step.to, brought);
      return;
    case 'call':
      return call(step, places, asm);
    default:
      return unreachable(step);
  }
}

/** A branch through x16 or x17 may enter a `bti c` pad as a call may; through another register it may not. */
function call({ target, tail }: Extract<Step, { op: 'call' }>, places: Places, asm: Assembler): void {
  if (target !== 'parameter') asm.literal(far, target);
  asm.op(tail ? A64.br : A64.blr, target === 'parameter' ? pointerOf('target', places) : far);
}

function pointerOf(name: LiteralBase | 'target', { pointers }: Places): Register {
  const register = pointers.get(name);
  assertOf(name, register !== undefined, 'has a register');
  return register;
}

/** The record lies lowest of what is saved. Under an aligned stack pointer only x29 knows where that is. */
function shapeOf({ frame: { saved, record, below, align, local } }: Places): FrameShape {
  const pushed = record === 0 ? [] : [...saved, x(30), x(29)];
  const [base, size] = align > 16 ? [x(29), 0] : [sp, below];
  return { base, saved: pushed, savedVectors: [], size, local, incoming: size + record };
}
