// C functions as JavaScript functions: one call frame, one entry and one generated wrapper for each.
//
//   fn(a, b) ─ checks, writes ─▶ frame ─ reads ─▶ entry: generated code, called by V8 as a Node-API callback
//     ▲                            │                │ call
//     └───────── result ───────────┴───── stores ◀──┴──▶ the C function
//
// With `serve`, and by `fn.async`, the call goes another way: foreign-calls.ts.

import type { ConventionId, VectorLevel } from '../abi/convention.ts';
import { conventionOf } from '../abi/conventions.ts';
import type { Signature } from '../ctype/ctype.ts';
import { assert, InterfixError } from '../errors.ts';
import { boundSource, hasFunctionParameter } from '../marshal/call-source.ts';
import type { SymbolName } from '../plan/step.ts';
import type { AnyFunction, DefaultInt64, Int64, LooseFunction, SignatureArgument } from '../signature/infer.ts';
import type { CalledFor, DefaultErrno } from '../signature/infer-calls.ts';
import type { Registry } from '../signature/registry.ts';
import { type Address, addressFrom } from './address.ts';
import { checkArity } from './arity.ts';
import { type AsyncFunction, asyncFunction } from './async-call.ts';
import { bufferAddress } from './buffer-address.ts';
import { compile } from './compile.ts';
import { whenNothingRuns } from './deferred.ts';
import { errnoAddress, errnoView, lastError } from './errno.ts';
import { disposedOnFailure, executableMemory, finalize, type Trampoline } from './finalize.ts';
import { type Callee, ForeignCalls } from './foreign-calls.ts';
import { FunctionArguments } from './function-arguments.ts';
import { hostAbi } from './host-abi.ts';
import { imageOf } from './images.ts';
import { checkedInt64 } from './int64-option.ts';
import { RunningCalls } from './running-calls.ts';
import { host } from './select-host.ts';
import { servedFunction, type Wrapper } from './served-call.ts';

/** What JavaScript passes and gets; docs/signatures.md says which for each type. */
export type Value = unknown;

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
}

/**
 * A C function. Its arguments are checked: a wrong number throws `ERR_ARGUMENT_COUNT`, a value of the wrong kind
 * `ERR_ARGUMENT_KIND`, one that the C type cannot hold `ERR_ARGUMENT_RANGE`; C is not called then. Call it on the thread
 * that bound it. It may be called again from a callback while it runs. When it is collected, its code is freed.
 */
export interface BoundFunction<F extends AnyFunction = LooseFunction> extends Disposable {
  (...args: Parameters<F>): ReturnType<F>;
  /** Calls it on another thread; see docs/calls.md. */
  readonly async: AsyncFunction<F>;
  /** Address of the C function. */
  readonly address: bigint;
  /** Frees the code; later calls throw `ERR_DISPOSED`. Safe while the function runs. */
  dispose(): void;
}

/** Collected functions give their code back. */
const collected = new FinalizationRegistry<readonly Trampoline[]>((code) => {
  for (const each of code) each.dispose();
});

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
 * Throws what `prepare` throws, `ERR_NULL` for address zero, `ERR_OPTION`, `ERR_HOST` for what the host cannot do, and
 * `ERR_MEMORY`.
 */
export function bind<
  T extends string | Signature | AnyFunction = LooseFunction,
  I extends Int64 = DefaultInt64<T>,
  E extends boolean = DefaultErrno<T>,
>(address: Address, signature: SignatureArgument<T>, options?: TypedOptions<I, E>): BoundFor<T, I, E>;
export function bind(address: Address, signature: Signature | string, options: BindOptions = {}): BoundFunction {
  return bindNamed(address, signature, options, null, null).fn;
}

/** A bound function, and how whoever bound it makes it throw something else than `ERR_DISPOSED`. */
export interface Binding<F extends AnyFunction = LooseFunction> {
  readonly fn: BoundFunction<F>;
  readonly end: (reason: () => InterfixError) => void;
}

/** `library` is what its asynchronous calls keep open. */
export function bindNamed<F extends AnyFunction = LooseFunction>(
  from: Address,
  signature: Signature | string,
  options: BindOptions,
  symbol: string | null,
  library: RunningCalls | null,
): Binding<F> {
  const target = addressFrom(from, `the address of ${symbol ?? 'the function'}`);
  const bound = new Bound(target, signature, options, symbol, library);
  return { fn: bound.fn as BoundFunction<F>, end: bound.end };
}

