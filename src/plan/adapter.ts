// The planner of `adapter`: a C function of one convention that calls one of another, or of the same with one parameter
// less. Values go from where our caller put them to where the target looks for them; no memory lies between.
//
//   void f(void *receiver, int a, int b)  →  void target(int a, int b)       rsi → rdi, rdx → rsi, jump
//   the same, its result in the frame     →  int target(int a, int b)        …, call, frame ← eax

import type { CallLayout } from '../abi/call-layout.ts';
import type { Convention } from '../abi/convention.ts';
import { alignUp } from '../ctype/layout.ts';
import { assert } from '../errors.ts';
import { v, x } from '../isa/aarch64.ts';
import type { Isa, Register } from '../isa/register.ts';
import { r10, xmm } from '../isa/x64.ts';
import {
  argumentTransfers,
  checkStorable,
  filled,
  resultTransfers,
  type Transfer,
  usedStack,
} from './adapter-transfers.ts';
import type { FrameField } from './frame-layout.ts';
import { STACK_ALIGN } from './local-area.ts';
import { pushResult } from './outward.ts';
import { type MoveStep, shuffle } from './shuffle.ts';
import { isRegister, type Plan, type Step } from './step.ts';

/**
 * Both layouts are of the same arguments, but for those that `incoming` has in front of them: nobody reads these. With a
 * `kept`, the result stays there, in the call frame, and `incoming` has none.
 */
export function planAdapter(
  incoming: CallLayout,
  outgoing: CallLayout,
  caller: Convention,
  callee: Convention,
  kept: FrameField | null = null,
): Plan {
  if (kept !== null) checkStorable(outgoing);
  const arguments_ = sorted(argumentTransfers(incoming, outgoing, caller));
  const scratchOf = (register: Register): Register => scratchRegister(register, caller, callee);
  const results: Step[] = [];
  if (kept !== null) pushResult(results, outgoing.ret, { base: 'frame', offset: kept.offset }, null);
  else results.push(...shuffle(sorted(resultTransfers(incoming, outgoing, caller, callee)).moves, scratchOf));
  const rearranged =
    results.length === 0 && fitsTailCall(caller, callee) ? inPlace(arguments_, incoming, outgoing) : null;
  const tail = rearranged !== null;
  const { copies, stores, moves, loads } = arguments_;
  const ordered = shuffle(moves, scratchOf);
  // Into an area of our own: memory first, registers last. Our caller's is written when all of it has been read.
  const steps: Step[] = tail ? [...ordered, ...loads, ...rearranged] : [...copies, ...stores, ...ordered, ...loads];
  const { vectorCount } = outgoing;
  if (vectorCount !== null) steps.push({ op: 'set', to: vectorCount.register, value: vectorCount.count });
  steps.push({ op: 'call', target: 'target', tail });
  steps.push(...results);
  const align = tail ? STACK_ALIGN : Math.max(STACK_ALIGN, outgoing.stackAlign);
  const outSize = tail ? 0 : alignUp(outgoing.stackSize, align);
  return { kind: 'adapter', incoming: caller, outgoing: callee, params: [], outSize, localSize: 0, align, steps };
}

/** Nothing of ours has to be put back behind the call, and our caller's home space serves the target as well as us. */
const fitsTailCall = (caller: Convention, callee: Convention): boolean =>
  callee === caller ||
  (callee.homeBytes <= caller.homeBytes &&
    caller.calleeSaved.every((register) => callee.calleeSaved.includes(register)));

type CopyStep = Extract<Step, { op: 'copy' }>;

/** The steps of transfers, by what they read and write. */
interface Sorted {
  readonly copies: readonly CopyStep[];
  readonly stores: readonly Step[];
  readonly moves: readonly MoveStep[];
  readonly loads: readonly Step[];
}

function sorted(transfers: readonly Transfer[]): Sorted {
  const copies: CopyStep[] = [];
  const stores: Step[] = [];
  const moves: MoveStep[] = [];
  const loads: Step[] = [];
  for (const { from, to, size, extend } of transfers) {
    if (isRegister(to)) {
      if (isRegister(from)) moves.push({ op: 'move', to, from, size, extend });
      else loads.push({ op: 'load', to, from, size, extend });
    } else if (!isRegister(from)) copies.push({ op: 'copy', from, to, size, extend });
    else if (extend === 'none' || size >= 4) stores.push({ op: 'store', from, to, size });
    else {
      // A store extends nothing: the register is extended in its own place before.
      stores.push({ op: 'move', to: from, from, size, extend }, { op: 'store', from, to, size: 4 });
    }
  }
  return { copies, stores, moves, loads };
}

/**
 * The copies with our caller's argument area in place of one of our own, if that is possible: the area belongs to whoever
 * is called, so we may rearrange it and hand it on, as compilers do for their own tail calls (psABI 3.2.3, AAPCS64 6.8.2
 * and Microsoft's x64 convention give nobody else a use for it). Null if the arguments need more room or alignment than
 * there is, if registers go there, or if the copies cannot be made one after another in the order in which they lie.
 */
function inPlace({ copies, stores }: Sorted, incoming: CallLayout, outgoing: CallLayout): readonly CopyStep[] | null {
  if (outgoing.stackSize === 0) return copies;
  if (stores.length > 0 || outgoing.stackAlign > incoming.stackAlign) return null;
  if (usedStack(outgoing) > usedStack(incoming)) return null;
  const moved = copies
    .filter(({ from, to, size, extend }) => from.offset !== to.offset || (extend !== 'none' && size < 4))
    .map(({ to, ...copy }): CopyStep => ({ ...copy, to: { base: 'in', offset: to.offset } }))
    .sort((one, other) => one.from.offset - other.from.offset);
  return moved.every((copy, index) => frees(copy, moved[index + 1])) ? moved : null;
}

/** Whether a copy overwrites neither the source of the next one, and so of none that follows, nor what is left of its own. */
function frees({ from, to, size, extend }: CopyStep, next: CopyStep | undefined): boolean {
  const end = to.offset + filled(size, extend);
  const overlaps = from.offset < end && to.offset < from.offset + size;
  return (next === undefined || end <= next.from.offset) && (!overlaps || isWord(size));
}

/** What one register carries at once; anything else is moved in parts. */
const isWord = (size: number): boolean => size === 1 || size === 2 || size === 4 || size === 8;

/** Registers in which nothing arrives and nothing leaves, in any convention, and that no lowering uses beside a move. */
const scratch: Readonly<Record<Isa, Readonly<Record<'gpr' | 'vec', readonly Register[]>>>> = Object.freeze({
  x64: { gpr: [r10], vec: [xmm(15), xmm(5)] },
  aarch64: { gpr: [x(11)], vec: [v(18)] },
});

/** The first one that our caller does not count on, or that the prologue saves because the target may change it. */
function scratchRegister({ isa, file }: Register, caller: Convention, callee: Convention): Register {
  const candidates = file === 'x87' ? [] : scratch[isa][file];
  const found = candidates.find((each) => !(caller.calleeSaved.includes(each) && callee.calleeSaved.includes(each)));
  assert(found !== undefined, 'a register that nobody counts on');
  return found;
}
