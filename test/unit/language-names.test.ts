// Every name of a type: C's own in any order of their words, and ours.

import { describe, expect, it } from 'vitest';
import * as c from '../../src/ctype/ctype.ts';
import { oneWordNames } from '../../src/signature/names.ts';
import { parseType } from '../../src/signature/parse.ts';
import { printType } from '../../src/signature/print.ts';

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
    ['int128', ['int128', '__int128', 'signed __int128', '__int128_t', 'sint128']],
    ['uint128', ['uint128', 'unsigned __int128', '__int128 unsigned', '__uint128_t']],
  ];
  it.each(names.flatMap(([name, all]) => all.map((spelling) => [spelling, name] as const)))(
    '%s is %s',
    (text, name) => {
      expect(parseType(text)).toEqual(c.integer(name));
    },
  );
});

describe('the names of other numbers and of vectors', () => {
  it.each<readonly [string, c.CType]>([
    ['float32', c.FLOAT],
    ['float64', c.DOUBLE],
    ['half', c.FLOAT16],
    ['_Float16', c.FLOAT16],
    ['__bf16', c.BFLOAT16],
    ['long double', c.LONG_DOUBLE],
    ['double long', c.LONG_DOUBLE],
    ['longdouble', c.LONG_DOUBLE],
    ['float _Complex', c.complex(c.FLOAT)],
    ['complex double', c.complex(c.DOUBLE)],
    ['long _Complex double', c.complex(c.LONG_DOUBLE)],
    ['_Complex _Float16', c.complex(c.FLOAT16)],
    ['m128', c.vector(c.FLOAT, 4)],
    ['m128d', c.vector(c.DOUBLE, 2)],
    ['__m128i', c.vector(c.integer('int64'), 2)],
    ['m256', c.vector(c.FLOAT, 8)],
    ['m256d', c.vector(c.DOUBLE, 4)],
    ['m256i', c.vector(c.integer('int64'), 4)],
    ['m512', c.vector(c.FLOAT, 16)],
    ['__m512d', c.vector(c.DOUBLE, 8)],
    ['m512i', c.vector(c.integer('int64'), 8)],
  ])('%s', (text, type) => {
    expect(parseType(text)).toEqual(type);
  });

  it('include every spelling that infix takes', () => {
    const names = [
      ...['bool', 'sint8', 'int8', 'char', 'uint8', 'uchar', 'sint16', 'int16', 'short', 'uint16', 'ushort', 'sint32'],
      ...['int32', 'int', 'uint32', 'uint', 'sint64', 'int64', 'longlong', 'uint64', 'ulonglong', 'long', 'ulong'],
      ...['size_t', 'ssize_t', 'sint128', 'int128', 'uint128', 'float16', 'float', 'float32', 'double', 'float64'],
      ...[
        'longdouble',
        'void',
        'char8_t',
        'char16_t',
        'char32_t',
        'wchar_t',
        'm256',
        'm256d',
        'm512',
        'm512d',
        'm512i',
      ],
    ];
    for (const name of names) expect(parseType(name).kind, name).toMatch(/^(?:void|bool|integer|float|vector)$/);
  });

  it('are found again by what they print', () => {
    for (const name of oneWordNames) {
      if (name === '_Complex' || name === 'complex') continue;
      expect(parseType(printType(parseType(name))), name).toEqual(parseType(name));
    }
  });
});
