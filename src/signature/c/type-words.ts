// Every spelling of a scalar type in C: its keywords in any order and number, and the names of the standard headers.

import {
  BFLOAT16,
  BOOL,
  type CType,
  complex,
  DOUBLE,
  FLOAT,
  FLOAT16,
  type FloatType,
  type IntegerName,
  type IntegerType,
  integer,
  LONG_DOUBLE,
  VOID,
  vector,
} from '../../ctype/ctype.ts';

/** C11 6.7.2: the words of a multiset, sorted, with one blank between them. */
const integers: Readonly<Record<Exclude<IntegerName, 'wchar_t'>, readonly string[]>> = {
  char: ['char'],
  int8: ['char signed', '__int8', '__int8 signed'],
  uint8: ['char unsigned', '__int8 unsigned'],
  int16: ['short', 'int short', 'short signed', 'int short signed', '__int16', '__int16 signed'],
  uint16: ['short unsigned', 'int short unsigned', '__int16 unsigned'],
  int32: ['int', 'signed', 'int signed', '__int32', '__int32 signed'],
  uint32: ['unsigned', 'int unsigned', '__int32 unsigned'],
  long: ['long', 'int long', 'long signed', 'int long signed'],
  ulong: ['long unsigned', 'int long unsigned'],
  int64: ['long long', 'int long long', 'long long signed', 'int long long signed', '__int64', '__int64 signed'],
  uint64: ['long long unsigned', 'int long long unsigned', '__int64 unsigned'],
  int128: ['__int128', '__int128 signed'],
  uint128: ['__int128 unsigned'],
};

const floats: readonly (readonly [string, FloatType])[] = [
  ['float', FLOAT],
  ['double', DOUBLE],
  ['double long', LONG_DOUBLE],
  ['_Float16', FLOAT16],
  ['__bf16', BFLOAT16],
  // ISO/IEC TS 18661-3: types of their own, with the format of the ordinary ones on every platform.
  ['_Float32', FLOAT],
  ['_Float64', DOUBLE],
  ['_Float32x', DOUBLE],
];

const keywords = new Map<string, CType>([
  ['void', VOID],
  ['_Bool', BOOL],
  // GNU C: `_Complex` alone is `_Complex double`.
  ['_Complex', complex(DOUBLE)],
]);
for (const [name, all] of Object.entries(integers)) {
  for (const words of all) keywords.set(words, integer(name as IntegerName));
}
for (const [words, type] of floats) {
  keywords.set(words, type);
  keywords.set(sorted([...words.split(' '), '_Complex']), complex(type));
}

function sorted(words: readonly string[]): string {
  return [...words].sort().join(' ');
}

/** Spellings that mean the same as another keyword. */
const synonyms: ReadonlyMap<string, string> = new Map([
  ['__signed', 'signed'],
  ['__signed__', 'signed'],
  ['__complex__', '_Complex'],
  ['__complex', '_Complex'],
]);

/** Types that have a name and no description here: a pointer to one may be passed, the type itself may not. */
const opaque: ReadonlySet<string> = new Set([
  ...['__builtin_va_list', 'va_list', '_Float128', '__float128', '_Float64x', '__float80', '__ibm128', 'nullptr_t'],
  ...['_Decimal32', '_Decimal64', '_Decimal128'],
]);

const keywordSet: ReadonlySet<string> = new Set([...keywords.keys()].flatMap((words) => words.split(' ')));

/** The keyword that the word is or stands for, or null if it is none of the words of a scalar type. */
export function typeKeyword(word: string): string | null {
  const keyword = synonyms.get(word) ?? word;
  return keywordSet.has(keyword) ? keyword : null;
}

/** The words that `complex`, a macro of <complex.h>, may stand beside to be `_Complex`. */
export const COMPLEX_NEIGHBOURS: ReadonlySet<string> = new Set(['float', 'double', 'long', '_Float16']);

/** The type that the keywords, in any order, name together; null if they name none. */
export const typeOfKeywords = (words: readonly string[]): CType | null =>
  keywords.get(words.length === 1 ? (words[0] ?? '') : sorted(words)) ?? null;

