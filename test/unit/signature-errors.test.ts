// What the parser refuses: the code of every error and the exact position it points at.

import { describe, expect, it } from 'vitest';
import { type ErrorCode, InterfixError } from '../../src/errors.ts';
import { parseSignature, parseType } from '../../src/signature/parse.ts';
import { excerpt } from '../../src/signature/scanner.ts';

function errorOf(parse: () => unknown): InterfixError {
  try {
    parse();
  } catch (error) {
    if (error instanceof InterfixError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

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

describe('a length is refused with ERR_SIZE at the mark:', () => {
  refuses('ERR_SIZE', parseType, [
    '[^140737488355329:int8]',
    `[^1${'0'.repeat(400)}:int8]`,
    '{[^99999999999999999999:int]}',
  ]);
});

describe('what C has and this version has not is refused with ERR_UNSUPPORTED at the mark:', () => {
  refuses('ERR_UNSUPPORTED', parseType, [
    '^!{int}',
    '^!2:{int}',
    '^!<int>',
    '^@Name',
    '{a:int^:3}',
    '[^?:int]',
    '[^0:int]',
  ]);
  refuses('ERR_UNSUPPORTED', parseType, ['^v[4:float]', '^c[double]', '^long double', '^double long', '^__int128']);
  refuses('ERR_UNSUPPORTED', parseType, ['^_Float16', '^const int', '^struct point', '*^volatile int']);

  it.each([
    ['{a:int:3}', 'bit-fields'],
    ['!{int}', 'packed'],
    ['@Name', 'named types'],
    ['v[4:float]', 'vectors'],
    ['c[double]', 'complex'],
    ['[?:int]', 'flexible array'],
    ['[0:int]', 'zero-length array'],
    ['long double', 'long double'],
  ])('%s names the rule %s', (text, rule) => {
    expect(errorOf(() => parseType(text)).rule).toBe(rule);
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
