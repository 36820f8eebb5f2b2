// Every method of Host, on the host under test, with machine code written by hand.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { host as selectHost } from '../../src/exec/select-host.ts';
import { TRAP_BYTE } from '../../src/exec/trap-byte.ts';
import { callable, place, store42 } from './machine-code.ts';

const host = selectHost();
const bytesAt = (address: bigint, length: number): Uint8Array => new Uint8Array(host.view(address, length));
const text = (value: string): ArrayBuffer => new TextEncoder().encode(`${value}\0`).buffer;
const openFiles = (): number => readdirSync('/proc/self/fd').length;
const mappings = (): number =>
  readFileSync('/proc/self/maps', 'utf8')
    .split('\n')
    .filter((line) => line.includes('memfd:interfix')).length;

/** The permissions of the mapping that an address lies in. */
function protectionAt(address: bigint): string | undefined {
  const lines = readFileSync('/proc/self/maps', 'utf8').split('\n');
  const found = lines.find((line) => {
    const [from = '', to = ''] = (line.split(' ')[0] ?? '').split('-');
    return from !== '' && BigInt(`0x${from}`) <= address && address < BigInt(`0x${to}`);
  });
  return found?.split(' ')[1];
}

describe('the selected host', () => {
  test('is the one that INTERFIX_HOST names, and stays', () => {
    const { INTERFIX_HOST } = process.env;
    expect(host.name).toBe(INTERFIX_HOST);
    expect(selectHost()).toBe(host);
  });
});

describe('pages', () => {
  test('are whole, aligned, and trap where nothing was written', () => {
    const region = host.reserve(4 * host.pageSize);
    expect(region.size).toBe(4 * host.pageSize);
    expect(region.address % BigInt(host.pageSize)).toBe(0n);
    expect(bytesAt(region.address, region.size).every((byte) => byte === TRAP_BYTE)).toBe(true);
    host.release(region);
  });

  test('take bytes at an offset and nowhere else', () => {
    const region = host.reserve(2 * host.pageSize);
    host.write(region, host.pageSize - 2, Uint8Array.of(1, 2, 3, 4));
    const seen = bytesAt(region.address, region.size);
    expect([...seen.slice(host.pageSize - 3, host.pageSize + 3)]).toEqual([TRAP_BYTE, 1, 2, 3, 4, TRAP_BYTE]);
    host.release(region);
  });

  test('take a view of a larger buffer', () => {
    const region = host.reserve(host.pageSize);
    host.write(region, 8, Uint8Array.of(9, 9, 1, 2, 9).subarray(2, 4));
    expect([...bytesAt(region.address + 7n, 4)]).toEqual([TRAP_BYTE, 1, 2, TRAP_BYTE]);
    host.release(region);
  });

  test('refuse bytes outside the region', () => {
    const region = host.reserve(host.pageSize);
    for (const offset of [-1, host.pageSize - 1, host.pageSize + 1, 2 ** 40, Number.NaN, 0.5]) {
      expect(() => host.write(region, offset, Uint8Array.of(1, 2)), `${offset}`).toThrow();
    }
    host.release(region);
  });

  test('refuse a size that cannot be had, and leak nothing', () => {
    const before = [openFiles(), mappings()];
    for (const size of [0, 1, host.pageSize + 1, 2 ** 40, 2 ** 52, -host.pageSize, Number.NaN]) {
      expect(() => host.reserve(size), `${size}`).toThrow();
    }
    expect([openFiles(), mappings()]).toEqual(before);
  });

  test('are gone after release, with their file', () => {
    const before = [openFiles(), mappings()];
    const regions = Array.from({ length: 50 }, () => host.reserve(host.pageSize));
    expect(openFiles()).toBe((before[0] ?? 0) + 50);
    for (const region of regions) host.release(region);
    expect([openFiles(), mappings()]).toEqual(before);
  });

  test('that are retired keep their addresses, and nothing else', () => {
    const files = openFiles();
    const region = host.reserve(16 * host.pageSize);
    host.retire(region);
    expect(openFiles()).toBe(files);
    expect(() => host.write(region, 0, Uint8Array.of(1))).toThrow('invariant');
    const others = Array.from({ length: 50 }, () => host.reserve(host.pageSize));
    for (const { address } of others)
      expect(address - region.address < 0n || address - region.address >= region.size).toBe(true);
    if (process.platform === 'linux') expect(protectionAt(region.address)).toBe('---p');
    for (const other of others) host.release(other);
  });

  test('are not released or written twice', () => {
    const region = host.reserve(host.pageSize);
    host.release(region);
    expect(() => host.release(region)).toThrow('invariant');
    expect(() => host.write(region, 0, Uint8Array.of(1))).toThrow('invariant');
    expect(() => host.release({ address: region.address, size: region.size })).toThrow('invariant');
  });
});

