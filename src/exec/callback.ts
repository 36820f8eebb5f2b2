// JavaScript functions as C function pointers, called on the thread that made them.
//
//   C ─▶ reverse trampoline ─ dispatcher ─▶ record on the invocation stack ─▶ decode(base) ─▶ the user's function
//
// A disposed callback is not freed at once: C may still hold its pointer. It becomes a tombstone whose calls give C a
// zeroed result and throw ERR_DISPOSED in JavaScript; after many later disposals the code is replaced by traps.

import type { ConventionId, VectorLevel } from '../abi/convention.ts';
import { conventionOf } from '../abi/conventions.ts';
import type { Signature } from '../ctype/ctype.ts';
import { assert, InterfixError } from '../errors.ts';
import { decoderSource } from '../marshal/function-source.ts';
import type { AnyFunction, CallbackFor, SignatureArgument } from '../signature/infer.ts';
import type { Registry } from '../signature/registry.ts';
import { checkArity } from './bind.ts';
import { compile } from './compile.ts';
import { whenNothingRuns } from './deferred.ts';
import { disposedOnFailure, executableMemory, finalize } from './finalize.ts';
import { hostAbi } from './host-abi.ts';
import { imageOf } from './images.ts';
import { host } from './select-host.ts';

export interface CallbackOptions {
  /** The convention that C calls with; that of this process by default. It may be another of the same CPU. */
  readonly abi?: ConventionId;
  /** The widest vector registers that the C caller was compiled for, on x86-64; `sse` by default. */
  readonly vectors?: VectorLevel;
  /** Where a signature given as text finds its `@Name`s. */
  readonly registry?: Registry;
}

/**
 * A C function pointer to a JavaScript function. It lives until `dispose`, whether or not JavaScript still refers to it:
 * only its owner knows when C has forgotten the address. If the function throws, C gets a zeroed result and the
 * exception continues from the bound call that C returns to. A call from a foreign thread gets a zeroed result.
 */
export interface Callback extends Disposable {
  /** What to pass to C. Throws `ERR_DISPOSED` after `dispose`. */
  readonly address: bigint;
  dispose(): void;
}

type Decode = (base: number) => void;

/** By id; what the dispatcher's id leads to. */
const decoders: Decode[] = [];
const freeIds: number[] = [];
/** Disposed callbacks whose pointers still lead to a tombstone; the oldest first. */
const tombstones: (() => void)[] = [];
/** How many disposals a tombstone lasts. */
const QUARANTINE = 1024;
/** Bytes of the invocation stack that belong to the host; see host.ts. */
const HEADER_BYTES = 16;
let listening = false;

const invoke = (id: number, base: number): void => {
  const decode = decoders[id];
  assert(decode !== undefined, 'a context has a decoder');
  decode(base);
};

/**
 * Makes a C function pointer of a JavaScript function. Arguments arrive as docs/signatures.md says; the result is
 * checked like an argument. Throws what `prepare` throws, `ERR_ARGUMENT_KIND` if `fn` is no function, `ERR_MEMORY`.
 * The function's types come from the text:
 *
 *     const compare = callback('(*int, *int) -> int', (a, b) => read(a, 'int') - read(b, 'int'));     a: bigint, b: bigint
 */
export function callback<T extends string | Signature | AnyFunction>(
  signature: SignatureArgument<T>,
  fn: CallbackFor<NoInfer<T>>,
  options?: CallbackOptions,
): Callback;
export function callback(
  signature: Signature | string,
  fn: AnyFunction,
  { abi = hostAbi(), vectors = 'sse', registry }: CallbackOptions = {},
): Callback {
  if (typeof fn !== 'function')
    throw new InterfixError('ERR_ARGUMENT_KIND', `a callback needs a function, got ${typeof fn}`);
  const { prepared, image } = imageOf(signature, 'reverse', { abi, vectors, registry });
  const { frame } = prepared;
  assert(frame !== null, 'a reverse trampoline has a record');
  checkArity(prepared.signature);
  const native = host();
  if (frame.size > native.invocations.byteLength - HEADER_BYTES) {
    throw new InterfixError(
      'ERR_SIZE',
      `the arguments and the result of a callback need ${frame.size} bytes, too many`,
    );
  }
  if (!listening) native.onInvoke(invoke);
  listening = true;
  const source = decoderSource(prepared.signature, frame, conventionOf(abi).dataModel);
  const decode = compile(source, native.invocations, { user: fn }) as Decode;
  const id = freeIds.at(-1) ?? decoders.length; // taken when nothing can fail any more
  const context = native.createContext(id, frame);
  const symbols = { dispatcher: native.dispatcher, context: context.address };
  const contextOwner = { dispose: (): void => native.releaseContext(context) };
  const trampoline = disposedOnFailure(contextOwner, () => finalize(image, executableMemory(), symbols));
  freeIds.pop();
  decoders[id] = decode;
  const release = (): void => {
    trampoline.dispose();
    native.releaseContext(context);
    freeIds.push(id);
  };
  let live = true;
  const dispose = (): void => {
    if (!live) return;
    live = false;
    decoders[id] = tombstone;
    tombstones.push(release);
    if (tombstones.length > QUARANTINE) {
      const oldest = tombstones.shift();
      if (oldest !== undefined) whenNothingRuns(oldest);
    }
  };
  const { address } = trampoline;
  return Object.freeze({
    get address(): bigint {
      if (!live) throw new InterfixError('ERR_DISPOSED', 'this callback was disposed');
      return address;
    },
    dispose,
    [Symbol.dispose]: dispose,
  });
}

function tombstone(): never {
  throw new InterfixError('ERR_DISPOSED', 'C called a callback after its disposal');
}
