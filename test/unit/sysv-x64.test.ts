// psABI 3.2.3: the places of arguments and results, one table to a rule, each row as gcc 12 was observed to do it.

import { describe, expect, it } from 'vitest';
import type { Piece, Placement, ReturnPlacement } from '../../src/abi/call-layout.ts';
import type { VectorLevel } from '../../src/abi/convention.ts';
import { conventionOf } from '../../src/abi/conventions.ts';
import { array, integer, member, parameter, signature, struct, VOID } from '../../src/ctype/ctype.ts';
import { parseSignature } from '../../src/signature/parse.ts';

const place = ({ from, size, at }: Piece): string =>
  at.in === 'stack' ? `stack+${at.offset}` : `${from}..${from + size} ${at.register.name}`;

function places(placement: Placement | ReturnPlacement): string {
  if (placement.mode === 'ignore') return '-';
  if (placement.mode === 'direct') return placement.pieces.map(place).join(', ');
  return placement.pointer.in === 'register' ? `at ${placement.pointer.register.name}` : 'on the stack';
}

const layoutOf = (text: string, vectors?: VectorLevel) =>
  conventionOf('sysv-x64').layout(parseSignature(text), vectors);

/** The places of the arguments, then that of the result. */
const placesOf = (text: string, vectors?: VectorLevel): string[] => {
  const { args, ret } = layoutOf(text, vectors);
  return [...args.map(({ placement }) => places(placement)), places(ret.placement)];
};

/** Six general registers, all of them taken. */
const SIX = 'int, int, int, int, int, int';
const TAKEN = ['0..4 rdi', '0..4 rsi', '0..4 rdx', '0..4 rcx', '0..4 r8', '0..4 r9'];

type Rows = readonly (readonly [string, readonly string[]])[];

function go(rule: string, rows: Rows, vectors?: VectorLevel): void {
  it.each(rows)(`sysv-x64: ${rule}: %s`, (text, expected) => {
    expect(placesOf(text, vectors)).toEqual(expected);
  });
}

describe('registers and stack', () => {
  go('a MEMORY result takes rdi', [['(int, int) -> {[3:int64]}', ['0..4 rsi', '0..4 rdx', 'at rdi']]]);
  go('an argument whose eightbytes do not all find registers takes none, and later ones may', [
    [
      '(int, int, int, int, int, {int64, int64}, int, int) -> void',
      [...TAKEN.slice(0, 5), 'stack+0', '0..4 r9', 'stack+16', '-'],
    ],
    [`(${SIX}, {double, int}, double) -> void`, [...TAKEN, 'stack+0', '0..8 xmm0', '-']],
  ]);
  go('MEMORY arguments leave the registers to others', [
    ['({[3:int64]}, int, {[17:int8]}, double) -> void', ['stack+0', '0..4 rdi', 'stack+24', '0..8 xmm0', '-']],
  ]);
  go('an array parameter is a pointer', [['([100:double], int) -> void', ['0..8 rdi', '0..4 rsi', '-']]]);
  go('the last eightbyte is as long as the value', [
    [
      '({[3:int8]}, {double, [3:float16]}) -> {[5:float16]}',
      [...['0..3 rdi', '0..8 xmm0, 8..16 xmm1'], '0..8 xmm0, 8..10 xmm1'],
    ],
  ]);
});

describe('empty records', () => {
  go('no bytes take no place, whatever their alignment', [
    ['({}, int, <>) -> {}', ['-', '0..4 rdi', '-', '-']],
    [`(${SIX}, int, alignas(64) {}, int) -> void`, [...TAKEN, 'stack+0', '-', 'stack+8', '-']],
  ]);
  go('unnamed bit-fields alone take registers, but neither stack nor a result', [
    ['({int:32}, int) -> {int:32}', ['0..4 rdi', '0..4 rsi', '-']],
    [`(${SIX}, int, {int:32}, int) -> void`, [...TAKEN, 'stack+0', '-', 'stack+8', '-']],
    ['(int, longdouble) -> alignas(64) <uint64:17>', ['0..4 rdi', 'stack+0', '-']],
    ['(alignas(64) {{int:32}, {}, [2:{int:8}]}, longdouble) -> void', ['-', 'stack+0', '-']],
  ]);
  it.each([
    '() -> {bfloat16, alignas(8) float}',
    '({bfloat16, alignas(8) int8}) -> void',
    '({<bfloat16, float16>, alignas(8) [2:bfloat16]}) -> void',
  ])('a lone bfloat16 before a narrow eightbyte is refused: %s', (text) => {
    const refusal = { code: 'ERR_UNSUPPORTED', rule: 'lone bfloat16' };
    expect(() => layoutOf(text)).toThrow(expect.objectContaining(refusal));
  });
  it.each([
    '() -> {bfloat16, double}',
    '({bfloat16, bfloat16, alignas(8) float}) -> void',
    '({bfloat16, alignas(8) float, float}) -> void',
    '({alignas(8) float16, float}) -> void',
    '({bfloat16, int}) -> void',
  ])('another bfloat16 is not: %s', (text) => {
    expect(() => layoutOf(text)).not.toThrow();
  });
  it('sysv-x64: an array of none does not make a record that is not empty', () => {
    const empty = struct([member(null, integer('int32'), 9), member(null, array(integer('int64'), 0))], null, 32);
    const layout = conventionOf('sysv-x64').layout(signature([parameter(null, empty)], VOID));
    expect(layout.args[0]?.placement).toEqual({ mode: 'ignore' });
    expect(layout.stackSize).toBe(0);
  });
});

