// Calls of one C function that run on other threads. Each has a frame of its own, because several may run at once:
//
//   ┌─────────┬─────────┬───┬────────┬───────────┬───────────┬───┐
//   │ value 0 │ value 1 │ … │ result │ → value 0 │ → value 1 │ … │      aligned for all of them; an arrow is an address
//   └─────────┴─────────┴───┴────────┴───────────┴───────────┴───┘
//   void forward(void *target, void *ret, void **args)                 the code that they all go through: unbound
//
// Generated source writes to and reads from one staging frame, whose bytes are copied at once to or from that of the call.

import type { ConventionId, VectorLevel } from '../abi/convention.ts';
import { conventionOf } from '../abi/conventions.ts';
import type { Signature } from '../ctype/ctype.ts';
import { hasFunctionParameter, stagedSource } from '../marshal/call-source.ts';
import { type FrameLayout, frameLayout } from '../plan/frame-layout.ts';
import type { Int64 } from '../signature/infer.ts';
import type { Registry } from '../signature/registry.ts';
import { checkArity } from './arity.ts';
import { bufferAddress } from './buffer-address.ts';
import { CarriedFunctions, type Failure } from './carried-functions.ts';
import { compile } from './compile.ts';
import { executableMemory, finalize, type Trampoline } from './finalize.ts';
import { imageOf } from './images.ts';
import { KeptValues } from './kept-values.ts';

/** What is called, and how. */
export interface Callee {
  readonly signature: Signature | string;
  readonly target: bigint;
  readonly abi: ConventionId;
  readonly vectors: VectorLevel;
  readonly int64: Int64;
  readonly registry: Registry | undefined;
}

type Put = (...args: readonly unknown[]) => void;

/** A call that has been filled in, until `release`. */
export interface ForeignCall {
  /** The addresses of forward code, function, result and arguments: what the host takes. */
  readonly words: BigUint64Array;
  readonly frame: Uint8Array;
  readonly result: Uint8Array;
  /** What its arguments point to. */
  kept: readonly unknown[];
  functions: Disposable | null;
  failure: Failure;
}

/** Frames that are kept for the next call. */
const IDLE_FRAMES = 8;

let keeper: KeptValues | undefined;

export class ForeignCalls {
  readonly signature: Signature;
  /** The code of `forward`; whoever made this owns it. */
  readonly code: Trampoline;
  readonly #target: bigint;
  readonly #layout: FrameLayout;
  readonly #align: number;
  readonly #staging: Uint8Array;
  readonly #put: Put;
  readonly #get: () => unknown;
  readonly #values: KeptValues;
  readonly #functions: CarriedFunctions | null;
  readonly #idle: ForeignCall[] = [];

  constructor({ signature: declared, target, abi, vectors, int64, registry }: Callee) {
    const { prepared, image } = imageOf(declared, 'forward', { abi, vectors, registry });
    const { signature } = prepared;
    checkArity(signature);
    const { args, ret } = prepared.layout;
    this.signature = signature;
    keeper ??= new KeptValues();
    this.#values = keeper;
    this.#target = target;
    this.#layout = frameLayout(prepared.layout);
    this.#align = Math.max(16, ret.align, ...args.map(({ align }) => align));
    const buffer = new ArrayBuffer(this.#layout.size);
    this.#staging = new Uint8Array(buffer);
    const options = { abi, vectors, int64, registry };
    this.#functions = hasFunctionParameter(signature) ? new CarriedFunctions(signature, options) : null;
    const source = stagedSource(signature, this.#layout, conventionOf(abi).dataModel, int64);
    const values = keeper;
    const address: KeptValues['address'] = (value, type, path) => values.address(value, type, path);
    const free = { strings: values, address, functions: this.#functions };
    [this.#put, this.#get] = compile(source, buffer, free) as [Put, () => unknown];
    this.code = finalize(image, executableMemory(), {});
  }

  /** Checks the arguments as a synchronous call does, and fills in a call. Throws what is wrong with them. */
  fill(args: readonly unknown[]): ForeignCall {
    const failure: Failure = { first: null };
    const mark = this.#values.mark();
    try {
      const put = (): void => this.#put(...args);
      const functions = this.#functions?.during(failure, put) ?? null;
      if (this.#functions === null) put();
      const call = this.#idle.pop() ?? this.#newCall();
      call.frame.set(this.#staging);
      call.functions = functions;
      call.failure = failure;
      call.kept = this.#values.since(mark);
      return call;
    } finally {
      this.#values.since(mark);
    }
  }

  /** The result of a call that has returned. Throws what a function that was given to it has thrown. */
  result({ result, failure }: ForeignCall): unknown {
    if (failure.first !== null) throw failure.first.error;
    this.#staging.set(result, this.#layout.ret.offset);
    return this.#get();
  }

  /** The call has returned, or never began. */
  release(call: ForeignCall): void {
    call.kept = [];
    call.functions?.[Symbol.dispose]();
    call.functions = null;
    if (this.#idle.length < IDLE_FRAMES) this.#idle.push(call);
  }

  #newCall(): ForeignCall {
    const { size, args, ret } = this.#layout;
    const buffer = new ArrayBuffer(size + 8 * args.length + this.#align);
    const address = bufferAddress(buffer);
    const start = -address & (this.#align - 1);
    const at = (offset: number): bigint => BigInt(address + start + offset);
    new BigUint64Array(buffer, start + size, args.length).set(args.map(({ offset }) => at(offset)));
    return {
      words: BigUint64Array.of(this.code.address, this.#target, at(ret.offset), at(size)),
      frame: new Uint8Array(buffer, start, size),
      result: new Uint8Array(buffer, start + ret.offset, ret.size),
      kept: [],
      functions: null,
      failure: { first: null },
    };
  }
}
