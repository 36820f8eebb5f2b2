// What AAPCS64 has of its own, through the public surface: by gcc's functions and by the C library's.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { callback } from '../../../src/exec/callback.ts';
import { hostAbi } from '../../../src/exec/host-abi.ts';
import { type Library, open } from '../../../src/exec/library.ts';
import { alloc, cstring, read, write } from '../../../src/exec/memory.ts';
import type { AnyFunction } from '../../support/fixture-library.ts';
import { findTool, runTool } from '../../support/tool.ts';

const folder = mkdtempSync(join(tmpdir(), 'interfix-aggregates-'));
afterAll(() => rmSync(folder, { recursive: true }));

function compiled(): Library {
  const source = fileURLToPath(new URL('../../../fixtures/c/aggregates.c', import.meta.url));
  const file = join(folder, 'aggregates.so');
  runTool(findTool('gcc', ['gcc']), ['-std=gnu11', '-O1', '-shared', '-fPIC', '-o', file, source]);
  return open(file);
}
const library = compiled();
const bound = (signature: string): AnyFunction =>
  library.func<AnyFunction>(signature.slice(0, signature.indexOf('(')), signature);

const TYPES = {
  floats: { type: '{a:float, b:float, c:float, d:float}', value: { a: 1, b: -2.5, c: 3.25, d: 2 ** 100 } },
  doubles: { type: '{a:double, b:double, c:double}', value: { a: 1.1, b: -2.2, c: 1e300 } },
  quads: { type: '{a:long double, b:long double}', value: { a: 0.1, b: -1e300 } },
  mixed: { type: '{whole:int64, part:double}', value: { whole: -(2n ** 60n), part: 0.125 } },
  pair: { type: '{a:int64, b:int64}', value: { a: 2n ** 62n, b: -1n } },
  triple: { type: '{a:int64, b:int64, c:int64}', value: { a: 1n, b: -2n, c: 3n } },
  small: { type: '{bytes:[3:uint8]}', value: { bytes: [1, 2, 255] } },
} as const;

const { floats, doubles, pair, triple, mixed } = TYPES;
const f4 = (a: number, b: number, c: number, d: number): object => ({ a, b, c, d });

test('the convention is that of Linux on AArch64', () => {
  expect(hostAbi()).toBe('aapcs64');
});

describe('arguments', () => {
  test('two HFAs fill the vector registers, and a double goes to the stack', () => {
    const weigh = bound(`two_hfas(${floats.type}, ${floats.type}, double) -> double`);
    expect(weigh(f4(1, 2, 3, 4), f4(5, 6, 7, 8), 9)).toBe(285);
  });

  test('an HFA that does not fit the registers goes to the stack whole', () => {
    const six = Array(6).fill('double').join(', ');
    const weigh = bound(`hfa_on_stack(${six}, ${doubles.type}, double) -> double`);
    expect(weigh(1, 2, 3, 4, 5, 6, { a: 7, b: 8, c: 9 }, 10)).toBe(385);
  });

  test('a record of 16 bytes does not begin in x7', () => {
    const seven = Array(7).fill('int64').join(', ');
    const weigh = bound(`pair_on_stack(${seven}, ${pair.type}, int64) -> int64`);
    expect(weigh(1, 2, 3, 4, 5, 6, 7, { a: 8n, b: 9n }, 10)).toBe(385n);
  });

  test('an int128 begins in an even register', () => {
    const weigh = bound(`even_pair(int, int128, int, ${pair.type}) -> int64`);
    expect(weigh(1, (5n << 64n) + 7n, 3, { a: 11n, b: 13n })).toBe(1n + 5n + 14n + 9n + 44n + 65n);
  });

  test('records of more than 16 bytes are copied', () => {
    const weigh = bound(`by_reference(${triple.type}, int8, ${triple.type}, ${mixed.type}, uint16) -> int64`);
    const [x, y, z] = [
      { a: 1n, b: 2n, c: 3n },
      { a: 4n, b: 5n, c: 6n },
      { whole: 7n, part: 0.5 },
    ];
    const sum = 1n + 4n + 9n - 4n + 20n + 30n + 42n + 56n + 4n + 65_535n;
    for (let round = 0; round < 2; round++) expect(weigh(x, -1, y, z, 65_535)).toBe(sum);
  });

  test('narrow ones on the stack take eight bytes each', () => {
    const eight = Array(8).fill('int').join(', ');
    const weigh = bound(`narrow_on_stack(${eight}, int8, uint8, int16, uint16, float, double) -> int`);
    expect(weigh(1, 1, 1, 1, 1, 1, 1, 1, -128, 255, -32_768, 65_535, 16, -8)).toBe(
      8 - 256 + 765 - 131_072 + 327_675 + 8,
    );
  });
});

