// What Windows says about our pages: code is never writable, and is gone after it was released.

import { describe, expect, test } from 'vitest';
import { bind } from '../../../src/exec/bind.ts';
import { ExecutableMemory } from '../../../src/exec/executable-memory.ts';
import { open } from '../../../src/exec/library.ts';
import { alloc, read } from '../../../src/exec/memory.ts';
import { host } from '../../../src/exec/select-host.ts';
import { place, store42 } from '../../exec/machine-code.ts';

// <winnt.h>
const PAGE_EXECUTE_READ = 0x20;
const MEM_COMMIT = 0x1000;
const MEM_FREE = 0x10000;
const INFORMATION =
  '{base:uint64, allocation:uint64, firstProtect:uint32, partition:uint32, size:uint64, state:uint32, protect:uint32, type:uint32}';

const kernel = open('kernel32.dll');
const virtualQuery = kernel.func('VirtualQuery', '(size_t, *void, size_t) -> size_t');
const information = alloc(INFORMATION);

/** State and protection of the pages at an address. */
function query(address: bigint): { state: number; protect: number } {
  expect(virtualQuery(address, information, information.size)).toBe(48n);
  const { state, protect } = read(information, INFORMATION);
  return { state, protect };
}

describe('pages of code', () => {
  test('are executable and not writable, before and after they are written', () => {
    const native = host();
    const region = native.reserve(4 * native.pageSize);
    const expected = { state: MEM_COMMIT, protect: PAGE_EXECUTE_READ };
    expect(query(region.address)).toEqual(expected);
    native.write(region, native.pageSize - 1, Uint8Array.of(0x90, 0xc3));
    expect(query(region.address)).toEqual(expected);
    expect(query(region.address + BigInt(region.size - 1))).toEqual(expected);
    native.release(region);
    expect(query(region.address).state).toBe(MEM_FREE);
  });

  test('past the first 64 KiB, where a view to write begins anew, take bytes where they belong', () => {
    const native = host();
    const region = native.reserve(256 * 1024);
    for (const offset of [0, 65_535, 65_536, 131_071, 200_001]) {
      native.write(region, offset, Uint8Array.of(1, 2, 3));
      expect([...new Uint8Array(native.view(region.address + BigInt(offset), 4))]).toEqual([1, 2, 3, 0xcc]);
    }
    native.release(region);
  });

  test('of an arena are free again after its disposal', () => {
    const memory = new ExecutableMemory(host());
    const slots = Array.from({ length: 20 }, () => memory.add(new Uint8Array(30_000).fill(0xc3)));
    for (const { address } of slots) expect(query(address).protect).toBe(PAGE_EXECUTE_READ);
    memory.dispose();
    for (const { address } of slots) expect(query(address).state).toBe(MEM_FREE);
  });

  test('are executed while their neighbours are written', () => {
    const cell = new Int32Array(1);
    const native = host();
    const entry = native.entry(place(native, store42(native.addressOf(cell.buffer))));
    const region = native.reserve(native.pageSize);
    for (let turn = 0; turn < 5000; turn++) {
      native.write(region, turn % 4000, Uint8Array.of(turn & 255));
      entry();
    }
    expect(cell[0]).toBe(42);
    native.release(region);
  });

  test('come and go without leaving handles', () => {
    const count = bind(kernel.symbol('GetProcessHandleCount'), '(int64, *uint32) -> int');
    const handles = new Uint32Array(1);
    const current = (): number => {
      expect(count(-1n, handles)).toBe(1);
      return handles[0] ?? 0;
    };
    const native = host();
    const before = current();
    for (let turn = 0; turn < 500; turn++) native.release(native.reserve(65_536));
    for (const size of [0, 1, 2 ** 31]) expect(() => native.reserve(size)).toThrow();
    expect(current()).toBeLessThan(before + 20);
  });
});
