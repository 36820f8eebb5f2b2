// The planner of the kinds that call a C function: forward, bound and entry. They differ in where the arguments come
// from, where the result goes, and who knows the target; the moves between are the same.

import type { CallLayout, Passed, Piece, Placement, ReturnPlacement } from '../abi/call-layout.ts';
import type { Convention } from '../abi/convention.ts';
import type { Register } from '../isa/register.ts';
import type { FrameLayout } from './frame-layout.ts';
import type { Addr, Plan, PlanParameter, Step, TrampolineKind } from './step.ts';

/** Where one kind finds its arguments and leaves its result. */
interface Ends {
  readonly params: readonly PlanParameter[];
  readonly target: 'parameter' | 'target';
  /** The steps that make argument `index` addressable, and its address. */
  readonly argument: (index: number) => { readonly reach: readonly Step[]; readonly at: Addr };
  readonly result: Addr;
  /**
   * Whether the callee may write its result straight to `result`. Not into a call frame: the same function may be
   * called again by a callback while the outer call is still writing.
   */
  readonly resultIsOurs: boolean;
}

/** `void (void *target, void *ret, void **args)`, or without `target` when the code is bound to it. */
export function planForward(layout: CallLayout, entry: Convention, callee: Convention, bound: boolean): Plan {
  const names = bound ? (['ret', 'args'] as const) : (['target', 'ret', 'args'] as const);
  const params = names.map((name, index) => ({ name, register: registerAt(entry.argumentRegisters.gpr, index) }));
  return planOutward(bound ? 'bound' : 'forward', layout, entry, callee, {
    params,
    target: bound ? 'target' : 'parameter',
    argument: (index) => ({ reach: [{ op: 'point', index }], at: { base: 'arg', offset: 0 } }),
    result: { base: 'ret', offset: 0 },
    resultIsOurs: true,
  });
}

/** `napi_value (napi_env, napi_callback_info)`: both ignored; everything passes through the call frame. */
export function planEntry(layout: CallLayout, entry: Convention, callee: Convention, frame: FrameLayout): Plan {
  const plan = planOutward('entry', layout, entry, callee, {
    params: [],
    target: 'target',
    argument: (index) => ({ reach: [], at: { base: 'frame', offset: frame.args[index]?.offset ?? 0 } }),
    result: { base: 'frame', offset: frame.ret.offset },
    resultIsOurs: false,
  });
  // A null napi_value is `undefined` to JavaScript; anything else would be taken for a handle.
  return { ...plan, steps: [...plan.steps, { op: 'set', to: entry.resultRegister, value: 0 }] };
}

function planOutward(
  kind: TrampolineKind,
  layout: CallLayout,
  entry: Convention,
  callee: Convention,
  ends: Ends,
): Plan {
  const { ret, vectorCount } = layout;
  const viaLocal = ret.placement.mode === 'hidden' && !ends.resultIsOurs;
  const steps: Step[] = [
    // Stack first, registers last: a register that is loaded is not needed for moving anything else.
    ...layout.args.flatMap((arg, index) => moves(arg, index, ends, 'stack')),
    ...hiddenPointer(ret.placement, viaLocal ? { base: 'local', offset: 0 } : ends.result),
    ...layout.args.flatMap((arg, index) => moves(arg, index, ends, 'register')),
  ];
  if (vectorCount !== null) steps.push({ op: 'set', to: vectorCount.register, value: vectorCount.count });
  const after = resultSteps(ret, ends.result, viaLocal);
  const outSize = layout.stackSize;
  const localSize = viaLocal ? ret.size + (-ret.size & 7) : 0;
  // Nothing to do afterwards and nothing of ours on the stack: the target may return to our caller itself.
  const tail = kind !== 'entry' && after.length === 0 && outSize === 0 && preserves(callee, entry);
  steps.push({ op: 'call', target: ends.target, tail }, ...after);
  return { kind, incoming: entry, outgoing: callee, params: ends.params, outSize, localSize, steps };
}

const preserves = (callee: Convention, entry: Convention): boolean =>
  entry.calleeSaved.every((register) => callee.calleeSaved.includes(register));

/** The moves of one argument's pieces that go to the stack, or of those that go to registers. */
function moves(arg: Passed<Placement>, index: number, ends: Ends, to: Piece['at']['in']): Step[] {
  if (arg.placement.mode === 'ignore') return [];
  const pieces = arg.placement.pieces.filter((piece) => piece.at.in === to);
  if (pieces.length === 0) return [];
  const { reach, at } = ends.argument(index);
  return [...reach, ...pieces.map((piece) => movePiece(piece, at))];
}

function movePiece({ from, size, at, extend }: Piece, value: Addr): Step {
  const source: Addr = { base: value.base, offset: value.offset + from };
  if (at.in === 'register') return { op: 'load', to: at.register, from: source, size, extend };
  return { op: 'copy', from: source, to: { base: 'out', offset: at.offset }, size, extend };
}

function hiddenPointer(placement: ReturnPlacement, buffer: Addr): Step[] {
  if (placement.mode !== 'hidden') return [];
  const { pointer } = placement;
  const to: Register | Addr = pointer.in === 'register' ? pointer.register : { base: 'out', offset: pointer.offset };
  return [{ op: 'address', of: buffer, to }];
}

function resultSteps(ret: Passed<ReturnPlacement>, result: Addr, viaLocal: boolean): Step[] {
  if (ret.placement.mode === 'hidden') {
    if (!viaLocal) return [];
    return [{ op: 'copy', from: { base: 'local', offset: 0 }, to: result, size: ret.size, extend: 'none' }];
  }
  if (ret.placement.mode === 'ignore') return [];
  return ret.placement.pieces.map(({ from, size, at }): Step => {
    if (at.in === 'stack') throw new TypeError('a result piece lives in a register');
    return { op: 'store', from: at.register, to: { base: result.base, offset: result.offset + from }, size };
  });
}

function registerAt(registers: readonly Register[], index: number): Register {
  const register = registers[index];
  if (register === undefined) throw new TypeError(`the convention has no argument register ${index}`);
  return register;
}
