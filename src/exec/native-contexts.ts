// Blocks of callback contexts on the native host. Decides what JavaScript does with their memory itself: the contexts
// lie in one piece, of which it closes some and reads the counts through typed arrays. The rest is C (contexts.c).

import { assert } from '../errors.ts';
import type { FrameLayout } from '../plan/frame-layout.ts';
import type { CallbackContexts, CallbackStats, ContextRules } from './host.ts';

/** The exports of contexts.c, and where the parts of a context lie, in bytes. Blocks are indices. */
export interface ContextAddon {
  readonly contextBytes: number;
  /** A uint32. */
  readonly closedOffset: number;
  /** Uint64s in the order of STATS. */
  readonly countsOffset: number;
  view(address: bigint, length: number): ArrayBuffer;
  /** `fields`: offset and size of the result, then of each argument. `mode`, `whenFull`: see MODES and WHEN_FULL. */
  createContexts(
    firstId: number,
    count: number,
    size: number,
    fields: Uint32Array,
    mode: number,
    queue: number,
    whenFull: number,
    timeout: number,
  ): number;
  contextsAddress(block: number): bigint;
  closeContext(block: number, index: number): void;
  contextsBusy(block: number): boolean;
  releaseContexts(block: number): void;
}

// The addon's numbers, in their order.
const MODES: readonly ContextRules['thread'][] = ['owner', 'post', 'block'];
const WHEN_FULL: readonly ContextRules['whenFull'][] = ['drop', 'wait'];
const STATS: readonly (keyof CallbackStats)[] = ['refused', 'dropped', 'timedOut', 'late'];

export class NativeContexts implements CallbackContexts {
  readonly address: bigint;
  readonly #addon: ContextAddon;
  readonly #block: number;
  readonly #count: number;
  /** Nothing of them is ever queued, so that a flag is all that closes one. */
  readonly #isOwners: boolean;
  readonly #words: Uint32Array;
  #released = false;

  constructor(addon: ContextAddon, firstId: number, count: number, record: FrameLayout, rules: ContextRules) {
    const fields = Uint32Array.from([record.ret, ...record.args].flatMap(({ offset, size }) => [offset, size]));
    const mode = MODES.indexOf(rules.thread);
    const whenFull = WHEN_FULL.indexOf(rules.whenFull);
    const { queue, timeout } = rules;
    this.#addon = addon;
    this.#count = count;
    this.#isOwners = rules.thread === 'owner';
    this.#block = addon.createContexts(firstId, count, record.size, fields, mode, queue, whenFull, timeout);
    try {
      this.address = addon.contextsAddress(this.#block);
      this.#words = new Uint32Array(addon.view(this.address, count * addon.contextBytes));
    } catch (error) {
      addon.releaseContexts(this.#block);
      throw error;
    }
  }

  stats(index: number): CallbackStats {
    this.#check(index);
    const { contextBytes, countsOffset } = this.#addon;
    const counts = new BigUint64Array(this.#words.buffer, index * contextBytes + countsOffset, STATS.length);
    const [refused = 0, dropped = 0, timedOut = 0, late = 0] = Array.from(counts, Number);
    return { refused, dropped, timedOut, late };
  }

  close(index: number): void {
    this.#check(index);
    const { contextBytes, closedOffset } = this.#addon;
    if (this.#isOwners) this.#words[(index * contextBytes + closedOffset) / 4] = 1;
    else this.#addon.closeContext(this.#block, index);
  }

  isBusy(): boolean {
    this.#check(0);
    return this.#addon.contextsBusy(this.#block);
  }

  release(): ReadonlyMap<number, CallbackStats> {
    this.#check(0);
    const stats = this.#counted();
    this.#released = true;
    this.#addon.releaseContexts(this.#block);
    return stats;
  }

  /** What was counted, by index; of most callbacks nothing was. */
  #counted(): Map<number, CallbackStats> {
    const { contextBytes, countsOffset } = this.#addon;
    const counted = new Map<number, CallbackStats>();
    for (let index = 0; index < this.#count; index++) {
      const first = (index * contextBytes + countsOffset) / 4;
      let any = 0;
      for (let word = first; word < first + 2 * STATS.length; word++) any |= this.#words[word] ?? 0;
      if (any !== 0) counted.set(index, this.stats(index));
    }
    return counted;
  }

  #check(index: number): void {
    assert(!this.#released && index < this.#count, 'a context is used while it is there');
  }
}
