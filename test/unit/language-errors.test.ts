// What the parser refuses: the code of every error and the exact position it points at.

import { describe, expect, it } from 'vitest';
import type { ErrorCode } from '../../src/errors.ts';
import { parseSignature, parseType } from '../../src/signature/parse.ts';
import { createRegistry } from '../../src/signature/registry.ts';
import { excerpt } from '../../src/signature/scanner.ts';
import { distanceOf } from '../../src/signature/suggest.ts';
import { errorOf } from '../support/thrown.ts';

/** The texts mark the position of the error by `^`. */
const refuses = (code: ErrorCode, parse: (text: string) => unknown, marked: readonly string[]): void => {
  it.each(marked)('%s', (each) => {
    const position = each.indexOf('^');
    const text = each.replace('^', '');
    const error = errorOf(() => parse(text));
    expect({ code: error.code, position: error.position, text: error.text }).toEqual({ code, position, text });
    expect(error.message).toContain(`at position ${position}`);
  });
};

describe('a signature is refused with ERR_SYNTAX at the mark:', () => {
  refuses('ERR_SYNTAX', parseSignature, [
    ...['^', '  ^', '# nothing but a comment^', '^->', '^"f"() -> int', 'f^', 'f ^f() -> int', '()^', '() ^int'],
    ...['() ^- > int', '() -> ^', '() -> int^)', '() -> int^;', '() -> ^"int"', '() -> int # comment\n ^x'],
    ...['(^', '(int^', '(int,^', '(int, ^, int) -> int', '(int,^) -> int', '(^,) -> int', '(double ^bool) -> int'],
    ...['(;^;) -> int', '(int; int^; int) -> int', '(int;^, int) -> int', '(int; ^...) -> int', '(int, ^...) -> int'],
    ...['(a:^) -> int', '(a:int^:int) -> int', '(int^\u200b) -> int', '(^1a:int) -> int', '(int^\0) -> int'],
  ]);
});

describe('a type is refused with ERR_SYNTAX at the mark:', () => {
  refuses('ERR_SYNTAX', parseType, [
    ...['^', '*^', '{^', '{int^', '{int,^', '{int,^}', '{^,int}', '{int^>', '<int^}', '<int^', '{int}^}', '{int^;int}'],
    ...['[^:int]', '[4^int]', '[4:^]', '[4:int^', '[4:int^,]', '[^-1:int]', '[1^x10:int]', '[1^.5:int]', '[^int]'],
    ...['()^', '(int, int)^', '(a:int)^', '(;)^', '(int;)^', 'int^,', 'int^[4]', '^$', '^0', 'e:^', 'int ^*'],
  ]);
});

describe('a name is refused with ERR_UNKNOWN_TYPE at the mark:', () => {
  refuses('ERR_UNKNOWN_TYPE', parseType, ['^integer', '{a:^b}', '*^Int', '[4:^int33_t]', '^constructor', '^__proto__']);
  refuses('ERR_UNKNOWN_TYPE', parseType, ['^unsigned double', '^long long long', '^signed unsigned', '^short char']);
  refuses('ERR_UNKNOWN_TYPE', parseSignature, ['(^v) -> int', '(int, ^e) -> int', '() -> ^c', '(a:^foo) -> int']);
});

describe('a type is refused with ERR_TYPE at the mark:', () => {
  refuses('ERR_TYPE', parseType, ['{^void}', '{int, ^a:void}', '<^void>', '[4:^void]', '{a:int, ^a:int}']);
  refuses('ERR_TYPE', parseType, ['^e:double', '^e:*int', '^e:e:int', '*^e:void', '(^e:bool)']);
  refuses('ERR_TYPE', parseSignature, [
    '(int, ^void) -> int',
    '(^a:void) -> int',
    '(^void;) -> int',
    '(;^void) -> int',
  ]);
  refuses('ERR_TYPE', parseSignature, ['() -> ^[4:int]', '((int) -> ^[4:int]) -> int', '(^void, int) -> int']);
});

describe('a length or a width is refused at the mark:', () => {
  refuses('ERR_SIZE', parseType, [
    '[^140737488355329:int8]',
    `[^1${'0'.repeat(400)}:int8]`,
    '{[^99999999999999999999:int]}',
  ]);
  refuses('ERR_TYPE', parseType, ['{^a:int:33}', '{^int8:9}', '{^a:bool:2}', '{^long:65}', '{a:int128:^129}']);
  refuses('ERR_TYPE', parseType, ['{a:int:^0}', '{^a:float:3}', '{^*int:3}', '{^a:{int}:3}', '{^(e:int8):9}']);
  refuses('ERR_SYNTAX', parseType, [
    '{a:int:^}',
    '{a:int:^-1}',
    '{a:int:^x}',
    '{a:int:3^:4}',
    'int^:3',
    '{^3}',
    '{^:3}',
  ]);
  refuses('ERR_SYNTAX', parseSignature, ['(a:int^:3) -> int', '(int^:3) -> int']);
});

