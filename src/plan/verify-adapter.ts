// The invariants of an adapter's plan. It is followed step by step with names in the place of values: every place of the
// target must hold, at the call, the bytes that arrived for it, and every place of the result those that came back.

import type { CallLayout, Extend, Location, Passed, Piece, Placement, ReturnPlacement } from '../abi/call-layout.ts';
import { assert, InterfixError } from '../errors.ts';
import type { Register } from '../isa/register.ts';
import { usedStack } from './adapter-transfers.ts';
import type { FrameField } from './frame-layout.ts';
import type { Addr, Plan, Step } from './step.ts';

/**
 * `size` bytes of a value from its byte `from` on, filled up to 32 bits as `extend` says. A value is an argument of the
 * target, by its index; what is dropped in front of it, by a negative one; the result, the address of its memory; or the
 * count of vector registers, which is `from` then.
 */
interface Held {
  readonly value: number | 'result' | 'count';
  readonly from: number;
  readonly size: number;
  readonly extend: Extend;
}

const POINTER_BYTES = 8;

/**
 * 1. There is one call; nothing follows a tail call, and a tail call leaves nothing of ours on the stack.
 * 2. At the call, every place of every argument of the target holds its bytes, extended as its convention asks; at the
 *    end, every register of the result, as our caller's convention asks; or `kept`, the place of the result in the frame.
 * 3. What is read has arrived or was put there, and has not been overwritten; a register that was stored is empty.
 * 4. Areas are respected: stack arguments go to `out`, no byte twice, or before a tail call to the part of `in` in which
 *    arguments arrived; behind the call nothing is written but `kept`.
 * 5. Nothing changes a register that our caller counts on, unless the prologue saves it for the target's sake.
 */
export function verifyAdapter(
  plan: Plan,
  incoming: CallLayout,
  outgoing: CallLayout,
  kept: FrameField | null = null,
): Plan {
  const { steps, incoming: caller, outgoing: callee } = plan;
  const at = steps.findIndex(({ op }) => op === 'call');
  const call = steps[at];
  assert(call?.op === 'call' && call.target === 'target', 'an adapter calls its target');
  verifyFrame(plan, call.tail, outgoing);
  assert(!call.tail || outgoing.stackAlign <= incoming.stackAlign, 'a tail call finds the alignment that it needs');
  const area: Area = call.tail ? { base: 'in', from: 0, size: usedStack(incoming) } : outArea(plan);
  const before = new Machine(plan, area);
  before.arrive(incoming, incoming.args.length - outgoing.args.length);
  for (const step of steps.slice(0, at)) before.step(step);
  before.checkArguments(incoming, outgoing);
  if (call.tail) assert(at === steps.length - 1, 'nothing follows a tail call');
  const behind = new Machine(plan, { base: 'frame', from: kept?.offset ?? 0, size: kept?.size ?? 0 });
  behind.returned(outgoing.ret, callee.extendsNarrow);
  for (const step of steps.slice(at + 1)) behind.step(step);
  if (kept === null) behind.checkResult(incoming.ret, caller === callee);
  else behind.checkKept(outgoing.ret, kept);
  return plan;
}

const outArea = ({ outSize }: Plan): Area => ({ base: 'out', from: 0, size: outSize });

function verifyFrame(
  { incoming, outgoing, params, outSize, localSize, align }: Plan,
  tail: boolean,
  layout: CallLayout,
): void {
  assert(align >= 16 && Number.isInteger(Math.log2(align)), 'the alignment of the frame is a power of two');
  assert(outSize % align === 0, 'stack areas are aligned');
  assert(localSize === 0 && params.length === 0, 'an adapter has no parameters and nothing of its own');
  if (tail) {
    assert(outSize === 0, 'a tail call leaves nothing on the stack');
    assert(outgoing.homeBytes <= incoming.homeBytes, 'a tail call finds the home space of our caller');
  } else {
    assert(layout.stackSize <= outSize && layout.stackAlign <= align, 'the frame has room for the arguments');
  }
}

/** Where stack arguments of the target go, or its result: `size` bytes from `from` on. */
interface Area {
  readonly base: 'in' | 'out' | 'frame';
  readonly from: number;
  readonly size: number;
}

