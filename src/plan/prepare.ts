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
  /** The call frame of an `entry`, the invocation record of a `reverse`; null for the other kinds. */
  readonly frame: CallFrame | null;
  /** Where our caller puts the values, for an `adapter`, whose `layout` is that of the target; null for the other kinds. */
  readonly incoming: CallLayout | null;
}

/** The kinds of trampoline that this version can prepare. */
export const kinds: readonly TrampolineKind[] = Object.freeze(['forward', 'bound', 'reverse', 'entry', 'adapter']);

const planned: readonly string[] = ['direct', 'thunk'];

/**
 * Classifies a signature and plans the moves of one kind of trampoline. Pure: nothing is read but the arguments.
 * Throws what `parseSignature` throws, `ERR_TYPE` and `ERR_SIZE` for what cannot be passed, `ERR_UNSUPPORTED` for a
 * convention or kind of a later version and `ERR_OPTION` for an unknown one.
 */
export function prepare(signature: Signature | string, options: PrepareOptions): Prepared {
  const { abi, kind, entry = abi, registry, vectors = 'sse', errno = false, receiver = false, stubs = null } = options;
  const parsed = typeof signature === 'string' ? parseSignature(signature, { registry }) : signature;
  if (planned.includes(kind)) throw unsupported(kind, `trampolines of kind ${kind} are not supported yet`);
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
  if (kind === 'adapter') {
    const incoming = other.layout(receiver ? withReceiver(parsed) : parsed, vectors);
    const plan = verifyAdapter(planAdapter(incoming, layout, other, callee), incoming, layout);
    return Object.freeze({ signature: parsed, abi, entry, kind, vectors, layout, plan, frame: null, incoming });
  }
  const frame = kind === 'entry' || kind === 'reverse' ? frameLayout(layout, errno) : null;
  const plan = verify(planOf(kind, layout, abi, entry, frame, stubs), layout);
  return Object.freeze({ signature: parsed, abi, entry, kind, vectors, layout, plan, frame, incoming: null });
}

/** Whether our caller passes one more argument than the target gets. */
export const hasReceiver = ({ incoming, layout }: Prepared): boolean =>
  incoming !== null && incoming.args.length > layout.args.length;

const RECEIVER = parameter('receiver', pointer(VOID));

/** What our caller calls: V8, for one, passes the receiver of every call. */
function withReceiver({ parameters, result, variadicFrom }: Signature): Signature {
  return signatureOf([RECEIVER, ...parameters], result, variadicFrom === null ? null : variadicFrom + 1);
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
