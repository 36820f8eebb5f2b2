// Callbacks on the koffi host: what native-shim/callbacks.c does in C, done in JavaScript with the same record layout.
// Decides what the native caller gets when JavaScript fails; arguments are decoded elsewhere.
//
// Three things differ from the native shim, all because koffi stands in between. Its frames are large: about 150
// callbacks nest in Node's default stack before it is a RangeError, instead of 450. A call from a foreign thread is not
// refused: koffi holds that thread until the event loop delivers the call here (koffi, "Asynchronous callbacks"). And
// koffi would keep a thrown exception pending itself, but says nothing about later callbacks meanwhile, so none is
// thrown through it: the exception waits here until the entry returns.

import { assert, InterfixError } from '../errors.ts';
import type { FrameLayout } from '../plan/frame-layout.ts';
import type { CallbackContext, Invoke } from './host.ts';
import type { Koffi } from './koffi.ts';
import type { KoffiSystem } from './koffi-system.ts';

const STACK_SIZE = 1 << 20;
const HEADER_SIZE = 16;
const POINTER_SIZE = 8;

interface Callback {
  readonly id: number;
  readonly shape: FrameLayout;
}

export class KoffiInvocations {
  readonly dispatcher: bigint;
  readonly memory: ArrayBuffer = new ArrayBuffer(STACK_SIZE);
  readonly #system: KoffiSystem;
  readonly #address: bigint;
  readonly #header: Int32Array = new Int32Array(this.memory, 0, 2);
  readonly #contexts: Map<bigint, Callback> = new Map();
  /** Contexts are never used again, so that a trampoline that outlives its callback finds nothing. */
  #lastContext = 0n;
  #top = HEADER_SIZE;
  #running = 0;
  #invoke: Invoke | undefined;
  /** Entries that native code has not returned from. */
  #entered = 0;
  /** What a callback threw, until the entry that it runs under returns. */
  #failure: { readonly error: unknown } | undefined;
  /** Whether the innermost invocation is to give zeros. */
  #failed = false;

  constructor(koffi: Koffi, system: KoffiSystem, addressOf: (buffer: ArrayBuffer) => bigint) {
    this.#system = system;
    this.#address = addressOf(this.memory);
    const prototype = koffi.proto('void', ['void *', 'void *', 'void *']);
    const dispatch = (context: bigint | null, ret: bigint | null, args: bigint | null): void =>
      this.#dispatch(context ?? 0n, ret ?? 0n, args ?? 0n);
    this.dispatcher = koffi.register(dispatch, koffi.pointer(prototype));
  }

  onInvoke(invoke: Invoke): void {
    assert(this.#invoke === undefined, 'onInvoke is called once');
    this.#invoke = invoke;
  }

  create(id: number, shape: FrameLayout): CallbackContext {
    const inside = [shape.ret, ...shape.args].every(({ offset, size }) => offset + size <= shape.size);
    if (!inside || shape.size % 16 !== 0 || shape.size > STACK_SIZE - HEADER_SIZE) {
      throw new RangeError('a field lies outside the record, or the record is too large');
    }
    this.#lastContext += 16n;
    this.#contexts.set(this.#lastContext, { id, shape });
    return { address: this.#lastContext };
  }

  fail(): void {
    this.#failed = true;
  }

  release(context: CallbackContext): void {
    assert(this.#contexts.delete(context.address), 'a context is released once');
  }

  /** Runs native code and throws what a callback under it threw. */
  run(call: () => void): void {
    this.#entered++;
    try {
      call();
    } catch (error) {
      this.#failure ??= { error };
    } finally {
      this.#entered--;
    }
    const failure = this.#failure;
    this.#failure = undefined;
    if (failure !== undefined) throw failure.error;
  }

  #dispatch(context: bigint, ret: bigint, args: bigint): void {
    const callback = this.#contexts.get(context);
    if (callback === undefined) return;
    const { shape } = callback;
    try {
      // First, so that the caller gets zeros even if JavaScript is terminated on the way (a worker that ends).
      if (shape.ret.size > 0 && ret !== 0n) this.#system.fill(ret, 0, shape.ret.size);
      if (this.#failure !== undefined) return;
      const base = this.#run(callback, args);
      const failed = this.#failed;
      this.#failed = false;
      if (failed) return;
      if (shape.ret.size > 0 && ret !== 0n) {
        this.#system.move(ret, this.#address + BigInt(base + shape.ret.offset), shape.ret.size);
      }
    } catch (error) {
      this.#failed = false;
      // Without an entry nobody would pick the exception up: the event loop called us, it reports it.
      if (this.#entered === 0) throw error;
      this.#failure ??= { error };
    }
  }

  /** Answers where the record was: its bytes stay until the next invocation. */
  #run({ id, shape }: Callback, args: bigint): number {
    const base = this.#top;
    const top = base + shape.size;
    const outerId = this.#header[0] ?? 0;
    const outerBase = this.#header[1] ?? 0;
    if (top > STACK_SIZE)
      throw new InterfixError('ERR_CALLBACK', 'callbacks are nested too deeply: no room for one more');
    let ordered = false;
    this.#running++;
    try {
      this.#copyArguments(shape, base, args);
      this.#top = top;
      this.#header[0] = id;
      this.#header[1] = base;
      this.#invoke?.(id, base, 'call');
    } finally {
      // Calls nothing: the JavaScript stack may be full, and this must be done all the same.
      this.#header[0] = outerId;
      this.#header[1] = outerBase;
      // A later invocation may not have ended: then its record stays (native-shim/callbacks.c, `pop`).
      ordered = this.#top === top || this.#top === base;
      if (ordered) this.#top = base;
      this.#running--;
      if (this.#running === 0) this.#top = HEADER_SIZE;
    }
    assert(ordered, 'callbacks end in the reverse order of their beginning');
    return base;
  }

  /** Into a record that is not yet counted as taken: nothing runs in between. */
  #copyArguments(shape: FrameLayout, base: number, args: bigint): void {
    const pointers = this.#read(args, shape.args.length);
    new Uint8Array(this.memory, base + shape.ret.offset, shape.ret.size).fill(0);
    shape.args.forEach(({ offset, size }, index) => {
      if (size > 0) this.#system.move(this.#address + BigInt(base + offset), pointers[index] ?? 0n, size);
    });
  }

  /** Through the free end of the record stack: the only memory here whose address is known. */
  #read(from: bigint, count: number): BigUint64Array {
    if (count * POINTER_SIZE > STACK_SIZE - this.#top) {
      throw new InterfixError('ERR_CALLBACK', 'callbacks are nested too deeply: no room for the arguments');
    }
    if (count > 0) this.#system.move(this.#address + BigInt(this.#top), from, count * POINTER_SIZE);
    return new BigUint64Array(this.memory, this.#top, count).slice();
  }
}
