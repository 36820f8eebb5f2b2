// The two parsers held against each other: what the compiler infers from a text is checked when this file is compiled, what
// parse.ts makes of the same text when it runs.

import { describe, expect, it } from 'vitest';
import type { CType } from '../../src/ctype/ctype.ts';
import { SYSV_X64 } from '../../src/ctype/data-model.ts';
import { InterfixError } from '../../src/errors.ts';
import type { FunctionOf, SignatureError, ValueOf } from '../../src/signature/infer.ts';
import { oneWordNames } from '../../src/signature/names.ts';
import { parseSignature, parseType } from '../../src/signature/parse.ts';

type Texts = readonly string[];
/** What the compiler makes of a text, as `Reading` does it: a `SignatureError` or something else. */
interface Readings<T extends string> {
  readonly signature: FunctionOf<T>;
  readonly type: ValueOf<T>;
}
type Reading = keyof Readings<string>;
/** Those of the texts that the compiler refuses, and those that it reads. */
type Refused<T extends string, R extends Reading> = T extends string
  ? Readings<T>[R] extends SignatureError<string>
    ? T
    : never
  : never;
type Read<T extends string, R extends Reading> = Exclude<T, Refused<T, R>>;
/** Rest parameters that make a call compile only if there are no such texts; the message shows them. */
type None<T extends string> = [T] extends [never] ? [] : [unexpected: T];

const parsers = { signature: parseSignature, type: parseType } as const;

function bothRead<R extends Reading, const T extends Texts>(
  how: R,
  texts: T,
  ..._none: None<Refused<T[number], R>>
): void {
  it.each(texts)('%s', (text) => {
    expect(() => parsers[how](text)).not.toThrow();
  });
}

const refusal = (how: Reading, text: string): void => {
  expect(() => parsers[how](text)).toThrow(InterfixError);
};

function bothRefuse<R extends Reading, const T extends Texts>(
  how: R,
  texts: T,
  ..._none: None<Read<T[number], R>>
): void {
  it.each(texts)('%s', (text) => refusal(how, text));
}

function onlyRunningRefuses<R extends Reading, const T extends Texts>(
  how: R,
  texts: T,
  ..._none: None<Refused<T[number], R>>
): void {
  it.each(texts)('%s', (text) => refusal(how, text));
}

describe('compiler and parser read the signature', () => {
  bothRead('signature', [
    ...(['() -> void', '(void) -> int', 'f(int)->int', ' f ( int , double ) -> * char ', '(int;) -> int'] as const),
    ...(['(;) -> int', '(;int) -> int', '(*char; int, double) -> int', '(a:int, a:int) -> void'] as const),
    ...(['((int)) -> ((int))', '() -> () -> void', '((int) -> int, *(int) -> int) -> (int) -> int'] as const),
    ...(['(e:int, v:int, c:int) -> e:int', '((e:int{A}), e:int{B}) -> int', '([4:int], [?:char]) -> int'] as const),
    ...(['alignas(int) -> void', 'const(const int, const:int) -> const int', '(alignas(8) {int}) -> int'] as const),
    ...(['# a comment\n(int # and another, with )\n) -> int #', '(\tunsigned\r\nlong\v\fint) -> int'] as const),
  ]);
});

describe('compiler and parser read the type', () => {
  bothRead('type', [
    ...(['{}', '<>', '{int}', '{a:int, double}', '{ a : int }', '<a:int, b:*void>', '[2:[3:int]]'] as const),
    ...(['[007:int]', '!{int8, int}', '!2:{int}', '! 16 : <int>', '_Alignas(1)!4:<int>'] as const),
    ...(['{alignas(8) alignas(4) {}}', '{a:uint32:3, uint32:0, unsigned int : 5}', '{(e:int):3, e:int:3}'] as const),
    ...(['{x:e:uint8{A}:3}', '{bool:1}', '{n:int, [?:char]}', '*[?:int]', 'e:int{A=-1,B, C = 0x1F,D=-0x2}'] as const),
    ...(['{e:int{A}}', '*e:const int', 'c[long double]', 'v [ 16 : unsigned char ]', '*const v[2:double]'] as const),
    ...(['m512i', '__m128', 'long double _Complex', '*const (char)', '*char const', '*{int} const'] as const),
    ...(['**const volatile char', 'const *int', 'int const volatile'] as const),
    ...(['{const:int, restrict:int, alignas:int, int:int, e:e:int}', '{__proto__:int}', '(int) -> int'] as const),
  ]);
});

describe('compiler and parser refuse the signature', () => {
  bothRefuse('signature', [
    ...(['', ' ', 'f', 'int', '()', '() int', '() - > int', '() -> ', '() -> int)', '"f"() -> int'] as const),
    ...(['f f() -> int', '(int', '(int,', '(int,) -> int', '(,int) -> int', '(;;) -> int'] as const),
    ...(['(int, ; int) -> int', '(int;, int) -> int', '(int; int; int) -> int', '(int, ...) -> int'] as const),
    ...(['(a:) -> int', '(a:int:3) -> int', '(int:3) -> int', '(void, int) -> int', '(a:void) -> int'] as const),
    ...(['(void;) -> int', '() -> [4:int]', '(dobule) -> int', '() -> c', '(alignas(8) int) -> int'] as const),
    ...(['((int) -> [4:int]) -> int', '() -> int # comment\n x'] as const),
  ]);
});

