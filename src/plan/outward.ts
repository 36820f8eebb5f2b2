// The planner of the kinds that call a C function: forward, bound and entry. They differ in where the arguments come
// from, where the result goes, and who knows the target; the moves between are the same.

import type { CallLayout, Location, Passed, Piece, Placement, ReturnPlacement } from '../abi/call-layout.ts';
import type { Convention } from '../abi/convention.ts';
import { alignUp } from '../ctype/layout.ts';
import { assert } from '../errors.ts';
import type { Register } from '../isa/register.ts';
import { type CallFrame, ERRNO_BYTES } from './frame-layout.ts';
import { LocalArea, STACK_ALIGN } from './local-area.ts';
import type { Addr, Plan, PlanParameter, Step, TrampolineKind } from './step.ts';

/** Where one kind finds its arguments and leaves its result. */
interface Ends {
  readonly params: readonly PlanParameter[];
  readonly target: 'parameter' | 'target';
  /** Adds the steps that make argument `index` addressable; its address. */
  readonly reach: (steps: Step[], index: number) => Addr;
  readonly result: Addr;
  /**
   * Whether the callee may write its result straight to `result`. Not into a call frame: the same function may be
   * called again by a callback while the outer call is still writing.
   */
  readonly resultIsOurs: boolean;
  /** What is done when the result is stored. */
  readonly after: readonly Step[];
}

const NOTHING: readonly Step[] = [];
const POINTED: Addr = Object.freeze({ base: 'arg', offset: 0 });

/** `void (void *target, void *ret, void **args)`, or without `target` when the code is bound to it. */
export function planForward(layout: CallLayout, entry: Convention, callee: Convention, bound: boolean): Plan {
  const names = bound ? (['ret', 'args'] as const) : (['target', 'ret', 'args'] as const);
  const params = names.map((name, index) => ({ name, register: registerAt(entry.argumentRegisters.gpr, index) }));
  return planOutward(bound ? 'bound' : 'forward', layout, entry, callee, {
    params,
    target: bound ? 'target' : 'parameter',
    reach: (steps, index) => {
      steps.push({ op: 'point', index });
      return POINTED;
    },
    result: { base: 'ret', offset: 0 },
    resultIsOurs: true,
    after: NOTHING,
  });
}

/** `napi_value (napi_env, napi_callback_info)`: both ignored; everything passes through the call frame. */
export function planEntry(layout: CallLayout, entry: Convention, callee: Convention, frame: CallFrame): Plan {
  const after: Step[] = [];
  if (frame.errno !== null) {
    // Before anything else runs on this thread that may change it; its address never changes.
    const [from, to] = [{ base: 'errno', offset: 0 } as const, { base: 'frame', offset: frame.errno.offset } as const];
    after.push({ op: 'copy', from, to, size: ERRNO_BYTES, extend: 'none' });
  }
  // A null napi_value is `undefined` to JavaScript; anything else would be taken for a handle.
  after.push({ op: 'set', to: entry.resultRegister, value: 0 });
  return planOutward('entry', layout, entry, callee, {
    params: [],
    target: 'target',
    reach: (_, index) => ({ base: 'frame', offset: frame.args[index]?.offset ?? 0 }),
    result: { base: 'frame', offset: frame.ret.offset },
    resultIsOurs: false,
    after,
  });
}

function planOutward(
  kind: TrampolineKind,
  layout: CallLayout,
  entry: Convention,
  callee: Convention,
  ends: Ends,
): Plan {
  const { args, ret, vectorCount } = layout;
  const local = new LocalArea(layout.stackAlign);
  const viaLocal = ret.placement.mode === 'hidden' && !ends.resultIsOurs ? local.take(ret.size, ret.align) : null;
  const copies = copiesOf(args, local);
  const steps: Step[] = [];
  // Memory first, registers last: a register that is loaded is not needed for moving anything else.
  pushArguments(steps, args, copies, ends, 'stack');
  if (ret.placement.mode === 'hidden') pushAddress(steps, viaLocal ?? ends.result, ret.placement.pointer);
  pushArguments(steps, args, copies, ends, 'register');
  if (vectorCount !== null) steps.push({ op: 'set', to: vectorCount.register, value: vectorCount.count });
  // Nothing to do afterwards and nothing of ours on the stack: the target may return to our caller itself.
  const done = viaLocal === null && ret.placement.mode !== 'direct' && kind !== 'entry';
  const tail = done && local.size === 0 && fitsTailCall(layout, callee, entry);
  steps.push({ op: 'call', target: ends.target, tail });
  pushResult(steps, ret, ends.result, viaLocal);
  for (const step of ends.after) steps.push(step);
  const align = tail ? STACK_ALIGN : local.align;
  const outSize = tail ? 0 : alignUp(layout.stackSize, align);
  const localSize = local.size;
  return { kind, incoming: entry, outgoing: callee, params: ends.params, outSize, localSize, align, steps };
}

