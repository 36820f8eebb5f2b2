// AAPCS64 6.8.2 and 6.9, rule by rule, for Linux: where each argument and the result travel.

import { describe, expect, it } from 'vitest';
import { aapcs64 } from '../../src/abi/aapcs64.ts';
import { placesOf } from '../support/aapcs64-places.ts';
import { refusal } from '../support/refusal.ts';

const { layout, args, result } = placesOf(aapcs64);

/** Seven general registers, or vector registers, are taken. */
const G7 = 'int, int, int, int, int, int, int';
const V7 = 'float, float, float, float, float, float, float';
/** The places of the arguments behind the first seven. */
const after7 = (signature: string): string => args(signature).split(', ').slice(7).join(', ');

describe('aapcs64: scalars', () => {
  it.each([
    ['C.9: integers and pointers take general registers', '(int, *void, bool, long) -> void', 'x0:4, x1:8, x2:1, x3:8'],
    ['6.8.2: nobody extends named integers', '(int8, uint16) -> void', 'x0:1, x1:2'],
    ['C.1: floats of every format take vector registers', '(float16, float, double) -> void', 'v0:2, v1:4, v2:8'],
    ['C.1: bfloat16 and quad precision, too', '(bfloat16, longdouble) -> void', 'v0:2, v1:16'],
    ['C.1: short vectors', '(v[2:float], v[16:int8]) -> void', 'v0:8, v1:16'],
    ['the files are counted apart', '(int, float, int, float) -> void', 'x0:4, v0:4, x1:4, v1:4'],
  ])('%s', (_, signature, places) => {
    expect(args(signature)).toBe(places);
  });

  it.each([
    ['C.16: a slot has 8 bytes', `(${G7}, int, int8, int16) -> void`, 'x7:4, stack+0:1, stack+8:2'],
    ['C.5: also for half and single precision', `(${V7}, float, float16, float) -> void`, 'v7:4, stack+0:2, stack+8:4'],
    ['C.4: 16 bytes are aligned', `(${V7}, float, double, longdouble) -> void`, 'v7:4, stack+0:8, stack+16:16'],
    [
      'vector registers are used after the general ones are gone',
      `(${G7}, int, int, float) -> void`,
      'x7:4, stack+0:4, v0:4',
    ],
  ])('%s', (_, signature, places) => {
    expect(after7(signature)).toBe(places);
  });
});

describe('aapcs64: 128-bit integers and pairs', () => {
  it.each([
    ['C.10: begin in an even register', '(int, int128, int) -> void', 'x0:4, x2:8 x2+:8, x4:4'],
    ['C.10: records aligned to 16', '(int, {int128}, int) -> void', 'x0:4, x2:8 x2+:8, x4:4'],
    ['B.6: alignas on a member counts', '(int, {alignas(16) long, long}) -> void', 'x0:4, x2:8 x2+:8'],
    ['B.6: alignas on the record does not', '(int, alignas(16) {long, long}) -> void', 'x0:4, x1:8 x1+:8'],
    ['10.1.8: containers of bit-fields count', '(int, {a:int128:70}) -> void', 'x0:4, x2:8 x2+:8'],
    ['10.1.8: packed or not (observed: gcc 12)', '(int, !{a:int128:70}) -> void', 'x0:4, x2:8 x2+:1'],
    ['one register is not rounded (observed: gcc 12)', '(int, !{a:int128:7}) -> void', 'x0:4, x1:1'],
    ['packed members have no alignment', '(int, !{int128}) -> void', 'x0:4, x1:8 x1+:8'],
  ])('%s', (_, signature, places) => {
    expect(args(signature)).toBe(places.replace('x2+', 'x3').replace('x1+', 'x2'));
  });

  it('C.13: what finds no pair ends the general registers', () => {
    expect(after7(`(${G7}, int128, int) -> void`)).toBe('stack+0:16, stack+16:4');
    expect(after7(`(${G7}, {long, long}, int) -> void`)).toBe('stack+0:16, stack+16:4');
  });

  it('C.14: 16 bytes are aligned on the stack by what is natural', () => {
    expect(after7(`(${G7}, int, int, int128, int) -> void`)).toBe('x7:4, stack+0:4, stack+16:16, stack+32:4');
    expect(after7(`(${G7}, int, int, alignas(16) {long, long}) -> void`)).toBe('x7:4, stack+0:4, stack+8:16');
  });
});

