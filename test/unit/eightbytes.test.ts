// psABI 3.2.3: the classes of eightbytes, one test to a rule. Where they travel is tested in sysv-x64.test.ts.

import { describe, expect, it } from 'vitest';
import { vectorLevels } from '../../src/abi/convention.ts';
import { type Classes, classify, type EightbyteClass, merge } from '../../src/abi/eightbytes.ts';
import {
  array,
  type CType,
  DOUBLE,
  FLOAT,
  integer,
  LONG_DOUBLE,
  member,
  type Packing,
  resolved,
  struct,
  union,
  vector,
} from '../../src/ctype/ctype.ts';
import { SYSV_X64 } from '../../src/ctype/data-model.ts';
import { parseType } from '../../src/signature/parse.ts';

const has = (rule: string, texts: Readonly<Record<string, Classes>>): void => {
  it.each(Object.entries(texts))(`sysv-x64: ${rule}: %s`, (text, classes) => {
    expect(classify(resolved(parseType(text)), SYSV_X64)).toEqual(classes);
  });
};

describe('the class of a scalar', () => {
  has('integers, pointers and bool are INTEGER', {
    ...{ int8: ['INTEGER'], uint64: ['INTEGER'], bool: ['INTEGER'], 'e:uint8': ['INTEGER'] },
    ...{ '*double': ['INTEGER'], '(double) -> double': ['INTEGER'] },
  });
  has('float and double are SSE', { float: ['SSE'], double: ['SSE'] });
});

describe('the classes of an aggregate', () => {
  has('a record over two eightbytes has class MEMORY (item 1, item 5(c))', {
    '{int64, int64, int8}': 'MEMORY',
    '{[17:int8]}': 'MEMORY',
    '{double, double, double}': 'MEMORY',
    '<[3:int64], int8>': 'MEMORY',
    '{{int64}, {int64, {int8}}}': 'MEMORY',
  });
  has('a record of exactly two eightbytes is no MEMORY', {
    '{[16:int8]}': ['INTEGER', 'INTEGER'],
    '{double, double}': ['SSE', 'SSE'],
  });
  has('each eightbyte is classified by itself (item 3)', {
    '{int64, double}': ['INTEGER', 'SSE'],
    '{double, int64}': ['SSE', 'INTEGER'],
    '{float, float, int}': ['SSE', 'INTEGER'],
    '{int, float, float}': ['INTEGER', 'SSE'],
  });
  has('equal classes stay (item 4(a))', { '{int, int}': ['INTEGER'], '{float, float}': ['SSE'] });
  has('padding leaves the class of its eightbyte alone (item 4(b))', {
    '{int8, double}': ['INTEGER', 'SSE'],
    '{float, double}': ['SSE', 'SSE'],
  });
  has('INTEGER wins over SSE within an eightbyte (item 4(d))', {
    '{int, float}': ['INTEGER'],
    '{float, int}': ['INTEGER'],
    '<double, int8>': ['INTEGER'],
    '<{float, float, float}, [3:int]>': ['INTEGER', 'INTEGER'],
    '<double, {float, int8}>': ['INTEGER'],
    '<[2:double], int>': ['INTEGER', 'SSE'],
  });
  has('fields are classified recursively', {
    '{int, {int, float}}': ['INTEGER', 'SSE'],
    '{float, {float, {float}}}': ['SSE', 'SSE'],
    '{[3:{float}]}': ['SSE', 'SSE'],
    '{{int8}, [2:{float}]}': ['INTEGER', 'SSE'],
    '{float, <float, int16>, double}': ['INTEGER', 'SSE'],
  });
  has('empty members have no class', {
    '{}': [],
    '{{}, float}': ['SSE'],
    '{float, {}, [3:{}], float}': ['SSE'],
    [`{double, [${2 ** 40}:{}]}`]: ['SSE'],
  });
});

