// The invariants of a plan, checked inside every `prepare`. A plan that breaks one is a bug of a planner, and is
// refused before a single byte is generated for it.

import type { CallLayout, Location, Placement, ReturnPlacement } from '../abi/call-layout.ts';
import { assert, assertOf, unreachable } from '../errors.ts';
import type { Register } from '../isa/register.ts';
import { type Addr, isRegister, type Plan, type Step } from './step.ts';

type CallStep = Extract<Step, { op: 'call' }>;

/** What has been seen so far, walking the steps in order. */
interface Progress {
  /** Registers that hold a value the plan put there. */
  loaded: Register[];
  /** Registers that a `store` has emptied. */
  stored: Register[];
  /** Byte ranges of `out` and `local` written before the call. */
  written: { readonly base: string; readonly from: number; readonly to: number }[];
  call: CallStep | null;
  pointed: number | null;
  /** How often what a stub brings was used in front of the call. */
  brought: number;
}

/**
 * 1. There is one call; nothing follows a tail call, and a tail call leaves nothing of ours on the stack.
 * 2. No register is loaded twice on one side of the call, or stored after it was overwritten.
 * 3. Outgoing: what goes to memory goes before what goes to registers, because memory moves use scratch registers.
 * 4. Incoming: every register is stored before any register is loaded.
 * 5. Areas are respected: inside `out` and `local`, no byte written twice; `arg` only behind a `point`.
 * 6. Every piece of every argument, and of the result, is moved by exactly one step.
 * 7. What a stub brings is used once, in front of the call, and only where there are stubs.
 */
export function verify(plan: Plan, layout: CallLayout): Plan {
  const { align, outSize, localSize } = plan;
  assert(align >= 16 && Number.isInteger(Math.log2(align)), 'the alignment of the frame is a power of two');
  assert(outSize % align === 0 && localSize % 8 === 0, 'stack areas are aligned');
  // What a reverse plan passes on is the dispatcher's, not the signature's.
  const passes = plan.kind !== 'reverse' && outSize > 0;
  assert(!passes || layout.stackAlign <= align, 'the frame is aligned as its arguments ask for');
  const progress: Progress = { loaded: [], stored: [], written: [], call: null, pointed: null, brought: 0 };
  for (const step of plan.steps) verifyStep(step, plan, progress);
  verifyDisjoint(progress.written);
  const { call, brought } = progress;
  assert(brought === (plan.stubs === undefined ? 0 : 1), 'what a stub brings is used once, in front of the call'); // rule 7
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
      assertOf(step.to.name, sizeFits(step.to, step.size), 'cannot be loaded with that many bytes');
      verifyRead(step.from, step.size, plan, progress);
      return verifyLoad(step.to, progress);
    case 'store':
      assertOf(step.from.name, sizeFits(step.from, step.size), 'does not hold that many bytes to store');
      assertOf(
        step.from.name,
        !progress.stored.includes(step.from) && !progress.loaded.includes(step.from),
        'still has its value',
      );
      assert(progress.loaded.length === 0, 'registers are stored before any is loaded');
      progress.stored.push(step.from);
      return verifyWrite(step.to, step.size, plan, progress);
    case 'copy':
      assert(progress.loaded.length === 0, 'memory is moved before registers are loaded');
      verifyRead(step.from, step.size, plan, progress);
      return verifyWrite(step.to, step.size, plan, progress);
    case 'address':
      verifyRead(step.of, 0, plan, progress);
      if (isRegister(step.to)) return verifyLoad(step.to, progress);
      assert(progress.loaded.length === 0, 'memory is moved before registers are loaded');
      return verifyWrite(step.to, 8, plan, progress);
    case 'set':
      if (step.plus === 'stub' && progress.call === null) progress.brought++;
      return verifyLoad(step.to, progress);
    case 'move':
      return assert(false, 'only an adapter moves from register to register');
    case 'call':
      assert(progress.call === null, 'a plan calls once');
      assert(step.target !== 'parameter' || hasParameter(plan, 'target'), 'a parameter target needs the parameter');
      progress.call = step;
      // The callee has consumed the arguments and left a result: both sides start afresh.
      progress.loaded = [];
      progress.stored = [];
      verifyDisjoint(progress.written);
      progress.written = [];
      progress.pointed = null;
      return;
    default:
      return unreachable(step);
  }
}

function verifyLoad(to: Register, progress: Progress): void {
  assertOf(to.name, !progress.loaded.includes(to), 'is loaded once');
  progress.loaded.push(to);
}

const VECTOR_SIZES: readonly number[] = [2, 4, 6, 8, 16, 32, 64];

function sizeFits({ file }: Register, size: number): boolean {
  if (file === 'gpr') return size >= 1 && size <= 8;
  return file === 'vec' ? VECTOR_SIZES.includes(size) : size === X87_BYTES;
}

/** What an x87 register holds: sign, exponent and 64 bits of significand (SDM vol. 1, 4.2.2). */
const X87_BYTES = 10;