/** Registers and argument areas, on one side of the call. */
class Machine {
  readonly #plan: Plan;
  readonly #area: Area;
  readonly #registers = new Map<Register, Held>();
  /** By the offset in `in`. */
  readonly #arrived = new Map<number, Held>();
  /** By the offset in the area. */
  readonly #put = new Map<number, Held>();
  /** The bytes of the area that were written. */
  readonly #written = new Set<number>();

  constructor(plan: Plan, area: Area) {
    this.#plan = plan;
    this.#area = area;
  }

  /** What our caller passed: `inFront` arguments that are dropped, and those of the target. */
  arrive({ args, ret }: CallLayout, inFront: number): void {
    const { extendsNarrow } = this.#plan.incoming;
    args.forEach(({ placement }, index) => {
      this.#holdAll(placement, index - inFront, extendsNarrow);
    });
    if (ret.placement.mode === 'hidden') this.#hold(ret.placement.pointer, pointerOf('result'));
  }

  /** What the target returned. */
  returned({ placement }: Passed<ReturnPlacement>, extendsNarrow: boolean): void {
    this.#holdAll(placement, 'result', extendsNarrow);
  }

  #holdAll(placement: Placement | ReturnPlacement, value: Held['value'], extendsNarrow: boolean): void {
    if (placement.mode === 'indirect') this.#hold(placement.pointer, pointerOf(value));
    if (placement.mode === 'hidden' && placement.echoed !== null)
      this.#registers.set(placement.echoed, pointerOf(value));
    if (placement.mode !== 'direct') return;
    for (const { from, size, at, also, extend } of placement.pieces) {
      const isExtended = extendsNarrow && at.in === 'register' && size < 4;
      const held: Held = { value, from, size, extend: isExtended ? extend : 'none' };
      this.#hold(at, held);
      if (also !== null) this.#registers.set(also, held);
    }
  }

  #hold(at: Location, held: Held): void {
    if (at.in === 'register') this.#registers.set(at.register, held);
    else this.#arrived.set(at.offset, held);
  }

  step(step: Step): void {
    switch (step.op) {
      case 'move':
        return this.#fill(step.to, moved(this.#register(step.from), step.size, step.extend));
      case 'load':
        return this.#fill(step.to, moved(this.#read(step.from, step.size), step.size, step.extend));
      case 'copy':
        return this.#write(step.to, moved(this.#read(step.from, step.size), step.size, step.extend));
      case 'store':
        this.#write(step.to, moved(this.#register(step.from), step.size, 'none'));
        this.#registers.delete(step.from);
        return;
      case 'set':
        assert(typeof step.value === 'number', 'an adapter has no symbols but its target');
        return this.#fill(step.to, { value: 'count', from: step.value, size: POINTER_BYTES, extend: 'none' });
      default:
        assert(false, `an adapter has no step ${step.op} there`);
    }
  }

  #register(register: Register): Held {
    const held = this.#registers.get(register);
    assert(held !== undefined, 'a register that is read holds something');
    return held;
  }

  #fill(register: Register, held: Held): void {
    const { incoming, outgoing } = this.#plan;
    const isKept = incoming.calleeSaved.includes(register) && outgoing.calleeSaved.includes(register);
    assert(!isKept, 'a register of our caller is left alone');
    this.#registers.set(register, held);
  }

  #read({ base, offset }: Addr, size: number): Held {
    assert(base === 'in', 'an adapter reads the arguments of its caller');
    if (this.#area.base === 'in') assert(!this.#touched(offset, size), 'what is read has not been overwritten');
    const held = this.#arrived.get(offset);
    if (held !== undefined) return held;
    for (const [start, { value, from, size: bytes }] of this.#arrived) {
      const inside = offset - start;
      if (inside > 0 && inside + size <= bytes) return { value, from: from + inside, size, extend: 'none' };
    }
    return neverArrived();
  }

  #touched(offset: number, size: number): boolean {
    for (let byte = offset; byte < offset + size; byte++) if (this.#written.has(byte)) return true;
    return false;
  }

  #write({ base, offset }: Addr, held: Held): void {
    const size = held.extend === 'none' ? held.size : Math.max(4, held.size);
    const { base: own, from, size: room } = this.#area;
    assert(base === own && offset >= from && offset + size <= from + room, 'writes stay inside their area');
    assert(!this.#touched(offset, size), 'no byte is written twice');
    for (let byte = offset; byte < offset + size; byte++) this.#written.add(byte);
    this.#put.set(offset, held);
  }

  checkArguments(incoming: CallLayout, outgoing: CallLayout): void {
    const { args, ret, vectorCount } = outgoing;
    const inFront = incoming.args.length - args.length;
    args.forEach(({ placement }, index) => {
      if (placement.mode === 'indirect') this.#checkPlace(placement.pointer, pointerOf(index), []);
      if (placement.mode === 'direct') this.#checkPieces(placement.pieces, index, incoming.args[index + inFront]);
    });
    if (ret.placement.mode === 'hidden') this.#checkPlace(ret.placement.pointer, pointerOf('result'), []);
    if (vectorCount === null) return;
    const held = this.#registers.get(vectorCount.register);
    assert(held?.value === 'count' && held.from === vectorCount.count, 'the vector registers are counted');
  }

  #checkPieces(pieces: readonly Piece[], value: number, arrived: Passed<Placement> | undefined): void {
    const parts = arrived?.placement.mode === 'direct' ? arrived.placement.pieces : [];
    for (const { from, size, at, also, extend } of pieces) {
      const wanted: Held = { value, from, size, extend: size < 4 ? extend : 'none' };
      this.#checkPlace(at, wanted, parts);
      if (also !== null) this.#checkPlace({ in: 'register', register: also }, wanted, []);
    }
  }

  /** `parts`: the pieces that arrived, of which a place on the stack may be put together. */
  #checkPlace(at: Location, wanted: Held, parts: readonly Piece[]): void {
    const held = at.in === 'register' ? this.#registers.get(at.register) : this.#placed(at.offset);
    if (held !== undefined && isSame(held, wanted)) return;
    assert(at.in === 'stack' && parts.length > 0, 'every place of the target holds what arrived for it');
    for (const { from, size } of parts) {
      const part = this.#placed(at.offset + from - wanted.from);
      const extend = size === wanted.size ? wanted.extend : 'none';
      const isThere = part !== undefined && isSame(part, { ...wanted, from, size, extend });
      assert(isThere, 'every place of the target holds what arrived for it');
    }
  }

  /** What the target finds there: a tail call hands on what was left where it is. */
  #placed(offset: number): Held | undefined {
    const put = this.#put.get(offset);
    if (put !== undefined || this.#area.base === 'out') return put;
    const held = this.#arrived.get(offset);
    return held === undefined || this.#touched(offset, held.size) ? undefined : held;
  }

  /** Nothing tells of a result in memory here: the target has written it somewhere else. */
  checkKept({ placement }: Passed<ReturnPlacement>, { offset }: FrameField): void {
    assert(placement.mode !== 'hidden', 'a result that is kept came back in registers');
    if (placement.mode !== 'direct') return;
    for (const { from, size } of placement.pieces) {
      const held = this.#put.get(offset + from);
      const wanted: Held = { value: 'result', from, size, extend: 'none' };
      assert(held !== undefined && isSame(held, wanted), 'the frame holds the result');
    }
  }

  /** `isAgreed`: both sides are of one convention, and know how much of a narrow result they may count on. */
  checkResult({ placement }: Passed<ReturnPlacement>, isAgreed: boolean): void {
    const check = (register: Register, wanted: Held): void => {
      const held = this.#registers.get(register);
      assert(held !== undefined && isSame(held, wanted), 'every register of the result holds what came back');
    };
    if (placement.mode === 'hidden' && placement.echoed !== null) check(placement.echoed, pointerOf('result'));
    if (placement.mode !== 'direct') return;
    for (const { from, size, at, extend } of placement.pieces) {
      assert(at.in === 'register', 'a result piece lives in a register');
      check(at.register, { value: 'result', from, size, extend: isAgreed || size >= 4 ? 'none' : extend });
    }
  }
}

const pointerOf = (value: Held['value']): Held => ({ value, from: 0, size: POINTER_BYTES, extend: 'none' });

const isSame = (held: Held, { value, from, size, extend }: Held): boolean =>
  held.value === value && held.from === from && held.size === size && (extend === 'none' || held.extend === extend);

function neverArrived(): never {
  throw new InterfixError('ERR_INTERNAL', 'what is read has arrived there');
}

/** What is known of a value after `size` bytes of it were moved. */
function moved(held: Held, size: number, extend: Extend): Held {
  const known = held.extend === 'none' ? held.size : Math.max(4, held.size);
  assert(size <= known, 'no more is read than is known');
  if (size > held.size) return held; // with its extension
  return { ...held, size, extend: size < 4 ? extend : 'none' };
}
