// JavaScript functions as C function pointers.
//
//   C ─▶ reverse trampoline ─ dispatcher ─▶ record on the invocation stack ─▶ decode(base) ─▶ the user's function
//
// On which thread what happens, and how long the pointer lives: docs/callbacks.md.

import type { Signature } from '../ctype/ctype.ts';
import { InterfixError } from '../errors.ts';
import type { AnyFunction, CallbackFor, DefaultInt64, Int64, SignatureArgument } from '../signature/infer.ts';
import { printSignature } from '../signature/print.ts';
import { listeningHost, tombstone } from './callback-delivery.ts';
import { type Decode, type Endpoint, endpoints } from './callback-endpoints.ts';
import { type CallbackKind, callbackKind } from './callback-kinds.ts';
import { type CallbackOptions, checkOwnOptions } from './callback-options.ts';
import { countDisposal } from './callback-quarantine.ts';
import type { StubBlock } from './callback-stubs.ts';
import type { CallbackStats } from './host.ts';

export { type CallbackKind, callbackKind } from './callback-kinds.ts';
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
export function callback(
  signature: Signature | string,
  fn: AnyFunction,
  options: CallbackOptions = DEFAULTS,
): Callback {
  if (typeof fn !== 'function')
    throw new InterfixError('ERR_ARGUMENT_KIND', `a callback needs a function, got ${typeof fn}`);
  const kind = callbackKind(signature, options);
  checkOwnOptions(options);
  return makeCallback(kind, fn, options);
}

const DEFAULTS: CallbackOptions = Object.freeze({});

/** Needs neither native code nor a compiler, but for the first callback of a kind and the first of a block. */
export function makeCallback(
  kind: CallbackKind,
  fn: AnyFunction,
  { onError, onReport, ref = kind.rules.thread !== 'owner' }: CallbackOptions,
): Callback {
  const { name } = fn; // first: it may be a getter, that makes callbacks too
  const { decode, pool } = kind;
  const endpoint = new CallbackEndpoint(kind, decode, fn, name, pool.block(), onError, onReport);
  const { block } = endpoint;
  endpoints[block.firstId + endpoint.index] = endpoint;
  return new OwnedCallback(endpoint, ref);
}

/** What is known of a callback whether or not JavaScript still refers to its object. */
class CallbackEndpoint implements Endpoint {
  decode: Decode;
  user: AnyFunction;
  readonly onError: Endpoint['onError'];
  readonly onReport: Endpoint['onReport'];
  readonly kind: CallbackKind;
  readonly name: string;
  readonly block: StubBlock;
  readonly index: number;

  constructor(
    kind: CallbackKind,
    decode: Decode,
    user: AnyFunction,
    name: string,
    block: StubBlock,
    onError: Endpoint['onError'],
    onReport: Endpoint['onReport'],
  ) {
    this.decode = decode;
    this.user = user;
    this.onError = onError;
    this.onReport = onReport;
    this.kind = kind;
    this.name = name;
    this.block = block;
    this.index = block.take();
  }

  get isLive(): boolean {
    return this.decode !== tombstone;
  }

  describe(): string {
    const name = this.name === '' ? 'a callback' : `the callback ${this.name}`;
    return `${name} of ${printSignature(this.kind.signature)}`;
  }

  /** Lets go of the user's function. */
  close(): void {
    this.decode = tombstone;
    this.user = tombstone;
    this.block.close(this.index);
    countDisposal();
  }
}

class OwnedCallback implements Callback {
  readonly #endpoint: CallbackEndpoint;
  /** Made when it is asked for. */
  #address: bigint | undefined;
  #holds = false;

  constructor(endpoint: CallbackEndpoint, ref: boolean) {
    this.#endpoint = endpoint;
    if (ref) this.ref();
    Object.freeze(this);
  }

  get address(): bigint {
    const { isLive, block, index } = this.#endpoint;
    if (!isLive) throw new InterfixError('ERR_DISPOSED', 'this callback was disposed');
    this.#address ??= block.addressOf(index);
    return this.#address;
  }

  get stats(): CallbackStats {
    const { block, index } = this.#endpoint;
    return block.stats(index);
  }

  ref(): void {
    this.#hold(this.#endpoint.isLive);
  }

  unref(): void {
    this.#hold(false);
  }

  dispose(): void {
    if (!this.#endpoint.isLive) return;
    this.#hold(false);
    this.#endpoint.close();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  #hold(on: boolean): void {
    if (on === this.#holds) return;
    this.#holds = on;
    listeningHost().holdLoop(on);
  }
}
