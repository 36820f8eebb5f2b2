// Records as JavaScript values: bit-fields, packing, anonymous members, and what is refused, with its place.

import { describe, expect, test } from 'vitest';
import { refusal } from '../support/refusal.ts';
import { bytesOf, through } from '../support/through-memory.ts';

const refused = (type: string, value: unknown, code: string, message: RegExp | string): void =>
  expect(() => through(type, value)).toThrow(refusal(code, message));

describe('bit-fields', () => {
  test('are numbers, bigints and booleans, as their types are', () => {
    const type = '{a:uint32:3, b:int:5, c:bool:1, d:uint64:40, e:int64:2, f:(e:uint32{NO, YES}):1}';
    const value = { a: 7, b: -16, c: true, d: 2n ** 40n - 1n, e: -2n, f: 1 };
    expect(through(type, value)).toEqual(value);
    expect(through(type, { ...value, d: 5, e: 1, f: 'NO' })).toEqual({ ...value, d: 5n, e: 1n, f: 0 });
    expect(bytesOf('{a:uint32:3, b:int:5, c:bool:1}', { a: 5, b: -1, c: true })).toEqual([0xfd, 1, 0, 0]);
  });

  test('may be as wide as their types', () => {
    for (const value of [0n, -1n, 2n ** 63n - 1n, -(2n ** 63n)]) {
      expect(through('!{x:int8:3, wide:int64:64}', { x: -4, wide: value })).toEqual({ x: -4, wide: value });
    }
    const wide = { x: 1, a: 2n ** 100n, b: -(2n ** 80n) };
    expect(through('!{x:uint8:1, a:uint128:101, b:int128:81}', wide)).toEqual(wide);
    expect(through('{a:uint32:32, b:int:32}', { a: 2 ** 32 - 1, b: -(2 ** 31) })).toEqual({
      a: 2 ** 32 - 1,
      b: -(2 ** 31),
    });
  });

  test('are refused outside of their widths', () => {
    for (const a of [8, -1, 0.5, Number.NaN])
      refused('{a:uint32:3}', { a }, 'ERR_ARGUMENT_RANGE', /^the value \.a: .* uint32:3/);
    for (const a of [4, -5]) refused('{a:int:3}', { a }, 'ERR_ARGUMENT_RANGE', /^the value \.a: .* int32:3/);
    for (const a of [2n ** 40n, -1n, -1, 2 ** 40])
      refused('{a:uint64:40}', { a }, 'ERR_ARGUMENT_RANGE', /^the value \.a: /);
    for (const a of [2n ** 59n, 2 ** 53]) refused('{a:int64:60}', { a }, 'ERR_ARGUMENT_RANGE', /^the value \.a: /);
    for (const a of [1n, -2]) refused('{a:int64:1}', { a }, 'ERR_ARGUMENT_RANGE', /^the value \.a: /);
    for (const a of ['1', 1n, true, undefined]) refused('{a:uint32:3}', { a }, 'ERR_ARGUMENT_KIND', /^the value \.a: /);
    for (const a of [0, 1, 1n]) refused('{a:bool:1}', { a }, 'ERR_ARGUMENT_KIND', /^the value \.a: /);
  });

  test('without a name are padding', () => {
    expect(through('{a:int:4, int:4, b:int:4}', { a: 1, b: -1 })).toEqual({ a: 1, b: -1 });
    expect(through('{int, uint32:3, uint32:0, int}', [1, 2])).toEqual([1, 2]);
    refused('{a:int:4, int:4, b:int:4}', { a: 1, b: -1, 1: 0 }, 'ERR_ARGUMENT_KIND', /"1" is no member/);
  });

  test('in unions start at the first bit', () => {
    expect(through('<low:uint32:4, all:uint8>', { low: 9 })).toMatchObject({ low: 9, all: 9 });
    expect(through('<low:uint32:4, all:uint8>', { all: 0xf3 })).toMatchObject({ low: 3, all: 0xf3 });
  });
});

