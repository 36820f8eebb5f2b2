// The signature language: what every construct means, and how it is printed.

import { describe, expect, it } from 'vitest';
import * as c from '../../src/ctype/ctype.ts';
import { parseSignature, parseType } from '../../src/signature/parse.ts';
import { printSignature, printType } from '../../src/signature/print.ts';

const int = c.integer('int32');
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
  means(
    '*((*int) -> int)',
    c.pointer(c.functionType(c.signature([c.parameter(null, c.pointer(int))], int))),
    '*(*int32) -> int32',
  );
});

describe('the names of C', () => {
  const names: readonly (readonly [c.IntegerName, readonly string[]])[] = [
    ['int8', ['int8_t', 'signed char', 'char signed', 'sint8']],
    ['uint8', ['uint8_t', 'unsigned char', 'char unsigned', 'uchar', 'char8_t']],
    ['int16', ['short', 'short int', 'int short', 'signed short int', 'int16_t']],
    ['uint16', ['unsigned short', 'short unsigned int', 'ushort', 'char16_t']],
    ['int32', ['int', 'signed', 'signed int', 'int32_t']],
    ['uint32', ['unsigned', 'unsigned int', 'int unsigned', 'uint', 'char32_t']],
    ['int64', ['long long', 'long long int', 'long int long', 'ssize_t', 'ptrdiff_t', 'intptr_t', 'intmax_t']],
    ['uint64', ['unsigned long long', 'long unsigned long int', 'size_t', 'uintptr_t', 'uintmax_t']],
    ['char', ['char']],
    ['long', ['long', 'long int', 'signed long', 'long signed int']],
    ['ulong', ['unsigned long', 'long unsigned int', 'ulong']],
    ['wchar_t', ['wchar_t']],
  ];
  it.each(names.flatMap(([name, all]) => all.map((spelling) => [spelling, name] as const)))(
    '%s is %s',
    (text, name) => {
      expect(parseType(text)).toEqual(c.integer(name));
    },
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