const hasParameter = (plan: Plan, name: string): boolean => plan.params.some((param) => param.name === name);

function verifyRead({ base, offset }: Addr, size: number, plan: Plan, { pointed, call }: Progress): void {
  assert(offset >= 0, 'no negative offsets');
  if (base === 'arg') assert(pointed !== null, 'arg stands behind a point');
  if (base === 'args' || base === 'ret') assertOf(base, hasParameter(plan, base), 'is a parameter');
  if (base === 'local') assert(offset + size <= plan.localSize, 'reads stay inside the local area');
  assert(base !== 'out', 'nobody reads the outgoing area');
  assert(base !== 'errno' || call !== null, 'the error number is read behind the call');
}

function verifyWrite({ base, offset }: Addr, size: number, plan: Plan, { written, call }: Progress): void {
  assertOf(base, base === 'out' || base === 'local' || base === 'ret' || base === 'frame', 'is ours to write');
  if (base === 'out') assert(call === null && offset + size <= plan.outSize, 'writes stay inside the outgoing area');
  if (base === 'local') assert(offset + size <= plan.localSize, 'writes stay inside the local area');
  written.push({ base, from: offset, to: offset + size });
}

/** Rule 5, for one side of the call. */
function verifyDisjoint(written: Progress['written']): void {
  if (written.length > 1) written.sort((a, b) => (a.base === b.base ? a.from - b.from : a.base < b.base ? -1 : 1));
  let before: Progress['written'][number] | null = null;
  for (const range of written) {
    assert(before?.base !== range.base || before.to <= range.from, 'no byte is written twice');
    before = range;
  }
}

/** Rule 6. A reverse plan takes in the arguments and lets out the result; the others do the opposite. */
function verifyPieces({ kind, steps }: Plan, layout: CallLayout): void {
  const inward = kind === 'reverse';
  const call = steps.findIndex(({ op }) => op === 'call');
  const args = new Moves(steps, 0, call, inward);
  // By index: V8 does not optimise `for … of` over a frozen array.
  for (let index = 0; index < layout.args.length; index++) {
    const placement = layout.args[index]?.placement;
    if (placement !== undefined) args.check(placement);
  }
  new Moves(steps, call + 1, steps.length, !inward).check(layout.ret.placement);
}

/** The size of a move that hands out the address instead of the bytes. */
const WHOLE = -1;
/** The size that stands for a place that was moved more than once. */
const REPEATED = -2;

/** Which places the steps of one side of the call fill (outward) or empty (inward), and how many bytes of each. */
class Moves {
  readonly #steps: readonly Step[];
  readonly #start: number;
  readonly #end: number;
  readonly #inward: boolean;
  /** By the offset in the argument area. Made when it is asked for: most calls put nothing there. */
  #stack: ReadonlyMap<number, number> | null = null;

  constructor(steps: readonly Step[], start: number, end: number, inward: boolean) {
    this.#steps = steps;
    this.#start = start;
    this.#end = end;
    this.#inward = inward;
  }

  check(placement: Placement | ReturnPlacement): void {
    if (placement.mode === 'indirect') this.#checkPlace(placement.pointer, 8);
    if (placement.mode !== 'direct') return;
    const { pieces } = placement;
    for (let index = 0; index < pieces.length; index++) {
      const piece = pieces[index];
      if (piece !== undefined) this.#checkPlace(piece.at, piece.size);
    }
  }

  #checkPlace(at: Location, size: number): void {
    this.#stack ??= at.in === 'stack' ? this.#sizesOnStack() : null;
    const moved = at.in === 'register' ? this.#sizeIn(at.register) : this.#stack?.get(at.offset);
    assert(moved !== undefined && moved !== REPEATED, 'a piece is moved once');
    assert(moved === size || moved === WHOLE, 'a piece is moved whole');
  }

  /** No register is moved twice: rule 2. */
  #sizeIn(wanted: Register): number | undefined {
    for (let index = this.#start; index < this.#end; index++) {
      const step = this.#steps[index];
      if (step === undefined) continue;
      if (this.#inward) {
        if (step.op === 'store' && step.from === wanted) return step.size;
      } else if (step.op === 'load') {
        if (step.to === wanted) return step.size;
      } else if (step.op === 'address' && step.to === wanted) return 8;
    }
    return undefined;
  }

  #sizesOnStack(): Map<number, number> {
    const sizes = new Map<number, number>();
    const note = ({ offset }: Addr, size: number): void => void sizes.set(offset, sizes.has(offset) ? REPEATED : size);
    for (const step of this.#steps.slice(this.#start, this.#end)) {
      if (step.op === 'copy') {
        if (this.#inward && step.from.base === 'in') note(step.from, step.size);
        if (!this.#inward && step.to.base === 'out') note(step.to, step.size);
      }
      if (step.op === 'address') {
        if (this.#inward && step.of.base === 'in') note(step.of, WHOLE);
        if (!this.#inward && !isRegister(step.to) && step.to.base === 'out') note(step.to, 8);
      }
    }
    return sizes;
  }
}