describe('packed records', () => {
  test('keep members at any byte', () => {
    const value = { a: 1, b: 0.1, c: -(2n ** 63n), d: [1.5, -0], e: -2n, f: 1.25, g: 0.1, h: 0x1234n, i: -1, j: 65504 };
    const type =
      '!{a:int8, b:double, c:int64, d:[2:float], e:int128, f:bfloat16, g:long double, h:*void, i:int16, j:float16}';
    expect(through(type, value)).toEqual(value);
    expect(bytesOf('!{a:int8, b:int, c:uint16}', { a: 1, b: -2, c: 0x1234 })).toEqual([
      1, 0xfe, 255, 255, 255, 0x34, 0x12,
    ]);
    expect(through('!{a:int8, b:int64}', { a: 1, b: -5 })).toEqual({ a: 1, b: -5n });
    expect(through('!2:{a:int8, b:double}', { a: 1, b: 2 })).toEqual({ a: 1, b: 2 });
    const many = Array.from({ length: 20 }, (_, index) => ({ a: index, b: ~index }));
    expect(through('[20:!{a:int8, b:int}]', many)).toEqual(many);
    expect(
      through('!<a:[3:!{x:int8, y:int}], b:int>', { a: many.slice(0, 3).map(({ a, b }) => ({ x: a, y: b })) }),
    ).toMatchObject({
      a: [{}, { x: 1, y: -2 }, { x: 2, y: -3 }],
    });
  });
});

describe('members of anonymous records', () => {
  const EVENT = '{kind:int, <key:{code:int}, {x:int16, y:int16}, raw:[4:uint8]>}';

  test("are the outer record's own", () => {
    expect(through(EVENT, { kind: 1, x: 2, y: -1 })).toEqual({
      kind: 1,
      key: { code: -65534 },
      x: 2,
      y: -1,
      raw: [2, 0, 255, 255],
    });
    expect(through(EVENT, { kind: 1, raw: [1, 0, 2, 0] })).toMatchObject({ x: 1, y: 2 });
    expect(through(EVENT, { kind: 1, key: { code: 5 } })).toMatchObject({ x: 5, y: 0 });
    expect(through('{a:int, {b:int, {c:int}}}', { a: 1, b: 2, c: 3 })).toEqual({ a: 1, b: 2, c: 3 });
  });

  test('are given one at a time, if they are those of a union', () => {
    refused(EVENT, { kind: 1 }, 'ERR_ARGUMENT_KIND', /^the value: exactly one of 'key', \{'x', 'y'\}, 'raw' .* got 0$/);
    refused(EVENT, { kind: 1, x: 1, y: 1, raw: [1, 2, 3, 4] }, 'ERR_ARGUMENT_KIND', / got 2$/);
    refused(EVENT, { kind: 1, x: 1 }, 'ERR_ARGUMENT_KIND', /^the value \.y: .*missing/);
    refused(
      EVENT,
      { kind: 1, x: 1, y: 1, z: 1 },
      'ERR_ARGUMENT_KIND',
      /"z" is no member of .*'kind', 'key', 'x', 'y', 'raw'$/,
    );
    refused(EVENT, { kind: 1, x: 1, y: 2 ** 15 }, 'ERR_ARGUMENT_RANGE', /^the value \.y: 32768/);
  });

  test('go by an index if that would be ambiguous', () => {
    const type = '{x:int, {x:int, y:int}}';
    expect(through(type, { x: 1, 1: { x: 2, y: 3 } })).toEqual({ x: 1, 1: { x: 2, y: 3 } });
    expect(through('{a:int, {int, int}}', { a: 1, 1: [2, 3] })).toEqual({ a: 1, 1: [2, 3] });
    expect(through('{{x:int, y:int}, {z:int}}', [{ x: 1, y: 2 }, { z: 3 }])).toEqual([{ x: 1, y: 2 }, { z: 3 }]);
  });
});

