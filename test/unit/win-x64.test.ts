// Microsoft's x64 convention, rule by rule: where each argument and the result travel. The cases are Microsoft's own
// examples, the borders of each rule, and the types on which compilers differ, with the one that is followed.

import { describe, expect, it } from 'vitest';
import type { CallLayout, Location, Placement, ReturnPlacement } from '../../src/abi/call-layout.ts';
import type { VectorLevel } from '../../src/abi/convention.ts';
import { winX64 } from '../../src/abi/win-x64.ts';
import { parseSignature } from '../../src/signature/parse.ts';
import { refusal } from '../support/refusal.ts';

const layoutOf = (text: string, vectors?: VectorLevel): CallLayout => winX64.layout(parseSignature(text), vectors);

const placeText = (at: Location): string => (at.in === 'register' ? at.register.name : `stack+${at.offset}`);

/**
 * `rcx:4` for 4 bytes there, `rcx:1s` if they are sign-extended, `rdx+xmm1:8` for bytes in both, `*rcx/16` for the
 * address of a copy that is aligned to 16, `&rcx=rax` for the address of the result that comes back in rax.
 */
function text(placement: Placement | ReturnPlacement): string {
  if (placement.mode === 'ignore') return '-';
  if (placement.mode === 'indirect') return `*${placeText(placement.pointer)}/${placement.copyAlign}`;
  if (placement.mode === 'hidden') return `&${placeText(placement.pointer)}=${placement.echoed?.name}`;
  return placement.pieces
    .map(({ size, at, extend, also }) => {
      const twice = also === null ? '' : `+${also.name}`;
      return `${placeText(at)}${twice}:${size}${extend === 'none' ? '' : extend.charAt(0)}`;
    })
    .join(' ');
}

const argsOf = (signature: string, vectors?: VectorLevel): string =>
  layoutOf(signature, vectors)
    .args.map(({ placement }) => text(placement))
    .join(', ');

const resultOf = (type: string, vectors?: VectorLevel): string =>
  text(layoutOf(`() -> ${type}`, vectors).ret.placement);

/** A signature, its arguments and its result. */
type Case = readonly [signature: string, args: string, result: string];

const expectPlaces = ([signature, args, result]: Case): void => {
  expect({ args: argsOf(signature), result: text(layoutOf(signature).ret.placement) }).toEqual({ args, result });
};

describe('win-x64: the examples of Microsoft, "Parameter passing" and "Return values"', () => {
  it.each<Case>([
    ['(int, int, int, int, int, int) -> void', 'rcx:4s, rdx:4s, r8:4s, r9:4s, stack+32:4s, stack+40:4s', '-'],
    [
      '(float, double, float, double, float, float) -> void',
      'xmm0:4, xmm1:8, xmm2:4, xmm3:8, stack+32:4, stack+40:4',
      '-',
    ],
    ['(int, double, int, float, int, float) -> void', 'rcx:4s, xmm1:8, r8:4s, xmm3:4, stack+32:4s, stack+40:4', '-'],
    [
      '(v[2:int], v[4:float], {[3:long]}, float, v[4:float], v[4:float]) -> void',
      'rcx:8, *rdx/16, *r8/16, xmm3:4, *stack+32/16, *stack+40/16',
      '-',
    ],
    ['(int, float, int, int, int) -> int64', 'rcx:4s, xmm1:4, r8:4s, r9:4s, stack+32:4s', 'rax:8s'],
    ['(float, double, int, v[2:int]) -> v[4:float]', 'xmm0:4, xmm1:8, r8:4s, r9:8', 'xmm0:16'],
    ['(int, double, int, float) -> {[3:long]}', 'rdx:4s, xmm2:8, r9:4s, stack+32:4', '&rcx=rax'],
  ])('%s', (...example) => {
    expectPlaces(example);
  });
});

describe('win-x64: integers and pointers', () => {
  it.each([
    ['int8', 'rcx:1s'],
    ['uint8', 'rcx:1z'],
    ['bool', 'rcx:1z'],
    ['int16', 'rcx:2s'],
    ['wchar_t', 'rcx:2z'],
    ['long', 'rcx:4s'],
    ['ulong', 'rcx:4z'],
    ['uint64', 'rcx:8z'],
    ['*void', 'rcx:8'],
    ['*({[9:int]})', 'rcx:8'],
    ['() -> void', 'rcx:8'],
    ['[9:int]', 'rcx:8'],
    ['e:int16', 'rcx:2s'],
  ])('%s is passed as %s, and returned the same way in rax', (type, place) => {
    expect(argsOf(`(${type}) -> void`)).toBe(place);
    if (!type.startsWith('['))
      expect(resultOf(type === '() -> void' ? '*void' : type)).toBe(place.replace('rcx', 'rax'));
  });

  it('are extended on the stack as in registers, where every argument has eight bytes', () => {
    expect(argsOf('(int, int, int, int, int8, bool, uint16) -> void')).toContain(
      'stack+32:1s, stack+40:1z, stack+48:2z',
    );
  });
});

