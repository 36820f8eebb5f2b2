// The planner of `reverse`: a C function of the signature that hands its arguments to
// `void dispatcher(void *context, void *ret, void **args)` and returns what the dispatcher left at `ret`.
//
//   local   ┌──────────────┬───────────────────┬────────────────────────┬───────────────┐
//           │ result       │ args[0] args[1] … │ arguments that arrived │ hidden result │
//           │ (if direct)  │ 8 bytes each      │ in registers           │ pointer       │
//           └──────────────┴───────────────────┴────────────────────────┴───────────────┘
// Arguments that arrived on the stack stay there: `args[i]` points into the caller's argument area.
//
// With stubs it is as many functions, which differ in their `context`: stub i hands over context + i × stride.

import type { CallLayout, DirectPlacement, Location, Passed, Placement } from '../abi/call-layout.ts';
import type { Convention } from '../abi/convention.ts';
import { alignUp } from '../ctype/layout.ts';
import { assert } from '../errors.ts';
import type { Register } from '../isa/register.ts';
import { LocalArea } from './local-area.ts';
import type { Addr, Plan, Step, Stubs } from './step.ts';

/** `caller` is the convention of the signature, `host` the one of the dispatcher. */
export function planReverse(layout: CallLayout, caller: Convention, host: Convention, stubs: Stubs | null): Plan {
  const { args, ret } = layout;
  const local = new LocalArea();
  // A dispatcher may write a value of which nothing travels: a record of unnamed bits has bytes, too.
  const result = ret.placement.mode !== 'hidden' && ret.size > 0 ? local.take(ret.size, ret.align) : null;
  const pointers = local.take(8 * args.length, 8);
  const arrivals: Step[] = [];
  const addresses: Step[] = [];
  let offset = pointers.offset;
  for (const arg of args) {
    const pointer: Addr = { base: 'local', offset };
    offset += 8;
    const { placement } = arg;
    if (placement.mode === 'indirect') {
      arrivals.push(keepPointer(placement.pointer, pointer)); // the caller's copy is ours
      continue;
    }
    const { stores, at } = arrive(arg, placement, layout.stackAlign, local, pointers);
    arrivals.push(...stores);
    addresses.push({ op: 'address', of: at, to: pointer });
  }
  const hidden = ret.placement.mode === 'hidden' ? local.take(8, 8) : null;
  if (hidden !== null && ret.placement.mode === 'hidden') arrivals.push(keepPointer(ret.placement.pointer, hidden));
  const steps: Step[] = [
    // Registers first: once a register has been stored it may be used for anything.
    ...[...arrivals].sort((a, b) => Number(a.op !== 'store') - Number(b.op !== 'store')),
    ...addresses,
    ...dispatch(host, pointers, result, hidden, stubs !== null),
    ...returnSteps(ret.placement, result, hidden),
  ];
  const outSize = alignUp(host.homeBytes, local.align);
  const { size: localSize, align } = local;
  const plan: Plan = {
    kind: 'reverse',
    incoming: caller,
    outgoing: host,
    params: [],
    outSize,
    localSize,
    align,
    steps,
  };
  return stubs === null ? plan : { ...plan, stubs };
}

/** The call of `void dispatcher(void *context, void *ret, void **args)`. */
function dispatch(
  host: Convention,
  pointers: Addr,
  result: Addr | null,
  hidden: Addr | null,
  hasStubs: boolean,
): Step[] {
  const [context, buffer, array] = host.argumentRegisters.gpr;
  assert(
    context !== undefined && buffer !== undefined && array !== undefined,
    'a convention has registers for three arguments',
  );
  return [
    { op: 'set', to: context, value: 'context', ...(hasStubs && { plus: 'stub' }) },
    resultBuffer(buffer, result, hidden),
    { op: 'address', of: pointers, to: array },
    { op: 'call', target: 'dispatcher', tail: false },
  ];
}

/** The steps that put one argument into memory, and where it is then. */
function arrive(
  { size, align }: Passed<Placement>,
  placement: DirectPlacement,
  stackAlign: number,
  local: LocalArea,
  nowhere: Addr,
): { readonly stores: readonly Step[]; readonly at: Addr } {
  if (size === 0) return { stores: [], at: nowhere }; // zero bytes may be read there
  const pieces = placement.mode === 'direct' ? placement.pieces : [];
  const [first, second] = pieces;
  if (first?.at.in === 'stack' && second === undefined) {
    const { offset } = first.at;
    // Some conventions align less on the stack than in memory; a dispatcher may count on the alignment of the type.
    if (align <= stackAlign && offset % align === 0) return { stores: [], at: { base: 'in', offset } };
  }
  const slot = local.take(size, align);
  const stores = pieces.map((piece): Step => {
    const to: Addr = { base: 'local', offset: slot.offset + piece.from };
    if (piece.at.in === 'register') return { op: 'store', from: piece.at.register, to, size: piece.size };
    return { op: 'copy', from: { base: 'in', offset: piece.at.offset }, to, size: piece.size, extend: 'none' };
  });
  return { stores, at: slot };
}

function keepPointer(pointer: Location, to: Addr): Step {
  if (pointer.in === 'register') return { op: 'store', from: pointer.register, to, size: 8 };
  return { op: 'copy', from: { base: 'in', offset: pointer.offset }, to, size: 8, extend: 'none' };
}

/** `ret` for the dispatcher: our buffer, the caller's, or NULL for void. */
function resultBuffer(to: Register, result: Addr | null, hidden: Addr | null): Step {
  if (hidden !== null) return { op: 'load', to, from: hidden, size: 8, extend: 'none' };
  if (result !== null) return { op: 'address', of: result, to };
  return { op: 'set', to, value: 0 };
}

function returnSteps(placement: CallLayout['ret']['placement'], result: Addr | null, hidden: Addr | null): Step[] {
  if (placement.mode === 'hidden') {
    if (placement.echoed === null || hidden === null) return [];
    return [{ op: 'load', to: placement.echoed, from: hidden, size: 8, extend: 'none' }];
  }
  if (placement.mode === 'ignore' || result === null) return [];
  // From the last piece to the first: what is loaded last is on top of the x87 stack.
  return [...placement.pieces].reverse().map(({ from, size, at, extend }): Step => {
    assert(at.in === 'register', 'a result piece lives in a register');
    return { op: 'load', to: at.register, from: { base: 'local', offset: result.offset + from }, size, extend };
  });
}
