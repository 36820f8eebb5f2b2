// Values of the types beyond C's plain scalars, written to memory and read again.

import { describe, expect, test } from 'vitest';
import { alignOf } from '../../src/abi/conventions.ts';
import { array, enumeration, integer, member, named, pointer, struct, type TypeSlot } from '../../src/ctype/ctype.ts';
import { hostAbi } from '../../src/exec/host-abi.ts';
import { alloc, read, write } from '../../src/exec/memory.ts';
import { refusal } from '../support/refusal.ts';
import { bytesOf, through } from '../support/through-memory.ts';

const keeps = (type: string, values: readonly unknown[]): void => {
  for (const value of values) expect(through(type, value), `${type} ${String(value)}`).toEqual(value);
};

const refuses = (type: string, code: string, values: readonly unknown[]): void => {
  for (const value of values) {
    expect(() => through(type, value), `${type} ${String(value)}`).toThrow(refusal(code, /^the value/));
  }
};

describe('128-bit integers', () => {
  const edges = [
    0n,
    1n,
    2n ** 53n - 1n,
    2n ** 53n,
    2n ** 53n + 1n,
    2n ** 63n - 1n,
    2n ** 63n,
    2n ** 64n,
    2n ** 127n - 1n,
  ];

  test('are bigints', () => {
    keeps('int128', [...edges, ...edges.map((edge) => -edge), -(2n ** 127n)]);
    keeps('uint128', [...edges, 2n ** 127n, 2n ** 128n - 1n]);
    expect(bytesOf('int128', -2n)).toEqual([0xfe, ...Array(15).fill(0xff)]);
    expect(bytesOf('uint128', 2n ** 64n + 5n)).toEqual([5, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0]);
  });

  test('may be given as safe integers', () => {
    expect(through('int128', -(2 ** 53) + 1)).toBe(-(2n ** 53n) + 1n);
    expect(through('uint128', 2 ** 53 - 1)).toBe(2n ** 53n - 1n);
    expect(through('uint128', -0)).toBe(0n);
  });

  test('do not wrap', () => {
    refuses('int128', 'ERR_ARGUMENT_RANGE', [2n ** 127n, -(2n ** 127n) - 1n, 2 ** 53, 0.5, Number.NaN, Infinity]);
    refuses('uint128', 'ERR_ARGUMENT_RANGE', [-1n, -1, 2n ** 128n]);
    refuses('int128', 'ERR_ARGUMENT_KIND', ['1', null, undefined, true, [1]]);
  });
});

describe('integers at the edges of their widths', () => {
  test('are kept, and refused beyond', () => {
    keeps('int32', [2 ** 31 - 1, -(2 ** 31)]);
    refuses('int32', 'ERR_ARGUMENT_RANGE', [2 ** 31, -(2 ** 31) - 1]);
    keeps('int64', [2n ** 63n - 1n, -(2n ** 63n), 2n ** 53n + 1n, -(2n ** 53n) - 1n]);
    refuses('int64', 'ERR_ARGUMENT_RANGE', [2 ** 53, -(2 ** 53), 2 ** 63, 2n ** 63n]);
    keeps('wchar_t', [0x10ffff]);
    keeps('char16_t', [0, 0xffff]);
    keeps('char32_t', [0xffff_ffff]);
    keeps('char8_t', [0xff]);
    refuses('char16_t', 'ERR_ARGUMENT_RANGE', [-1, 0x10000]);
    refuses('wchar_t', 'ERR_ARGUMENT_KIND', ['x']);
  });
});