describe('win-x64: floating point', () => {
  it.each([
    ['float16', 'xmm0:2'],
    ['bfloat16', 'xmm0:2'],
    ['float', 'xmm0:4'],
    ['double', 'xmm0:8'],
    ['longdouble', 'xmm0:8'], // a double, on Windows
  ])('%s is passed and returned in %s', (type, place) => {
    expect(argsOf(`(${type}) -> void`)).toBe(place);
    expect(resultOf(type)).toBe(place);
  });

  it.each([
    ['c[float16]', 'rcx:4', 'rax:4'],
    ['c[float]', 'rcx:8', 'rax:8'],
    ['c[double]', '*rcx/16', '&rcx=rax'],
    ['c[longdouble]', '*rcx/16', '&rcx=rax'],
  ])('%s goes as the struct of two that it is laid out as: %s, %s', (type, place, result) => {
    expect(argsOf(`(${type}) -> void`)).toBe(place);
    expect(resultOf(type)).toBe(result);
  });
});

describe('win-x64: 128-bit integers', () => {
  it.each(['int128', 'uint128'])('%s goes as __m128 does: by reference, and back in xmm0', (type) => {
    expect(argsOf(`(int, ${type}) -> void`)).toBe('rcx:4s, *rdx/16');
    expect(resultOf(type)).toMatch(/^xmm0:16/);
  });
});

describe('win-x64: aggregates', () => {
  it.each([...Array.from({ length: 17 }, (_, index) => index + 1)])('of %i bytes go by their size', (size) => {
    const isInteger = [1, 2, 4, 8].includes(size);
    expect(argsOf(`({[${size}:int8]}) -> void`)).toBe(isInteger ? `rcx:${size}` : '*rcx/16');
    expect(resultOf(`{[${size}:int8]}`)).toBe(isInteger ? `rax:${size}` : '&rcx=rax');
  });

  it.each([
    ['{float}', 'rcx:4'],
    ['{double}', 'rcx:8'],
    ['<float, int>', 'rcx:4'],
    ['{float, float}', 'rcx:8'],
    ['{v[2:float]}', 'rcx:8'],
    ['{float16}', 'rcx:2'],
    ['{v[4:float]}', '*rcx/16'],
    ['{int128}', '*rcx/16'],
    ['!{int8, int16}', '*rcx/16'],
    ['!{int8, int16, int8}', 'rcx:4'],
    ['{a:uint32:3, b:uint32:20}', 'rcx:4'],
    ['{a:uint32:3, b:uint8:5}', 'rcx:8'], // a bit-field of another size begins a unit of its own
    ['{alignas(8) a:int}', 'rcx:8'],
    ['{alignas(16) a:int}', '*rcx/16'],
    ['alignas(4) {int8}', 'rcx:4'],
  ])('%s goes by its size, whatever is in it: %s', (type, place) => {
    expect(argsOf(`(${type}) -> void`)).toBe(place);
  });

  it.each([
    ['{int128}', '&rcx=rax'],
    ['{v[4:float]}', '&rcx=rax'],
    ['{v[8:float]}', '&rcx=rax'],
    ['{float}', 'rax:4'],
    ['{double}', 'rax:8'],
    ['{v[2:float]}', 'rax:8'],
  ])('%s is returned by its size: %s', (type, place) => {
    expect(resultOf(type, 'avx')).toBe(place);
  });

  it.each([
    ['alignas(8) {[3:int64]}', 16],
    ['{v[4:float], int}', 16],
    ['{alignas(32) a:int}', 32],
    ['{v[8:float]}', 32],
    ['v[16:float]', 64],
    ['alignas(256) {int}', 256],
  ])('%s is copied to a multiple of %i', (type, align) => {
    expect(argsOf(`(${type}) -> void`)).toBe(`*rcx/${align}`);
    expect(layoutOf(`(int, int, int, int, ${type}) -> void`).stackAlign).toBe(16);
  });

  it('an empty record has 4 bytes, and they travel (observed: clang 14, 19 for windows-msvc)', () => {
    expectPlaces(['({}, int) -> {}', 'rcx:4, rdx:4s', 'rax:4']);
  });

  it('a flexible array does not count: Microsoft’s text goes by size (so gcc 12; clang 14, 19 by reference)', () => {
    expectPlaces(['({n:int, [?:int8]}) -> {a:int, b:int, [?:int]}', 'rcx:4', 'rax:8']);
    expectPlaces(['({a:int, b:int, c:int, [?:int8]}) -> void', '*rcx/16', '-']);
  });
});