describe('results', () => {
  test.each(Object.entries(TYPES))('of type %s come back, from C and from JavaScript', (name, { type, value }) => {
    expect(bound(`same_${name}(${type}) -> ${type}`)(value)).toEqual(value);
    const seen: unknown[] = [];
    using relayed = callback<AnyFunction>(`(int, ${type}, double) -> ${type}`, (...given) => {
      seen.push(...given);
      return given[1];
    });
    expect(bound(`relay_${name}(*void, ${type}) -> ${type}`)(relayed, value)).toEqual(value);
    expect(seen).toEqual([7, value, 0.5]);
  });

  test('of long double and of a vector come in one register', () => {
    expect(bound('scale(long double, int) -> long double')(0.1, 3)).toBeCloseTo(0.3, 15);
    expect(bound('lanes(m128, int) -> m128')([1, 2, 3, -4], 2)).toEqual([2, 4, 6, -8]);
  });
});

describe('a callback', () => {
  test('finds its HFAs in registers and a double on the stack', () => {
    const seen: unknown[] = [];
    using weigh = callback<AnyFunction>(`(${floats.type}, ${floats.type}, double) -> double`, (...given) => {
      seen.push(...given);
      return 3.25;
    });
    const relay = bound(`relay_two_hfas(*void, ${floats.type}, ${floats.type}) -> double`);
    expect(relay(weigh, f4(1, 2, 3, 4), f4(5, 6, 7, 8))).toBe(3.25);
    expect(seen).toEqual([f4(1, 2, 3, 4), f4(5, 6, 7, 8), 0.25]);
  });

  test('finds its record of 16 bytes on the stack', () => {
    const seen: unknown[] = [];
    const seven = Array(7).fill('int64').join(', ');
    using all = callback<AnyFunction>(`(${seven}, ${pair.type}, int64) -> int64`, (...given) => {
      seen.push(...given);
      return -5n;
    });
    expect(bound('relay_pair_on_stack(*void) -> int64')(all)).toBe(-5n);
    expect(seen).toEqual([1n, 2n, 3n, 4n, 5n, 6n, 7n, { a: 8n, b: 9n }, 10n]);
  });
});

describe('the C library', () => {
  const c = open('libc.so.6');

  test('snprintf finds variadic arguments of both kinds, in registers and on the stack', () => {
    const text = alloc(200);
    const ten = Array.from({ length: 10 }, (_, index) => index + 0.5);
    const print = c.func<AnyFunction>(
      'snprintf',
      `(*char, size_t, *char; ${'int, double, '.repeat(9)}int, double) -> int`,
    );
    const values = ten.flatMap((value, index) => [index, value]);
    print(text, 200n, '%d:%g '.repeat(10), ...values);
    expect(cstring(text)).toBe(ten.map((value, index) => `${index}:${value} `).join(''));
  });

  test('long double is binary128, also for its variadic functions', () => {
    const memory = alloc('long double');
    write(memory, 'long double', -1.5);
    expect([...memory.bytes].slice(12)).toEqual([0, 0x80, 0xff, 0xbf]);
    expect(read(memory, 'long double')).toBe(-1.5);
    const text = alloc(40);
    c.func<AnyFunction>('snprintf', '(*char, size_t, *char; long double, int) -> int')(
      text,
      40n,
      '%.3Lf %d',
      2.0625,
      7,
    );
    expect(cstring(text)).toBe('2.062 7');
    expect(open('libm.so.6').func<AnyFunction>('ldexpl', '(long double, int) -> long double')(0.75, 4)).toBe(12);
  });

  test('qsort calls JavaScript, over integers and over records', () => {
    const sort = c.func('qsort', '(*void, size_t, size_t, *void) -> void');
    const numbers = Int32Array.of(5, -3, 9, 0, 2_147_483_647, -2_147_483_648);
    using compare = callback('(*int, *int) -> int', (a, b) => Math.sign(read(a, 'int') - read(b, 'int')));
    sort(numbers, 6n, 4n, compare);
    expect([...numbers]).toEqual([-2_147_483_648, -3, 0, 5, 9, 2_147_483_647]);
  });

  test('plain char is unsigned', () => {
    const memory = alloc('char');
    write(memory, 'uint8', 200);
    expect(read(memory, 'char')).toBe(200);
  });
});
