// Keys and comparison of types through names and recursion.

import { describe, expect, it } from 'vitest';
import * as c from '../../src/ctype/ctype.ts';
import { parseType } from '../../src/signature/parse.ts';
import { createRegistry } from '../../src/signature/registry.ts';
import { sameType } from '../../src/signature/same-type.ts';
import { typeKey } from '../../src/signature/type-key.ts';
import { random } from '../support/random.ts';
import { everything, randomType } from './random-type.ts';

const typeIn = (definitions: string, text: string): c.CType =>
  parseType(text, { registry: createRegistry().define(definitions) });

describe('types with the same key', () => {
  it.each([
    ['', '{a:int}', '', '{a:int32_t}'],
    ['@P = {int, int}', '@P', '', '{int, int}'],
    ['@P = {int, int}', '*@P', '@Q = {int, int}', '*@Q'],
    ['@P = {v:int, n:*@P}', '@P', '@Q = {v:int, n:*@Q}', '@Q'],
    ['@P = {v:int, n:*@P}', '@P', '@Q = @R; @R = {v:int, n:*@Q}', '@Q'],
    ['@A = {*@B}; @B = {int, *@A}', '@A', '@B = {*@A}; @A = {int, *@B}', '@B'],
    ['', '(a:int) -> int', '', '(b:int) -> int'],
    ['@O;', '*@O', '@O;', '*@O'],
  ])('%s %s and %s %s', (first, one, second, other) => {
    const [a, b] = [typeIn(first, one), typeIn(second, other)];
    expect(typeKey(a)).toBe(typeKey(b));
    if (!first.includes('@O')) expect(sameType(a, b)).toBe(true);
  });

  it('are compared, not their names', () => {
    const one = typeIn('@P = {int, int}', '(@P) -> int');
    const other = typeIn('@P = {double, double}', '(@P) -> int');
    expect(typeKey(one)).not.toBe(typeKey(other));
    expect(sameType(one, other)).toBe(false);
  });

  it('change when a name gets its definition', () => {
    const registry = createRegistry().define('@P;');
    const type = parseType('*@P', { registry });
    const before = typeKey(type);
    registry.define('@P = int');
    expect(typeKey(type)).not.toBe(before);
    expect(typeKey(type)).toBe(typeKey(parseType('*int')));
  });
});

describe('types that differ in one thing', () => {
  const texts = [
    ...['void', 'bool', 'int', 'char', 'int8', 'int128', 'long', 'int64', 'float', 'double', 'long double', 'c[float]'],
    ...[
      'v[4:float]',
      'v[2:double]',
      'v[4:int]',
      '*int',
      '*const int',
      '**int',
      'e:int',
      'e:int{A}',
      'e:int{B}',
      'e:int{A=1}',
    ],
    ...[
      'e:uint',
      '[4:int]',
      '[5:int]',
      '[?:int]',
      '{}',
      '<>',
      '!{}',
      '!1:{}',
      '!2:{}',
      'alignas(1) {}',
      'alignas(2) {}',
    ],
    ...[
      'alignas(2) !{}',
      'alignas(1) !2:{}',
      '{int}',
      '<int>',
      '{a:int}',
      '{b:int}',
      '{a:int:3}',
      '{a:int:4}',
      '{int:3}',
    ],
    ...[
      '{alignas(8) a:int}',
      '{alignas(4) a:int}',
      '{int, int}',
      '{{int}, int}',
      '{{int, int}}',
      '{int, {int}}',
      '{int, a:int}',
    ],
    ...[
      '() -> int',
      '() -> void',
      '(int) -> int',
      '(;int) -> int',
      '(int;) -> int',
      '(int, int) -> int',
      '((int) -> int) -> int',
    ],
    ...['(int) -> (int) -> int', '{alignas(8) {int}}', '{alignas(8) ({int})}', '{a:[4:int]}', '{a:*{a:*int}}'],
  ];
  it('have different keys, and are different', () => {
    const types = texts.map((text) => parseType(text));
    expect(new Set(types.map(typeKey)).size).toBe(texts.length);
    for (const [index, one] of types.entries()) {
      for (const [at, other] of types.entries()) expect(sameType(one, other)).toBe(index === at);
    }
  });

  it('have different keys with names that no text could give them', () => {
    const keys = ['a', 'a,b', 'a:3', '?', '"a"', ''].map((name) => typeKey(c.struct([c.member(name, c.BOOL)])));
    keys.push(typeKey(c.struct([c.member(null, c.BOOL)])));
    expect(new Set(keys).size).toBe(keys.length);
  });
});

describe('3000 random pairs of types', () => {
  it('have equal keys if, and only if, they are the same', () => {
    let same = 0;
    for (let index = 0; index < 3000; index++) {
      const r = random(7, index);
      const [one, other] = [randomType(r, 1, everything()), randomType(r, 1, everything())];
      expect(typeKey(one) === typeKey(other)).toBe(sameType(one, other));
      if (sameType(one, other)) same++;
    }
    expect(same).toBeGreaterThan(20);
  });
});

describe('keys of large graphs', () => {
  const doubling = (count: number, name: string): string =>
    Array.from({ length: count }, (_, n) => `@${name}${n} = {a:@${name}${n + 1}, b:*@${name}${n + 1}};`).join('') +
    `@${name}${count} = int;`;

  it('grow with the definitions, not with what they spell out', () => {
    const [one, other] = [typeIn(doubling(100, 'A'), '@A0'), typeIn(doubling(100, 'B'), '@B0')];
    expect(typeKey(one).length).toBeLessThan(5000);
    expect(typeKey(one)).toBe(typeKey(other));
    expect(typeKey(one)).not.toBe(typeKey(typeIn(doubling(101, 'A'), '@A0')));
    expect(sameType(one, other)).toBe(true);
    expect(sameType(one, typeIn(doubling(101, 'A'), '@A0'))).toBe(false);
  });

  it('do not run out of stack', () => {
    const chain = (end: string): string =>
      `${Array.from({ length: 20_000 }, (_, n) => `@A${n} = {a:*@A${n + 1}};`).join('')} @A20000 = ${end};`;
    const [one, other] = [typeIn(chain('int'), '@A0'), typeIn(chain('uint'), '@A0')];
    expect(typeKey(one)).toBe(typeKey(typeIn(chain('int'), '@A0')));
    expect(typeKey(one)).not.toBe(typeKey(other));
    expect(sameType(one, other)).toBe(false);
  });

  it('of parts that are shared by hand are short as well', () => {
    let type: c.CType = c.BOOL;
    for (let depth = 0; depth < 100; depth++) type = c.struct([c.member('a', type), c.member('b', type)]);
    expect(typeKey(type).length).toBeLessThan(5000);
  });
});