type Arguments = readonly Passed<Placement>[];
/** Where the copies are of the arguments that travel by reference; most calls have none. */
type Copies = readonly (Addr | null)[] | null;

function copiesOf(args: Arguments, local: LocalArea): Copies {
  let copies: (Addr | null)[] | null = null;
  // By index: V8 does not optimise `for … of` over a frozen array.
  for (let index = 0; index < args.length; index++) {
    const arg = args[index];
    if (arg?.placement.mode !== 'indirect') continue;
    copies ??= args.map(() => null);
    copies[index] = local.take(arg.size, arg.placement.copyAlign);
  }
  return copies;
}

/** The moves of all arguments that fill the stack and our own copies, or those that fill registers. */
function pushArguments(steps: Step[], args: Arguments, copies: Copies, ends: Ends, to: Piece['at']['in']): void {
  for (let index = 0; index < args.length; index++) {
    const arg = args[index];
    if (arg !== undefined) pushMoves(steps, arg, index, copies?.[index] ?? null, ends, to);
  }
}

/** Our own caller's home space, if there is one, serves the target as well as us. */
const fitsTailCall = ({ stackSize }: CallLayout, callee: Convention, entry: Convention): boolean =>
  stackSize <= callee.homeBytes && callee.homeBytes <= entry.homeBytes && preserves(callee, entry);

const preserves = (callee: Convention, entry: Convention): boolean =>
  callee === entry || entry.calleeSaved.every((register) => callee.calleeSaved.includes(register));

/** The moves of one argument that fill the stack and our own copy, or those that fill registers. */
function pushMoves(
  steps: Step[],
  { size, placement }: Passed<Placement>,
  index: number,
  copy: Addr | null,
  ends: Ends,
  to: Piece['at']['in'],
): void {
  if (placement.mode === 'ignore') return;
  if (placement.mode === 'direct') return pushPieces(steps, placement.pieces, index, ends, to);
  assert(copy !== null, 'an indirect argument has a copy');
  if (to === 'stack') {
    const source = ends.reach(steps, index);
    steps.push({ op: 'copy', from: source, to: copy, size, extend: 'none' });
  }
  if (placement.pointer.in === to) pushAddress(steps, copy, placement.pointer);
}

function pushPieces(steps: Step[], pieces: readonly Piece[], index: number, ends: Ends, to: Piece['at']['in']): void {
  let source: Addr | null = null;
  // By index, as above.
  for (let part = 0; part < pieces.length; part++) {
    const piece = pieces[part];
    if (piece?.at.in !== to) continue;
    source ??= ends.reach(steps, index);
    pushPiece(steps, piece, piece.from === 0 ? source : { base: source.base, offset: source.offset + piece.from });
  }
}

function pushPiece(steps: Step[], { size, at, extend, also }: Piece, from: Addr): void {
  if (at.in === 'stack') {
    steps.push({ op: 'copy', from, to: { base: 'out', offset: at.offset }, size, extend });
    return;
  }
  steps.push({ op: 'load', to: at.register, from, size, extend });
  if (also !== null) steps.push({ op: 'load', to: also, from, size, extend });
}

function pushAddress(steps: Step[], of: Addr, pointer: Location): void {
  const to: Register | Addr = pointer.in === 'register' ? pointer.register : { base: 'out', offset: pointer.offset };
  steps.push({ op: 'address', of, to });
}

/** From registers, or from our own memory, to `result`. */
export function pushResult(steps: Step[], ret: Passed<ReturnPlacement>, result: Addr, viaLocal: Addr | null): void {
  if (viaLocal !== null) steps.push({ op: 'copy', from: viaLocal, to: result, size: ret.size, extend: 'none' });
  if (ret.placement.mode !== 'direct') return;
  for (const { from, size, at } of ret.placement.pieces) {
    assert(at.in === 'register', 'a result piece lives in a register');
    steps.push({ op: 'store', from: at.register, to: { base: result.base, offset: result.offset + from }, size });
  }
}

function registerAt(registers: readonly Register[], index: number): Register {
  const register = registers[index];
  assert(register !== undefined, 'a convention has registers for three arguments');
  return register;
}
