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
import {
  type CallbackContexts,
  calledInLeaf,
  HEADER_BYTES,
  type Invoke,
  NO_STATS,
  PENDING,
  STATE,
  takePending,
} from './host.ts';
import type { Koffi } from './koffi.ts';
import type { KoffiSystem } from './koffi-system.ts';

const STACK_SIZE = 1 << 20;
const POINTER_SIZE = 8;

interface Callback {
  readonly id: number;
  readonly shape: FrameLayout;
}

/** Callbacks that were made together. */
interface Block {
  readonly firstId: number;
  readonly count: number;
  readonly shape: FrameLayout;
}

/** The most callbacks of a block; blocks are numbered, and a context is `number of the block` × MAX_BLOCK + index. */
const MAX_BLOCK = 2 ** 16;

export class KoffiInvocations {
  readonly dispatcher: bigint;
  readonly memory: ArrayBuffer = new ArrayBuffer(STACK_SIZE);
  readonly state: Int32Array = new Int32Array(this.memory, 0, HEADER_BYTES / 4);
  readonly #system: KoffiSystem;
  readonly #address: bigint;
  readonly #blocks: Map<number, Block> = new Map();
  /** Numbers are never used again, so that a trampoline that outlives its callback finds nothing. */
  #lastBlock = 0;
  #top = HEADER_BYTES;
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

  /** One context is one number behind the other. */
  create(firstId: number, count: number, shape: FrameLayout): CallbackContexts {
    const inside = [shape.ret, ...shape.args].every(({ offset, size }) => offset + size <= shape.size);
    if (!inside || shape.size % 16 !== 0 || shape.size > STACK_SIZE - HEADER_BYTES) {
      throw new RangeError('a field lies outside the record, or the record is too large');
    }
    if (!(count >= 1 && count <= MAX_BLOCK)) throw new RangeError('no such number of callbacks');
    const block = ++this.#lastBlock;
    this.#blocks.set(block, { firstId, count, shape });
    return {
      address: BigInt(block * MAX_BLOCK),
      stats: () => NO_STATS,
      close: () => {},
      isBusy: () => false,
      release: () => {
        assert(this.#blocks.delete(block), 'contexts are released once');
        return new Map();
      },
    };
  }

  fail(): void {
    this.#failed = true;
  }

  /** Only for a leaf call: `run` has thrown what callbacks threw. */
  rethrow(): void {
    if (takePending(this.state) === PENDING.calledInLeaf) throw calledInLeaf();
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
    const callback = this.#callbackOf(Number(context));
    if (callback === null) return;
    const { shape } = callback;
    try {
      // First, so that the caller gets zeros even if JavaScript is terminated on the way (a worker that ends).
      if (shape.ret.size > 0 && ret !== 0n) this.#system.fill(ret, 0, shape.ret.size);
      if (this.state[STATE.leaf] !== 0) {
        this.state[STATE.pending] = PENDING.calledInLeaf;
        return;
      }
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

  #callbackOf(context: number): Callback | null {
    const block = this.#blocks.get(Math.floor(context / MAX_BLOCK));
    const index = context % MAX_BLOCK;
    return block === undefined || index >= block.count ? null : { id: block.firstId + index, shape: block.shape };
  }

  /** Answers where the record was: its bytes stay until the next invocation. */
  #run({ id, shape }: Callback, args: bigint): number {
    const base = this.#top;
    const top = base + shape.size;
    const outerId = this.state[STATE.id] ?? 0;
    const outerBase = this.state[STATE.base] ?? 0;
    if (top > STACK_SIZE)
      throw new InterfixError('ERR_CALLBACK', 'callbacks are nested too deeply: no room for one more');
    let ordered = false;
    const outerRunning = this.state[STATE.running] ?? 0;
    this.state[STATE.running] = outerRunning + 1;
    try {
      this.#copyArguments(shape, base, args);
      this.#top = top;
      this.state[STATE.id] = id;
      this.state[STATE.base] = base;
      this.#invoke?.(id, base, 'call');
    } finally {
      // Calls nothing: the JavaScript stack may be full, and this must be done all the same.
      this.state[STATE.id] = outerId;
      this.state[STATE.base] = outerBase;
      // A later invocation may not have ended: then its record stays (native-shim/callbacks.c, `pop`).
      ordered = this.#top === top || this.#top === base;
      if (ordered) this.#top = base;
      this.state[STATE.running] = outerRunning;
      if (outerRunning === 0) this.#top = HEADER_BYTES;
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
