// Shared libraries: their symbols, and functions bound from them.

import type { Signature } from '../ctype/ctype.ts';
import { InterfixError } from '../errors.ts';
import type { AnyFunction, DefaultInt64, Int64, LooseFunction, SignatureArgument } from '../signature/infer.ts';
import type { DefaultErrno } from '../signature/infer-calls.ts';
import { type BindOptions, type BoundFor, type BoundFunction, bindNamed, type TypedOptions } from './bind.ts';
import { Bindings } from './bindings.ts';
import { whenNothingRuns } from './deferred.ts';
import { host } from './select-host.ts';

/** A shared library. It stays loaded until `close`, even if JavaScript forgets it. */
export interface Library extends Disposable {
  readonly path: string | null;
  /** Address of a symbol. Throws `ERR_SYMBOL` if there is none and `ERR_CLOSED` after `close`. */
  symbol(name: string): bigint;
  /**
   * Binds a function of the library; see `bind`. After `close` its calls throw `ERR_CLOSED`.
   *
   *     const pow = libm.func('pow', '(double, double) -> double');     (args_0: number, args_1: number) => number
   */
  func<
    T extends string | Signature | AnyFunction = LooseFunction,
    I extends Int64 = DefaultInt64<T>,
    E extends boolean = DefaultErrno<T>,
  >(name: string, signature: SignatureArgument<T>, options?: TypedOptions<I, E>): BoundFor<T, I, E>;
  /** Ends the functions bound from here, and unloads the library once none of them is running, on no thread. */
  close(): void;
}

/**
 * Opens a shared library as the system's loader finds it; `null` is the program itself and what it has loaded.
 * Throws `ERR_LIBRARY` with the loader's message.
 */
export function open(path: string | null): Library {
  if (typeof path !== 'string' && path !== null) {
    throw new InterfixError('ERR_ARGUMENT_KIND', `a library is opened by its path, got ${typeof path}`);
  }
  if (path === '' || path?.includes('\0')) {
    throw new InterfixError('ERR_LIBRARY', `cannot open ${JSON.stringify(path)}: no file has that name`);
  }
  const native = host();
  let handle: bigint;
  try {
    handle = native.openLibrary(path);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new InterfixError('ERR_LIBRARY', `cannot open ${path ?? 'the program'}: ${why}`, { cause });
  }
  const where = path ?? 'the program';
  const bindings = new Bindings();
  const whenClosed = (): InterfixError => new InterfixError('ERR_CLOSED', `${where} was closed`);
  const symbol = (name: string): bigint => {
    if (bindings.reason !== null) throw bindings.reason();
    if (typeof name !== 'string')
      throw new InterfixError('ERR_ARGUMENT_KIND', `a symbol is a string, got ${typeof name}`);
    if (name.includes('\0')) throw new InterfixError('ERR_SYMBOL', 'no symbol has a zero character in its name');
    const address = native.symbol(handle, name);
    if (address === 0n) throw new InterfixError('ERR_SYMBOL', `${where} has no symbol '${name}'`);
    return address;
  };
  const close = (): void => {
    if (bindings.reason !== null) return;
    bindings.end(whenClosed);
    whenNothingRuns(() => bindings.running.whenNone(() => native.closeLibrary(handle)));
  };
  function func<
    T extends string | Signature | AnyFunction = LooseFunction,
    I extends Int64 = DefaultInt64<T>,
    E extends boolean = DefaultErrno<T>,
  >(name: string, signature: SignatureArgument<T>, options?: TypedOptions<I, E>): BoundFor<T, I, E>;
  function func(name: string, signature: Signature | string, options: BindOptions = {}): BoundFunction {
    return bindNamed(symbol(name), signature, options, name, bindings);
  }
  return Object.freeze({ path, symbol, func, close, [Symbol.dispose]: close });
}
