// Every spelling of a scalar or vector type, C's own and ours. A spelling of several words is looked up with its words
// sorted, because C lets them stand in any order (C11 6.7.2). What a platform makes of `long` is not decided here.

import type { CType } from '../ctype/ctype.ts';
import {
  BFLOAT16,
  BOOL,
  complex,
  DOUBLE,
  FLOAT,
  FLOAT16,
  type FloatType,
  type IntegerName,
  integer,
  LONG_DOUBLE,
  VOID,
  vector,
} from '../ctype/ctype.ts';

const integerSpellings: Readonly<Record<IntegerName, readonly string[]>> = {
  int8: ['int8', 'sint8', 'int8_t', 'signed char', 'int_least8_t'],
  uint8: ['uint8', 'uint8_t', 'uchar', 'unsigned char', 'char8_t', 'uint_least8_t'],
  int16: ['int16', 'sint16', 'int16_t', 'short', 'short int', 'signed short', 'signed short int', 'int_least16_t'],
  uint16: [
    ...['uint16', 'uint16_t', 'ushort', 'char16_t', 'uint_least16_t'],
    ...['unsigned short', 'unsigned short int'],
  ],
  int32: ['int32', 'sint32', 'int32_t', 'int', 'signed', 'signed int', 'int_least32_t'],
  uint32: ['uint32', 'uint32_t', 'uint', 'unsigned', 'unsigned int', 'char32_t', 'uint_least32_t'],
  int64: [
    ...['int64', 'sint64', 'int64_t', 'longlong', 'ssize_t', 'ptrdiff_t', 'intptr_t', 'intmax_t', 'int_least64_t'],
    ...['long long', 'long long int', 'signed long long', 'signed long long int'],
  ],
  uint64: [
    ...['uint64', 'uint64_t', 'ulonglong', 'size_t', 'uintptr_t', 'uintmax_t', 'uint_least64_t'],
    ...['unsigned long long', 'unsigned long long int'],
  ],
  int128: ['int128', 'sint128', '__int128', 'signed __int128', '__int128_t'],
  uint128: ['uint128', 'unsigned __int128', '__uint128_t'],
  char: ['char'],
  long: ['long', 'long int', 'signed long', 'signed long int'],
  ulong: ['ulong', 'unsigned long', 'unsigned long int'],
  wchar_t: ['wchar_t'],
};

/** Each of them may stand next to `_Complex`, too, where C has such a type. */
const floatSpellings: readonly (readonly [FloatType, readonly string[]])[] = [
  [FLOAT16, ['float16', '_Float16', 'half']],
  [BFLOAT16, ['bfloat16', '__bf16']],
  [FLOAT, ['float', 'float32']],
  [DOUBLE, ['double', 'float64']],
  [LONG_DOUBLE, ['longdouble', 'long double']],
];

/** Intel's types, by infix's names; `__m128` and so on are C's. */
const vectorNames: readonly (readonly [string, CType])[] = [
  ['m128', vector(FLOAT, 4)],
  ['m128d', vector(DOUBLE, 2)],
  ['m128i', vector(integer('int64'), 2)],
  ['m256', vector(FLOAT, 8)],
  ['m256d', vector(DOUBLE, 4)],
  ['m256i', vector(integer('int64'), 4)],
  ['m512', vector(FLOAT, 16)],
  ['m512d', vector(DOUBLE, 8)],
  ['m512i', vector(integer('int64'), 8)],
];

const sortedWords = (words: readonly string[]): string => [...words].sort().join(' ');

const types = new Map<string, CType>([
  ['void', VOID],
  ['bool', BOOL],
  ['_Bool', BOOL],
]);
const define = (spelling: string, type: CType): void => {
  types.set(sortedWords(spelling.split(' ')), type);
};
for (const [name, spellings] of Object.entries(integerSpellings)) {
  for (const spelling of spellings) define(spelling, integer(name as IntegerName));
}
for (const [type, spellings] of floatSpellings) {
  for (const spelling of spellings) {
    define(spelling, type);
    define(`${spelling} _Complex`, complex(type));
    define(`${spelling} complex`, complex(type)); // <complex.h>, C11 7.3.1
  }
}
for (const [name, type] of vectorNames) {
  define(name, type);
  define(`__${name}`, type);
}

/** The words that may follow one another in one type name. */
const specifiers: ReadonlySet<string> = new Set([
  ...['signed', 'unsigned', 'short', 'long', 'int', 'char', 'float', 'double'],
  ...['__int128', '_Float16', '_Complex', 'complex'],
]);

/** C types that exist, and that this version refuses rather than guesses about. */
const refused: ReadonlySet<string> = new Set([
  ...['float128', '__float128', '_Float128', '__float80', '_Float64x', '_Decimal32', '_Decimal64', '_Decimal128'],
  ...['_Complex', '_Imaginary', '_Atomic', '_BitInt', 'struct', 'union', 'enum'],
]);

/** What other languages call it; too far from our names to be found by likeness. */
const foreign: ReadonlyMap<string, string> = new Map([
  ...(['string', 'str', 'cstring', 'CString'] as const).map((name) => [name, '*char'] as const),
  ...(['pointer', 'ptr', 'Pointer'] as const).map((name) => [name, '*void'] as const),
  ...[8, 16, 32, 64, 128].map((width) => [`i${width}`, `int${width}`] as const),
  ...[8, 16, 32, 64, 128].map((width) => [`u${width}`, `uint${width}`] as const),
  ...[
    ['f32', 'float'] as const,
    ['f64', 'double'] as const,
    ['usize', 'size_t'] as const,
    ['isize', 'ssize_t'] as const,
  ],
  ...[['boolean', 'bool'] as const, ['number', 'double'] as const, ['bigint', 'int64'] as const],
]);

/** Every type name of one word. */
export const oneWordNames: readonly string[] = Object.freeze(
  [...types.keys(), ...specifiers].filter((name) => !name.includes(' ')),
);

export const isSpecifier = (word: string): boolean => specifiers.has(word);

/** What C and we call a type of another language, or null. */
export const nameOfForeign = (word: string): string | null => foreign.get(word) ?? null;

/** The type that one word names, or null. */
export const typeOfWord = (word: string): CType | null => types.get(word) ?? null;

/** The type that the words name, `'refused'` if C has it and this version does not, or null if nothing has that name. */
export function typeNamed(words: readonly string[]): CType | 'refused' | null {
  const key = words.length === 1 ? (words[0] ?? '') : sortedWords(words);
  return types.get(key) ?? (refused.has(key) ? 'refused' : null);
}