describe('a record is refused', () => {
  test('if a member is missing, with its place', () => {
    const type = '{pos:{x:double, y:double}, tags:[3:int8]}';
    const good = { pos: { x: 1, y: 2 }, tags: [1, 2, 3] };
    refused(type, { tags: [1, 2, 3] }, 'ERR_ARGUMENT_KIND', /^the value \.pos: undefined .*missing$/);
    refused(
      type,
      { ...good, pos: { y: 1 } },
      'ERR_ARGUMENT_KIND',
      'the value .pos.x: undefined is not a value for double: it is missing',
    );
    refused(type, { ...good, pos: { x: 1, z: 1 } }, 'ERR_ARGUMENT_KIND', /^the value \.pos\.y: .*missing$/);
    refused(type, { ...good, tags: [1, undefined, 3] }, 'ERR_ARGUMENT_KIND', /^the value \.tags\[1\]: .*missing$/);
    expect(() => through('int', undefined)).toThrow(/is not a value for int32$/);
  });

  test('if a member is unknown, with the known ones', () => {
    const type = '{pos:{x:double, y:double}, on:bool}';
    const good = { pos: { x: 1, y: 2 }, on: true };
    refused(
      type,
      { ...good, of: 1 },
      'ERR_ARGUMENT_KIND',
      `the value: "of" is no member of {pos:{x:double, y:double}, on:bool}: its members are 'pos', 'on'`,
    );
    refused(type, { ...good, pos: { x: 1, y: 2, z: 3 } }, 'ERR_ARGUMENT_KIND', /^the value \.pos: "z" is no member/);
    refused('{}', { a: 1 }, 'ERR_ARGUMENT_KIND', /it has no members$/);
    refused('<a:int, b:int>', { a: 1, c: 1 }, 'ERR_ARGUMENT_KIND', /^the value: "c" is no member/);
    refused('{int, int}', [1, 2, 3], 'ERR_ARGUMENT_KIND', /^the value: takes an array of 2 elements, got 3/);
    refused('{int, int}', { 0: 1, 1: 2, 2: 3 }, 'ERR_ARGUMENT_KIND', /"2" is no member/);
    refused(
      '[2:{int, int}]',
      [
        [1, 2],
        [1, 2, 3],
      ],
      'ERR_ARGUMENT_KIND',
      /^the value\[1\]: takes an array of 2/,
    );
  });

  test('but not for what is undefined, inherited, not enumerable or a symbol', () => {
    const type = '{x:int, y:int}';
    class Point {
      readonly x = 1;
      get y(): number {
        return 2;
      }
    }
    const hidden = Object.defineProperty({ x: 1, y: 2 }, 'hidden', { value: 1 });
    const inherited = Object.create({ x: 1, y: 2, z: 3 });
    for (const value of [
      new Point(),
      hidden,
      inherited,
      { x: 1, y: 2, z: undefined },
      { x: 1, y: 2, [Symbol('z')]: 3 },
    ]) {
      expect(through(type, value)).toEqual({ x: 1, y: 2 });
    }
    expect(through('{}', {})).toEqual({});
    expect(through('{int, int}', { 0: 1, 1: 2 })).toEqual([1, 2]);
    expect(through('{int, int}', Int8Array.of(1, 2))).toEqual([1, 2]);
    expect(through('<constructor:int, toString:int>', { constructor: 5 })).toEqual({ constructor: 5, toString: 5 });
  });

  test('if what it answers is wrong when it is asked, whatever it said it had', () => {
    const given = (answer: unknown): object =>
      new Proxy(
        {},
        {
          ownKeys: () => ['x', 'y'],
          getOwnPropertyDescriptor: () => ({ enumerable: true, configurable: true }),
          get: () => answer,
        },
      );
    expect(through('{x:int, y:double}', given(1))).toEqual({ x: 1, y: 1 });
    refused('{x:int, y:double}', given('1'), 'ERR_ARGUMENT_KIND', /^the value \.x: "1"/);
    refused('{x:int, y:double, z:int}', given(undefined), 'ERR_ARGUMENT_KIND', /^the value \.x: .*missing$/);
    const answers = [1, 1, 'changed', 'changed'];
    const fickle = {
      get x(): unknown {
        return answers.shift();
      },
    };
    expect(through('<x:int>', fickle)).toEqual({ x: 1 });
    refused('<x:int>', fickle, 'ERR_ARGUMENT_KIND', /^the value \.x: "changed"/);
  });
});
