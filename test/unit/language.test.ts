// The signature language: what every construct means, and how it is printed.

import { describe, expect, it } from 'vitest';
import * as c from '../../src/ctype/ctype.ts';
import { parseSignature, parseType } from '../../src/signature/parse.ts';
import { printSignature, printType } from '../../src/signature/print.ts';

const int = c.integer('int32');
const colors = (...values: readonly (readonly [string, bigint])[]): c.EnumType =>
  c.enumeration(
    int,
    values.map(([name, value]) => ({ name, value })),
  );
const bits = (name: string | null, width: number): c.Member => c.member(name, c.integer('uint32'), width);
const unnamed = (...types: readonly c.CType[]): c.Member[] => types.map((type) => c.member(null, type));

describe('a type text', () => {
  const means = (text: string, type: c.CType, printed: string): void => {
    it(`${text} is ${printed}`, () => {
      expect(parseType(text)).toEqual(type);
      expect(printType(type)).toBe(printed);
      expect(parseType(printed)).toEqual(type);
    });
  };
  means('void', c.VOID, 'void');
  means('_Bool', c.BOOL, 'bool');
  means('float64', c.DOUBLE, 'double');
  means('* * void', c.pointer(c.pointer(c.VOID)), '**void');
  means('[3:[2:int]]', c.array(c.array(int, 2), 3), '[3:[2:int32]]');
  means('[007:int]', c.array(int, 7), '[7:int32]');
  means('{}', c.struct([]), '{}');
  means('<>', c.union([]), '<>');
  means('{int,double}', c.struct(unnamed(int, c.DOUBLE)), '{int32, double}');
  means('<int,double>', c.union(unnamed(int, c.DOUBLE)), '<int32, double>');
  means('{a:int,double}', c.struct([c.member('a', int), c.member(null, c.DOUBLE)]), '{a:int32, double}');
  means('{int:int}', c.struct([c.member('int', int)]), '{int:int32}');
  means('{v:int,c:int,e:int}', c.struct(['v', 'c', 'e'].map((n) => c.member(n, int))), '{v:int32, c:int32, e:int32}');
  means('e:int', c.enumeration(int), 'e:int32');
  means('(e:int)', c.enumeration(int), 'e:int32');
  means('*e:uint8', c.pointer(c.enumeration(c.integer('uint8'))), '*e:uint8');
  means('{(e:int)}', c.struct(unnamed(c.enumeration(int))), '{(e:int32)}');
  means('{e:int}', c.struct([c.member('e', int)]), '{e:int32}');
  means('{e:e:int}', c.struct([c.member('e', c.enumeration(int))]), '{e:e:int32}');
  means('((int))', int, 'int32');
  means('() -> void', c.functionType(c.signature([], c.VOID)), '() -> void');
  means('(e:int) -> int', c.functionType(c.signature([c.parameter('e', int)], int)), '(e:int32) -> int32');
  means(
    '*(int; double) -> () -> void',
    c.pointer(
      c.functionType(
        c.signature([c.parameter(null, int), c.parameter(null, c.DOUBLE)], c.functionType(c.signature([], c.VOID)), 1),
      ),
    ),
    '*(int32; double) -> () -> void',
  );
  means('c[double]', c.complex(c.DOUBLE), 'c[double]');
  means('c[long double]', c.complex(c.LONG_DOUBLE), 'c[longdouble]');
  means('v[4:float]', c.vector(c.FLOAT, 4), 'v[4:float]');
  means('v [ 16 : unsigned char ]', c.vector(c.integer('uint8'), 16), 'v[16:uint8]');
  means(
    '{v[2:double], c[float], v:int}',
    c.struct([...unnamed(c.vector(c.DOUBLE, 2), c.complex(c.FLOAT)), c.member('v', int)]),
    '{v[2:double], c[float], v:int32}',
  );
  means('*const char', c.pointer(c.integer('char'), true), '*const char');
  means('*char const', c.pointer(c.integer('char'), true), '*const char');
  means('*const (char)', c.pointer(c.integer('char'), true), '*const char');
  means('*(const char)', c.pointer(c.integer('char'), true), '*const char');
  means('*(char) const', c.pointer(c.integer('char'), true), '*const char');
  means('*const volatile unsigned restrict int', c.pointer(c.integer('uint32'), true), '*const uint32');
  means('*unsigned const int', c.pointer(c.integer('uint32'), true), '*const uint32');
  means('*const *char', c.pointer(c.pointer(c.integer('char')), true), '*const *char');
  means('**const char', c.pointer(c.pointer(c.integer('char'), true)), '**const char');
  means('*restrict char', c.pointer(c.integer('char')), '*char');
  means('*const [4:int]', c.pointer(c.array(int, 4), true), '*const [4:int32]');
  means('*[4:const int]', c.pointer(c.array(int, 4), true), '*const [4:int32]');
  means('*const {int}', c.pointer(c.struct(unnamed(int)), true), '*const {int32}');
  means('*{const int}', c.pointer(c.struct(unnamed(int))), '*{int32}');
  means('*{int} const', c.pointer(c.struct(unnamed(int)), true), '*const {int32}');
  means('*{int, *const int}', c.pointer(c.struct(unnamed(int, c.pointer(int, true)))), '*{int32, *const int32}');
  means(
    '*(const int) -> int',
    c.pointer(c.functionType(c.signature([c.parameter(null, int)], int))),
    '*(int32) -> int32',
  );
  means('*() -> const int', c.pointer(c.functionType(c.signature([], int))), '*() -> int32');
  means('*e:const int', c.pointer(c.enumeration(int)), '*e:int32');
  means('const int volatile', int, 'int32');
  means('const *int', c.pointer(int), '*int32');
  means(
    '{const:int, restrict:int}',
    c.struct(['const', 'restrict'].map((n) => c.member(n, int))),
    '{const:int32, restrict:int32}',
  );
  means('e:int{RED, GREEN=5, BLUE}', colors(['RED', 0n], ['GREEN', 5n], ['BLUE', 6n]), 'e:int32{RED, GREEN=5, BLUE}');
  means(
    'e:int{A=-1,B, C = 0x1F,D=-0x2}',
    colors(['A', -1n], ['B', 0n], ['C', 31n], ['D', -2n]),
    'e:int32{A=-1, B, C=31, D=-2}',
  );
  means('e:int{A=1, B=1}', colors(['A', 1n], ['B', 1n]), 'e:int32{A=1, B=1}');
  means('*e:int{A}', c.pointer(colors(['A', 0n])), '*e:int32{A}');
  means(
    '{(e:int{A}), e:e:int{A}}',
    c.struct([c.member(null, colors(['A', 0n])), c.member('e', colors(['A', 0n]))]),
    '{(e:int32{A}), e:e:int32{A}}',
  );
  means('{e:int{A}}', c.struct(unnamed(colors(['A', 0n]))), '{(e:int32{A})}');
  means(
    '(e:int{A}) -> int',
    c.functionType(c.signature([c.parameter(null, colors(['A', 0n]))], int)),
    '((e:int32{A})) -> int32',
  );
  means('!{int8, int}', c.struct(unnamed(c.integer('int8'), int), 'attribute'), '!{int8, int32}');
  means('!2:{int}', c.struct(unnamed(int), 2), '!2:{int32}');
  means('! 16 : <int>', c.union(unnamed(int), 16), '!16:<int32>');
  means('!<>', c.union([], 'attribute'), '!<>');
  means('alignas(16) {int}', c.struct(unnamed(int), null, 16), 'alignas(16) {int32}');
  means('_Alignas(1)!4:<int>', c.union(unnamed(int), 4, 1), 'alignas(1) !4:<int32>');
  means('*const alignas(8) {}', c.pointer(c.struct([], null, 8), true), '*const alignas(8) {}');
  means('{alignas(8) a:int}', c.struct([c.member('a', int, null, 8)]), '{alignas(8) a:int32}');
  means('{alignas(8) int}', c.struct([c.member(null, int, null, 8)]), '{alignas(8) int32}');
  means('{alignas(8) {int}}', c.struct(unnamed(c.struct(unnamed(int), null, 8))), '{alignas(8) {int32}}');
  means('{alignas(8) !{int}}', c.struct(unnamed(c.struct(unnamed(int), 'attribute', 8))), '{alignas(8) !{int32}}');
  means('{alignas(8) ({int})}', c.struct([c.member(null, c.struct(unnamed(int)), null, 8)]), '{alignas(8) ({int32})}');
  means('{alignas(8) a:{int}}', c.struct([c.member('a', c.struct(unnamed(int)), null, 8)]), '{alignas(8) a:{int32}}');
  means(
    '{alignas(8) alignas(4) {}}',
    c.struct([c.member(null, c.struct([], null, 4), null, 8)]),
    '{alignas(8) (alignas(4) {})}',
  );
  means('{alignas(8) (e:int)}', c.struct([c.member(null, c.enumeration(int), null, 8)]), '{alignas(8) (e:int32)}');
  means('{alignas:int}', c.struct([c.member('alignas', int)]), '{alignas:int32}');
  means(
    '(alignas(8) {int}) -> int',
    c.functionType(c.signature([c.parameter(null, c.struct(unnamed(int), null, 8))], int)),
    '(alignas(8) {int32}) -> int32',
  );
  means(
    '{a:uint32:3, uint32:0, b:uint32:5}',
    c.struct([bits('a', 3), bits(null, 0), bits('b', 5)]),
    '{a:uint32:3, uint32:0, b:uint32:5}',
  );
  means('{unsigned int:3}', c.struct([bits(null, 3)]), '{uint32:3}');
  means('<a:unsigned:3, unsigned : 7>', c.union([bits('a', 3), bits(null, 7)]), '<a:uint32:3, uint32:7>');
  means(
    '{(e:int):3, e:int:3}',
    c.struct([c.member(null, c.enumeration(int), 3), c.member('e', int, 3)]),
    '{(e:int32):3, e:int32:3}',
  );
  means(
    '{x:e:uint8{A}:3}',
    c.struct([c.member('x', c.enumeration(c.integer('uint8'), [{ name: 'A', value: 0n }]), 3)]),
    '{x:e:uint8{A}:3}',
  );
  means(
    '{bool:1, x:char:8, y:int128:128}',
    c.struct([c.member(null, c.BOOL, 1), c.member('x', c.integer('char'), 8), c.member('y', c.integer('int128'), 128)]),
    '{bool:1, x:char:8, y:int128:128}',
  );
  means(
    '{n:int, [?:char]}',
    c.struct([c.member('n', int), ...unnamed(c.array(c.integer('char'), null))]),
    '{n:int32, [?:char]}',
  );
  means('*[?:int]', c.pointer(c.array(int, null)), '*[?:int32]');
  means(
    '([?:int]) -> int',
    c.functionType(c.signature([c.parameter(null, c.array(int, null))], int)),
    '([?:int32]) -> int32',
  );
  means(
    '*((*int) -> int)',
    c.pointer(c.functionType(c.signature([c.parameter(null, c.pointer(int))], int))),
    '*(*int32) -> int32',
  );
});

