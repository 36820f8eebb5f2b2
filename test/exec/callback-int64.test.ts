// The option int64, and that integers of 64 bits are the same on every path.

import { expect, test } from 'vitest';
import { conventionOf } from '../../src/abi/conventions.ts';
import { integer } from '../../src/ctype/ctype.ts';
import { bind } from '../../src/exec/bind.ts';
import { callback } from '../../src/exec/callback.ts';
import { alloc, read, write } from '../../src/exec/memory.ts';
import { BUFFER_START, SourceNames } from '../../src/marshal/cells.ts';
import { readSource } from '../../src/marshal/reader.ts';
import { type AnyFunction, bound, describeWithC, fixture } from '../support/fixture-library.ts';

const MAX = Number.MAX_SAFE_INTEGER;

/** What each value is under int64: 'number'. */
const signed: readonly (readonly [bigint, bigint | number])[] = [
  [0n, 0],
  [-1n, -1],
  [2n ** 31n, 2147483648],
  [-(2n ** 31n), -2147483648],
  [2n ** 32n, 4294967296],
  [2n ** 53n - 1n, MAX],
  [-(2n ** 53n) + 1n, -MAX],
  [2n ** 53n, 2n ** 53n],
  [-(2n ** 53n), -(2n ** 53n)],
  [2n ** 53n + 1n, 2n ** 53n + 1n],
  [2n ** 63n - 1n, 2n ** 63n - 1n],
  [-(2n ** 63n), -(2n ** 63n)],
];
const unsigned: readonly (readonly [bigint, bigint | number])[] = [
  [0n, 0],
  [2n ** 31n, 2147483648],
  [2n ** 53n - 1n, MAX],
  [2n ** 53n, 2n ** 53n],
  [2n ** 64n - 1n, 2n ** 64n - 1n],
];
const cases = [
  { type: 'int64', name: 'int64', values: signed },
  { type: 'uint64', name: 'uint64', values: unsigned },
  { type: 'long', name: 'int64', values: signed },
  { type: 'size_t', name: 'uint64', values: unsigned },
  { type: 'e:int64', name: 'int64', values: signed },
];

describeWithC("int64: 'number'", () => {
  test.each(cases)('gives a callback $type as a number where that is exact', ({ type, name, values }) => {
    const call = bound(`call_${name}`, `((${type}) -> ${type}, ${type}) -> ${type}`);
    const seen: unknown[] = [];
    const remember: AnyFunction = (value) => {
      seen.push(value);
      return value;
    };
    using numbers = callback<AnyFunction>(`(${type}) -> ${type}`, remember, { int64: 'number' });
    using bigints = callback<AnyFunction>(`(${type}) -> ${type}`, remember);
    for (const [value, expected] of values) {
      expect(call(numbers, value)).toBe(value);
      expect(call(bigints, value)).toBe(value);
      expect(seen.splice(0)).toEqual([expected, value]);
    }
  });

  test.each(cases)('gives the same of a bound call of type $type', ({ type, name, values }) => {
    const { address } = fixture().func(`same_${name}`, '() -> void');
    const call = bind(address, `(${type}) -> ${type}` as string, { int64: 'number' });
    for (const [value, expected] of values) expect(call(value)).toBe(expected);
  });

  test('gives the same inside of structs, arrays and bit-fields', () => {
    const type = '{a:int64, b:[3:uint64], c:[40:int64], d:int64:60, e:*void}';
    const memory = alloc(type);
    const long = Array.from({ length: 40 }, (_, index) => 2n ** 53n - 20n + BigInt(index));
    const value = { a: -5n, b: [1n, 2n ** 53n, 7n], c: long, d: -(2n ** 59n), e: 16n };
    write(memory, type, value);
    const mixed = long.map((each) => (each < 2n ** 53n ? Number(each) : each));
    expect(read(memory, type)).toEqual(value);
    expect(read(memory, type, { int64: 'number' })).toEqual({ ...value, a: -5, b: [1, 2n ** 53n, 7], c: mixed });
  });

  test('leaves pointers alone: an address is a bigint', () => {
    const call = bound('call_pointer', '((*void) -> *void, *void) -> *void');
    using made = callback('(*void) -> *void', (value) => (typeof value === 'bigint' ? value + 1n : 0n), {
      int64: 'number',
    });
    expect(call(made, 5n)).toBe(6n);
  });
});

test('a long of 32 bits is a number or a bigint, too', () => {
  const { dataModel } = conventionOf('win-x64');
  const source = (int64: 'bigint' | 'number'): string =>
    readSource(integer('long'), BUFFER_START, dataModel, new SourceNames(int64));
  expect([source('bigint'), source('number')]).toEqual(['BigInt(i32[0])', 'i32[0]']);
});
