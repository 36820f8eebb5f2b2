// Blocks of memory of one's own, windows on any memory, and the text in it.

import { describe, expect, test } from 'vitest';
import { alloc, cstring, type Memory, read, view, write } from '../../src/exec/memory.ts';
import { parseType } from '../../src/signature/parse.ts';
import { collectGarbage } from '../support/collect-garbage.ts';
import { refusal } from '../support/refusal.ts';

const textIn = (bytes: readonly number[]): Memory => {
  const memory = alloc(bytes.length + 1);
  memory.bytes.set(bytes);
  return memory;
};

describe('alloc', () => {
  test.each([
    ['int8', 1, 1],
    ['int', 1, 4],
    ['double', 3, 24],
    ['{a:int8, b:double}', 2, 32],
    ['[5:int16]', 1, 10],
    ['*void', 4, 32],
    ['<a:int, b:[9:int8]>', 1, 12],
    ['(int) -> int', 1, 8],
  ])('of %s, %i of them, has %i zero bytes', (type, count, size) => {
    const memory = alloc(type, count);
    expect(memory.size).toBe(size);
    expect([...memory.bytes]).toEqual(Array(size).fill(0));
    expect(memory.bytes.buffer).toBe(memory.buffer);
    expect(alloc(parseType(type), count).size).toBe(size);
  });

  test('of a number has so many bytes, also none', () => {
    expect(alloc(100).size).toBe(100);
    expect(alloc(10, 5).size).toBe(50);
    expect(alloc(0).size).toBe(0);
    expect(alloc('int', 0).size).toBe(0);
    expect(alloc(0).address).not.toBe(0n);
  });

  test('is aligned for every type', () => {
    for (let size = 0; size < 200; size++) expect(alloc(size).address % 16n, `${size} bytes`).toBe(0n);
    for (let power = 8; power < 24; power++) expect(alloc(2 ** power).address % 16n, `2^${power} bytes`).toBe(0n);
  });

  test.each([
    [-1, 1],
    [1.5, 1],
    [Number.NaN, 1],
    [Infinity, 1],
    [2 ** 40, 1],
    [2 ** 53, 2],
    ['int', -1],
    ['int', 2 ** 60],
  ])('of %s times %d is ERR_SIZE', (what, count) => {
    expect(() => alloc(what, count)).toThrow(refusal('ERR_SIZE'));
  });

  test.each([
    [-4, -2],
    [0.5, 2],
    ['int', 0.5],
    ['int', 0.25],
  ])('counts whole values: %s times %d is ERR_SIZE', (what, count) => {
    expect(() => alloc(what, count)).toThrow(refusal('ERR_SIZE'));
  });

  test.each([
    ['void', 'ERR_TYPE'],
    ['nothing', 'ERR_UNKNOWN_TYPE'],
    ['{', 'ERR_SYNTAX'],
    ['@Nameless', 'ERR_UNKNOWN_TYPE'],
    ['[1000000000000:int]', 'ERR_SIZE'],
  ])('of %s is %s', (type, code) => {
    expect(() => alloc(type)).toThrow(refusal(code));
  });

  test('keeps its bytes while it is reachable', () => {
    const memory = alloc('int64', 1000);
    const { address } = memory;
    write(address, 'int64', 2n ** 62n);
    for (let index = 0; index < 10; index++) {
      alloc(1 << 20).bytes.fill(0xff);
      collectGarbage();
    }
    expect(read(address, 'int64')).toBe(2n ** 62n);
    expect(memory.address).toBe(address);
  });
});

describe('view', () => {
  test('shows the bytes themselves, both ways', () => {
    const memory = alloc(10);
    const window = view(memory.address + 2n, 4);
    window.set([1, 2, 3, 4]);
    expect([...memory.bytes]).toEqual([0, 0, 1, 2, 3, 4, 0, 0, 0, 0]);
    memory.bytes[3] = 9;
    expect(window[1]).toBe(9);
    expect(view(memory, 10)).toHaveLength(10);
  });

  test('of no bytes is empty', () => {
    expect(view(alloc(1), 0)).toHaveLength(0);
    expect(view(1n, 0)).toHaveLength(0);
  });

  test('may be taken many times, also of the same bytes', () => {
    const memory = alloc(4);
    const windows = Array.from({ length: 100 }, () => view(memory, 4));
    windows[0]?.fill(3);
    expect(windows.every((window) => window[3] === 3)).toBe(true);
  });

  test.each([[-1], [0.5], [Number.NaN], [Infinity], [2 ** 33], ['4'], [undefined]])(
    'of %s bytes is ERR_SIZE',
    (length) => {
      expect(() => view(alloc(8), length as number)).toThrow(refusal('ERR_SIZE'));
    },
  );
});

describe('cstring', () => {
  test.each([
    ['', []],
    ['plain', [...Buffer.from('plain')]],
    ['grüße 日本 🎉', [...Buffer.from('grüße 日本 🎉')]],
    ['\ufeffmark', [...Buffer.from('\ufeffmark')]],
    ['bad \ufffd end', [0x62, 0x61, 0x64, 0x20, 0xff, 0x20, 0x65, 0x6e, 0x64]],
    ['cut \ufffd', [0x63, 0x75, 0x74, 0x20, 0xe6, 0x97]],
  ])('reads %j', (text, bytes) => {
    expect(cstring(textIn(bytes))).toBe(text);
  });

  test('ends at the first zero byte or at the limit', () => {
    const memory = textIn([...Buffer.from('abc\0def')]);
    expect(cstring(memory)).toBe('abc');
    expect(cstring(memory.address + 4n)).toBe('def');
    expect(cstring(memory, 2)).toBe('ab');
    expect(cstring(memory, 3)).toBe('abc');
    expect(cstring(memory, 0)).toBe('');
  });

  test('reads a megabyte', () => {
    const text = 'ß'.repeat(500_000);
    expect(cstring(textIn([...Buffer.from(text)]))).toBe(text);
  });

  test.each([[-1], [0.5], [Number.NaN], [2 ** 60]])('with a limit of %d is ERR_SIZE', (limit) => {
    expect(() => cstring(alloc(8), limit)).toThrow(refusal('ERR_SIZE'));
  });
});