describe('entries', () => {
  test('run the code at their address', () => {
    const cell = new Int32Array(1);
    const enter = host.entry(place(host, store42(host.addressOf(cell.buffer))));
    expect(enter()).toBeFalsy();
    expect(cell[0]).toBe(42);
  });

  test('refuse address zero', () => {
    expect(() => host.entry(0n)).toThrow();
  });

  test('see new code at an address that held other code', () => {
    const [first, second] = [new Int32Array(1), new Int32Array(1)];
    const region = host.reserve(host.pageSize);
    host.write(region, 0, store42(host.addressOf(first.buffer)));
    host.entry(region.address)();
    host.write(region, 0, store42(host.addressOf(second.buffer)));
    host.entry(region.address)();
    expect([first[0], second[0]]).toEqual([42, 42]);
  });
});

describe('memory', () => {
  test('addressOf and view meet in the same bytes', () => {
    const buffer = Uint8Array.of(1, 2, 3, 4).buffer;
    const view = bytesAt(host.addressOf(buffer) + 1n, 2);
    expect([...view]).toEqual([2, 3]);
    view[0] = 77;
    expect(new Uint8Array(buffer)[1]).toBe(77);
  });

  test('addressOf takes a SharedArrayBuffer', () => {
    const shared = new SharedArrayBuffer(16);
    new Uint8Array(shared).set([5, 6]);
    expect([...bytesAt(host.addressOf(shared), 2)]).toEqual([5, 6]);
  });

  test('a view of no bytes is empty', () => {
    expect(host.view(0n, 0).byteLength).toBe(0);
  });

  test('move copes with overlap', () => {
    const bytes = Uint8Array.of(1, 2, 3, 4, 5);
    const address = host.addressOf(bytes.buffer);
    host.move(address + 1n, address, 4);
    expect([...bytes]).toEqual([1, 1, 2, 3, 4]);
    host.move(0n, 0n, 0);
  });

  test('stringLength stops at zero or at the limit', () => {
    const address = host.addressOf(text('interfix'));
    expect(host.stringLength(address, 100)).toBe(8);
    expect(host.stringLength(address, 5)).toBe(5);
    expect(host.stringLength(0n, 0)).toBe(0);
  });
});

describe('libraries', () => {
  test('the program itself has the C library', () => {
    const program = host.openLibrary(null);
    const labs = callable(host, host.symbol(program, 'labs'));
    expect(labs(-5_000_000_000n)).toBe(5_000_000_000n);
    expect(host.symbol(program, 'no_such_symbol_here')).toBe(0n);
    host.closeLibrary(program);
  });

  test.skipIf(!existsSync('/proc/self/maps'))('a file is opened, used and closed', () => {
    const library = host.openLibrary('libm.so.6');
    expect(host.symbol(library, 'pow')).not.toBe(0n);
    host.closeLibrary(library);
  });

  test('one that does not exist throws the message of the loader', () => {
    expect(() => host.openLibrary('/nowhere/libnothing.so')).toThrow(/libnothing\.so.*(no such file|cannot open)/i);
  });

  test('a zero character in a name is refused, not cut off', () => {
    expect(() => host.openLibrary('libm.so.6\0x')).toThrow(TypeError);
    expect(() => host.symbol(host.openLibrary(null), 'labs\0x')).toThrow(TypeError);
  });
});
