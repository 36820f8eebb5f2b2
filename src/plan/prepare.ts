// Signature → Prepared: the pure first half of the pipeline. Where does every byte live, and which moves are needed.

import type { CallLayout } from '../abi/call-layout.ts';
import { type ConventionId, type VectorLevel, vectorLevels } from '../abi/convention.ts';
import { conventionOf } from '../abi/conventions.ts';
import { parameter, pointer, type Signature, signature as signatureOf, VOID } from '../ctype/ctype.ts';
import { assert, InterfixError, unreachable, unsupported } from '../errors.ts';
import { parseSignature } from '../signature/parse.ts';
import type { Registry } from '../signature/registry.ts';
import { planAdapter } from './adapter.ts';
import { type CallFrame, frameLayout } from './frame-layout.ts';
import { planEntry, planForward } from './outward.ts';
import { planReverse } from './reverse.ts';
import type { Plan, Stubs, TrampolineKind } from './step.ts';
import { checkStubs } from './stubs.ts';
import { verify } from './verify.ts';
import { verifyAdapter } from './verify-adapter.ts';

/** Where an adapter leaves the result of its target. */
export type ResultPlace = 'returned' | 'frame';

export const resultPlaces: readonly ResultPlace[] = Object.freeze(['returned', 'frame']);

export interface PrepareOptions {
  /** The convention of the C function. */
  readonly abi: ConventionId;
  readonly kind: TrampolineKind;
  /** The convention of the other side: our caller's, or the dispatcher's for `reverse`. Defaults to `abi`. */
  readonly entry?: ConventionId;
  /** The widest vector registers that the C side was compiled for, on x86-64. Defaults to `sse`, as for compilers. */
  readonly vectors?: VectorLevel | undefined;
  /** Kind `entry` only: the trampoline also copies the thread's error number to the call frame, at `frame.errno`. */
  readonly errno?: boolean | undefined;
  /**
   * Kind `reverse` only: not one function but `count` of them, from 1 to 65,536, behind one body. Number i hands
   * over `context` + i × `stride`, which is from 1 to 32,768.
   */
  readonly stubs?: Stubs | undefined;
  /** Kind `adapter` only: our caller passes one more pointer, in front of all arguments, and the target does not get it. */
  readonly receiver?: boolean | undefined;
  /**
   * Kind `adapter` only: `frame` leaves the result in the call frame, where an `entry` of the signature leaves it, and our
   * caller gets none. Defaults to `returned`.
   */
  readonly result?: ResultPlace | undefined;
  /** Where a signature given as text finds its `@Name`s. */
  readonly registry?: Registry | undefined;
}

/** Everything that is known about a trampoline before a byte of it exists. Frozen, and free of addresses. */
export interface Prepared {
  readonly signature: Signature;
  readonly abi: ConventionId;
  readonly entry: ConventionId;
  readonly kind: TrampolineKind;
  readonly vectors: VectorLevel;
  readonly layout: CallLayout;
  readonly plan: Plan;
  /** The call frame of an `entry`, and of an `adapter` that leaves its result there; the invocation record of a `reverse`. */
  readonly frame: CallFrame | null;
  /** Where our caller puts the values, for an `adapter`, whose `layout` is that of the target; null for the other kinds. */
  readonly incoming: CallLayout | null;
}

/** The kinds of trampoline that this version can prepare. */
export const kinds: readonly TrampolineKind[] = Object.freeze(['forward', 'bound', 'reverse', 'entry', 'adapter']);

const notYet: readonly string[] = ['direct', 'thunk'];

/** A signature that has been read, classified and held against the options; what is left is to plan the moves. */
export interface Placed extends Omit<Prepared, 'plan' | 'frame'> {
  readonly result: ResultPlace;
  readonly errno: boolean;
  readonly stubs: Stubs | null;
}

/**
 * Classifies a signature and plans the moves of one kind of trampoline. Pure: nothing is read but the arguments.
 * Throws what `parseSignature` throws, `ERR_TYPE` and `ERR_SIZE` for what cannot be passed, `ERR_UNSUPPORTED` for a
 * convention or kind of a later version and `ERR_OPTION` for an unknown one.
 */
export const prepare = (signature: Signature | string, options: PrepareOptions): Prepared =>
  planned(place(signature, options));

/**
 * The first half of `prepare`. It refuses everything that `prepare` refuses, but for what the planner of adapters finds:
 * of the other kinds, whatever can be placed can be planned.
 */
