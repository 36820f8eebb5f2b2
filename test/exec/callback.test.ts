// JavaScript functions as C function pointers: what arrives, what goes back, and what happens when it cannot.

import { describe, expect, test } from 'vitest';
import { callback } from '../../src/exec/callback.ts';
import { read } from '../../src/exec/memory.ts';
import { cstring, sizeOf } from '../../src/index.ts';
import { codeSlots } from '../support/code-memory.ts';
import { type AnyFunction, bound, describeWithC, seenBytes, withCallback } from '../support/fixture-library.ts';
import { recordCases } from '../support/record-values.ts';
import { refusal, refusedSignature } from '../support/refusal.ts';
import { scalarCases, wrongKinds } from '../support/scalar-values.ts';

const identity: AnyFunction = (value) => value;
const refusalDetails = { name: 'InterfixError', code: 'ERR_CALLBACK', rule: 'promise' };

describeWithC('a callback', () => {
  test.each(scalarCases)('takes and gives $type', ({ name, type, passages, size, bytes }) => {
    const call = bound(`call_${name}`, `((${type}) -> ${type}, ${type}) -> ${type}`);
    const seen: unknown[] = [];
    const remember: AnyFunction = (value) => {
      seen.push(value);
      return passages[(seen.length + 1) % passages.length]?.given;
    };
    using made = callback(`(${type}) -> ${type}`, remember);
    passages.forEach(({ given }, index) => {
      const expected = passages[(index + 2) % passages.length]?.got;
      expect(call(made, given)).toBe(expected);
      expect(seenBytes(size + 1)).toEqual([...bytes(expected), 0xee]);
    });
    expect(seen).toEqual(passages.map(({ got }) => got));
  });

  test.each(recordCases)('takes and gives $name by value', ({ name, type, given, got }) => {
    const call = bound(`call_${name}`, `((${type}) -> ${type}, ${type}) -> ${type}`);
    const seen: unknown[] = [];
    const remember: AnyFunction = (value) => {
      seen.push(value);
      return value;
    };
    expect(withCallback(`(${type}) -> ${type}`, remember, (made) => call(made, given))).toEqual(got);
    expect(seen).toEqual([got]);
  });

  test('takes unions as all members and gives them as one', () => {
    const type = '{tag:int, value:<whole:int64, real:double>}';
    const call = bound('call_tagged', `((${type}) -> ${type}, ${type}) -> ${type}`);
    const negate: AnyFunction = (given) => {
      const { tag, value } = given as { tag: number; value: { real: number } };
      return { tag: -tag, value: { real: -value.real } };
    };
    using made = callback<AnyFunction>(`(${type}) -> ${type}`, negate);
    expect(call(made, { tag: 3, value: { real: 1.5 } })).toMatchObject({ tag: -3, value: { real: -1.5 } });
  });

  test('takes twelve doubles', () => {
    const twelve = `(${Array(12).fill('double').join(',')}) -> double`;
    let given: number[] = [];
    const sum: AnyFunction = (...values) => {
      given = values.map(Number);
      return given.reduce((total, value) => total + value, 0);
    };
    expect(withCallback(twelve, sum, (made) => bound('call_weigh_doubles', `(${twelve}) -> double`)(made))).toBe(78);
    expect(given).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
  });

  test('takes thirteen of different types', () => {
    const types = 'int8, double, uint16, float, int, double, int64, float, uint8, double, uint64, bool, int16';
    let given: unknown[] = [];
    const remember: AnyFunction = (...values) => {
      given = values;
      return -0.5;
    };
    const signature = `(${types}) -> double`;
    expect(withCallback(signature, remember, bound('call_weigh_mixed', `(${signature}) -> double`))).toBe(-0.5);
    const [least, most] = [-(2n ** 63n), 2n ** 64n - 1n];
    expect(given).toEqual([-128, 2.5, 65535, 1.5, -(2 ** 31), -0, least, -2.5, 255, Infinity, most, true, -32768]);
  });

  test('takes a record on the stack between scalars, and a pointer to another', () => {
    const nested = '{id:int, line:{from:{x:double,y:double}, to:{x:double,y:double}}, tag:[9:uint8], on:bool}';
    const signature = `(int8, {values:[128:int64]}, {x:double, y:double}, *${nested}, int8) -> int64`;
    const values = Array.from({ length: 128 }, (_, index) => BigInt(-index));
    const memory = new Uint8Array(sizeOf(nested, 'sysv-x64'));
    memory[0] = 77;
    const check: AnyFunction = (a, large, point, pointer, b) => {
      expect([a, b]).toEqual([-8, 7]);
      expect(large).toEqual({ values });
      expect(point).toEqual({ x: 0.5, y: -0.25 });
      expect(read(pointer as bigint, nested)).toMatchObject({ id: 77, on: false });
      return -(2n ** 63n);
    };
    const call = bound('call_between', `(${signature}, {values:[128:int64]}, *void) -> int64`);
    expect(withCallback(signature, check, (made) => call(made, { values }, memory))).toBe(-(2n ** 63n));
  });

  test('takes variadic arguments of the types that its signature states', () => {
    const signature = '(int; double, int64, {x:double, y:double}, uint32) -> double';
    let given: unknown[] = [];
    const remember: AnyFunction = (...values) => {
      given = values;
      return 0.125;
    };
    expect(withCallback(signature, remember, bound('call_variadic', '(*void) -> double'))).toBe(0.125);
    expect(given).toEqual([-3, 1.5, -(2n ** 63n), { x: 0.25, y: -0.5 }, 4]);
  });

  test('takes text as its address', () => {
    const seen: string[] = [];
    const remember: AnyFunction = (address) => seen.push(cstring(address as bigint));
    const call = bound('call_text', '((*char) -> int, *char) -> int');
    expect(withCallback('(*char) -> int', remember, (made) => call(made, 'grüße'))).toBe(1);
    expect(seen).toEqual(['grüße']);
  });

  test('takes nothing and gives nothing; what it returns then is not looked at', () => {
    const call = bound('call_plain', '(() -> void) -> void');
    let given: unknown[] = ['not called'];
    const remember: AnyFunction = (...values) => {
      given = values;
      return { valueOf: () => expect.fail('looked at') };
    };
    expect(withCallback('() -> void', remember, call)).toBeUndefined();
    expect(given).toEqual([]);
  });

  test('is called a hundred thousand times in one call', () => {
    let [calls, sum] = [0, 0];
    const add: AnyFunction = (value) => {
      calls++;
      sum += Number(value);
      return 1;
    };
    const down = bound('count_down', '(int, (int) -> int) -> int');
    expect(withCallback('(int) -> int', add, (made) => down(100_000, made))).toBe(1);
    expect([calls, sum]).toEqual([100_000, 4_999_950_000]);
  });
});

