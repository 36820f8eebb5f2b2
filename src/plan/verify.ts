// The invariants of a plan, checked inside every `prepare`. A plan that breaks one is a bug of a planner, and is
// refused before a single byte is generated for it.

import type { CallLayout, Piece } from '../abi/call-layout.ts';
import { assert, unreachable } from '../errors.ts';
import type { Register } from '../isa/register.ts';
import { type Addr, isRegister, type Plan, type Step } from './step.ts';

type CallStep = Extract<Step, { op: 'call' }>;

/** What has been seen so far, walking the steps in order. */
interface Progress {
  /** Registers that hold a value the plan put there. */
  readonly loaded: Set<Register>;
  /** Registers that a `store` has emptied. */
  readonly stored: Set<Register>;
  /** Byte ranges of `out` and `local` written before the call. */
  readonly written: { readonly base: string; readonly from: number; readonly to: number }[];
  call: CallStep | null;
  pointed: number | null;
}

/**
 * 1. There is one call; nothing follows a tail call, and a tail call leaves nothing of ours on the stack.
 * 2. No register is loaded twice on one side of the call, or stored after it was overwritten.
 * 3. Outgoing: what goes to memory goes before what goes to registers, because memory moves use scratch registers.
 * 4. Incoming: every register is stored before any register is loaded.
 * 5. Areas are respected: inside `out` and `local`, no byte written twice; `arg` only behind a `point`.
 * 6. Every piece of every argument, and of the result, is moved by exactly one step.
 */
export function verify(plan: Plan, layout: CallLayout): Plan {
  assert(plan.outSize % 16 === 0 && plan.localSize % 8 === 0, 'stack areas are aligned');
  const progress: Progress = { loaded: new Set(), stored: new Set(), written: [], call: null, pointed: null };
  for (const step of plan.steps) verifyStep(step, plan, progress);
  verifyDisjoint(progress);
  const { call } = progress;
  assert(call !== null, 'a plan calls something');
  if (call.tail) {
    assert(plan.steps[plan.steps.length - 1] === call, 'nothing follows a tail call');
    assert(plan.outSize === 0 && plan.localSize === 0, 'a tail call leaves nothing on the stack');
  }
  verifyPieces(plan, layout);
  return plan;
}

function verifyStep(step: Step, plan: Plan, progress: Progress): void {
  switch (step.op) {
    case 'point':
      progress.pointed = step.index;
      return assert(hasParameter(plan, 'args'), 'point needs the parameter args');
    case 'load':
      assert(sizeFits(step.to, step.size), `a load of ${step.size} bytes to ${step.to.name}`);
      verifyRead(step.from, step.size, plan, progress);
      return verifyLoad(step.to, progress);
    case 'store':
      assert(sizeFits(step.from, step.size), `a store of ${step.size} bytes from ${step.from.name}`);
      assert(
        !progress.stored.has(step.from) && !progress.loaded.has(step.from),
        `${step.from.name} still has its value`,
      );
      progress.stored.add(step.from);
      return verifyWrite(step.to, step.size, plan, progress);
    case 'copy':
      assert(progress.loaded.size === 0, 'memory is moved before registers are loaded');
      verifyRead(step.from, step.size, plan, progress);
      return verifyWrite(step.to, step.size, plan, progress);
    case 'address':
      verifyRead(step.of, 0, plan, progress);
      if (isRegister(step.to)) return verifyLoad(step.to, progress);
      assert(progress.loaded.size === 0, 'memory is moved before registers are loaded');
      return verifyWrite(step.to, 8, plan, progress);
    case 'set':
      return verifyLoad(step.to, progress);
    case 'call':
      assert(progress.call === null, 'a plan calls once');
      assert(step.target !== 'parameter' || hasParameter(plan, 'target'), 'a parameter target needs the parameter');
      progress.call = step;
      // The callee has consumed the arguments and left a result: both sides start afresh.
      progress.loaded.clear();
      progress.stored.clear();
      verifyDisjoint(progress);
      progress.pointed = null;
      return;
    default:
      return unreachable(step);
  }
}

