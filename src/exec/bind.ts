// C functions as JavaScript functions: what can be asked for, and what is refused before anything is made.

import type { ConventionId, VectorLevel } from '../abi/convention.ts';
import type { Signature } from '../ctype/ctype.ts';
import { InterfixError } from '../errors.ts';
import type { AnyFunction, DefaultInt64, Int64, LooseFunction, SignatureArgument } from '../signature/infer.ts';
import type { CalledFor, DefaultErrno } from '../signature/infer-calls.ts';
import type { Registry } from '../signature/registry.ts';
import { type Address, addressFrom } from './address.ts';
import { checkArity } from './arity.ts';
import type { AsyncFunction } from './async-call.ts';
import type { Bindings } from './bindings.ts';
import { Bound, type BoundOptions } from './bound.ts';
import type { CallPath } from './call-path.ts';
import { hostAbi } from './host-abi.ts';
import { imageOf } from './images.ts';
import { checkedInt64 } from './int64-option.ts';
import { checkServed } from './served-call.ts';
import { v8Calls } from './v8-calls.ts';

/** What JavaScript passes and gets; docs/signatures.md says which for each type. */
export type Value = unknown;

export type { CallPath } from './call-path.ts';

export interface BindOptions {
  /** The convention of the C function; that of this process by default. It may be another of the same CPU. */
  readonly abi?: ConventionId;
  /** The widest vector registers that the C function was compiled for, on x86-64; `sse` by default. */
  readonly vectors?: VectorLevel;
  /** Where a signature given as text finds its `@Name`s. */
  readonly registry?: Registry | undefined;
  /** `'number'`: integers of 64 and 128 bits come out as numbers where that is exact, as bigints elsewhere. */
  readonly int64?: Int64;
  /** The result is `{ value, errno }`: C's errno, on Windows the last error, of this very call; zero if it set none. */
  readonly errno?: boolean;
  /**
   * The C function runs on another thread while JavaScript waits for it and serves callbacks meanwhile: for functions
   * that wait for a thread which calls JavaScript.
   */
  readonly serve?: boolean;
  /** False: V8's fast calls are not used for this function. Nothing but the speed depends on it; see docs/calls.md. */
  readonly fast?: boolean;
  /**
   * The C function calls no JavaScript, neither a callback that it is given nor one that it knows: then Node 20 and 22 can
   * call it the fast way, too. If it does all the same, C gets zeros, and the call throws `ERR_CALLBACK`, rule `leaf`.
   */
  readonly leaf?: boolean;
  /** The result is the same object at every call, with new values in it; see docs/signatures.md. */
  readonly reuse?: boolean;
}

/**
 * A C function. Its arguments are checked: a wrong number throws `ERR_ARGUMENT_COUNT`, a value of the wrong kind
 * `ERR_ARGUMENT_KIND`, one that the C type cannot hold `ERR_ARGUMENT_RANGE`; C is not called then. Call it on the thread
 * that bound it. It may be called again from a callback while it runs. Its code is made by the first call, which may
 * throw `ERR_MEMORY`; when it is collected, the code is freed.
 */
export interface BoundFunction<F extends AnyFunction = LooseFunction> extends Disposable {
  (...args: Parameters<F>): ReturnType<F>;
  /** Calls it on another thread; see docs/calls.md. */
  readonly async: AsyncFunction<F>;
  /** Address of the C function. */
  readonly address: bigint;
  /** Which way its calls take. */
  readonly path: CallPath;
  /** Frees the code; later calls throw `ERR_DISPOSED`. Safe while the function runs. */
  dispose(): void;
}

/**
 * The bound function of a type parameter that is a text, a model object or an explicit function type; I and E are the
 * options `int64` and `errno`.
 */
export type BoundFor<T, I extends Int64 = 'bigint', E extends boolean = false> =
  CalledFor<T, I, E> extends infer F ? (F extends AnyFunction ? BoundFunction<F> : BoundFunction) : never;

/** The options of `bind`, and what they say about types. */
export type TypedOptions<I extends Int64, E extends boolean> = BindOptions & {
  readonly int64?: I;
  readonly errno?: E;
};

/**
 * Binds the C function at `address`. The caller answers for the address and the signature: they are not checkable.
 * TypeScript infers the function's type from the text, and refuses a text that is wrong:
 *
 *     const labs = bind(address, '(long) -> long');                      (args_0: bigint | number) => bigint
 *     const labs = bind<(n: bigint) => bigint>(address, '(long) -> long');   as one likes it better
 *
 * Throws what `prepare` throws, `ERR_NULL` for address zero, `ERR_OPTION`, and `ERR_HOST` for what the host cannot do.
 */
export function bind<
  T extends string | Signature | AnyFunction = LooseFunction,
  I extends Int64 = DefaultInt64<T>,
  E extends boolean = DefaultErrno<T>,
>(address: Address, signature: SignatureArgument<T>, options?: TypedOptions<I, E>): BoundFor<T, I, E>;
export function bind(address: Address, signature: Signature | string, options: BindOptions = {}): BoundFunction {
  return bindNamed(address, signature, options, null, null);
}

/** `library` is what it was bound from, and ends with. */
export function bindNamed<F extends AnyFunction = LooseFunction>(
  from: Address,
  signature: Signature | string,
  options: BindOptions,
  symbol: string | null,
  library: Bindings | null,
): BoundFunction<F> {
  const target = addressFrom(from, symbol === null ? 'the address of the function' : `the address of ${symbol}`);
  const { abi = hostAbi(), vectors = 'sse', registry, int64 = 'bigint' } = options;
  const callee = { signature, target, abi, vectors, registry, int64: checkedInt64(int64) };
  const checked = checkedOptions(options);
  const kind = checked.serve ? 'forward' : 'entry';
  const image = imageOf(signature, kind, { abi, vectors, registry, errno: checked.errno && !checked.serve });
  checkArity(image.signature);
  const name = image.signature.name ?? symbol ?? 'bound';
  return new Bound({ name, callee, image, options: checked, library }).fn as unknown as BoundFunction<F>;
}

/** Throws for what no call could be made with, although none is made yet. */
function checkedOptions({ errno, serve, fast, leaf, reuse }: BindOptions): BoundOptions {
  const checked = {
    errno: checkedSwitch('errno', errno, false),
    serve: checkedSwitch('serve', serve, false),
    fast: checkedSwitch('fast', fast, true),
    leaf: checkedSwitch('leaf', leaf, false),
    reuse: checkedSwitch('reuse', reuse, false),
  };
  if (checked.serve && checked.leaf)
    throw new InterfixError('ERR_OPTION', 'serve is for functions that wait for callbacks, and leaf for those without');
  if (checked.serve) checkServed();
  else if (checked.fast) v8Calls();
  return checked;
}

function checkedSwitch(name: string, value: boolean | undefined, byDefault: boolean): boolean {
  if (value === undefined) return byDefault;
  if (typeof value === 'boolean') return value;
  throw new InterfixError('ERR_OPTION', `${name} is true or false, got ${typeof value}`);
}