describe('__int128', () => {
  go('takes two registers or none, and lies at a multiple of 16 on the stack', [
    ['(int128) -> uint128', ['0..8 rdi, 8..16 rsi', '0..8 rax, 8..16 rdx']],
    ['(int, int, int, int, int, int128, int) -> void', [...TAKEN.slice(0, 5), 'stack+0', '0..4 r9', '-']],
    ['(int, int, int, int, int, {int128}, int) -> void', [...TAKEN.slice(0, 5), 'stack+0', '0..4 r9', '-']],
    [`(${SIX}, int, {int128}, int, int128) -> void`, [...TAKEN, 'stack+0', 'stack+16', 'stack+32', 'stack+48', '-']],
    [`(${SIX}, int, !{int128}, int128) -> void`, [...TAKEN, 'stack+0', 'stack+8', 'stack+32', '-']],
  ]);
});

describe('long double', () => {
  go('is an argument in memory and a result in st0', [
    ['(longdouble, int, longdouble) -> longdouble', ['stack+0', '0..4 rdi', 'stack+16', '0..10 st0']],
    ['({longdouble}, {int8, !{longdouble}}) -> {longdouble}', ['stack+0', 'stack+16', '0..10 st0']],
    ['(c[longdouble]) -> c[longdouble]', ['stack+0', '0..10 st0, 16..26 st1']],
    ['(!{longdouble}) -> {[1:longdouble]}', ['stack+0', '0..10 st0']],
    ['(int) -> {c[longdouble]}', ['0..4 rsi', 'at rdi']],
    ['(int) -> <longdouble, float>', ['0..4 rsi', 'at rdi']],
    ['(<int128, longdouble>) -> <int128, longdouble>', ['0..8 rdi, 8..16 rsi', '0..8 rax, 8..16 rdx']],
  ]);
});

describe('floating point in vector registers', () => {
  go('each eightbyte takes a register, and a pair of floats shares one', [
    [
      '(c[float], c[double], c[float16]) -> c[double]',
      [...['0..8 xmm0', '0..8 xmm1, 8..16 xmm2', '0..4 xmm3'], '0..8 xmm0, 8..16 xmm1'],
    ],
    ['(float16, {[3:float16]}, bfloat16) -> c[float16]', ['0..2 xmm0', '0..6 xmm1', '0..2 xmm2', '0..4 xmm0']],
    ['(alignas(16) {float, c[float16]}, float) -> void', ['0..8 xmm0, 8..16 xmm1', '0..4 xmm2', '-']],
  ]);
});

