// C functions as JavaScript functions: one call frame, one entry and one generated wrapper for each.
//
//   fn(a, b) ─ checks, writes ─▶ frame ─ reads ─▶ entry: generated code, called by V8 as a Node-API callback
//     ▲                            │                │ call
//     └───────── result ───────────┴───── stores ◀──┴──▶ the C function

import type { ConventionId, VectorLevel } from '../abi/convention.ts';
import { conventionOf } from '../abi/conventions.ts';
import type { Signature } from '../ctype/ctype.ts';
import { assert, InterfixError } from '../errors.ts';
import { boundSource } from '../marshal/function-source.ts';
import type { AnyFunction, FunctionFor, LooseFunction, SignatureArgument } from '../signature/infer.ts';
import type { Registry } from '../signature/registry.ts';
import { type Address, addressFrom } from './address.ts';
import { bufferAddress } from './buffer-address.ts';
import { compile } from './compile.ts';
import { whenNothingRuns } from './deferred.ts';
import { disposedOnFailure, executableMemory, finalize, type Trampoline } from './finalize.ts';
import { hostAbi } from './host-abi.ts';
import { imageOf } from './images.ts';
import { host } from './select-host.ts';

/** What JavaScript passes and gets; docs/signatures.md says which for each type. */
export type Value = unknown;

export interface BindOptions {
  /** The convention of the C function; that of this process by default. It may be another of the same CPU. */
  readonly abi?: ConventionId;
  /** The widest vector registers that the C function was compiled for, on x86-64; `sse` by default. */
  readonly vectors?: VectorLevel;
  /** Where a signature given as text finds its `@Name`s. */
  readonly registry?: Registry;
}

/**
 * A C function. Its arguments are checked: a wrong number throws `ERR_ARGUMENT_COUNT`, a value of the wrong kind
 * `ERR_ARGUMENT_KIND`, one that the C type cannot hold `ERR_ARGUMENT_RANGE`; C is not called then. Call it on the thread
 * that bound it. It may be called again from a callback while it runs. When it is collected, its code is freed.
 */
export interface BoundFunction<F extends AnyFunction = LooseFunction> extends Disposable {
  (...args: Parameters<F>): ReturnType<F>;
  /** Address of the C function. */
  readonly address: bigint;
  /** Frees the code; later calls throw `ERR_DISPOSED`. Safe while the function runs. */
  dispose(): void;
}

/** Collected functions give their code back. */
const collected = new FinalizationRegistry<Trampoline>((trampoline) => trampoline.dispose());

/** The bound function of a type parameter that is a text, a model object or an explicit function type. */
export type BoundFor<T> =
  FunctionFor<T> extends infer F ? (F extends AnyFunction ? BoundFunction<F> : BoundFunction) : never;

/**
 * Binds the C function at `address`. The caller answers for the address and the signature: they are not checkable.
 * TypeScript infers the function's type from the text, and refuses a text that is wrong:
 *
 *     const labs = bind(address, '(long) -> long');                      (args_0: bigint | number) => bigint
 *     const labs = bind<(n: bigint) => bigint>(address, '(long) -> long');   as one likes it better
 *
 * Throws what `prepare` throws, `ERR_NULL` for address zero, and `ERR_MEMORY`.
 */
export function bind<T extends string | Signature | AnyFunction = LooseFunction>(
  address: Address,
  signature: SignatureArgument<T>,
  options?: BindOptions,
): BoundFor<T>;
export function bind(address: Address, signature: Signature | string, options: BindOptions = {}): BoundFunction {
  return bindNamed(address, signature, options, null).fn;
}

/** A bound function, and how whoever bound it makes it throw something else than `ERR_DISPOSED`. */
export interface Binding<F extends AnyFunction = LooseFunction> {
  readonly fn: BoundFunction<F>;
  readonly end: (reason: () => InterfixError) => void;
}

export function bindNamed<F extends AnyFunction = LooseFunction>(
  from: Address,
  signature: Signature | string,
  { abi = hostAbi(), vectors = 'sse', registry }: BindOptions,
  symbol: string | null,
): Binding<F> {
  const target = addressFrom(from, `the address of ${symbol ?? 'the function'}`);
  const { prepared, image } = imageOf(signature, 'entry', { abi, vectors, registry });
  checkArity(prepared.signature);
  const { frame: frameLayout } = prepared;
  assert(frameLayout !== null, 'an entry has a frame');
  const frame = new ArrayBuffer(frameLayout.size);
  const addresses = { target, frame: BigInt(bufferAddress(frame)) };
  const used = image.symbols.map(({ name }) => [name, name === 'frame' ? addresses.frame : addresses.target] as const);
  const trampoline = finalize(image, executableMemory(), Object.fromEntries(used));
  const { fn, replaceEntry } = disposedOnFailure(trampoline, () => {
    const source = boundSource(prepared.signature, frameLayout, conventionOf(abi).dataModel);
    const entry = host().entry(trampoline.address);
    const [fn, replaceEntry] = compile(source, frame, { entry }) as [BoundFunction<F>, (entry: () => never) => void];
    return { fn, replaceEntry };
  });
  let live = true;
  const end = (reason: () => InterfixError): void => {
    if (!live) return;
    live = false;
    replaceEntry(() => {
      throw reason();
    });
    collected.unregister(fn);
    whenNothingRuns(() => trampoline.dispose());
  };
  const name = prepared.signature.name ?? symbol ?? 'bound';
  const dispose = (): void => end(() => new InterfixError('ERR_DISPOSED', `${name} was disposed`));
  Object.defineProperties(fn, {
    name: { value: name },
    address: { value: target, enumerable: true },
    dispose: { value: dispose },
    [Symbol.dispose]: { value: dispose },
  });
  collected.register(fn, trampoline, fn);
  return { fn, end };
}

/** V8's own bound (`Code::kMaxArguments`): a longer parameter list is a syntax error. */
const MAX_PARAMETERS = 65534;

/** Throws `ERR_SIZE` for more parameters than a JavaScript function can have. */
export function checkArity({ parameters: { length } }: Signature): void {
  if (length <= MAX_PARAMETERS) return;
  throw new InterfixError('ERR_SIZE', `${length} parameters; a JavaScript function takes ${MAX_PARAMETERS}`);
}
