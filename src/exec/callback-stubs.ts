// Where callbacks get their addresses: stubs in blocks, made ahead. A callback takes the next stub of its pool's block,
// which needs neither native code nor a compiler; when all are taken, a larger block is made.
//
//   pool ──▶ block of stubs   │ body │ stub 0 │ stub 1 │ stub 2 │ …        one image in executable memory
//                                        │        │        │
//            contexts         │ shape │ context 0 │ context 1 │ context 2 │ …    native memory: what stubs hand over
//                                        │        │        │
//            ids              │ firstId      + 1       + 2       …          what JavaScript is called with
//
// No stub is used twice: C may keep an address for ever. When all stubs of a block were taken and disposed of, the block
// goes as a whole (callback-quarantine.ts).

import type { CodeImage } from '../emit/code-image.ts';
import { generate } from '../emit/generate.ts';
import { assert } from '../errors.ts';
import type { Prepared } from '../plan/prepare.ts';
import { withStubs } from '../plan/stubs.ts';
import { listeningHost } from './callback-delivery.ts';
import { giveIds, takeIds } from './callback-endpoints.ts';
import { bury } from './callback-quarantine.ts';
import { callbackMemory, disposedOnFailure, finalize, type Trampoline } from './finalize.ts';
import { type CallbackContexts, type CallbackStats, type ContextRules, NO_STATS } from './host.ts';
import type { PreparedImage } from './images.ts';

/** Stubs of a pool's first block, second block and so on: with their body they fill 512 bytes to 64 KiB of code. */
const BLOCK_SIZES: readonly number[] = [16, 48, 240, 960, 4032];

export class StubBlock {
  readonly firstId: number;
  readonly count: number;
  readonly #contexts: CallbackContexts;
  readonly #code: Trampoline;
  readonly #firstStub: bigint;
  readonly #stubSize: number;
  /** Of callbacks whose contexts are gone. */
  #lastStats: ReadonlyMap<number, CallbackStats> | undefined;
  /** Stubs that were given out; of those, the ones that were not disposed of. */
  #taken = 0;
  #live = 0;
  #sealed = false;

  constructor(firstId: number, contexts: CallbackContexts, code: Trampoline) {
    const { stubs } = code.image;
    assert(stubs !== null, 'the code has stubs');
    this.firstId = firstId;
    this.count = stubs.count;
    this.#contexts = contexts;
    this.#code = code;
    this.#firstStub = code.address + BigInt(stubs.offset);
    this.#stubSize = stubs.size;
  }

  get isFull(): boolean {
    return this.#taken === this.count;
  }

  /** The index of a stub that nobody had before. */
  take(): number {
    this.#live++;
    return this.#taken++;
  }

  addressOf(index: number): bigint {
    return this.#firstStub + BigInt(index * this.#stubSize);
  }

  stats(index: number): CallbackStats {
    return this.#lastStats === undefined ? this.#contexts.stats(index) : (this.#lastStats.get(index) ?? NO_STATS);
  }

  /** The callback is disposed of; its stub leads to a tombstone from now on. */
  close(index: number): void {
    this.#contexts.close(index);
    this.#live--;
    this.#buryIfDead();
  }

  /** Gives no more stubs out. */
  seal(): void {
    if (this.#sealed) return;
    this.#sealed = true;
    if (!this.isFull) this.#buryIfDead();
  }

  /** False if a foreign thread is still inside. Otherwise the code becomes traps, for ever, and the ids mean others. */
  release(): boolean {
    if (this.#contexts.isBusy()) return false;
    this.#code.dispose();
    this.#lastStats = this.#contexts.release();
    giveIds(this.firstId, this.count);
    return true;
  }

  #buryIfDead(): void {
    if (this.#live === 0 && (this.#sealed || this.isFull)) bury(this);
  }
}

/** Callbacks whose stubs can come from one block: their code, records and rules are the same. */
export class StubPool {
  readonly #prepared: Prepared;
  readonly #rules: ContextRules;
  #block: StubBlock | null = null;
  /** Of the next block, as an index of BLOCK_SIZES. */
  #size = 0;
  #sealed = false;

  constructor(prepared: Prepared, rules: ContextRules) {
    this.#prepared = prepared;
    this.#rules = rules;
  }

  /** Whether it gives out no more stubs: another pool does. */
  get isSealed(): boolean {
    return this.#sealed;
  }

  /** A block with a stub to take. Throws ERR_MEMORY, and ERR_HOST for rules that the host cannot keep. */
  block(): StubBlock {
    const block = this.#block;
    return block === null || block.isFull ? this.#grow() : block;
  }

  seal(): void {
    this.#sealed = true;
    this.#block?.seal();
  }

  #grow(): StubBlock {
    assert(!this.#sealed, 'a sealed pool gives out no stubs');
    const count = BLOCK_SIZES[Math.min(this.#size, BLOCK_SIZES.length - 1)] ?? 1;
    const block = makeBlock(this.#prepared, count, this.#rules);
    this.#block = block;
    this.#size++;
    return block;
  }
}

function makeBlock(prepared: Prepared, count: number, rules: ContextRules): StubBlock {
  const native = listeningHost();
  const { frame } = prepared;
  assert(frame !== null, 'a reverse trampoline has a record');
  const image = generate(withStubs(prepared, { count, stride: native.contextBytes }));
  const firstId = takeIds(count);
  return disposedOnFailure({ dispose: () => giveIds(firstId, count) }, () => {
    const contexts = native.createContexts(firstId, count, frame, rules);
    return disposedOnFailure({ dispose: () => contexts.release() }, () => {
      const symbols = { dispatcher: native.dispatcher, context: contexts.address };
      return new StubBlock(firstId, contexts, finalize(image, callbackMemory(), symbols));
    });
  });
}

/** Pools that may give out stubs. A pool that nobody asks for keeps the rest of a block. */
const CAPACITY = 1024;
const pools: Map<string, StubPool> = new Map();

/** The pool for callbacks with this code, record and rules. */
export function poolFor({ prepared, image }: PreparedImage, rules: ContextRules): StubPool {
  const key = poolKey(prepared, image, rules);
  const found = pools.get(key);
  if (found !== undefined) return found;
  if (pools.size >= CAPACITY) sealOldestHalf();
  const made = new StubPool(prepared, rules);
  pools.set(key, made);
  return made;
}

/** Names do not matter to native code: what decides is the code itself, and where it finds the values of a call. */
function poolKey(
  { frame }: Prepared,
  { bytes }: CodeImage,
  { thread, queue, whenFull, timeout }: ContextRules,
): string {
  const fields = frame === null ? [] : [frame.ret, ...frame.args].map(({ offset, size }) => `${offset}:${size}`);
  const code = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
  return `${thread} ${queue} ${whenFull} ${timeout} ${frame?.size} ${fields.join(' ')} ${code}`;
}

function sealOldestHalf(): void {
  let remaining = CAPACITY / 2;
  for (const [key, pool] of pools) {
    if (remaining-- === 0) return;
    pools.delete(key);
    pool.seal();
  }
}