describe('compiler and parser refuse the type', () => {
  bothRefuse('type', [
    ...(['', '*', '{', '{int', '{int,', '{int,}', '{,int}', '{int>', '<int}', '{int}}', '{int;int}'] as const),
    ...(['int,', 'int*', '[:int]', '[4int]', '[4:]', '[4:int', '[-1:int]', '[0:int]', '[4:void]', 'int[4]'] as const),
    ...(['[2:[?:int]]', '()', '(int, int)', '(a:int)', '(;)', '(int;)', 'e:', 'e:double', 'e:e:int'] as const),
    ...(['(e:bool)', 'e:int{}', 'e:int{A,}', 'e:int{A', 'e:int{A B}', 'v[4:bool]', 'v[4]', 'v[float]'] as const),
    ...(['v[4:*int]', 'c[int]', 'c[double', '!int', '!2{int}', '!!{int}', '!alignas(8) {int}'] as const),
    ...(['alignas(8) int', 'alignas() {}', '@', '@1', '::N', '{void}', '{a:int, a:int}', '{a:int:}'] as const),
    ...(['{a:float:3}', '{*int:3}', '{3}', '{a:int:3:4}', 'int:3', '{[?:int]}', '{a:[?:int], b:int}'] as const),
    ...(['integer', 'Int', 'constructor', 'unsigned double', 'long long long', 'signed unsigned'] as const),
    ...(['int int', 'struct point', '_Atomic int', '__float128', 'const', 'long bool', '*const', '{int\0}'] as const),
    ...(['$', '0'] as const),
  ]);
});

describe('numbers and the names of a registry are not looked at by the compiler, only by the parser, which refuses', () => {
  onlyRunningRefuses('type', [
    ...(['[140737488355329:int8]', '{a:int:33}', '{a:int:0}', '!3:{int}', 'alignas(3) {}', 'v[3:float]'] as const),
    ...(['e:int8{A=128}', 'e:int{A=010}', 'e:int{A, A}', '@Name', '*@N::M'] as const),
  ]);
  onlyRunningRefuses('signature', ['@Name', '(@Name) -> int']);
});

/** Names by the value that the compiler infers for them. */
const names = {
  number: [
    ...(['char', 'int8', 'sint8', 'int8_t', 'uint8', 'uint8_t', 'uchar', 'char8_t', 'int_least8_t'] as const),
    ...(['uint_least8_t', 'int16', 'sint16', 'int16_t', 'uint16', 'uint16_t', 'short', 'ushort'] as const),
    ...(['char16_t', 'int32', 'sint32', 'int32_t', 'uint32', 'uint32_t', 'int', 'uint', 'signed'] as const),
    ...(['unsigned', 'char32_t', 'int_least16_t', 'uint_least16_t', 'int_least32_t', 'uint_least32_t'] as const),
    ...(['wchar_t', 'half', 'float', 'float32', 'double', 'float64', 'longdouble', 'float16', '_Float16'] as const),
    ...(['bfloat16', '__bf16'] as const),
  ],
  bigint: [
    ...(['int64', 'sint64', 'int64_t', 'uint64', 'uint64_t', 'long', 'ulong', 'longlong', 'ulonglong'] as const),
    ...(['size_t', 'ssize_t', 'ptrdiff_t', 'intptr_t', 'uintptr_t', 'intmax_t', 'uintmax_t'] as const),
    ...(['int_least64_t', 'uint_least64_t', 'int128', 'sint128', 'uint128', '__int128', '__int128_t'] as const),
    ...(['__uint128_t'] as const),
  ],
  numbers: [
    'm128',
    'm128d',
    'm256',
    'm256d',
    'm512',
    'm512d',
    '__m128',
    '__m128d',
    '__m256',
    '__m256d',
    '__m512',
    '__m512d',
  ],
  bigints: ['m128i', 'm256i', 'm512i', '__m128i', '__m256i', '__m512i'],
  boolean: ['bool', '_Bool'],
  void: ['void'],
} as const;

interface Inferred {
  readonly number: number;
  readonly bigint: bigint;
  readonly numbers: number[];
  readonly bigints: bigint[];
  readonly boolean: boolean;
  // biome-ignore lint/suspicious/noConfusingVoidType: the value of `void` is the result of a function without one
  readonly void: void;
}
type Misnamed = {
  [K in keyof Inferred]: ValuesOf<(typeof names)[K][number], Inferred[K]>;
}[keyof Inferred];
/** The names whose value is another. */
type ValuesOf<T extends string, V> = T extends string ? ([ValueOf<T>, V] extends [V, ValueOf<T>] ? never : T) : never;
const misnamed: None<Misnamed> = [];

/** The value that the marshaller makes of a type on the platform that the compiler has in mind. */
function valueNamed(type: CType): string {
  if (type.kind === 'vector') return `${valueNamed(type.element)}s`;
  if (type.kind === 'integer') return SYSV_X64.integers[type.name].size > 4 ? 'bigint' : 'number';
  if (type.kind === 'float') return 'number';
  return type.kind === 'bool' ? 'boolean' : type.kind;
}

describe('the names of types', () => {
  it('are the same to compiler and parser', () => {
    expect(misnamed).toEqual([]);
    const halves = ['_Complex', 'complex']; // no types by themselves
    const known = Object.values(names).flatMap((each) => [...each]);
    expect(known.toSorted()).toEqual(
      oneWordNames
        .filter((name) => !halves.includes(name))
        .filter(isFirst)
        .toSorted(),
    );
  });

  it.each(Object.entries(names))('%s is the value of each of %j', (value, texts) => {
    for (const text of texts) expect(valueNamed(parseType(text)), text).toBe(value);
  });
});

const isFirst = <T>(value: T, index: number, all: readonly T[]): boolean => all.indexOf(value) === index;