describe('a signature text', () => {
  const prints = (text: string, printed: string): void => {
    it(`${JSON.stringify(text)} prints as ${printed}`, () => {
      const parsed = parseSignature(text);
      expect(printSignature(parsed)).toBe(printed);
      expect(parseSignature(printed)).toEqual(parsed);
    });
  };
  prints('(int,int)->int', '(int32, int32) -> int32');
  prints('  pow ( double , double ) -> double  ', 'pow(double, double) -> double');
  prints('()->void', '() -> void');
  prints('(void)->void', '() -> void');
  prints('f(a:int, b:*char) -> void', 'f(a:int32, b:*char) -> void');
  prints('(a:int, a:int) -> void', '(a:int32, a:int32) -> void');
  prints('((e:int), e:int) -> e:int', '((e:int32), e:int32) -> e:int32');
  prints('alignas(int) -> void', 'alignas(int32) -> void');
  prints('const(const int, const:int) -> const int', 'const(int32, const:int32) -> int32');
  prints('printf(*const char; double) -> int', 'printf(*const char; double) -> int32');
  prints('([4:int]) -> void', '([4:int32]) -> void');
  prints('# the whole line\n(int # here too\n) -> # and\r\n\t\vint #', '(int32) -> int32');

  it.each([
    ['(int)->int', null],
    ['(;)->int', 0],
    ['(;int)->int', 0],
    ['(int;)->int', 1],
    ['(int;int,int)->int', 1],
  ])('%s has its first variadic argument at %s', (text, variadicFrom) => {
    const parsed = parseSignature(text);
    expect(parsed.variadicFrom).toBe(variadicFrom);
    expect(parseSignature(printSignature(parsed))).toEqual(parsed);
  });

  it('gives frozen data', () => {
    const parsed = parseSignature('f(a:{b:int}; [2:int]) -> *void');
    expect(Object.isFrozen(parsed)).toBe(true);
    expect(Object.isFrozen(parsed.parameters)).toBe(true);
    for (const each of parsed.parameters) {
      expect(Object.isFrozen(each)).toBe(true);
      expect(Object.isFrozen(each.type)).toBe(true);
    }
  });
});