describe('records are refused at the mark:', () => {
  refuses('ERR_TYPE', parseType, ['!^0:{int}', '!^3:{int}', '!^32:<int>', `!^${'9'.repeat(99)}:{int}`]);
  refuses('ERR_SYNTAX', parseType, [
    '!^int',
    '!^',
    '!2^{int}',
    '!^[3:int]',
    '!^!{int}',
    '!2:^!{int}',
    '!^alignas(8) {int}',
  ]);
  refuses('ERR_TYPE', parseType, ['alignas(^0) {}', 'alignas(^3) {}', 'alignas(^536870912) {}', '{alignas(^6) a:int}']);
  refuses('ERR_SYNTAX', parseType, [
    'alignas(8) ^int',
    'alignas(8) ^',
    'alignas(^) {}',
    'alignas(8 ^{}',
    'alignas(8) ^*{}',
  ]);
  refuses('ERR_SYNTAX', parseSignature, ['(alignas(8) ^a:{int}) -> int', '(alignas(8) ^int) -> int']);
  refuses('ERR_TYPE', parseType, [
    '{^[?:int]}',
    '{int, ^[?:int], int}',
    '<int, ^[?:int]>',
    '[2:^[?:int]]',
    '[?:^[?:int]]',
  ]);
  refuses('ERR_TYPE', parseType, ['{^a:[?:int], b:int}', '[?:^void]']);
});

describe('enumerations, vectors and complex numbers are refused at the mark:', () => {
  refuses('ERR_SYNTAX', parseType, ['e:int{^}', 'e:int{A,^}', 'e:int{A^', 'e:int{A=^}', 'e:int{A=^B}', 'e:int{A ^B}']);
  refuses('ERR_SYNTAX', parseType, ['e:int{A=^010}', 'e:int{A=^0x}', 'e:int{A=^0b1}', 'e:int{A=1^L}', 'e:int{A=-^-1}']);
  refuses('ERR_TYPE', parseType, [
    'e:int{A, ^A}',
    'e:int8{A^=128}',
    'e:uint8{A^=-1}',
    'e:char{A^=256}',
    'e:int8{A=127, B^}',
  ]);
  refuses('ERR_TYPE', parseType, [`e:int{A=^${'9'.repeat(50)}}`, '^e:bool{A}', 'e:long{A^=0x8000000000000000}']);
  refuses('ERR_TYPE', parseType, ['v[^3:float]', 'v[^1:float]', 'v[^32:float]', 'v[^0:float]', 'v[^4:longdouble]']);
  refuses('ERR_TYPE', parseType, [
    'v[^4:bool]',
    'v[^4:bool]',
    'v[^4:void]',
    `v[^${'9'.repeat(400)}:int8]`,
    'v[^24:int8]',
  ]);
  refuses('ERR_SYNTAX', parseType, [
    'v[^float]',
    'v[4^]',
    'v[4:^{int}]',
    'v[4:^*int]',
    'v[4:float^',
    'v[4:^@A]',
    'c[^]',
    'c[double^',
    'c[^{}]',
  ]);
  refuses('ERR_TYPE', parseType, ['c[^int]', 'c[^bool]', 'c[^void]']);
});

describe('names are refused at the mark:', () => {
  const registry = createRegistry().define(
    '@Point = {x:int}; @Opaque; @List = {*@List}; @N::Handler = (int) -> void; @V = void; @Four = [4:int]; @Open = [?:int]; @D = double',
  );
  const type = (text: string): unknown => parseType(text, { registry });
  const signature = (text: string): unknown => parseSignature(text, { registry });
  refuses('ERR_UNKNOWN_TYPE', parseType, ['^@Name', '{a:^@N::M}', '*^@int']);
  refuses('ERR_UNKNOWN_TYPE', type, ['^@Pont', '{a:^@N}', '^@N::M', '^@Handler', '^Point']);
  refuses('ERR_SYNTAX', type, ['@^', '@^1', '@N::^', '@Point^:M', '@N::^1', '@Point^{}', '^::N']);
  refuses('ERR_TYPE', type, [
    '{^@V}',
    '[3:^@V]',
    '{^a:@D:3}',
    '{^@Point:3}',
    '{^@Open, int}',
    '<^@Open>',
    '^e:@D',
    '[2:^@Open]',
  ]);
  refuses('ERR_TYPE', signature, ['(^@V) -> int', '() -> ^@Four', '^@Point', '(^a:@V) -> int']);
  refuses('ERR_INCOMPLETE', signature, ['^@Opaque']);
  refuses('ERR_SYNTAX', signature, ['@N::Handler^() -> int', '@N::Handler ^-> int']);
});