describe('floating-point numbers', () => {
  test('of 16 bits are rounded to the nearest, ties to even', () => {
    keeps('float16', [0, -0, 1, -1.5, 65504, 2 ** -14, 2 ** -24, -(2 ** -24), Infinity, -Infinity, Number.NaN]);
    keeps('bfloat16', [0, -0, 1, 3.140625, 2 ** 127, 2 ** -133, Infinity, -Infinity, Number.NaN]);
    expect(through('float16', 2049)).toBe(2048);
    expect(through('float16', 2051)).toBe(2052);
    expect(through('float16', 2 ** -25)).toBe(0);
    expect(through('float16', -(2 ** -25))).toBe(-0);
    expect(through('float16', 2 ** -25 * (1 + 2 ** -52))).toBe(2 ** -24);
    expect(through('float16', 65519.999)).toBe(65504);
    expect(through('bfloat16', 257)).toBe(256);
    expect(through('bfloat16', 259)).toBe(260);
    expect(through('bfloat16', 1e-300)).toBe(0);
    // By way of a float this would be a tie, and go down to 1.
    expect(through('bfloat16', 1 + 2 ** -8 + 2 ** -40)).toBe(1 + 2 ** -7);
  });

  test('that would round to infinity are refused', () => {
    refuses('float16', 'ERR_ARGUMENT_RANGE', [65520, -65520, 1e300]);
    refuses('bfloat16', 'ERR_ARGUMENT_RANGE', [2 ** 128 - 2 ** 119, -(2 ** 128), Number.MAX_VALUE]);
    expect(through('bfloat16', 2 ** 128 - 2 ** 119 - 2 ** 75)).toBe(2 ** 128 - 2 ** 120);
    refuses('float', 'ERR_ARGUMENT_RANGE', [3.4028235677973366e38]);
    for (const type of ['float16', 'bfloat16', 'float', 'double', 'long double']) {
      refuses(type, 'ERR_ARGUMENT_KIND', ['1', 1n, null, undefined, true, {}]);
    }
  });

  test('of long double keep every double', () => {
    const doubles = [0, -0, 0.1, Number.MAX_VALUE, -Number.MAX_VALUE, 2 ** -1022, 5e-324, -5e-324, 2 ** 53 + 2];
    keeps('long double', [...doubles, Infinity, -Infinity, Number.NaN]);
  });

  test('of long double zero the padding behind them', () => {
    const memory = alloc('long double');
    memory.bytes.fill(0xff);
    write(memory, 'long double', -1);
    expect([...memory.bytes]).toEqual([0, 0, 0, 0, 0, 0, 0, 0x80, 0xff, 0xbf, 0, 0, 0, 0, 0, 0]);
  });

  test('of long double are read as the nearest double', () => {
    const memory = alloc('long double');
    const extended = (significand: bigint, top: number): unknown => {
      const view = new DataView(memory.buffer);
      view.setBigUint64(0, significand, true);
      view.setUint16(8, top, true);
      return read(memory, 'long double');
    };
    const one = 1n << 63n;
    expect(extended(one + (1n << 10n), 16383)).toBe(1); // a tie
    expect(extended(one + (1n << 10n) + 1n, 16383)).toBe(1 + 2 ** -52);
    expect(extended(one + (3n << 10n), 16383)).toBe(1 + 2 ** -51);
    expect(extended(2n ** 64n - 1n, 16383)).toBe(2);
    expect(extended(2n ** 64n - 1n, 16383 + 1023)).toBe(Infinity);
    expect(extended(2n ** 64n - 1n, 0x8000 | (16383 + 1023))).toBe(-Infinity);
    expect(extended(one, 0x7ffe)).toBe(Infinity);
    expect(extended(one, 16383 - 1074)).toBe(5e-324);
    expect(extended(one, 16383 - 1075)).toBe(0); // half of the least, a tie
    expect(extended(one + 1n, 16383 - 1075)).toBe(5e-324);
    expect(extended(one, 0x8000 | 1)).toBe(-0);
    expect(extended(1n, 0)).toBe(0); // a denormal
    expect(extended(one, 0)).toBe(0); // a pseudo-denormal
    expect(extended(one >> 1n, 16383)).toBe(Number.NaN); // an unnormal
    expect(extended(0n, 0x7fff)).toBe(Number.NaN); // a pseudo-infinity
    expect(extended(one + 1n, 0x7fff)).toBe(Number.NaN);
  });

  test('that are none keep their payload', () => {
    const bits = new BigUint64Array(1);
    const number = new Float64Array(bits.buffer);
    bits[0] = 0xfff8_0000_dead_beefn;
    for (const type of ['double', 'long double']) {
      const memory = alloc(type);
      write(memory, type, number[0]);
      const [back] = new BigUint64Array(Float64Array.of(read(memory, type) as number).buffer);
      expect(back, type).toBe(0xfff8_0000_dead_beefn);
    }
    const single = alloc('float');
    single.bytes.set([1, 2, 0xc3, 0x7f]);
    write(single, 'float', read(single, 'float'));
    expect([...single.bytes]).toEqual([1, 2, 0xc3, 0x7f]);
  });
});

describe('complex numbers', () => {
  test('have a real and an imaginary part', () => {
    for (const type of ['c[float]', 'c[double]', 'c[long double]', 'c[float16]']) keeps(type, [{ re: 1.5, im: -0 }]);
    keeps('{z:c[double], t:c[float]}', [{ z: { re: 0.1, im: Infinity }, t: { re: -1, im: 2 } }]);
    keeps('[10:c[float]]', [Array.from({ length: 10 }, (_, index) => ({ re: index, im: -index }))]);
  });

  test('are refused without one, or with more', () => {
    expect(() => through('c[double]', { re: 1 })).toThrow(refusal('ERR_ARGUMENT_KIND', /^the value \.im: .*missing/));
    expect(() => through('c[double]', { re: 1, im: 1, abs: 2 })).toThrow(
      refusal('ERR_ARGUMENT_KIND', /"abs" is no member of .*'re', 'im'/),
    );
    expect(() => through('{z:c[float]}', { z: { re: 1, im: 1e39 } })).toThrow(
      refusal('ERR_ARGUMENT_RANGE', /^the value \.z\.im: /),
    );
    refuses('c[double]', 'ERR_ARGUMENT_KIND', [1, null, undefined, [1, 2]]);
  });
});

