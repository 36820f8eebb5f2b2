// Structs, unions and arrays by value through bound functions.

import { expect, test } from 'vitest';
import { sizeOf } from '../../src/index.ts';
import { bound, describeWithC } from '../support/fixture-library.ts';
import { ARRAYS, arraysValue, recordCases } from '../support/record-values.ts';
import { refusal } from '../support/refusal.ts';

const POINT = '{x:double, y:double}';
const LARGE = '{values:[128:int64]}';
const largeValue = (): { values: bigint[] } => ({ values: Array.from({ length: 128 }, (_, index) => BigInt(index)) });

describeWithC('a record', () => {
  test.each(recordCases)('$name comes back from C as it was given', ({ name, type, given, got }) => {
    const same = bound(`same_${name}`, `(${type}) -> ${type}`);
    expect(same(given)).toEqual(got);
    expect(same(got)).toEqual(got);
  });

  test.each(recordCases)('$name has the size that gcc gives it', ({ name, type, given }) => {
    const size = sizeOf(type, 'sysv-x64');
    const memory = new Uint8Array(size + 16).fill(0xa5);
    bound(`put_${name}`, `(*void, ${type}) -> void`)(memory, given);
    expect([...memory.subarray(size)]).toEqual(Array(16).fill(0xa5));
  });

  test('is a plain object whose members are written in its order', () => {
    const result = bound('make_point', `(double, double) -> ${POINT}`)(1, 2);
    expect(Object.keys(result as object)).toEqual(['x', 'y']);
    expect(Object.getPrototypeOf(result)).toBe(Object.prototype);
  });

  test('whose members have no names is an array', () => {
    const result = bound('make_point', '(double, double) -> {double, double}')(1, 2);
    expect(result).toEqual([1, 2]);
    expect(Array.isArray(result)).toBe(true);
    expect(bound('cross', '({double,double}, {double,double}) -> double')([1, 2], { 0: 3, 1: 5 })).toBe(-1);
  });

  test('is a fresh object for each call', () => {
    const make = bound('make_point', `(double, double) -> ${POINT}`);
    const [first, second] = [make(1, 2), make(3, 4)];
    expect(first).toEqual({ x: 1, y: 2 });
    expect(second).toEqual({ x: 3, y: 4 });
  });

  test('may have inherited members, getters and symbols, but no unknown property of its own', () => {
    class Point {
      readonly #x = 3;
      get x(): number {
        return this.#x;
      }
    }
    const point = Object.assign(new Point(), { y: 4 });
    const cross = bound('cross', `(${POINT}, ${POINT}) -> double`);
    expect(cross(point, { x: 1, y: 2, z: undefined, [Symbol('s')]: 1 })).toBe(2);
    expect(() => cross(point, { x: 1, y: 2, z: 'no member' })).toThrow(
      refusal('ERR_ARGUMENT_KIND', /argument 1: "z" is no member/),
    );
    expect(cross(Object.assign(Object.create(null), { x: 1, y: 2 }), Object.freeze({ y: 1, x: 0 }))).toBe(1);
  });

  test('may have a member called __proto__', () => {
    const type = '{__proto__:double, y:double}';
    const same = bound('same_point', `(${type}) -> ${type}`);
    const given: unknown = JSON.parse('{"__proto__": 5, "y": 2}');
    const got = same(given);
    expect(Object.getOwnPropertyNames(got)).toEqual(['__proto__', 'y']);
    expect(Object.getOwnPropertyDescriptor(got, '__proto__')?.value).toBe(5);
    expect(Object.getPrototypeOf(got)).toBe(Object.prototype);
  });

  test('reads each getter once', () => {
    const reads: string[] = [];
    const value = {
      get x(): number {
        reads.push('x');
        return 1;
      },
      get y(): number {
        reads.push('y');
        return 2;
      },
    };
    expect(bound('same_point', `(${POINT}) -> ${POINT}`)(value)).toEqual({ x: 1, y: 2 });
    expect(reads).toEqual(['x', 'y']);
  });

  test('that C changes in its parameter is unchanged in JavaScript', () => {
    const value = largeValue();
    const spoil = bound('spoil_large', `(${LARGE}) -> int64`);
    const expected = value.values.reduce((sum, each, index) => sum + each * BigInt(index + 1), 0n);
    expect(spoil(value)).toBe(expected);
    expect(value).toEqual(largeValue());
    expect(spoil(value)).toBe(expected);
  });

  test('on the stack between scalars leaves them in their registers', () => {
    const between = bound('between', `(int8, ${LARGE}, int8) -> int64`);
    const value = largeValue();
    value.values[0] = 1000n;
    expect(between(-128, value, 127)).toBe(-128_000n - 127n * 127n);
  });

  test('of more than 64 KiB is passed and returned', () => {
    const type = '{values:[10000:int64]}';
    const value = bound('make_huge', `(int64) -> ${type}`)(-5n) as { values: bigint[] };
    expect(value.values).toEqual(Array.from({ length: 10_000 }, (_, index) => BigInt(index) - 5n));
    expect(bound('ends_of_huge', `(int, ${type}, int) -> int64`)(1000, value, -1)).toBe(-5000n - 9994n);
  });
});

