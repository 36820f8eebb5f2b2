// Values through bound functions: what JavaScript passes is what C gets, and back.

import { expect, test } from 'vitest';
import { bind } from '../../src/exec/bind.ts';
import { alloc } from '../../src/exec/memory.ts';
import { parseSignature } from '../../src/signature/parse.ts';
import { type AnyFunction, bound, describeWithC, fixture } from '../support/fixture-library.ts';
import { scalarCases } from '../support/scalar-values.ts';

const text = (value: unknown): string => (Object.is(value, -0) ? '-0' : String(value));

describeWithC('a scalar', () => {
  test.each(scalarCases)('$type comes back from C as it was given', ({ name, type, passages }) => {
    const same = bound(`same_${name}`, `(${type}) -> ${type}`);
    for (const { given, got } of passages) expect(same(given), text(given)).toBe(got);
  });

  test.each(scalarCases)('$type arrives in C bit for bit', ({ name, type, size, passages, bytes }) => {
    const put = bound(`put_${name}`, `(*void, ${type}) -> void`);
    for (const { given, got } of passages) {
      const memory = new Uint8Array(size + 1).fill(0xa5);
      put(memory, given);
      expect([...memory], text(given)).toEqual([...bytes(got), 0xa5]);
    }
  });

  test.each(scalarCases)('$type between others is not mixed up with them', ({ name, type, passages }) => {
    const second = bound(`second_${name}`, `(${type}, ${type}, ${type}) -> ${type}`);
    passages.forEach(({ given, got }, index) => {
      const other = passages[(index + 1) % passages.length]?.given;
      expect(second(other, given, other), text(given)).toBe(got);
    });
  });

  test('of each integer type is sign- or zero-extended by C as C says', () => {
    const types = 'int8, uint8, int16, uint16, int32, uint32, int64, uint64';
    const sum = bound('sum_integers', `(${types}) -> int64`);
    expect(sum(-128, 255, -32768, 65535, -(2 ** 31), 2 ** 32 - 1, -3n, 4)).toBe(
      -128n + 510n - 98304n + 262140n - 5n * 2n ** 31n + 6n * (2n ** 32n - 1n) - 21n + 32n,
    );
  });

  test('result that C leaves garbage above is cut to its type', () => {
    const call = (type: string): unknown => bound('same_int64', `(int64) -> ${type}`)(0x1234_5678_9abc_def0n);
    expect(call('uint8')).toBe(0xf0);
    expect(call('int8')).toBe(-16);
    expect(call('uint16')).toBe(0xdef0);
    expect(call('int32')).toBe(0x9abcdef0 | 0);
    expect(call('uint32')).toBe(0x9abcdef0);
  });

  test('NaN of any payload comes out as NaN', () => {
    const reinterpret = bound('get_double', '(*void) -> double');
    const bits = new BigUint64Array(1);
    for (const payload of [0x7ff0_0000_0000_0001n, 0xffff_ffff_ffff_ffffn, 0x7ff8_0000_dead_beefn]) {
      bits[0] = payload;
      expect(reinterpret(bits)).toBeNaN();
    }
  });
});

describeWithC('many arguments', () => {
  test('twelve doubles overflow onto the stack in order', () => {
    const weigh = bound('weigh_doubles', `(${Array(12).fill('double').join(',')}) -> double`);
    expect(weigh(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12)).toBe(650);
    expect(weigh(...Array(11).fill(0), 0.5)).toBe(6);
    expect(weigh(-Infinity, ...Array(11).fill(0))).toBe(-Infinity);
  });

  test('thirteen of different types each keep their place', () => {
    const types = 'int8, double, uint16, float, int, double, int64, float, uint8, double, uint64, bool, int16';
    const weigh = bound('weigh_mixed', `(${types}) -> double`);
    const values = [-1, 0.5, 3, 0.25, -5, 6, -7n, 8, 9, 10, 11n, true, -13];
    expect(weigh(...values)).toBe(-1 + 1 + 9 + 1 - 25 + 36 - 49 + 64 + 81 + 100 + 121 + 12 - 169);
    values.forEach((_, place) => {
      const only = [0, 0, 0, 0, 0, 0, 0n, 0, 0, 0, 0n, false, 0].map((zero, index) =>
        index !== place ? zero : typeof zero === 'bigint' ? 1n : typeof zero === 'boolean' ? true : 1,
      );
      expect(weigh(...only), `argument ${place}`).toBe(place + 1);
    });
  });

  test('variadic arguments go where va_arg finds them', () => {
    const sum = (kinds: string, types: string, ...values: unknown[]): unknown =>
      bound('sum_variadic', `(*char; ${types}) -> double`)(kinds, ...values);
    expect(sum('', '')).toBe(0);
    expect(sum('i', 'int', -5)).toBe(-5);
    expect(sum('u', 'uint32', 2 ** 32 - 1)).toBe(2 ** 32 - 1);
    expect(sum('dlid', 'double, int64, int, double', 0.5, -(2n ** 40n), 3, 0.25)).toBe(0.5 - 2 ** 41 + 9 + 1);
    const doubles = Array.from({ length: 12 }, (_, index) => index / 2);
    const expected = doubles.reduce((total, value, index) => total + value * (index + 1), 0);
    expect(sum('d'.repeat(12), Array(12).fill('double').join(','), ...doubles)).toBe(expected);
    expect(sum('sps', '*char, *void, *char', 'grüß', 1000n, 'x')).toBe(6 + 2000 + 3);
    expect(sum('xixd', '{double,double}, int, {double,double}, double', [1, 3], 5, [0, 1], 1)).toBe(-2 + 10 - 3 + 4);
  });
});

