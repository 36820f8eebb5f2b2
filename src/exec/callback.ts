// JavaScript functions as C function pointers.
//
//   C ─▶ reverse trampoline ─ dispatcher ─▶ record on the invocation stack ─▶ decode(base) ─▶ the user's function
//
// On which thread what happens, and how long the pointer lives: docs/callbacks.md.

import { conventionOf } from '../abi/conventions.ts';
import type { Signature } from '../ctype/ctype.ts';
import { assert, InterfixError } from '../errors.ts';
import { decoderSource } from '../marshal/callback-source.ts';
import type { FunctionSource } from '../marshal/function-source.ts';
import type { AnyFunction, CallbackFor, DefaultInt64, Int64, SignatureArgument } from '../signature/infer.ts';
import { printSignature } from '../signature/print.ts';
import { checkArity } from './arity.ts';
import {
  connect,
  type Decode,
  disconnect,
  type Endpoint,
  listeningHost,
  nextId,
  tombstone,
} from './callback-delivery.ts';
import { type CallbackOptions, contextRules } from './callback-options.ts';
import { bury } from './callback-quarantine.ts';
import { compile } from './compile.ts';
import { callbackMemory, disposedOnFailure, finalize, type Trampoline } from './finalize.ts';
import type { CallbackContext, CallbackStats, ContextRules } from './host.ts';
import { hostAbi } from './host-abi.ts';
import { imageOf, type PreparedImage } from './images.ts';

export type { CallbackOptions, CallbackReport } from './callback-options.ts';
export type { CallbackStats } from './host.ts';

/**
 * A C function pointer to a JavaScript function. It lives until `dispose`, whether or not JavaScript still refers to it:
 * only its owner knows when C has forgotten the address. If the function throws, C gets a zeroed result and the
 * exception continues from the bound call that C returns to, or goes to `onError`.
 */
export interface Callback extends Disposable {
  /** What to pass to C. Throws `ERR_DISPOSED` after `dispose`. */
  readonly address: bigint;
  /** What happened to calls that did not reach the function. */
  readonly stats: CallbackStats;
  /** Keeps the process alive while calls may come, until `unref` or `dispose`. */
  ref(): void;
  /** Lets the process end although calls may come. */
  unref(): void;
  /** Ends it: a running call still gives its result; later ones give zero, and are reported. */
  dispose(): void;
}

/** Bytes of the invocation stack that belong to the host; see host.ts. */
const HEADER_BYTES = 16;

/**
 * Makes a C function pointer of a JavaScript function. Arguments arrive as docs/signatures.md says; the result is
 * checked like an argument. Throws what `prepare` throws, `ERR_ARGUMENT_KIND` if `fn` is no function, `ERR_OPTION`,
 * `ERR_CALLBACK` for a posted callback with a result, `ERR_HOST` for what the host cannot do, `ERR_MEMORY`.
 * The function's types come from the text:
 *
 *     const compare = callback('(*int, *int) -> int', (a, b) => read(a, 'int') - read(b, 'int'));     a: bigint, b: bigint
 */
export function callback<T extends string | Signature | AnyFunction, I extends Int64 = DefaultInt64<T>>(
  signature: SignatureArgument<T>,
  fn: CallbackFor<NoInfer<T>, NoInfer<I>>,
  options?: CallbackOptions & { readonly int64?: I },
): Callback;
export function callback(signature: Signature | string, fn: AnyFunction, options: CallbackOptions = {}): Callback {
  if (typeof fn !== 'function')
    throw new InterfixError('ERR_ARGUMENT_KIND', `a callback needs a function, got ${typeof fn}`);
  return makeCallback(callbackKind(signature, options), fn, options);
}

/** What callbacks of one signature and with the same options share. */
export interface CallbackKind extends PreparedImage {
  readonly source: FunctionSource;
  readonly rules: ContextRules;
}

export function callbackKind(signature: Signature | string, options: CallbackOptions): CallbackKind {
  const { abi = hostAbi(), vectors = 'sse', registry, int64 = 'bigint' } = options;
  const made = imageOf(signature, 'reverse', { abi, vectors, registry });
  const { frame, signature: parsed } = made.prepared;
  assert(frame !== null, 'a reverse trampoline has a record');
  checkArity(parsed);
  const rules = contextRules(options, parsed.result);
  if (frame.size > listeningHost().invocations.byteLength - HEADER_BYTES) {
    throw new InterfixError(
      'ERR_SIZE',
      `the arguments and the result of a callback need ${frame.size} bytes, too many`,
    );
  }
  return { ...made, rules, source: decoderSource(parsed, frame, conventionOf(abi).dataModel, int64) };
}

export function makeCallback(
  { prepared, image, source, rules }: CallbackKind,
  fn: AnyFunction,
  { onError, onReport, ref = rules.thread !== 'owner' }: CallbackOptions,
): Callback {
  const native = listeningHost();
  const { frame, signature } = prepared;
  assert(frame !== null, 'a reverse trampoline has a record');
  const decode = compile(source, native.invocations, { user: fn }) as Decode;
  const id = nextId();
  const context = native.createContext(id, frame, rules);
  const symbols = { dispatcher: native.dispatcher, context: context.address };
  const contextOwner = { dispose: (): void => native.releaseContext(context) };
  const trampoline = disposedOnFailure(contextOwner, () => finalize(image, callbackMemory(), symbols));
  const name = fn.name === '' ? 'a callback' : `the callback ${fn.name}`;
  const describe = (): string => `${name} of ${printSignature(signature)}`;
  const endpoint: Endpoint = { decode, describe, onError, onReport };
  connect(id, endpoint);
  return new OwnedCallback({ id, context, trampoline, endpoint }, ref);
}

interface Parts {
  readonly id: number;
  readonly context: CallbackContext;
  readonly trampoline: Trampoline;
  readonly endpoint: Endpoint;
}

class OwnedCallback implements Callback {
  readonly #parts: Parts;
  readonly #address: bigint;
  #live = true;
  #holds = false;
  /** Of a callback whose context is gone. */
  #lastStats: CallbackStats | undefined;

  constructor(parts: Parts, ref: boolean) {
    this.#parts = parts;
    this.#address = parts.trampoline.address;
    if (ref) this.ref();
    Object.freeze(this);
  }

  get address(): bigint {
    if (!this.#live) throw new InterfixError('ERR_DISPOSED', 'this callback was disposed');
    return this.#address;
  }

  get stats(): CallbackStats {
    return this.#lastStats ?? listeningHost().contextStats(this.#parts.context);
  }

  ref(): void {
    this.#hold(this.#live);
  }

  unref(): void {
    this.#hold(false);
  }

  dispose(): void {
    if (!this.#live) return;
    this.#live = false;
    this.#hold(false);
    this.#parts.endpoint.decode = tombstone;
    listeningHost().closeContext(this.#parts.context);
    bury(() => this.#release());
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  #hold(on: boolean): void {
    if (on === this.#holds) return;
    this.#holds = on;
    listeningHost().holdLoop(on);
  }

  #release(): boolean {
    const native = listeningHost();
    const { context, trampoline, id } = this.#parts;
    if (native.isContextBusy(context)) return false;
    trampoline.dispose();
    this.#lastStats = native.contextStats(context);
    native.releaseContext(context);
    disconnect(id);
    return true;
  }
}
