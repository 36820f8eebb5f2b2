// What Apple's convention changes in AAPCS64: the packed stack, pairs, extension, and variadic arguments.

import { describe, expect, it } from 'vitest';
import { aapcs64Apple } from '../../src/abi/aapcs64.ts';
import { placesOf } from '../support/aapcs64-places.ts';

const { layout, args, result } = placesOf(aapcs64Apple);
const G8 = 'int, int, int, int, int, int, int, int';
const V8 = 'float, float, float, float, float, float, float, float';
const after8 = (signature: string): string => args(signature).split(', ').slice(8).join(', ');

describe('aapcs64-apple: registers', () => {
  it.each([
    ['callers extend to 32 bits', '(int8, uint16, bool, char) -> void', 'x0:1s, x1:2z, x2:1z, x3:1s'],
    ['pairs may begin in an odd register', '(int, int128, {int128}) -> void', 'x0:4, x1:8 x2:8, x3:8 x4:8'],
    ['alignas changes no register', '(int, alignas(16) {long, long}) -> void', 'x0:4, x1:8 x2:8'],
    ['long double is a double', '(longdouble, {longdouble, double}) -> void', 'v0:8, v1:8 v2:8'],
    ['records without members are not passed', '({}, {int:5}, <int:0>, int) -> void', '-, none, -, x0:4'],
    ['bfloat16 makes HFAs', '({bfloat16, bfloat16}) -> void', 'v0:2 v1:2'],
  ])('%s', (_, signature, places) => {
    expect(args(signature)).toBe(places);
  });

  it.each([
    ['int8', 'x0:1s'],
    ['uint16', 'x0:2z'],
    ['bool', 'x0:1z'],
    ['{int8, int8}', 'x0:2'],
    ['{int:5}', 'none'],
    ['{long, long, long}', '&x8'],
  ])('returns %s in %s', (type, places) => {
    expect(result(type)).toBe(places);
  });
});

describe('aapcs64-apple: the stack has no slots for what has a name', () => {
  it.each([
    ['scalars', 'int8, int16, int8, int, bool', 'stack+0:1, stack+2:2, stack+4:1, stack+8:4, stack+12:1'],
    ['pointers', 'int8, *void, int8', 'stack+0:1, stack+8:8, stack+16:1'],
    ['128-bit integers', 'int8, int128, int8', 'stack+0:1, stack+16:16, stack+32:1'],
    ['composites are words of 8 bytes', 'int8, {int8, int8, int8}, int8', 'stack+0:1, stack+8:3, stack+16:1'],
    ['alignas(16) counts', 'int8, alignas(16) {long, long}', 'stack+0:1, stack+16:16'],
    ['addresses of copies', 'int8, {[17:int8]}, int8', 'stack+0:1, *stack+8/1, stack+16:1'],
  ])('%s', (_, types, places) => {
    expect(after8(`(${G8}, ${types}) -> void`)).toBe(places);
  });

  it.each([
    ['floats', 'float, float16, double, float', 'stack+0:4, stack+4:2, stack+8:8, stack+16:4'],
    ['HFAs are aligned as their members', 'float, {float, float, float}, float', 'stack+0:4, stack+4:12, stack+16:4'],
    ['whatever alignas says', 'float, alignas(16) {[4:float]}', 'stack+0:4, stack+4:16'],
    ['HFAs of half precision', 'float16, {float16, float16, float16}', 'stack+0:2, stack+2:6'],
    ['HVAs', 'float, {v[2:int], v[2:int]}, {v[4:int]}', 'stack+0:4, stack+8:16, stack+32:16'],
  ])('%s', (_, types, places) => {
    expect(after8(`(${V8}, ${types}) -> void`)).toBe(places);
  });
});

describe('aapcs64-apple: variadic arguments', () => {
  it.each([
    ['are all on the stack', '(int; int, double, *void) -> void', 'x0:4, stack+0:4, stack+8:8, stack+16:8'],
    [
      'in slots of 8 bytes',
      '(int; int8, {float, float, float}, int) -> void',
      'x0:4, stack+0:1s, stack+8:12, stack+24:4',
    ],
    ['16 bytes are aligned', '(int; int, int128, v[4:int]) -> void', 'x0:4, stack+0:4, stack+16:16, stack+32:16'],
    ['large ones by reference', '(int; {long, long, long}, int) -> void', 'x0:4, *stack+0/8, stack+8:4'],
    ['so are other composites', '(int; int, alignas(16) {int}) -> void', 'x0:4, stack+0:4, stack+16:16'],
    ['named ones go as always', '(double, {float, float}; double) -> void', 'v0:8, v1:4 v2:4, stack+0:8'],
    // Observed: clang 19; clang 14's callers give the named ones slots, which its own callees do not expect.
    [
      'named ones on the stack are packed',
      `(${G8}, int8, int8; int8) -> void`,
      'x0:4, x1:4, x2:4, x3:4, x4:4, x5:4, x6:4, x7:4, stack+0:1, stack+1:1, stack+8:1s',
    ],
  ])('%s', (_, signature, places) => {
    expect(args(signature)).toBe(places);
  });

  it.each([
    ['(int; {v[4:int]}) -> void', 'variadic-align16'],
    ['(int; alignas(16) {double, double}) -> void', 'variadic-align16'],
    ['(int; !{v[4:int]}) -> void', 'variadic-align16'],
    ['() -> <float16, {int:4}>', 'unnamed-bits-result'],
    ['() -> {float, <float, [1:{int:4}]>}', 'unnamed-bits-result'],
    ['(int; float16) -> void', 'variadic-float16'],
    ['(int; bfloat16) -> void', 'variadic-float16'],
    ['(int; {bfloat16}) -> void', 'bfloat16-hfa'],
    [`(${V8}, {bfloat16}) -> void`, 'bfloat16-hfa'],
  ])('%s is refused: %s', (signature, rule) => {
    expect(() => layout(signature)).toThrow(expect.objectContaining({ code: 'ERR_UNSUPPORTED', rule }));
  });
});