export const isOpaque = (name: string): boolean => opaque.has(name);

/** Names of <stddef.h>, <stdint.h>, <stdbool.h>, <uchar.h>, <sys/types.h> that mean the same on every platform. */
const library: ReadonlyMap<string, CType> = new Map<string, CType>([
  ['bool', BOOL],
  ...(['int8', 'uint8', 'int16', 'uint16', 'int32', 'uint32', 'int64', 'uint64'] as const).map(
    (name) => [`${name}_t`, integer(name)] as const,
  ),
  ...[8, 16, 32, 64].map((bits) => [`int_least${bits}_t`, integer(`int${bits}` as IntegerName)] as const),
  ...[8, 16, 32, 64].map((bits) => [`uint_least${bits}_t`, integer(`uint${bits}` as IntegerName)] as const),
  ...['ssize_t', 'ptrdiff_t', 'intptr_t', 'intmax_t'].map((name) => [name, integer('int64')] as const),
  ...['size_t', 'rsize_t', 'uintptr_t', 'uintmax_t'].map((name) => [name, integer('uint64')] as const),
  ['int_fast8_t', integer('int8')],
  ['uint_fast8_t', integer('uint8')],
  ['__int128_t', integer('int128')],
  ['__uint128_t', integer('uint128')],
  ['wchar_t', integer('wchar_t')],
  ['char8_t', integer('uint8')],
  ['char16_t', integer('uint16')],
  ['char32_t', integer('uint32')],
  // <immintrin.h>, as gcc and clang define them.
  ['__m64', vector(integer('int32'), 2)],
  ...[128, 256, 512].flatMap((bits) => [
    [`__m${bits}`, vector(FLOAT, bits / 32)] as const,
    [`__m${bits}d`, vector(DOUBLE, bits / 64)] as const,
    [`__m${bits}i`, vector(integer('int64'), bits / 64)] as const,
  ]),
  ...neonTypes(),
]);

/** <arm_neon.h>: `int8x8_t` to `float64x2_t`, of 64 and 128 bits (ACLE 12.2.3). */
function neonTypes(): readonly (readonly [string, CType])[] {
  const elements: readonly (readonly [string, number, IntegerType | FloatType])[] = [
    ...([8, 16, 32, 64] as const).flatMap((bits) => [
      [`int${bits}`, bits, integer(`int${bits}`)] as const,
      [`uint${bits}`, bits, integer(`uint${bits}`)] as const,
    ]),
    ...[['float16', 16, FLOAT16] as const, ['float32', 32, FLOAT] as const, ['float64', 64, DOUBLE] as const],
  ];
  return elements.flatMap(([name, bits, element]) =>
    [64, 128].map((total) => [`${name}x${total / bits}_t`, vector(element, total / bits)] as const),
  );
}

/** What a misspelt type may have been meant to be. */
export const typeNames: readonly string[] = [...keywordSet, ...library.keys()];

/** The type of a name that a standard header defines. A typedef of the text goes before it. */
export const libraryType = (name: string): CType | null => library.get(name) ?? null;

/** Names that standard headers define differently from platform to platform: only a typedef can say what is meant. */
const varying: ReadonlySet<string> = new Set([
  ...['blkcnt_t', 'blksize_t', 'clock_t', 'clockid_t', 'dev_t', 'fsblkcnt_t', 'fsfilcnt_t', 'gid_t', 'id_t', 'ino_t'],
  ...['int_fast16_t', 'int_fast32_t', 'int_fast64_t', 'key_t', 'loff_t', 'max_align_t', 'mode_t', 'nlink_t', 'off64_t'],
  ...[
    'off_t',
    'pid_t',
    'socklen_t',
    'suseconds_t',
    'time_t',
    'timer_t',
    'uid_t',
    'useconds_t',
    'wctrans_t',
    'wctype_t',
  ],
  ...['wint_t', 'uint_fast16_t', 'uint_fast32_t', 'uint_fast64_t'],
]);

export const isVarying = (name: string): boolean => varying.has(name);