class Bound {
  readonly fn: BoundFunction<never>;
  readonly #callee: Callee;
  readonly #name: string;
  readonly #replaceEntry: Wrapper['replaceEntry'];
  /** Everything that goes with the function. */
  readonly #code: Trampoline[] = [];
  readonly #running = new RunningCalls();
  readonly #users: readonly RunningCalls[];
  readonly #keepsErrno: boolean;
  #calls: ForeignCalls | null = null;
  #async: AsyncFunction<never> | null = null;
  #reason: (() => InterfixError) | null = null;

  constructor(
    target: bigint,
    signature: Signature | string,
    options: BindOptions,
    symbol: string | null,
    library: RunningCalls | null,
  ) {
    const { abi = hostAbi(), vectors = 'sse', registry, int64 = 'bigint' } = options;
    this.#callee = { signature, target, abi, vectors, registry, int64: checkedInt64(int64) };
    this.#keepsErrno = checkedSwitch('errno', options.errno);
    this.#users = library === null ? [this.#running] : [this.#running, library];
    const isServed = checkedSwitch('serve', options.serve);
    const made = isServed ? servedFunction(() => this.#foreignCalls(), this.#keepsErrno) : this.#entered();
    this.fn = made.fn as unknown as BoundFunction<never>; // its properties follow
    this.#replaceEntry = made.replaceEntry;
    this.#name = made.signature.name ?? symbol ?? 'bound';
    const dispose = (): void => this.end(() => new InterfixError('ERR_DISPOSED', `${this.#name} was disposed`));
    Object.defineProperties(this.fn, {
      name: { value: this.#name },
      address: { value: target, enumerable: true },
      async: { get: () => this.#asynchronous() },
      dispose: { value: dispose },
      [Symbol.dispose]: { value: dispose },
    });
    collected.register(this.fn, this.#code, this.fn);
  }

  /** Lives as long as the function: a library refers to it weakly. */
  readonly end = (reason: () => InterfixError): void => {
    if (this.#reason !== null) return;
    this.#reason = reason;
    this.#replaceEntry(() => {
      throw reason();
    });
    collected.unregister(this.fn);
    whenNothingRuns(() =>
      this.#running.whenNone(() => {
        for (const each of this.#code) each.dispose();
      }),
    );
  };

  /** The function that goes through the generated entry. */
  #entered(): Wrapper {
    const { signature: declared, target, abi, vectors, registry, int64 } = this.#callee;
    const { prepared, image } = imageOf(declared, 'entry', { abi, vectors, registry, errno: this.#keepsErrno });
    const { signature, frame: layout } = prepared;
    checkArity(signature);
    assert(layout !== null, 'an entry has a frame');
    const frame = new ArrayBuffer(layout.size);
    const symbols = image.symbols.map(({ name }) => [name, symbolAddress(name, target, frame)] as const);
    const trampoline = finalize(image, executableMemory(), Object.fromEntries(symbols));
    this.#code.push(trampoline);
    return disposedOnFailure(trampoline, () => {
      const errno = layout.errno === null ? null : { offset: layout.errno.offset, view: errnoView };
      const source = boundSource(signature, layout, conventionOf(abi).dataModel, { errno, int64 });
      const free = {
        entry: host().entry(trampoline.address),
        ...(errno !== null && { lastError: lastError() }),
        ...(hasFunctionParameter(signature) && {
          functions: new FunctionArguments(signature, { abi, vectors, registry, int64 }),
        }),
      };
      const [fn, replaceEntry] = compile(source, frame, free) as [Wrapper['fn'], Wrapper['replaceEntry']];
      return { fn, replaceEntry, signature };
    });
  }

  #foreignCalls(): ForeignCalls {
    if (this.#calls !== null) return this.#calls;
    this.#calls = new ForeignCalls(this.#callee);
    this.#code.push(this.#calls.code);
    return this.#calls;
  }

  #asynchronous(): AsyncFunction<never> {
    this.#async ??= asyncFunction<never>({
      checkLive: () => {
        if (this.#reason !== null) throw this.#reason();
      },
      calls: () => this.#foreignCalls(),
      users: this.#users,
      keepsErrno: this.#keepsErrno,
      name: this.#name,
      length: this.fn.length,
    });
    return this.#async;
  }
}

function symbolAddress(name: SymbolName, target: bigint, frame: ArrayBuffer): bigint {
  if (name === 'errno') return errnoAddress();
  return name === 'frame' ? BigInt(bufferAddress(frame)) : target;
}

function checkedSwitch(name: string, value: boolean | undefined = false): boolean {
  if (typeof value === 'boolean') return value;
  throw new InterfixError('ERR_OPTION', `${name} is true or false, got ${typeof value}`);
}