describe('the classes of wider scalars', () => {
  has('__int128 is two INTEGER eightbytes', {
    int128: ['INTEGER', 'INTEGER'],
    '{uint128}': ['INTEGER', 'INTEGER'],
    '{int128, int8}': 'MEMORY',
  });
  has('_Float16 and __bf16 are SSE (observed: gcc 12, clang 19)', {
    float16: ['SSE'],
    bfloat16: ['SSE'],
    '{[3:float16]}': ['SSE'],
    '{[5:bfloat16]}': ['SSE', 'SSE'],
    '{float16, int16}': ['INTEGER'],
  });
  has('long double is X87, X87UP', {
    longdouble: ['X87', 'X87UP'],
    '{longdouble}': ['X87', 'X87UP'],
    '{[1:longdouble]}': ['X87', 'X87UP'],
    '{{}, longdouble}': ['X87', 'X87UP'],
    '<longdouble, {longdouble}>': ['X87', 'X87UP'],
    '!{longdouble}': ['X87', 'X87UP'],
    '[2:longdouble]': 'MEMORY',
  });
  has('_Complex long double is COMPLEX_X87 by itself only', {
    'c[longdouble]': ['COMPLEX_X87'],
    '{c[longdouble]}': 'MEMORY',
    '<c[longdouble], int8>': 'MEMORY',
  });
  has('complex types are two values', {
    'c[float16]': ['SSE'],
    'c[float]': ['SSE'],
    'c[double]': ['SSE', 'SSE'],
    '{float, c[float]}': ['SSE', 'SSE'],
    '{int, c[float], int}': ['INTEGER', 'INTEGER'],
    '{int, c[float]}': ['INTEGER', 'SSE'],
    '{c[float], int}': ['SSE', 'INTEGER'],
    '{[3:float16], c[float16]}': ['SSE', 'SSE'],
    '{c[double], float}': 'MEMORY',
  });
  has('X87 meets no other class (item 4(e)), but INTEGER before that (item 4(d)), and then item 5(b)', {
    '<longdouble, float>': 'MEMORY',
    '<longdouble, c[float]>': 'MEMORY',
    '<longdouble, v[4:float]>': 'MEMORY',
    '<longdouble, int>': 'MEMORY',
    '<longdouble, int128>': ['INTEGER', 'INTEGER'],
  });
});

describe('the classes of vectors', () => {
  has('8 bytes are SSE, 16 are SSE and SSEUP', {
    'v[2:float]': ['SSE'],
    'v[8:int8]': ['SSE'],
    'v[1:int64]': ['SSE'],
    'v[4:float16]': ['SSE'],
    'v[4:float]': ['SSE', 'SSEUP'],
    '{v[8:bfloat16]}': ['SSE', 'SSEUP'],
    'v[1:int128]': ['SSE', 'SSEUP'],
    '{[1:v[2:double]], {}}': ['SSE', 'SSEUP'],
    '{v[2:float], v[2:int32]}': ['SSE', 'SSE'],
  });
  has('one of one double is MEMORY (observed: gcc 12)', { 'v[1:double]': 'MEMORY', '{v[1:double]}': 'MEMORY' });
  has('SSEUP behind another class becomes SSE (item 5(d))', {
    '<v[4:float], [4:int]>': ['INTEGER', 'INTEGER'],
    '<v[4:float], int>': ['INTEGER', 'SSE'],
    '<v[4:float], [2:double]>': ['SSE', 'SSE'],
    '<v[4:float], [2:v[2:float]]>': ['SSE', 'SSE'],
  });
  has('two vectors are no vector (item 5(c))', { '{[2:v[4:float]]}': 'MEMORY', '{v[4:float], int8}': 'MEMORY' });
  const four: Classes = ['SSE', 'SSEUP', 'SSEUP', 'SSEUP'];
  const eight: Classes = [...four, 'SSEUP', 'SSEUP', 'SSEUP', 'SSEUP'];
  it.each<readonly [string, Classes, Classes, Classes]>([
    ['v[8:float]', 'MEMORY', four, four],
    ['{v[16:float16]}', 'MEMORY', four, four],
    ['{[1:{v[32:int8]}]}', 'MEMORY', four, four],
    ['<v[8:float], v[4:float], double>', 'MEMORY', four, four],
    ['<v[8:float], int>', 'MEMORY', 'MEMORY', 'MEMORY'],
    ['<v[8:float], [2:double]>', 'MEMORY', 'MEMORY', 'MEMORY'],
    ['alignas(64) {v[8:float]}', 'MEMORY', 'MEMORY', 'MEMORY'],
    ['!{int8, v[8:float]}', 'MEMORY', 'MEMORY', 'MEMORY'],
    ['v[16:float]', 'MEMORY', 'MEMORY', eight],
    ['{v[64:int8]}', 'MEMORY', 'MEMORY', eight],
    ['<v[16:float], v[8:double]>', 'MEMORY', 'MEMORY', eight],
    ['v[2:int128]', 'MEMORY', 'MEMORY', 'MEMORY'],
    ['{v[4:int128]}', 'MEMORY', 'MEMORY', 'MEMORY'],
  ])('sysv-x64: 32 and 64 bytes are SSE and SSEUPs where there are such registers: %s', (text, sse, avx, avx512) => {
    const type = resolved(parseType(text));
    expect(vectorLevels.map((level) => classify(type, SYSV_X64, level))).toEqual([sse, avx, avx512]);
  });
});

