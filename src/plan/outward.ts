// The planner of the kinds that call a C function: forward, bound and entry. They differ in where the arguments come
// from, where the result goes, and who knows the target; the moves between are the same.

import type { CallLayout, Passed, Piece, Placement, ReturnPlacement } from '../abi/call-layout.ts';
import type { Convention } from '../abi/convention.ts';
import { alignUp } from '../ctype/layout.ts';
import { assert } from '../errors.ts';
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

const NOTHING: readonly Step[] = Object.freeze([]);
const POINTED: Addr = Object.freeze({ base: 'arg', offset: 0 });

/** `void (void *target, void *ret, void **args)`, or without `target` when the code is bound to it. */
export function planForward(layout: CallLayout, entry: Convention, callee: Convention, bound: boolean): Plan {
  const names = bound ? (['ret', 'args'] as const) : (['target', 'ret', 'args'] as const);
  const params = names.map((name, index) => ({ name, register: registerAt(entry.argumentRegisters.gpr, index) }));
  return planOutward(bound ? 'bound' : 'forward', layout, entry, callee, {
    params,
    target: bound ? 'target' : 'parameter',
    argument: (index) => ({ reach: [{ op: 'point', index }], at: POINTED }),
    result: { base: 'ret', offset: 0 },
    resultIsOurs: true,
  });
}

/** `napi_value (napi_env, napi_callback_info)`: both ignored; everything passes through the call frame. */
export function planEntry(layout: CallLayout, entry: Convention, callee: Convention, frame: FrameLayout): Plan {
  const plan = planOutward('entry', layout, entry, callee, {
    params: [],
    target: 'target',
    argument: (index) => ({ reach: NOTHING, at: { base: 'frame', offset: frame.args[index]?.offset ?? 0 } }),
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
  const { args, ret, vectorCount } = layout;
  const viaLocal = ret.placement.mode === 'hidden' && !ends.resultIsOurs;
  const steps: Step[] = [];
  // Stack first, registers last: a register that is loaded is not needed for moving anything else.
  for (const [index, { placement }] of args.entries()) pushMoves(steps, placement, index, ends, 'stack');
  if (ret.placement.mode === 'hidden') {
    const { pointer } = ret.placement;
    const to: Register | Addr = pointer.in === 'register' ? pointer.register : { base: 'out', offset: pointer.offset };
    steps.push({ op: 'address', of: viaLocal ? { base: 'local', offset: 0 } : ends.result, to });
  }
  for (const [index, { placement }] of args.entries()) pushMoves(steps, placement, index, ends, 'register');
  if (vectorCount !== null) steps.push({ op: 'set', to: vectorCount.register, value: vectorCount.count });
  const outSize = layout.stackSize;
  const localSize = viaLocal ? alignUp(ret.size, 8) : 0;
  // Nothing to do afterwards and nothing of ours on the stack: the target may return to our caller itself.
  const done = !viaLocal && ret.placement.mode !== 'direct' && kind !== 'entry';
  const tail = done && outSize === 0 && preserves(callee, entry);
  steps.push({ op: 'call', target: ends.target, tail });
  pushResult(steps, ret, ends.result, viaLocal);
  return { kind, incoming: entry, outgoing: callee, params: ends.params, outSize, localSize, steps };
}

const preserves = (callee: Convention, entry: Convention): boolean =>
  callee === entry || entry.calleeSaved.every((register) => callee.calleeSaved.includes(register));

/** The moves of one argument's pieces that go to the stack, or of those that go to registers. */
function pushMoves(steps: Step[], placement: Placement, index: number, ends: Ends, to: Piece['at']['in']): void {
  if (placement.mode === 'ignore') return;
  let source: Addr | null = null;
  for (const { from, size, at, extend } of placement.pieces) {
    if (at.in !== to) continue;
    if (source === null) {
      const { reach, at: value } = ends.argument(index);
      steps.push(...reach);
      source = value;
    }
    const piece: Addr = { base: source.base, offset: source.offset + from };
    if (at.in === 'register') steps.push({ op: 'load', to: at.register, from: piece, size, extend });
    else steps.push({ op: 'copy', from: piece, to: { base: 'out', offset: at.offset }, size, extend });
  }
}

function pushResult(steps: Step[], ret: Passed<ReturnPlacement>, result: Addr, viaLocal: boolean): void {
  if (viaLocal) {
    steps.push({ op: 'copy', from: { base: 'local', offset: 0 }, to: result, size: ret.size, extend: 'none' });
  }
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
