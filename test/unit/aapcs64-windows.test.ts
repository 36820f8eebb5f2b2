// What Microsoft's convention for ARM64 changes in AAPCS64: variadic functions use no vector register.

import { describe, expect, it } from 'vitest';
import { aapcs64Windows } from '../../src/abi/aapcs64.ts';
import { placesOf } from '../support/aapcs64-places.ts';

const { layout, args, result } = placesOf(aapcs64Windows);

describe('aapcs64-windows: functions without `...`', () => {
  it.each([
    ['pass as AAPCS64 says', '(int, double, {float, float}, {[3:int]}) -> void', 'x0:4, v0:8, v1:4 v2:4, x1:8 x2:4'],
    ['extend narrow integers, which harms nobody', '(int8, uint16) -> void', 'x0:1s, x1:2z'],
    ['long has 4 bytes', '(long, {long, long, long}) -> void', 'x0:4, x1:8 x2:4'],
    ['pairs begin in an even register', '(int, int128, int) -> void', 'x0:4, x2:8 x3:8, x4:4'],
    ['alignas on the record counts', '(int, alignas(16) {int64, int64}) -> void', 'x0:4, x2:8 x3:8'],
    ['empty records have 4 bytes that do not travel', '({}, {int:5}, int) -> void', 'none, none, x0:4'],
    ['large vectors go by reference', '(v[8:float], int) -> void', '*x0/16, x1:4'],
  ])('%s', (_, signature, places) => {
    expect(args(signature)).toBe(places);
  });

  it('have slots of 8 bytes on the stack, with 32 bits filled', () => {
    const eight = 'int, int, int, int, int, int, int, int';
    expect(args(`(${eight}, int8, int16, int) -> void`).split(', ').slice(8)).toEqual([
      'stack+0:1s',
      'stack+8:2s',
      'stack+16:4',
    ]);
  });

  it('align HFAs on the stack as their members', () => {
    const eight = 'float, float, float, float, float, float, float, float';
    expect(args(`(${eight}, float, alignas(16) {[2:double]}, {v[4:int]}) -> void`).split(', ').slice(8)).toEqual([
      'stack+0:4',
      'stack+8:16',
      'stack+32:16',
    ]);
  });
});

describe('aapcs64-windows: variadic functions', () => {
  it.each([
    ['pass floats in general registers', '(int; double, double) -> void', 'x0:4, x1:8, x2:8'],
    ['named ones, too', '(double, float; int) -> void', 'x0:8, x1:4, x2:4'],
    ['and without variadic arguments', '(double;) -> void', 'x0:8'],
    ['know no HFA', '({float, float, float}; c[double]) -> void', 'x0:8 x1:4, x2:8 x3:8'],
    ['not even a large one', '({[4:double]}; {[3:double]}) -> void', '*x0/8, *x1/8'],
    ['know no HVA', '({v[4:int]}; int) -> void', 'x0:8 x1:8, x2:4'],
    [
      'go on to the stack',
      '(int, int, int, int, int, int, int; double, double) -> void',
      'x0:4, x1:4, x2:4, x3:4, x4:4, x5:4, x6:4, x7:8, stack+0:8',
    ],
    [
      'whole, if nothing is left',
      '(int, int, int, int, int, int, int; double, {int64, int64}) -> void',
      'x0:4, x1:4, x2:4, x3:4, x4:4, x5:4, x6:4, x7:8, stack+0:16',
    ],
  ])('%s', (_, signature, places) => {
    expect(args(signature)).toBe(places);
  });

  it('return what others return', () => {
    expect(result('{double, double}')).toBe('v0:8 v1:8');
    expect(layout('(int; int) -> {double, double}').ret).toEqual(layout('() -> {double, double}').ret);
  });

  it.each([
    ['(int, int, int, int, int, int, int; {int64, int64}) -> void', 'variadic-split'],
    ['(int, int, int, int, int, int, int, {[3:int]}; int) -> void', 'variadic-split'],
    ['(v[4:int]; int) -> void', 'variadic-vector'],
    ['(int; v[2:int]) -> void', 'variadic-vector'],
    ['(int; v[8:int]) -> void', 'variadic-vector'],
    ['(int; int128) -> void', 'variadic-align16'],
    ['(int; alignas(16) {int}) -> void', 'variadic-align16'],
    ['(int; {v[4:int]}) -> void', 'variadic-align16'],
    ['(int; {}) -> void', 'variadic-empty'],
    ['(int; {int:5}) -> void', 'variadic-empty'],
    ['(float16; int) -> void', 'variadic-float16'],
    ['(int; bfloat16) -> void', 'variadic-float16'],
  ])('%s is refused: %s', (signature, rule) => {
    expect(() => layout(signature)).toThrow(expect.objectContaining({ code: 'ERR_UNSUPPORTED', rule }));
  });

  it('take 16-byte alignment by name', () => {
    expect(args('(int, int128; int) -> void')).toBe('x0:4, x2:8 x3:8, x4:4');
  });
});