export function place(signature: Signature | string, options: PrepareOptions): Placed {
  const { abi, kind, entry = abi, registry, vectors = 'sse', errno = false, receiver = false, stubs = null } = options;
  const { result = 'returned' } = options;
  const parsed = typeof signature === 'string' ? parseSignature(signature, { registry }) : signature;
  if (notYet.includes(kind)) throw unsupported(kind, `trampolines of kind ${kind} are not supported yet`);
  if (!kinds.includes(kind)) {
    throw new InterfixError('ERR_OPTION', `unknown kind of trampoline '${kind}', known are: ${kinds.join(', ')}`);
  }
  const callee = conventionOf(abi);
  const other = conventionOf(entry);
  if (callee.isa !== other.isa) {
    throw new InterfixError('ERR_OPTION', `${abi} and ${entry} are conventions of different processors`);
  }
  if (!vectorLevels.includes(vectors)) {
    throw new InterfixError('ERR_OPTION', `unknown vectors '${vectors}', known are: ${vectorLevels.join(', ')}`);
  }
  const layout = callee.layout(parsed, vectors);
  if (errno && kind !== 'entry') {
    throw new InterfixError('ERR_OPTION', `errno is kept by trampolines of kind entry, not ${kind}`);
  }
  checkStubs(stubs, kind);
  if (receiver && kind !== 'adapter') {
    throw new InterfixError('ERR_OPTION', `a receiver is dropped by trampolines of kind adapter, not ${kind}`);
  }
  checkResult(result, kind);
  const incoming = kind === 'adapter' ? other.layout(seenByCaller(parsed, receiver, result), vectors) : null;
  return { signature: parsed, abi, entry, kind, vectors, layout, incoming, result, errno, stubs };
}

/** The second half: the moves, and the call frame that they go through. */
export function planned(placed: Placed): Prepared {
  const { signature, abi, entry, kind, vectors, layout, incoming, result, errno, stubs } = placed;
  if (kind === 'adapter') {
    assert(incoming !== null, 'an adapter has values that come in');
    const frame = result === 'frame' ? frameLayout(layout) : null;
    const kept = frame?.ret ?? null;
    const adapter = planAdapter(incoming, layout, conventionOf(entry), conventionOf(abi), kept);
    const plan = verifyAdapter(adapter, incoming, layout, kept);
    return Object.freeze({ signature, abi, entry, kind, vectors, layout, plan, frame, incoming });
  }
  const frame = kind === 'entry' || kind === 'reverse' ? frameLayout(layout, errno) : null;
  const plan = verify(planOf(kind, layout, abi, entry, frame, stubs), layout);
  return Object.freeze({ signature, abi, entry, kind, vectors, layout, plan, frame, incoming: null });
}

/** Whether our caller passes one more argument than the target gets. */
export const hasReceiver = ({ incoming, layout }: Prepared): boolean =>
  incoming !== null && incoming.args.length > layout.args.length;

const RECEIVER = parameter('receiver', pointer(VOID));

/** What our caller calls: V8, for one, passes the receiver of every call, and may be unable to take a result. */
function seenByCaller(signature: Signature, receiver: boolean, result: ResultPlace): Signature {
  if (!receiver && result === 'returned') return signature;
  const { parameters, variadicFrom } = signature;
  const inFront = receiver ? [RECEIVER] : [];
  const returned = result === 'frame' ? VOID : signature.result;
  return signatureOf(
    [...inFront, ...parameters],
    returned,
    variadicFrom === null ? null : variadicFrom + inFront.length,
  );
}

function checkResult(result: ResultPlace, kind: TrampolineKind): void {
  if (!resultPlaces.includes(result)) {
    throw new InterfixError('ERR_OPTION', `unknown result '${result}', known are: ${resultPlaces.join(', ')}`);
  }
  if (result === 'frame' && kind !== 'adapter') {
    throw new InterfixError('ERR_OPTION', `a result is left in the frame by trampolines of kind adapter, not ${kind}`);
  }
}

function planOf(
  kind: Exclude<TrampolineKind, 'adapter'>,
  layout: CallLayout,
  abi: ConventionId,
  entry: ConventionId,
  frame: CallFrame | null,
  stubs: Stubs | null,
): Plan {
  const callee = conventionOf(abi);
  const other = conventionOf(entry);
  switch (kind) {
    case 'forward':
    case 'bound':
      return planForward(layout, other, callee, kind === 'bound');
    case 'entry':
      assert(frame !== null, 'an entry has a frame');
      return planEntry(layout, other, callee, frame);
    case 'reverse':
      return planReverse(layout, callee, other, stubs);
    default:
      return unreachable(kind);
  }
}