describeWithC('an array in a record', () => {
  test('of more than eight elements has the layout of C', () => {
    expect(sizeOf(ARRAYS, 'sysv-x64')).toBe(Number(bound('size_of_arrays', '() -> size_t')()));
  });

  test('may be a typed array, or anything with a length', () => {
    const same = bound('same_triple', '({bytes:[3:uint8]}) -> {bytes:[3:uint8]}');
    const expected = { bytes: [1, 2, 255] };
    expect(same({ bytes: Uint8Array.of(1, 2, 255) })).toEqual(expected);
    expect(same({ bytes: Float64Array.of(1, 2, 255) })).toEqual(expected);
    expect(same({ bytes: Buffer.from([1, 2, 255]) })).toEqual(expected);
    expect(same({ bytes: { length: 3, 0: 1, 1: 2, 2: 255 } })).toEqual(expected);
    const large = bound('same_large', `(${LARGE}) -> ${LARGE}`);
    expect(large({ values: BigInt64Array.from({ length: 128 }, (_, index) => BigInt(index)) })).toEqual(largeValue());
    expect(large({ values: Float64Array.from({ length: 128 }, (_, index) => index) })).toEqual(largeValue());
  });

  test('comes out as an Array, whatever went in', () => {
    const same = bound('same_arrays', `(${ARRAYS}) -> ${ARRAYS}`);
    const value = arraysValue();
    const got = same({ ...value, shorts: Int16Array.from(value.shorts) }) as typeof value;
    expect(got).toEqual(value);
    expect(Array.isArray(got.shorts)).toBe(true);
    expect(got.points.every((point) => Object.keys(point).join() === 'x,y')).toBe(true);
  });
});

describeWithC('a union', () => {
  const NUMBER = '<whole:int64, real:double, single:float, bytes:[8:uint8]>';
  test('is given as one of its members and comes out as all of them', () => {
    const same = bound('same_number', `(${NUMBER}) -> ${NUMBER}`);
    const result = { whole: 4_609_434_218_613_702_656n, real: 1.5, single: 0, bytes: [0, 0, 0, 0, 0, 0, 248, 63] };
    expect(same({ real: 1.5 })).toEqual(result);
    expect(same({ whole: result.whole })).toEqual(result);
    expect(same({ bytes: result.bytes })).toEqual(result);
    expect(same({ real: 1.5, whole: undefined })).toEqual(result);
  });

  test('has zero bytes behind a smaller member, whatever an earlier call left there', () => {
    const same = bound('same_number', `(${NUMBER}) -> ${NUMBER}`);
    same({ whole: -1n });
    expect(same({ single: 1 })).toMatchObject({ whole: 0x3f80_0000n, bytes: [0, 0, 128, 63, 0, 0, 0, 0] });
  });

  test('may have members that are called like what every object inherits', () => {
    const type = '<toString:int64, constructor:double>';
    const same = bound('same_number', `(${type}) -> ${type}`);
    expect(same({ toString: 5n })).toMatchObject({ toString: 5n });
    expect(same({ constructor: 1.5 })).toMatchObject({ constructor: 1.5 });
  });

  test('in a struct keeps what stands before it', () => {
    const type = `{tag:int, value:${NUMBER}}`;
    const same = bound('same_tagged', `(${type}) -> ${type}`);
    expect(same({ tag: -7, value: { whole: -1n } })).toMatchObject({
      tag: -7,
      value: { whole: -1n, real: Number.NaN },
    });
  });

  test('larger than two registers takes each of its members', () => {
    const type = `<corner:${POINT}, text:[40:int8], words:[10:int]>`;
    const same = bound('same_wide', `(${type}) -> ${type}`);
    const words = [1, -2, 3, -4, 5, -6, 7, -8, 9, -10];
    expect(same({ words })).toMatchObject({ words });
    expect(same({ corner: { x: 1, y: -2 } })).toMatchObject({ corner: { x: 1, y: -2 } });
    const bytes = Array.from({ length: 40 }, (_, index) => index - 20);
    expect(same({ text: bytes })).toMatchObject({ text: bytes });
  });
});