describe('aapcs64: composites', () => {
  it.each([
    ['C.12: up to 16 bytes in consecutive registers', '({int, int, int}, {int8}) -> void', 'x0:8 x1:4, x2:1'],
    ['C.12: sizes that are no power of two', '({[3:int8]}, {[7:int8]}, {[13:int8]}) -> void', 'x0:3, x1:7, x2:8 x3:5'],
    ['mixed floats are no HFA', '({float, double}, {float, int}) -> void', 'x0:8 x1:8, x2:8'],
    ['B.4: more than 16 bytes by reference', '({long, long, int8}, int) -> void', '*x0/8, x1:4'],
    ['B.4: the copy is as aligned as the type', '(alignas(64) {long, long, long}) -> void', '*x0/64'],
    ['vectors of no register by reference', '(v[8:int], v[8:double]) -> void', '*x0/16, *x1/16'],
    ['packed records lie as they do', '(!{int8, long, int32}) -> void', 'x0:8 x1:5'],
    ['unions', '(<long, [3:int]>, <float, int>) -> void', 'x0:8 x1:8, x2:4'],
    ['records without bytes are not passed', '({}, int, {int:0}, {{}, [3:{}]}) -> void', '-, x0:4, -, -'],
    ['unnamed bit-fields travel (observed: gcc 12)', '({int:5}, int) -> void', 'x0:4, x1:4'],
    ['flexible arrays have no bytes', '({long, [?:int]}, int) -> void', 'x0:8, x1:4'],
  ])('%s', (_, signature, places) => {
    expect(args(signature)).toBe(places);
  });

  it('C.12: a record is whole in registers or whole on the stack, and ends them', () => {
    expect(after7(`(${G7}, {long, int}, int) -> void`)).toBe('stack+0:16, stack+16:4');
    expect(after7(`(${G7}, int, {int8, int8, int8}, int8) -> void`)).toBe('x7:4, stack+0:3, stack+8:1');
    expect(after7(`(${G7}, int, {[20:int8]}, int8) -> void`)).toBe('x7:4, *stack+0/1, stack+8:1');
  });
});

describe('aapcs64: HFAs and HVAs on the stack', () => {
  it.each([
    [
      'C.3: what does not fit ends the vector registers',
      `(${V7}, {float, float}, float) -> void`,
      'stack+0:8, stack+8:4',
    ],
    ['C.3: sizes are rounded up', `(${V7}, {float, float, float}, float) -> void`, 'stack+0:12, stack+16:4'],
    ['C.4: HVAs are aligned', `(${V7}, float, float, {v[4:int]}) -> void`, 'v7:4, stack+0:4, stack+16:16'],
    [
      'C.4: by what is natural',
      `(${V7}, float, float, alignas(16) {double, double}) -> void`,
      'v7:4, stack+0:4, stack+8:16',
    ],
  ])('%s', (_, signature, places) => {
    expect(after7(signature)).toBe(places);
  });
});

describe('aapcs64: results (6.9)', () => {
  it.each([
    ['void', '-'],
    ['int8', 'x0:1'],
    ['int128', 'x0:8 x1:8'],
    ['float16', 'v0:2'],
    ['longdouble', 'v0:16'],
    ['c[double]', 'v0:8 v1:8'],
    ['c[longdouble]', 'v0:16 v1:16'],
    ['{int, int, int}', 'x0:8 x1:4'],
    ['alignas(16) {int}', 'x0:8 x1:8'],
    ['{double, double, double, double}', 'v0:8 v1:8 v2:8 v3:8'],
    ['{[4:v[16:int8]]}', 'v0:16 v1:16 v2:16 v3:16'],
    ['{long, long, int8}', '&x8'],
    ['{[5:double]}', '&x8'],
    ['v[8:float]', '&x8'],
    ['{}', '-'],
  ])('%s', (type, places) => {
    expect(result(type)).toBe(places);
  });

  it('the address of a result takes no argument register', () => {
    expect(args('(int, double) -> {[9:long]}')).toBe('x0:4, v0:8');
  });
});

describe('aapcs64: variadic calls', () => {
  it('are like others', () => {
    expect(args('(int; double, int, {float, float}, longdouble) -> void')).toBe('x0:4, v0:8, x1:4, v1:4 v2:4, v3:16');
  });

  it('make an int of narrow integers (C11 6.5.2.2p6)', () => {
    expect(args('(int8; int8, bool, uint16) -> void')).toBe('x0:1, x1:1s, x2:1z, x3:2z');
  });

  it('have no vector count', () => {
    expect(layout('(int; double) -> void').vectorCount).toBeNull();
  });

  it.each([
    ['(int; bfloat16) -> void', 'variadic-float16'],
    ['(int; !{a:int128:7}) -> void', 'variadic-align16'],
  ])('%s is refused: %s', (signature, rule) => {
    expect(() => layout(signature)).toThrow(expect.objectContaining({ code: 'ERR_UNSUPPORTED', rule }));
  });

  it('take float16, which C does not promote', () => {
    expect(args('(int; float16) -> void')).toBe('x0:4, v0:2');
    expect(() => layout('(int; float) -> void')).toThrow(refusal('ERR_TYPE', 'write double'));
  });
});

describe('aapcs64: the argument area', () => {
  it('is a multiple of 16 bytes', () => {
    expect(layout(`(${G7}, int) -> void`).stackSize).toBe(0);
    expect(layout(`(${G7}, int, int) -> void`).stackSize).toBe(16);
    expect(layout(`(${G7}, int, int, int, int) -> void`).stackSize).toBe(32);
    expect(layout(`(${G7}, int, alignas(64) {[8:long]}) -> void`).stackAlign).toBe(16);
  });

  it('has at most 1 MiB', () => {
    const many = Array.from({ length: 2 ** 17 + 9 }, () => 'long').join(', ');
    expect(() => layout(`(${many}) -> void`)).toThrow(refusal('ERR_SIZE', 'stack'));
  });

  it('has no home space, and x19 to x30 and v8 to v15 survive a call', () => {
    expect(aapcs64.homeBytes).toBe(0);
    expect(aapcs64.calleeSaved.map(({ name }) => name).join(' ')).toBe(
      'x19 x20 x21 x22 x23 x24 x25 x26 x27 x28 x29 x30 v8 v9 v10 v11 v12 v13 v14 v15',
    );
  });
});
