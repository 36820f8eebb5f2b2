// Where generated code lies: slots in regions of executable pages. Decides which bytes a slot gets and when they may be
// used again; how pages are obtained and written is the host's business.

import { assert, InterfixError } from '../errors.ts';
import type { CodeRegion, Host } from './host.ts';
import { TRAP_BYTE } from './trap-byte.ts';

/** One run of code. `size` is that of the code; its slot may be larger, the rest traps. */
export interface Slot {
  readonly address: bigint;
  readonly size: number;
}

/** Bytes of a region that holds many slots. An image larger than a quarter of it gets a region of its own. */
const REGION_SIZE = 64 * 1024;
/** Alignment of a slot: that of a function entry (gcc, clang: `-falign-functions=16`). */
const SLOT_ALIGN = 16;
/** A freed slot is used again after this many later frees: until then a stale pointer meets only traps. */
const QUARANTINE = 256;

const roundUp = (size: number, step: number): number => Math.ceil(size / step) * step;

/**
 * The size that a slot really has: 16-byte steps up to 256 bytes, then eight steps to each doubling. Slots are used
 * again only for their own size, so few sizes keep the arena from growing; at most an eighth is wasted.
 */
const capacityFor = (size: number): number => {
  const step = size <= 256 ? SLOT_ALIGN : 2 ** (Math.floor(Math.log2(size - 1)) - 3);
  return roundUp(size, step);
};

/** Bytes of a region that some slot may take. */
interface Space {
  readonly region: CodeRegion;
  readonly offset: number;
  readonly capacity: number;
}

export interface MemoryOptions {
  /**
   * Whether the place of freed code is given to other code, after a while. If not, a stale pointer meets traps for ever:
   * a region of which nothing lives any more gives its memory back, and keeps its addresses.
   */
  readonly reuse?: boolean;
}

class ArenaSlot implements Slot {
  readonly address: bigint;
  readonly size: number;
  readonly arena: ExecutableMemory;
  readonly space: Space;
  live = true;

  constructor(arena: ExecutableMemory, space: Space, size: number) {
    this.address = space.region.address + BigInt(space.offset);
    this.size = size;
    this.arena = arena;
    this.space = space;
  }
}

/** An arena of code. What is added stays where it is, and executable, until it is freed or the arena is disposed. */
export class ExecutableMemory {
  readonly #host: Host;
  readonly #reuse: boolean;
  /** With the number of slots that live in each. */
  readonly #regions: Map<CodeRegion, number> = new Map();
  /** Free slots by capacity, past their quarantine. */
  readonly #free: Map<number, Space[]> = new Map();
  /** A ring: the space freed `QUARANTINE` frees ago leaves when a new one enters. */
  readonly #quarantine: (Space | undefined)[] = [];
  #freed = 0;
  #live = 0;
  #reserved = 0;
  /** The region that is being filled, and the first byte of it that no slot has had. */
  #open: CodeRegion | undefined;
  #used = 0;
  #disposed = false;

  constructor(host: Host, { reuse = true }: MemoryOptions = {}) {
    this.#host = host;
    this.#reuse = reuse;
  }

  /** Slots that were added and not freed. */
  get liveSlots(): number {
    return this.#live;
  }

  /** Whether everything was unmapped: the slots are gone then, too. */
  get isDisposed(): boolean {
    return this.#disposed;
  }

  /** Bytes of executable memory that the arena holds, whether slots use them or not. */
  get reservedBytes(): number {
    return this.#reserved;
  }

  /** Copies code into executable memory; from then on it may be called. Throws ERR_MEMORY if the system has none. */
  add(bytes: Uint8Array): Slot {
    this.#assertUsable();
    if (bytes.length === 0) throw new InterfixError('ERR_SIZE', 'an image without bytes cannot be executed');
    const space = this.#take(capacityFor(bytes.length));
    this.#write(space, bytes);
    this.#live++;
    this.#count(space.region, 1);
    return new ArenaSlot(this, space, bytes.length);
  }

  /** Replaces the code by traps. The caller has proved that none of it runs or will run. */
  free(slot: Slot): void {
    this.#assertUsable();
    assert(slot instanceof ArenaSlot && slot.arena === this, 'a slot is freed by the arena that it came from');
    if (!slot.live) throw new InterfixError('ERR_DISPOSED', 'this slot was freed before');
    this.#write(slot.space, new Uint8Array(slot.space.capacity).fill(TRAP_BYTE));
    slot.live = false;
    this.#live--;
    this.#count(slot.space.region, -1);
    if (this.#reuse) this.#quarantineSpace(slot.space);
    else this.#retireIfDead(slot.space.region);
  }

  /** Unmaps everything. The caller has proved that no code of the arena runs or will run. */
  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#free.clear();
    this.#quarantine.length = 0;
    this.#open = undefined;
    this.#live = 0;
    for (const region of this.#regions.keys()) {
      this.#regions.delete(region);
      this.#reserved -= region.size;
      this.#host.release(region);
    }
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  #assertUsable(): void {
    if (this.#disposed) throw new InterfixError('ERR_DISPOSED', 'this executable memory was disposed');
  }

  #take(capacity: number): Space {
    const reused = this.#free.get(capacity)?.pop();
    if (reused !== undefined) return reused;
    if (capacity > REGION_SIZE / 4) return { region: this.#reserve(capacity), offset: 0, capacity };
    if (this.#open === undefined || this.#used + capacity > this.#open.size) {
      const full = this.#open;
      this.#open = this.#reserve(REGION_SIZE);
      this.#used = 0;
      if (full !== undefined && !this.#reuse) this.#retireIfDead(full);
    }
    const offset = this.#used;
    this.#used += capacity;
    return { region: this.#open, offset, capacity };
  }

  #count(region: CodeRegion, change: number): void {
    this.#regions.set(region, (this.#regions.get(region) ?? 0) + change);
  }

  /** Gives the memory of a region back in which nothing lives, and nothing will. */
  #retireIfDead(region: CodeRegion): void {
    if (region === this.#open || this.#regions.get(region) !== 0) return;
    this.#regions.delete(region);
    this.#reserved -= region.size;
    this.#host.retire(region);
  }

  #quarantineSpace(space: Space): void {
    const place = this.#freed++ % QUARANTINE;
    const oldest = this.#quarantine[place];
    this.#quarantine[place] = space;
    if (oldest === undefined) return;
    const spaces = this.#free.get(oldest.capacity);
    if (spaces === undefined) this.#free.set(oldest.capacity, [oldest]);
    else spaces.push(oldest);
  }

  #reserve(size: number): CodeRegion {
    const bytes = roundUp(size, this.#host.pageSize);
    try {
      const region = this.#host.reserve(bytes);
      this.#regions.set(region, 0);
      this.#reserved += region.size;
      return region;
    } catch (cause) {
      throw new InterfixError('ERR_MEMORY', `the system gave no ${bytes} bytes of executable memory`, { cause });
    }
  }

  #write(space: Space, bytes: Uint8Array): void {
    try {
      this.#host.write(space.region, space.offset, bytes);
    } catch (cause) {
      throw new InterfixError('ERR_MEMORY', `cannot write ${bytes.length} bytes of code`, { cause });
    }
  }
}