describe('vectors', () => {
  test('are arrays', () => {
    keeps('m128', [[1, -0, Infinity, 0.5]]);
    keeps('m256i', [[1n, -1n, 2n ** 63n - 1n, -(2n ** 63n)]]);
    keeps('v[64:int8]', [Array.from({ length: 64 }, (_, index) => index - 32)]);
    keeps('{a:int8, v:v[2:double], b:int8}', [{ a: 1, v: [0.1, 0.2], b: -1 }]);
    expect(through('m128', Float32Array.of(1, 2, 3, 4))).toEqual([1, 2, 3, 4]);
  });

  test('have exactly their elements', () => {
    refuses('m128', 'ERR_ARGUMENT_KIND', [[1, 2, 3], [1, 2, 3, 4, 5], [1, 2, 3, undefined], 1, null, '1234']);
    expect(() => through('{v:v[4:int32]}', { v: [1, 2, 2 ** 31, 4] })).toThrow(
      refusal('ERR_ARGUMENT_RANGE', /^the value \.v\[2\]: 2147483648/),
    );
  });

  test('get memory that is aligned for them', () => {
    for (let round = 0; round < 20; round++) {
      expect(alloc('m512').address % BigInt(alignOf('m512', hostAbi()))).toBe(0n);
      expect(alloc('alignas(4096) {a:int}').address % 4096n).toBe(0n);
    }
    const memory = alloc('m512', 3);
    expect([memory.size, memory.bytes.length]).toEqual([192, 192]);
  });
});

describe('enumerations', () => {
  const COLOUR = 'e:int{RED, GREEN=5, BLUE, LEAST=-2147483648}';

  test('take names and numbers, and give numbers', () => {
    expect(through(COLOUR, 'RED')).toBe(0);
    expect(through(COLOUR, 'BLUE')).toBe(6);
    expect(through(COLOUR, 'LEAST')).toBe(-(2 ** 31));
    expect(through(COLOUR, 5)).toBe(5);
    expect(through(COLOUR, 77)).toBe(77);
    expect(through('e:uint64{TOP=18446744073709551615}', 'TOP')).toBe(2n ** 64n - 1n);
    expect(through(`{c:${COLOUR}}`, { c: 'GREEN' })).toEqual({ c: 5 });
    expect(through(`[20:${COLOUR}]`, Array(20).fill('GREEN'))).toEqual(Array(20).fill(5));
  });

  test('refuse other names', () => {
    expect(() => through(COLOUR, 'PINK')).toThrow(
      refusal('ERR_ARGUMENT_RANGE', `the value: "PINK" is none of 'RED', 'GREEN', 'BLUE', 'LEAST'`),
    );
    refuses(COLOUR, 'ERR_ARGUMENT_RANGE', ['', 'red', 'toString', '__proto__', '5', 2 ** 31, 0.5]);
    refuses(COLOUR, 'ERR_ARGUMENT_KIND', [true, null, undefined, 1n, ['RED']]);
    refuses('(e:int)', 'ERR_ARGUMENT_KIND', ['RED']);
  });
});

describe('flexible array members', () => {
  const PACKET = '{length:int, data:[?:int16]}';

  test('have no elements', () => {
    for (const value of [{ length: 3 }, { length: 3, data: [] }, { length: 3, data: undefined }]) {
      expect(through(PACKET, value)).toEqual({ length: 3, data: [] });
    }
    expect(alloc(PACKET).size).toBe(4);
  });

  test('are refused with any', () => {
    expect(() => through(PACKET, { length: 1, data: [1] })).toThrow(
      refusal('ERR_ARGUMENT_KIND', /^the value \.data: /),
    );
    refuses(PACKET, 'ERR_ARGUMENT_KIND', [{ length: 1, data: null }, { length: 1, data: 5 }, { data: [] }]);
  });
});

describe('named types', () => {
  test('are what they stand for, and pointers may lead back to them', () => {
    const slot: { -readonly [key in keyof TypeSlot]: TypeSlot[key] } = { type: null };
    const node = named('Node', slot);
    const colour = enumeration(integer('int32'), [{ name: 'GREEN', value: 1n }]);
    slot.type = struct([member('value', integer('int32')), member('next', pointer(node))]);
    const both = array(named('Colour', { type: colour }), 2);
    const type = named('Pair', { type: struct([member('first', node), member('both', both)]) });
    const memory = alloc(type);
    write(memory, type, { first: { value: 7, next: memory }, both: ['GREEN', 0] });
    expect(read(memory, type)).toEqual({ first: { value: 7, next: memory.address }, both: [1, 0] });
  });
});
