// The arena: slots, their reuse and quarantine, and that no mapping of code is ever writable.

import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { ExecutableMemory, type Slot } from '../../src/exec/executable-memory.ts';
import type { Host } from '../../src/exec/host.ts';
import { host as selectHost } from '../../src/exec/select-host.ts';
import { TRAP_BYTE } from '../../src/exec/trap-byte.ts';
import { store42 } from './machine-code.ts';

const host = selectHost();
const bytesAt = (address: bigint, length: number): number[] => [...new Uint8Array(host.view(address, length))];
const image = (size: number, byte = 0x90): Uint8Array => new Uint8Array(size).fill(byte);
const code = (run: () => unknown): unknown => {
  try {
    run();
  } catch (error) {
    return (error as { code?: unknown }).code;
  }
  return undefined;
};

/** Permissions of every mapping of our files. */
const permissions = (): string[] =>
  readFileSync('/proc/self/maps', 'utf8')
    .split('\n')
    .filter((line) => line.includes('memfd:interfix'))
    .map((line) => line.split(' ')[1] ?? '');

/** The selected host, but for what a test replaces. */
const hostWith = (changes: Partial<Host>): Host =>
  new Proxy(host, {
    get: (target, name) => {
      const value = Reflect.get(changes, name) ?? Reflect.get(target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });

describe('slots', () => {
  test('lie many to a page, aligned to 16 bytes, and do not overlap', () => {
    using memory = new ExecutableMemory(host);
    const slots = Array.from({ length: 200 }, (_, index) => memory.add(image(1 + (index % 100), index)));
    const pages = new Set(slots.map(({ address }) => address / BigInt(host.pageSize)));
    expect(pages.size).toBeLessThan(5);
    expect(memory.liveSlots).toBe(200);
    slots.forEach(({ address, size }, index) => {
      expect(address % 16n).toBe(0n);
      expect(bytesAt(address, size)).toEqual([...image(1 + (index % 100), index)]);
    });
  });

  test('hold code that runs', () => {
    using memory = new ExecutableMemory(host);
    const cells = Array.from({ length: 20 }, () => new Int32Array(1));
    const entries = cells.map((cell) => host.entry(memory.add(store42(host.addressOf(cell.buffer))).address));
    for (const enter of entries) enter();
    expect(cells.every((cell) => cell[0] === 42)).toBe(true);
  });

  test('larger than a region get one of their own, rounded to pages', () => {
    using memory = new ExecutableMemory(host);
    const bytes = Uint8Array.from({ length: 300_001 }, (_, index) => index);
    const slot = memory.add(bytes);
    expect(Buffer.compare(Buffer.from(host.view(slot.address, bytes.length)), bytes)).toBe(0);
    expect(memory.reservedBytes % host.pageSize).toBe(0);
    expect(memory.reservedBytes).toBeLessThan(bytes.length * 1.15 + host.pageSize);
  });

  test('of every size up to 5000 bytes keep their neighbours whole', () => {
    using memory = new ExecutableMemory(host);
    const slots = Array.from({ length: 250 }, (_, index) => memory.add(image(1 + index * 20, index)));
    for (const [index, { address, size }] of slots.entries()) {
      expect(bytesAt(address, size).every((byte) => byte === (index & 255))).toBe(true);
    }
  });

  test('without bytes are refused', () => {
    using memory = new ExecutableMemory(host);
    expect(code(() => memory.add(new Uint8Array(0)))).toBe('ERR_SIZE');
  });
});

describe('W^X', () => {
  test('no mapping of code is ever writable', () => {
    using memory = new ExecutableMemory(host);
    const slots = Array.from({ length: 100 }, () => memory.add(image(64)));
    for (const slot of slots.slice(50)) memory.free(slot);
    memory.add(image(100_000));
    expect(permissions().length).toBeGreaterThanOrEqual(2);
    expect(new Set(permissions())).toEqual(new Set(['r-xs']));
  });
});

describe('freed slots', () => {
  test('trap', () => {
    using memory = new ExecutableMemory(host);
    const slot = memory.add(image(100));
    memory.free(slot);
    expect(bytesAt(slot.address, 112).every((byte) => byte === TRAP_BYTE)).toBe(true);
    expect(memory.liveSlots).toBe(0);
  });

  test('are not used again before 256 later frees, then first in first out', () => {
    using memory = new ExecutableMemory(host);
    const first = memory.add(image(64));
    const second = memory.add(image(64));
    memory.free(first);
    memory.free(second);
    const seen = Array.from({ length: 258 }, () => {
      const slot = memory.add(image(64));
      memory.free(slot);
      return slot.address;
    });
    // The free of `second` was the first of the 256 that `first` waits for.
    expect(seen.indexOf(first.address)).toBe(255);
    expect(seen.indexOf(second.address)).toBe(256);
  });

  test('are not freed twice, nor by another arena', () => {
    using memory = new ExecutableMemory(host);
    using other = new ExecutableMemory(host);
    const slot = memory.add(image(64));
    expect(code(() => other.free(slot))).toBe('ERR_INTERNAL');
    memory.free(slot);
    expect(code(() => memory.free(slot))).toBe('ERR_DISPOSED');
  });

  test('a stale slot does not free the one that took its place', () => {
    using memory = new ExecutableMemory(host);
    const stale = memory.add(image(64));
    memory.free(stale);
    let slot: Slot;
    do {
      slot = memory.add(image(64));
      if (slot.address !== stale.address) memory.free(slot);
    } while (slot.address !== stale.address);
    expect(code(() => memory.free(stale))).toBe('ERR_DISPOSED');
    expect(bytesAt(slot.address, 1)).toEqual([0x90]);
  });

  test('10^5 cycles do not grow the arena', { timeout: 60_000 }, () => {
    using memory = new ExecutableMemory(host);
    const cycle = (count: number): void => {
      for (let index = 0; index < count; index++) memory.free(memory.add(image(16 + ((index * 37) % 500))));
    };
    cycle(20_000);
    const before = memory.reservedBytes;
    cycle(100_000);
    expect(memory.reservedBytes).toBe(before);
    expect(before).toBeLessThan(1 << 20);
    expect(memory.liveSlots).toBe(0);
  });
});

describe('failures', () => {
  test('of an arena that does not reuse are never given out again, and cost no memory', () => {
    using memory = new ExecutableMemory(host, { reuse: false });
    const seen = new Set<bigint>();
    const SLOTS = 20_000;
    for (let index = 0; index < SLOTS; index++) {
      const slot = memory.add(image(64));
      seen.add(slot.address);
      memory.free(slot);
    }
    expect(seen.size).toBe(SLOTS);
    expect(memory.reservedBytes).toBeLessThanOrEqual(2 * 65_536);
    const large = memory.add(image(100_000));
    const before = memory.reservedBytes;
    memory.free(large);
    expect(before - memory.reservedBytes).toBeGreaterThanOrEqual(100_000);
    expect(memory.liveSlots).toBe(0);
  });

  test('a region of an arena that does not reuse stays while one slot of it lives', () => {
    using memory = new ExecutableMemory(host, { reuse: false });
    const kept = memory.add(image(64, 0x91));
    for (let index = 0; index < 3000; index++) memory.free(memory.add(image(64)));
    expect(bytesAt(kept.address, 64)).toEqual([...image(64, 0x91)]);
    const reserved = memory.reservedBytes;
    memory.free(kept);
    expect(memory.reservedBytes).toBe(reserved - 65_536);
  });

  test('a reserve that fails is ERR_MEMORY with its cause, and the arena goes on', () => {
    using memory = new ExecutableMemory(host);
    const slot = memory.add(image(64));
    const before = memory.reservedBytes;
    const absurd = new Proxy(image(1), {
      get: (bytes, name) => (name === 'length' ? 2 ** 50 : Reflect.get(bytes, name)),
    });
    expect(() => memory.add(absurd)).toThrow(
      expect.objectContaining({ code: 'ERR_MEMORY', cause: expect.objectContaining({ code: 'ENOMEM' }) }),
    );
    expect(memory.reservedBytes).toBe(before);
    memory.free(slot);
    expect(memory.add(image(64)).size).toBe(64);
  });

  test('a write that fails is ERR_MEMORY, the slot stays live and the arena goes on', () => {
    let fails = false;
    const write: Host['write'] = (region, offset, bytes) => {
      if (fails) throw new Error('no space');
      host.write(region, offset, bytes);
    };
    using memory = new ExecutableMemory(hostWith({ write }));
    const slot = memory.add(image(64));
    fails = true;
    expect(code(() => memory.add(image(64)))).toBe('ERR_MEMORY');
    expect(code(() => memory.free(slot))).toBe('ERR_MEMORY');
    expect(memory.liveSlots).toBe(1);
    fails = false;
    memory.free(slot);
    expect(memory.liveSlots).toBe(0);
  });
});

describe('disposal', () => {
  test('unmaps everything, and later use is ERR_DISPOSED', () => {
    const before = permissions().length;
    const memory = new ExecutableMemory(host);
    const slot = memory.add(image(64));
    memory.add(image(100_000));
    expect(permissions().length).toBe(before + 2);
    memory.dispose();
    memory[Symbol.dispose]();
    expect(permissions().length).toBe(before);
    expect([memory.liveSlots, memory.reservedBytes]).toEqual([0, 0]);
    expect(code(() => memory.add(image(64)))).toBe('ERR_DISPOSED');
    expect(code(() => memory.free(slot))).toBe('ERR_DISPOSED');
  });
});
