// psABI 3.2.3: the classes of eightbytes, one test to a rule, and what the classes do to the registers.

import { describe, expect, it } from 'vitest';
import { conventionOf } from '../../src/abi/conventions.ts';
import { type Classes, classify, type EightbyteClass, merge } from '../../src/abi/eightbytes.ts';
import { resolved } from '../../src/ctype/ctype.ts';
import { SYSV_X64 } from '../../src/ctype/data-model.ts';
import { parseSignature, parseType } from '../../src/signature/parse.ts';

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

describe('merging two classes', () => {
  const classes: readonly EightbyteClass[] = ['NO_CLASS', 'INTEGER', 'SSE'];

  it('sysv-x64: is commutative, idempotent and associative', () => {
    for (const a of classes) {
      expect(merge(a, a)).toBe(a);
      for (const b of classes) {
        expect(merge(a, b)).toBe(merge(b, a));
        for (const c of classes) expect(merge(merge(a, b), c)).toBe(merge(a, merge(b, c)));
      }
    }
  });
});

describe('the places of arguments', () => {
  const places = (text: string): string[] =>
    conventionOf('sysv-x64')
      .layout(parseSignature(text))
      .args.map(({ placement }) =>
        placement.mode !== 'direct'
          ? 'nothing'
          : placement.pieces
              .map(({ at }) => (at.in === 'register' ? at.register.name : `stack+${at.offset}`))
              .join(' '),
      );
  const go = (rule: string, text: string, expected: readonly string[]): void => {
    it(`sysv-x64: ${rule}`, () => {
      expect(places(text)).toEqual(expected);
    });
  };
  go('a MEMORY result takes rdi', '(int, int) -> {[3:int64]}', ['rsi', 'rdx']);
  go(
    'an argument whose eightbytes do not all find registers takes none, and later ones may',
    '(int, int, int, int, int, {int64, int64}, int, int) -> void',
    ['rdi', 'rsi', 'rdx', 'rcx', 'r8', 'stack+0', 'r9', 'stack+16'],
  );
  go('so for one eightbyte of each class', '(int, int, int, int, int, int, {double, int}, double) -> void', [
    'rdi',
    'rsi',
    'rdx',
    'rcx',
    'r8',
    'r9',
    'stack+0',
    'xmm0',
  ]);
  go('MEMORY arguments leave the registers to others', '({[3:int64]}, int, {[17:int8]}, double) -> void', [
    ...['stack+0', 'rdi', 'stack+24', 'xmm0'],
  ]);
  go('an array parameter is a pointer', '([100:double], int) -> void', ['rdi', 'rsi']);
  go('an empty record takes no place', '({}, int, <>) -> void', ['nothing', 'rdi', 'nothing']);

  it.each([
    ['(int) -> int', null],
    ['(int;) -> int', 0],
    ['(int; int) -> int', 0],
    ['(double; double) -> int', 2],
    ['(int; {double, float}, double) -> int', 3],
    [`(${'double, '.repeat(9)}int; double) -> int`, 8],
  ])('sysv-x64: AL counts the vector registers in use, of variadic calls only: %s', (text, count) => {
    expect(conventionOf('sysv-x64').layout(parseSignature(text)).vectorCount?.count ?? null).toBe(count);
  });
});