describeWithC('a bound function', () => {
  test('has the name of its signature and counts its parameters', () => {
    const address = fixture().symbol('same_int32');
    expect(bind(address, 'delete(int) -> int').name).toBe('delete');
    expect(bind(address, 'await(int) -> int').length).toBe(1);
    expect(bind(address, '(int) -> int').name).toBe('bound');
    expect(bound('weigh_doubles', `(${Array(12).fill('double').join(',')}) -> double`).length).toBe(12);
    expect(bound('call_count', '() -> int').length).toBe(0);
    expect(bind(address, '(int) -> int').address).toBe(address);
  });

  test.each(['class', 'return', 'arguments', 'eval', 'this', 'call', 'entry', 'strings', 'fail', 'v0', 'bound'])(
    'and its parameters may be called %s',
    (word) => {
      const same = bind<AnyFunction>(fixture().symbol('same_int32'), `${word}(${word}:int) -> int`);
      expect(same(7)).toBe(7);
      const point = bound('same_point', `({${word}:double, y:double}) -> {${word}:double, y:double}`);
      expect(point({ [word]: 1, y: 2 })).toEqual({ [word]: 1, y: 2 });
    },
  );

  test('takes a parsed signature as well as its text', () => {
    const signature = parseSignature('(int) -> int');
    expect(bind<AnyFunction>(fixture().symbol('same_int32'), signature)(-7)).toBe(-7);
    expect(fixture().func<AnyFunction>('same_int32', signature)(8)).toBe(8);
  });

  test('takes any `this` and can be spread and applied', () => {
    const same = bound('second_int32', '(int, int, int) -> int');
    expect(same.call({ call: 1 }, 1, 2, 3)).toBe(2);
    expect(same.apply(null, [1, 2, 3])).toBe(2);
    expect(Reflect.apply(same, undefined, [4, 5, 6])).toBe(5);
  });

  test('whose result C code has and the signature ignores returns undefined', () => {
    expect(bound('same_int32', '(int) -> void')(5)).toBeUndefined();
    expect(bound('same_double', '(double) -> void')(5)).toBeUndefined();
  });

  // Where no pointer is passed for the result: Windows x64 returns 16 bytes through one.
  test.skipIf(process.platform === 'win32')('whose struct in two registers the signature ignores is called', () => {
    expect(bound('make_point', '(double, double) -> void')(5, 6)).toBeUndefined();
  });

  test('may be bound twice, with different signatures', () => {
    const asSigned = bound('same_int64', '(int64) -> int64');
    const asUnsigned = bound('same_int64', '(uint64) -> uint64');
    expect(asSigned(-1n)).toBe(-1n);
    expect(asUnsigned(2n ** 64n - 1n)).toBe(2n ** 64n - 1n);
  });

  test('of type pointer is called through its address', () => {
    const triple = bound('call_int32', '((int) -> int, int) -> int');
    expect(triple({ address: fixture().symbol('same_int32') }, 9)).toBe(9);
    expect(triple(fixture().symbol('same_int32'), -9)).toBe(-9);
  });

  test('answers the same in its hundred-thousandth call', () => {
    const same = bound('second_int32', '(int, int, int) -> int');
    let sum = 0;
    for (let index = 0; index < 100_000; index++) sum += Number(same(-index, index, 1));
    expect(sum).toBe(4_999_950_000);
  });

  test('that memory from C is freed by', () => {
    const memory = bound('allocate', '(size_t) -> *void')(16n);
    bound('put_int32', '(*void, int) -> void')(memory, 77);
    expect(bound('get_int32', '(*int) -> int')(memory)).toBe(77);
    bound('release', '(*void) -> void')(memory);
    expect(bound('get_int32', '(*int) -> int')(alloc('int'))).toBe(0);
  });
});