describe('the classes of bit-fields', () => {
  has('they are INTEGER in each eightbyte that they touch', {
    '{a:int8:3, float}': ['INTEGER'],
    '{[3:float], a:int64:8}': ['SSE', 'INTEGER'],
    '{a:int64:40, b:int64:20, c:float}': ['INTEGER', 'SSE'],
    '{a:int128:30, float, double}': ['INTEGER', 'SSE'],
    '{a:int128:100}': ['INTEGER', 'INTEGER'],
    '!{a:int64:40, b:int64:40}': ['INTEGER', 'INTEGER'],
  });
  has('in a union they are integers of their width', {
    '<[4:float], a:int128:30>': ['INTEGER', 'SSE'],
    '<[4:float], a:int128:100>': ['INTEGER', 'INTEGER'],
  });
  has('those without a name count if they have bits (observed: gcc 12)', {
    '{int:32, float}': ['INTEGER'],
    '<int:32, float>': ['INTEGER'],
    '{double, int:1}': ['SSE', 'INTEGER'],
    '{[3:float], int64:8}': ['SSE', 'INTEGER'],
  });
  has('those without bits do not count in a struct, and count in a union (observed: gcc 12)', {
    '{float, int:0, float}': ['SSE'],
    '{[3:float], int64:0}': ['SSE', 'SSE'],
    '<[4:float], int64:0>': ['INTEGER', 'SSE'],
    '<[4:float], int128:0>': ['INTEGER', 'SSE'],
    '{float, <int:0>}': ['INTEGER'],
    '<int:0>': [],
  });
});

describe('unaligned fields (item 1)', () => {
  has('a packed record with one has class MEMORY', {
    '!{int8, int}': 'MEMORY',
    '!{float, double}': 'MEMORY',
    '!4:{float, double}': 'MEMORY',
    '!{int16, c[float]}': 'MEMORY',
    '!{int8, {int16}}': 'MEMORY',
  });
  has('a packed record without one has the classes of its eightbytes', {
    '!{int, int8, int8}': ['INTEGER'],
    '!{double, c[float]}': ['SSE', 'SSE'],
    '!{float, float, float}': ['SSE', 'SSE'],
    '!4:{double, float}': ['SSE', 'SSE'],
  });
  has('only scalars are asked, not the records around them (observed: gcc 12)', {
    '!{int8, alignas(8) {int8}}': ['INTEGER', 'NO_CLASS'],
    '!{int8, <int8, alignas(4) {int8}>}': ['INTEGER'],
  });
  has('the elements of an array but the first are not asked (observed: gcc 12)', {
    '{[2:!2:{float, int16}]}': ['INTEGER', 'INTEGER'],
    '{[2:!{int8, int8, int8, float16}]}': 'MEMORY',
  });
  has('a bit-field is unaligned only where gcc 12 takes it for a member (observed)', {
    '!{int8, {a:int:31}}': ['INTEGER'],
    '!{int8, {a:int:32}}': 'MEMORY',
    '!{int8, {a:int:16, b:int:16}}': 'MEMORY',
    '!{int8, {a:int:15, b:int:17}}': ['INTEGER'],
    '!{int8, !{a:int:32}}': ['INTEGER'],
    '!{int8, {a:int64:40}}': ['INTEGER', 'NO_CLASS'],
    '!{int8, <a:int64:40>}': 'MEMORY',
    '!{int8, !<a:int:12>, int8}': 'MEMORY',
    '!{int8, !<a:int:7>, int8}': ['INTEGER'],
  });
});

describe('members that take no bytes', () => {
  has('a flexible array is passed over (observed: gcc 12)', {
    '{float, [?:int]}': ['SSE'],
    '{int64, {float, [?:int]}}': ['INTEGER', 'SSE'],
    '{longdouble, [?:int8]}': ['X87', 'X87UP'],
  });
  const zero = (element: CType): CType => array(element, 0);
  const int = integer('int32');
  it.each<readonly [string, readonly CType[], Packing, Classes]>([
    ['{float, [0:int]}', [FLOAT, zero(int)], null, ['INTEGER']],
    ['{[0:int], float}', [zero(int), FLOAT], null, ['SSE']],
    ['{double, [0:int]}', [DOUBLE, zero(int)], null, ['SSE']],
    ['!{int8, [0:int]}', [integer('int8'), zero(int)], 'attribute', 'MEMORY'],
    ['{float, [0:[100:int]]}', [FLOAT, zero(array(int, 100))], null, 'MEMORY'],
  ])(
    'sysv-x64: an array of none has its class within an eightbyte (observed: gcc 12): %s',
    (_, types, packing, all) => {
      const type = struct(
        types.map((one) => member(null, one)),
        packing,
      );
      expect(classify(type, SYSV_X64)).toEqual(all);
    },
  );
});