describe('win-x64: vectors', () => {
  it.each(['v[2:float]', 'v[8:int8]', 'v[1:int64]', 'v[4:float16]'])('%s is an __m64: an integer', (type) => {
    expect(argsOf(`(${type}) -> void`)).toBe('rcx:8');
    expect(resultOf(type)).toBe('rax:8');
  });

  it.each(['v[4:float]', 'v[2:double]', 'v[16:uint8]', 'v[8:float16]'])('%s is an __m128', (type) => {
    expect(argsOf(`(${type}) -> void`)).toBe('*rcx/16');
    expect(resultOf(type)).toBe('xmm0:16');
  });

  it('wider ones are passed by reference at every level', () => {
    for (const vectors of ['sse', 'avx', 'avx512'] as const) {
      expect(argsOf('(v[8:float], v[64:int8]) -> void', vectors)).toBe('*rcx/32, *rdx/64');
    }
  });

  it.each<readonly [string, VectorLevel, string]>([
    ['v[8:float]', 'avx', 'xmm0:32'],
    ['v[8:float]', 'avx512', 'xmm0:32'],
    ['v[64:int8]', 'avx512', 'xmm0:64'],
  ])('%s is returned in a register that holds it, with %s: %s', (type, vectors, place) => {
    expect(resultOf(type, vectors)).toBe(place);
  });

  it.each<readonly [string, VectorLevel, RegExp]>([
    ['v[8:float]', 'sse', /^the result is a vector of 32 bytes.*with 'avx' it is known$/],
    ['v[16:float]', 'sse', /^the result is a vector of 64 bytes.*with 'avx512' it is known$/],
    ['v[16:float]', 'avx', /with 'avx' vectors; with 'avx512' it is known$/],
  ])('%s is refused as a result with %s', (type, vectors, message) => {
    expect(() => resultOf(type, vectors)).toThrow(refusal('ERR_UNSUPPORTED', message));
    expect(() => resultOf(type, vectors)).toThrow(expect.objectContaining({ rule: 'vector' }));
    expect(argsOf(`(${type}) -> ${type.replace('v', '*v')}`, vectors)).toMatch(/^\*rcx/);
  });

  it.each([
    ['v[1:double]', 'a vector of one floating-point element'],
    ['v[1:int128]', 'a vector of 128-bit integers'],
    ['v[2:uint128]', 'a vector of 128-bit integers'],
  ])('%s is refused, for compilers differ', (type, message) => {
    expect(() => argsOf(`(int, ${type}) -> void`)).toThrow(refusal('ERR_UNSUPPORTED', `argument 1 is ${message}`));
    expect(() => resultOf(type, 'avx')).toThrow(refusal('ERR_UNSUPPORTED', `the result is ${message}`));
    expect(argsOf(`(*${type}) -> void`)).toBe('rcx:8');
  });
});

describe('win-x64: variadic calls', () => {
  it.each<Case>([
    // Both files carry what is floating; where our callee looks comes first.
    ['(int; double, int, double, double) -> int', 'rcx:4s, rdx+xmm1:8, r8:4s, r9+xmm3:8, stack+32:8', 'rax:4s'],
    ['(double, float; double) -> void', 'xmm0+rcx:8, xmm1+rdx:4, r8+xmm2:8', '-'],
    ['(; double) -> double', 'rcx+xmm0:8', 'xmm0:8'],
    ['(double;) -> void', 'xmm0+rcx:8', '-'],
    ['(double, int) -> void', 'xmm0:8, rdx:4s', '-'],
    ['(int; longdouble, float16) -> void', 'rcx:4s, rdx+xmm1:8, r8+xmm2:2', '-'],
    ['(int; {double}, {[3:int]}, c[float], v[4:float]) -> void', 'rcx:4s, rdx:8, *r8/16, r9:8, *stack+32/16', '-'],
    ['(int; int8, bool, uint16) -> void', 'rcx:4s, rdx:1s, r8:1z, r9:2z', '-'],
    ['(*char; double) -> {[3:int]}', 'rdx:8, r8+xmm2:8', '&rcx=rax'],
  ])('%s', (...example) => {
    expectPlaces(example);
  });

  it('say nothing about how many vector registers carry arguments', () => {
    expect(layoutOf('(int; double) -> void').vectorCount).toBeNull();
  });

  it('take no float: C promotes it', () => {
    expect(() => layoutOf('(int; float) -> void')).toThrow(refusal('ERR_TYPE', 'write double'));
  });
});