describeWithC('the result of a callback', () => {
  test.each(scalarCases)('of type $type is checked like an argument, and C sees zero', (each) => {
    const { name, type, zero, outside, size, bytes } = each;
    const call = bound(`call_${name}`, `((${type}) -> ${type}, ${type}) -> ${type}`);
    let result: unknown;
    using made = callback(`(${type}) -> ${type}`, () => result);
    const good = each.passages[1]?.given;
    const refused = (code: string): void => {
      expect(() => call(made, good)).toThrow(refusal(code, /^the result of the callback: /));
      expect(seenBytes(size + 1)).toEqual([...bytes(zero), 0xee]);
    };
    for (result of wrongKinds(each)) refused('ERR_ARGUMENT_KIND');
    for (result of outside) refused('ERR_ARGUMENT_RANGE');
    result = good;
    expect(call(made, good)).toBe(each.passages[1]?.got);
  });

  test('names the member that is wrong, and none of the struct reaches C', () => {
    const type = '{values:[128:int64]}';
    const call = bound('call_large', `((${type}) -> ${type}, ${type}) -> ${type}`);
    const values = Array<unknown>(128).fill(-1n);
    const good = { values: [...values] };
    values[127] = 'x';
    const message = /^the result of the callback \.values\[127\]: "x"/;
    expect(() =>
      withCallback(
        `(${type}) -> ${type}`,
        () => ({ values }),
        (made) => call(made, good),
      ),
    ).toThrow(refusal('ERR_ARGUMENT_KIND', message));
    expect(seenBytes(1025)).toEqual([...Array(1024).fill(0), 0xee]);
  });

  test.each(['*char', '*void'])('cannot be text for %s: nobody would own the copy', (type) => {
    const call = bound('call_pointer', `((*void) -> ${type}, *void) -> *void`);
    expect(() =>
      withCallback(
        `(*void) -> ${type}`,
        () => 'text',
        (made) => call(made, null),
      ),
    ).toThrow(refusal('ERR_ARGUMENT_KIND'));
  });

  test.each([
    ['a number', 'int', 'int32', 1],
    ['a pointer', '*void', 'pointer', null],
    ['a struct', '{x:double, y:double}', 'point', { x: 1, y: 2 }],
  ])('cannot be a promise where C wants %s', (_, type, name, value) => {
    const call = bound(`call_${name}`, `((${type}) -> ${type}, ${type}) -> ${type}`);
    for (const given of [Promise.resolve(value), Object.fromEntries([['then', () => value]])]) {
      using made = callback<AnyFunction>(`(${type}) -> ${type}`, () => given);
      expect(() => call(made, value)).toThrow(
        expect.objectContaining({ ...refusalDetails, message: expect.stringMatching(/^the result of the callback: /) }),
      );
      expect(seenBytes(5)).toEqual([0, 0, 0, 0, type === 'int' ? 0xee : 0]);
    }
  });

  test('may have a member `then`, and cannot be a promise all the same', () => {
    const type = '{then:double, y:double}';
    const call = bound('call_point', `((${type}) -> ${type}, ${type}) -> ${type}`);
    const value = Object.fromEntries([
      ['then', 1],
      ['y', 2],
    ]);
    expect(withCallback(`(${type}) -> ${type}`, identity, (made) => call(made, value))).toEqual(value);
    using late = callback<AnyFunction>(`(${type}) -> ${type}`, async () => value);
    expect(() => call(late, value)).toThrow(expect.objectContaining(refusalDetails));
  });

  test('may be a promise where C wants nothing', () => {
    let done = false;
    const work: AnyFunction = async () => {
      done = true;
    };
    expect(withCallback('() -> void', work, bound('call_plain', '(() -> void) -> void'))).toBeUndefined();
    expect(done).toBe(true);
  });
});

describe('a callback is not made', () => {
  test.each([[undefined], [null], [5], ['name'], [{}]])('of %j', (fn) => {
    expect(() => callback('() -> void', fn as unknown as AnyFunction)).toThrow(refusal('ERR_ARGUMENT_KIND'));
  });

  test.each([
    ['(int', 'ERR_SYNTAX'],
    ['(nothing) -> void', 'ERR_UNKNOWN_TYPE'],
    ['() -> [2:int]', 'ERR_TYPE'],
    ['({[200000:int64]}) -> void', 'ERR_SIZE'],
    [refusedSignature, 'ERR_UNSUPPORTED'],
  ])('of signature %s', (signature, code) => {
    const slots = codeSlots();
    expect(() => callback(signature, identity)).toThrow(refusal(code));
    expect(codeSlots()).toBe(slots);
  });

  test('of a record of invocation that does not fit the stack of them', () => {
    const slots = codeSlots();
    expect(() => callback('({[131072:int64]}) -> void', identity)).toThrow(refusal('ERR_SIZE'));
    expect(codeSlots()).toBe(slots);
  });
});