describe('alignas', () => {
  has('eightbytes of padding have no class, and count as eightbytes', {
    'alignas(16) {int}': ['INTEGER', 'NO_CLASS'],
    'alignas(16) {float, c[float]}': ['SSE', 'SSE'],
    '{alignas(16) a:int, b:int}': ['INTEGER', 'NO_CLASS'],
    '{float, alignas(8) b:int8}': ['SSE', 'INTEGER'],
    'alignas(32) {int}': 'MEMORY',
    'alignas(32) {longdouble}': 'MEMORY',
  });
  has('a pair of float16 within an eightbyte takes the next one too (observed: gcc 12)', {
    'alignas(16) {float, c[float16]}': ['SSE', 'SSE'],
    '{float, c[float16]}': ['SSE'],
    'alignas(16) {c[float16], float}': ['SSE', 'NO_CLASS'],
  });
});

describe('what is refused', () => {
  it.each([
    ['{v[1:int128]}', 'vector of one __int128 in a record'],
    ['<v[1:int128], int>', 'vector of one __int128 in a record'],
    ['c[bfloat16]', 'complex bfloat16'],
    ['{float, [2:c[float16]]}', 'array of float16 across eightbytes'],
    ['{[3:float16], [2:{float16, float16}]}', 'array of float16 across eightbytes'],
  ])('sysv-x64: %s', (text, rule) => {
    const type = resolved(parseType(text));
    expect(() => classify(type, SYSV_X64)).toThrow(expect.objectContaining({ code: 'ERR_UNSUPPORTED', rule }));
  });
  it('sysv-x64: a vector of long double, which C does not have', () => {
    const type = vector(LONG_DOUBLE, 1);
    const rule = 'vector of long double';
    expect(() => classify(type, SYSV_X64)).toThrow(expect.objectContaining({ code: 'ERR_UNSUPPORTED', rule }));
  });
  has('not where no byte is lost', {
    '{v[1:int128], int}': 'MEMORY',
    '{float, [8:c[float16]]}': 'MEMORY',
    '{double, [2:c[float16]]}': ['SSE', 'SSE'],
    '{int, [2:{int16, int16, int16}]}': ['INTEGER', 'INTEGER'],
  });
});

it('sysv-x64: the work does not double with every level of types that share their members', () => {
  let type: CType = union([member(null, FLOAT)]);
  let empty: CType = struct([]);
  for (let level = 0; level < 100; level++) {
    type = union([member(null, type), member(null, type)]);
    empty = struct([member(null, empty), member(null, empty)]);
  }
  expect(classify(struct([member(null, type), member(null, empty)]), SYSV_X64)).toEqual(['SSE']);
});

describe('merging two classes', () => {
  const classes: readonly EightbyteClass[] = ['NO_CLASS', 'INTEGER', 'SSE', 'SSEUP', 'X87', 'X87UP', 'COMPLEX_X87'];

  it('sysv-x64: is commutative and idempotent', () => {
    for (const a of classes) {
      expect(merge(a, a)).toBe(a);
      for (const b of classes) expect(merge(a, b)).toBe(merge(b, a));
    }
  });
  it.each<readonly [EightbyteClass, EightbyteClass, EightbyteClass | 'MEMORY']>([
    ['NO_CLASS', 'X87', 'X87'],
    ['INTEGER', 'SSE', 'INTEGER'],
    ['INTEGER', 'SSEUP', 'INTEGER'],
    ['INTEGER', 'X87', 'INTEGER'],
    ['INTEGER', 'X87UP', 'INTEGER'],
    ['SSE', 'SSEUP', 'SSE'],
    ['SSE', 'X87', 'MEMORY'],
    ['SSEUP', 'X87UP', 'MEMORY'],
    ['X87', 'X87UP', 'MEMORY'],
    ['COMPLEX_X87', 'X87', 'MEMORY'],
  ])('sysv-x64: item 4: %s and %s are %s', (a, b, merged) => {
    expect(merge(a, b)).toBe(merged);
  });
});