describe('vectors', () => {
  const texts = [
    '(v[2:float], v[4:float], {v[8:int16]}, <v[4:float], int>) -> {v[2:int64]}',
    '(v[8:float], double, longdouble, {v[8:float]}) -> {[1:v[8:float]]}',
    '(longdouble, v[16:float], int) -> v[16:float]',
  ] as const;
  const narrow = ['0..8 xmm0', '0..16 xmm1', '0..16 xmm2', '0..8 rdi, 8..16 xmm3', '0..16 xmm0'];
  const wide = ['0..32 xmm0', '0..8 xmm1', 'stack+0', '0..32 xmm2', '0..32 xmm0'];
  const inMemory = ['stack+0', 'stack+64', '0..4 rsi', 'at rdi'];
  go('those up to 16 bytes travel in xmm', [
    [texts[0], narrow],
    [texts[1], ['stack+0', '0..8 xmm0', 'stack+32', 'stack+64', 'at rdi']],
    [texts[2], inMemory],
    ['(v[1:double], v[1:int64]) -> v[1:double]', ['stack+0', '0..8 xmm0', 'at rdi']],
  ]);
  const forAvx: Rows = [
    [texts[0], narrow],
    [texts[1], wide],
    [texts[2], inMemory],
  ];
  go('with AVX those of 32 in ymm', forAvx, 'avx');
  const forAvx512: Rows = [
    [texts[0], narrow],
    [texts[1], wide],
    [texts[2], ['stack+0', '0..64 xmm0', '0..4 rdi', '0..64 xmm0']],
  ];
  go('with AVX-512 those of 64 in zmm', forAvx512, 'avx512');
  const variadic: Rows = [
    ['(int, {v[8:float]}; double) -> void', ['0..4 rdi', '0..32 xmm0', '0..8 xmm1', '-']],
    ['(int; v[4:float], v[8:float], double) -> void', ['0..4 rdi', '0..16 xmm0', 'stack+0', '0..8 xmm1', '-']],
    ['(int; {[1:v[8:float]]}, {{v[8:float]}, {}}) -> void', ['0..4 rdi', 'stack+0', 'stack+32', '-']],
  ];
  go('of unnamed arguments those over 16 bytes go to memory', variadic, 'avx');
  it.each(['(int; <v[8:float], v[4:float]>) -> int', '(int; {v[8:float], [?:int]}) -> int'])(
    'sysv-x64: an unnamed record of one that gcc 12 itself does not find again is refused: %s',
    (text) => {
      const refusal = { code: 'ERR_UNSUPPORTED', rule: 'variadic record of a wide vector' };
      expect(() => layoutOf(text, 'avx')).toThrow(expect.objectContaining(refusal));
      expect(layoutOf(text, 'sse').args[1]?.placement.mode).toBe('direct');
    },
  );

  it.each([
    '(int, int, int, int, int, int, {int64:28}; int64) -> int',
    '({uint32:1, alignas(64) int8:2}; longdouble) -> int',
  ])('sysv-x64: a named record of which nothing travels is refused in a variadic function: %s', (text) => {
    const refusal = { code: 'ERR_UNSUPPORTED', rule: 'unnamed bits in a variadic function' };
    expect(() => layoutOf(text, 'sse')).toThrow(expect.objectContaining(refusal));
    expect(() => layoutOf(text.replace(';', ','), 'sse')).not.toThrow();
    expect(() => layoutOf('({}; int64) -> int', 'sse')).not.toThrow();
  });
});

describe('alignment on the stack', () => {
  it.each([
    [`(${SIX}, int, alignas(16) {int}, int) -> void`, ['stack+0', 'stack+16', 'stack+32'], 48, 16],
    [`(${SIX}, int, alignas(32) {int}, int) -> void`, ['stack+0', 'stack+32', 'stack+64'], 80, 32],
    [`(${SIX}, longdouble, alignas(128) {int}, {[3:int64]}) -> void`, ['stack+0', 'stack+128', 'stack+256'], 288, 128],
    [`(${SIX}, {alignas(4096) a:int}, int) -> void`, ['stack+0', 'stack+4096'], 4112, 4096],
    [`(${SIX}, v[8:float]) -> void`, ['stack+0'], 32, 32],
    [`(${SIX}, {v[16:float], int}, int) -> void`, ['stack+0', 'stack+128'], 144, 64],
    [`(${SIX}, !{v[16:float], int}, int) -> void`, ['stack+0', 'stack+72'], 80, 16],
  ])(
    'sysv-x64: arguments begin at a multiple of theirs, and the area at one of the largest: %s',
    (text, at, size, align) => {
      const { args, stackSize, stackAlign } = layoutOf(text);
      expect(args.slice(6).map(({ placement }) => places(placement))).toEqual(at);
      expect({ stackSize, stackAlign }).toEqual({ stackSize: size, stackAlign: align });
    },
  );

  it('sysv-x64: an aligned argument in registers asks nothing of the stack', () => {
    const { args, stackSize, stackAlign } = layoutOf('(alignas(16) {int}, int) -> void');
    expect(args.map(({ placement }) => places(placement))).toEqual(['0..8 rdi', '0..4 rsi']);
    expect({ stackSize, stackAlign }).toEqual({ stackSize: 0, stackAlign: 16 });
  });
});

describe('AL in variadic calls', () => {
  it.each<readonly [string, number | null, VectorLevel]>([
    ['(int) -> int', null, 'sse'],
    ['(int;) -> int', 0, 'sse'],
    ['(int; int) -> int', 0, 'sse'],
    ['(double; double) -> int', 2, 'sse'],
    ['(int; {double, float}, double) -> int', 3, 'sse'],
    [`(${'double, '.repeat(9)}int; double) -> int`, 8, 'sse'],
    ['(int; float16, c[float], longdouble, v[4:float]) -> int', 3, 'sse'],
    ['(int, v[8:float]; double) -> int', 2, 'avx'],
    ['(int; v[8:float], double) -> int', 1, 'avx'],
    ['(v[16:float]; int) -> int', 1, 'avx512'],
  ])('sysv-x64: counts the vector registers in use, of any width: %s', (text, count, vectors) => {
    expect(layoutOf(text, vectors).vectorCount?.count ?? null).toBe(count);
  });
});