describe('what C has and this version has not is refused with ERR_UNSUPPORTED at the mark:', () => {
  refuses('ERR_UNSUPPORTED', parseType, ['[^0:int]', '^__float128', '^struct point', '*^union u', '^enum color']);
  refuses('ERR_UNSUPPORTED', parseType, ['^_Atomic int', '^_Complex', '^_Decimal64', '*const ^_BitInt(3)']);

  it.each([
    ['[0:int]', 'zero-length array'],
    ['__float128', '__float128'],
    ['struct point', 'struct'],
  ])('%s names the rule %s', (text, rule) => {
    expect(errorOf(() => parseType(text)).rule).toBe(rule);
  });
});

describe('an unknown name', () => {
  const registry = createRegistry().define('@Point = {x:int}; @N::Handler = (int) -> void; @double = int;');
  it.each([
    ['dobule', 'double'],
    ['unsinged', 'unsigned'],
    ['Int', 'int'],
    ['itn', 'int'],
    ['unit32', 'uint32'],
    ['int_32', 'int32'],
    ['wchart_t', 'wchar_t'],
    ['string', '*char'],
    ['f64', 'double'],
    ['i128', 'int128'],
    ['Point', '@Point'],
    ['@Pont', '@Point'],
    ['Piont', '@Point'],
    ['@N::Handelr', '@N::Handler'],
    ['@Double', '@double'],
    ['@int', 'int'],
  ])('%s suggests %s', (text, meant) => {
    const { message } = errorOf(() => parseType(text, { registry }));
    expect(message.split('\n')[0]).toBe(`unknown type '${text}' at position 0, did you mean '${meant}'?`);
  });

  it.each(['b', 'xyz', 'foo', 'integer', 'unknowable', '@', '@Nothing', 'x'.repeat(100)])(
    '%s suggests nothing',
    (text) => {
      expect(errorOf(() => parseType(text, { registry })).message).not.toContain('did you mean');
    },
  );

  it('says that a registry is needed', () => {
    expect(errorOf(() => parseType('*@Point')).message).toBe(
      "'@Point' needs a registry, and none is given at position 1\n  *@Point\n   ^",
    );
  });

  it('counts missing, added, replaced and swapped letters', () => {
    const pairs = [
      ['int', 'itn', 1],
      ['abc', 'abc', 0],
      ['', 'abc', 3],
      ['kitten', 'sitting', 3],
      ['ca', 'abc', 3],
    ] as const;
    for (const [one, other, distance] of pairs) {
      expect(distanceOf(one, other)).toBe(distance);
      expect(distanceOf(other, one)).toBe(distance);
    }
  });
});

describe('the message', () => {
  it.each([
    ['{a:int b:int}', "expected ',' or '}', found \"b\" at position 7"],
    ['[4 12345:int]', 'expected \':\', found "12345" at position 3'],
    ['{int;}', "expected ',' or '}', found \";\" at position 4"],
    ['*', 'expected a type, found the end at position 1'],
    ['int 😀', 'expected the end of the type, found "😀" at position 4'],
    [`int ${'a'.repeat(100)}`, `expected the end of the type, found "${'a'.repeat(39)}…" at position 4`],
  ])('of %s says what was expected and found', (text, message) => {
    expect(errorOf(() => parseType(text)).message.split('\n')[0]).toBe(message);
  });
});

describe('the excerpt of an error', () => {
  it('has a caret under the position', () => {
    expect(errorOf(() => parseType('{int, integer}')).message).toBe(
      "unknown type 'integer' at position 6\n  {int, integer}\n        ^",
    );
  });

  it('shows at most 40 characters to either side, on one line', () => {
    const text = `${'a'.repeat(50)}\n\t\u2028${'b'.repeat(50)}`;
    const [line = '', caret = '', ...more] = excerpt(text, 51).split('\n');
    expect(more).toEqual([]);
    expect(line).toBe(`  …${'a'.repeat(39)}   ${'b'.repeat(38)}…`);
    expect(line.length - 4).toBe(80);
    expect(caret.indexOf('^')).toBe(2 + 1 + 40);
  });
});
