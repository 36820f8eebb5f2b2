// Every spelling of a scalar type, C's own and ours. A spelling of several words is looked up with its words sorted,
// because C lets them stand in any order (C11 6.7.2).

import type { CType } from '../ctype/ctype.ts';
import { BOOL, DOUBLE, FLOAT, type IntegerName, integer, VOID } from '../ctype/ctype.ts';

const spellings: Readonly<Record<IntegerName, readonly string[]>> = {
  int8: ['int8', 'sint8', 'int8_t', 'signed char'],
  uint8: ['uint8', 'uint8_t', 'uchar', 'unsigned char', 'char8_t'],
  int16: ['int16', 'sint16', 'int16_t', 'short', 'short int', 'signed short', 'signed short int'],
  uint16: ['uint16', 'uint16_t', 'ushort', 'unsigned short', 'unsigned short int', 'char16_t'],
  int32: ['int32', 'sint32', 'int32_t', 'int', 'signed', 'signed int'],
  uint32: ['uint32', 'uint32_t', 'uint', 'unsigned', 'unsigned int', 'char32_t'],
  int64: [
    ...['int64', 'sint64', 'int64_t', 'longlong', 'ssize_t', 'ptrdiff_t', 'intptr_t', 'intmax_t'],
    ...['long long', 'long long int', 'signed long long', 'signed long long int'],
  ],
  uint64: [
    ...['uint64', 'uint64_t', 'ulonglong', 'size_t', 'uintptr_t', 'uintmax_t'],
    ...['unsigned long long', 'unsigned long long int'],
  ],
  char: ['char'],
  long: ['long', 'long int', 'signed long', 'signed long int'],
  ulong: ['ulong', 'unsigned long', 'unsigned long int'],
  wchar_t: ['wchar_t'],
};

const sortedWords = (words: readonly string[]): string => [...words].sort().join(' ');

const types = new Map<string, CType>([
  ['void', VOID],
  ['bool', BOOL],
  ['_Bool', BOOL],
  ['float', FLOAT],
  ['float32', FLOAT],
  ['double', DOUBLE],
  ['float64', DOUBLE],
]);
for (const [name, all] of Object.entries(spellings)) {
  for (const spelling of all) types.set(sortedWords(spelling.split(' ')), integer(name as IntegerName));
}

/** The words that may follow one another in one type name. */
const specifiers: ReadonlySet<string> = new Set(['signed', 'unsigned', 'short', 'long', 'int', 'char', 'double']);

/** C types that exist, and that this version refuses rather than guesses about. */
const refused: ReadonlySet<string> = new Set([
  ...[
    'int128',
    'sint128',
    'uint128',
    '__int128',
    'float16',
    '_Float16',
    'bfloat16',
    '__bf16',
    'float128',
    '__float128',
  ],
  ...[
    sortedWords(['long', 'double']),
    'longdouble',
    '_Complex',
    'const',
    'volatile',
    'restrict',
    'struct',
    'union',
    'enum',
  ],
]);

export const isSpecifier = (word: string): boolean => specifiers.has(word);

/** The type that the words name, `'refused'` if C has it and this version does not, or null if nothing has that name. */
export function typeNamed(words: readonly string[]): CType | 'refused' | null {
  const key = words.length === 1 ? (words[0] ?? '') : sortedWords(words);
  return types.get(key) ?? (refused.has(key) ? 'refused' : null);
}