function verifyLoad(to: Register, { loaded }: Progress): void {
  assert(!loaded.has(to), `${to.name} is loaded once`);
  loaded.add(to);
}

const sizeFits = ({ file }: Register, size: number): boolean =>
  file === 'gpr' ? size >= 1 && size <= 8 : size === 4 || size === 8;

const hasParameter = (plan: Plan, name: string): boolean => plan.params.some((param) => param.name === name);

function verifyRead({ base, offset }: Addr, size: number, plan: Plan, { pointed }: Progress): void {
  assert(offset >= 0, 'no negative offsets');
  if (base === 'arg') assert(pointed !== null, 'arg stands behind a point');
  if (base === 'args' || base === 'ret') assert(hasParameter(plan, base), `${base} is a parameter`);
  if (base === 'local') assert(offset + size <= plan.localSize, 'reads stay inside the local area');
  assert(base !== 'out', 'nobody reads the outgoing area');
}

function verifyWrite({ base, offset }: Addr, size: number, plan: Plan, { written, call }: Progress): void {
  assert(base === 'out' || base === 'local' || base === 'ret' || base === 'frame', `${base} is not ours to write`);
  if (base === 'out') assert(call === null && offset + size <= plan.outSize, 'writes stay inside the outgoing area');
  if (base === 'local') assert(offset + size <= plan.localSize, 'writes stay inside the local area');
  written.push({ base, from: offset, to: offset + size });
}

/** Rule 5, for one side of the call. */
function verifyDisjoint({ written }: Progress): void {
  written.sort((a, b) => (a.base === b.base ? a.from - b.from : a.base < b.base ? -1 : 1));
  written.forEach(({ base, from }, index) => {
    const before = written[index - 1];
    assert(before === undefined || before.base !== base || before.to <= from, 'no byte is written twice');
  });
  written.length = 0;
}

/** Rule 6. A reverse plan takes in the arguments and lets out the result; the others do the opposite. */
function verifyPieces(plan: Plan, layout: CallLayout): void {
  const call = plan.steps.findIndex((step) => step.op === 'call');
  const inward = plan.kind === 'reverse';
  const args = countMoves(plan.steps.slice(0, call), inward);
  const results = countMoves(plan.steps.slice(call + 1), !inward);
  for (const { placement } of layout.args) if (placement.mode === 'direct') placement.pieces.forEach(args);
  if (layout.ret.placement.mode === 'direct') layout.ret.placement.pieces.forEach(results);
}

/** Counts which places the steps fill (outward) or empty (inward), and gives the check of one piece against that. */
function countMoves(steps: readonly Step[], inward: boolean): (piece: Piece) => void {
  const sizes = new Map<Register | number, number[]>();
  const count = (place: Register | number, size: number): void => {
    const known = sizes.get(place);
    if (known === undefined) sizes.set(place, [size]);
    else known.push(size);
  };
  for (const step of steps) {
    if (inward && step.op === 'store') count(step.from, step.size);
    if (inward && step.op === 'copy' && step.from.base === 'in') count(step.from.offset, step.size);
    if (inward && step.op === 'address' && step.of.base === 'in') count(step.of.offset, WHOLE);
    if (!inward && step.op === 'load') count(step.to, step.size);
    if (!inward && step.op === 'copy' && step.to.base === 'out') count(step.to.offset, step.size);
  }
  return ({ at, size }) => {
    const moved = sizes.get(at.in === 'register' ? at.register : at.offset) ?? [];
    assert(moved.length === 1, `a piece of ${size} bytes is moved once, not ${moved.length} times`);
    assert(moved[0] === size || moved[0] === WHOLE, `a piece of ${size} bytes is moved whole`);
  };
}

/** The size of a move that hands out the address instead of the bytes. */
const WHOLE = -1;
