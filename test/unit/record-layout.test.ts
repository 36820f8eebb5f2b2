// The rules of records by hand, one by one. What is refused is in record-limits.test.ts, what holds for every record in
// record-property.test.ts; that compilers agree is asked in test/oracle/layout.test.ts.

import { describe, expect, it } from 'vitest';
import {
  array,
  BFLOAT16,
  BOOL,
  complex,
  DOUBLE,
  enumeration,
  FLOAT,
  FLOAT16,
  integer,
  LONG_DOUBLE,
  member,
  named,
  pointer,
  type RecordType,
  struct,
  union,
  VOID,
  vector,
} from '../../src/ctype/ctype.ts';
import { AAPCS64, AAPCS64_APPLE, type DataModel, SYSV_X64, WIN_X64 } from '../../src/ctype/data-model.ts';
import { layoutOfRecord, layoutOfType } from '../../src/ctype/layout.ts';
import { bits, field, gap, MODELS } from '../support/record-builders.ts';

/** `size/align: place place …`; a bit-field's place is its unit, its first bit in it and its width. */
function shown(type: RecordType, model: DataModel): string {
  const { size, align, members } = layoutOfRecord(type, model);
  const places = members.map(({ offset, bitOffset, bitWidth }) =>
    bitOffset === null ? `${offset}` : `${offset}.${bitOffset}:${bitWidth}`,
  );
  return [`${size}/${align}:`, ...places].join(' ');
}

describe('a scalar has the size of its data model:', () => {
  it.each([
    ['int128', integer('int128'), [16, 16, 16, 16, 16]],
    ['long', integer('long'), [8, 4, 8, 8, 4]],
    ['wchar_t', integer('wchar_t'), [4, 2, 4, 4, 2]],
    ['float16', FLOAT16, [2, 2, 2, 2, 2]],
    ['bfloat16', BFLOAT16, [2, 2, 2, 2, 2]],
    ['long double', LONG_DOUBLE, [16, 8, 16, 8, 8]],
    ['an enum of uint16', enumeration(integer('uint16')), [2, 2, 2, 2, 2]],
    ['a pointer', pointer(VOID), [8, 8, 8, 8, 8]],
  ])('%s', (_, type, sizes) => {
    expect(MODELS.map((model) => layoutOfType(type, model))).toEqual(sizes.map((size) => ({ size, align: size })));
  });

  it.each([
    ['complex float', complex(FLOAT), [8, 8, 8, 8, 8], [4, 4, 4, 4, 4]],
    ['complex long double', complex(LONG_DOUBLE), [32, 16, 32, 16, 16], [16, 8, 16, 8, 8]],
    ['a vector of 8 bytes', vector(FLOAT, 2), [8, 8, 8, 8, 8], [8, 8, 8, 8, 8]],
    ['a vector of 64 bytes', vector(DOUBLE, 8), [64, 64, 64, 64, 64], [64, 64, 16, 16, 16]],
  ])('%s', (_, type, sizes, aligns) => {
    const layouts = MODELS.map((model) => layoutOfType(type, model));
    expect(layouts.map(({ size }) => size)).toEqual(sizes);
    expect(layouts.map(({ align }) => align)).toEqual(aligns);
  });
});

describe('the layout of a record, by GNU on x64, by Microsoft on x64, by GNU on AArch64:', () => {
  it.each([
    [
      'bit-fields of several types share bytes, or units of their own type',
      struct([field('char'), bits('int32', 4), bits('int16', 5), bits('int32', 20)]),
      ['8/4: 0 0.8:4 2.0:5 4.0:20', '16/4: 0 4.0:4 8.0:5 12.0:20', '8/4: 0 0.8:4 2.0:5 4.0:20'],
    ],
    [
      'a bit-field does not cross the unit of its type',
      struct([bits('int32', 20), bits('int32', 20)]),
      ['8/4: 0.0:20 4.0:20', '8/4: 0.0:20 4.0:20', '8/4: 0.0:20 4.0:20'],
    ],
    [
      'a bool is a unit of one byte',
      struct([member('a', BOOL, 1), member('b', BOOL, 1), bits('int32', 6)]),
      ['4/4: 0.0:1 0.1:1 0.2:6', '8/4: 0.0:1 0.1:1 4.0:6', '4/4: 0.0:1 0.1:1 0.2:6'],
    ],
    [
      'units of 64 and 128 bits',
      struct([bits('int64', 40), bits('int64', 24), bits('uint128', 100), bits('int8', 1)]),
      [
        '32/16: 0.0:40 0.40:24 16.0:100 28.4:1',
        '48/16: 0.0:40 0.40:24 16.0:100 32.0:1',
        '32/16: 0.0:40 0.40:24 16.0:100 28.4:1',
      ],
    ],
    [
      'a zero width ends the unit',
      struct([bits('int8', 3), gap('int32', 0), bits('int8', 3)]),
      ['5/1: 0.0:3 4.0:0 4.0:3', '8/4: 0.0:3 4.0:0 4.0:3', '8/4: 0.0:3 4.0:0 4.0:3'],
    ],
    [
      'a zero width behind no bit-field means nothing to Microsoft',
      struct([field('int8'), gap('int32', 0), field('int8')]),
      ['5/1: 0 4.0:0 4', '2/1: 0 1.0:0 1', '8/4: 0 4.0:0 4'],
    ],
    [
      'an unnamed bit-field is padding; on AArch64 it aligns its record',
      struct([field('int8'), gap('int32', 8), field('int8')]),
      ['3/1: 0 0.8:8 2', '12/4: 0 4.0:8 8', '4/4: 0 0.8:8 2'],
    ],
    [
      'a union puts every bit-field at its first bit; by Microsoft it does not align the union',
      union([bits('int32', 3), field('int8')]),
      ['4/4: 0.0:3 0', '4/1: 0.0:3 0', '4/4: 0.0:3 0'],
    ],
    [
      'packed: bit-fields reach over units; by Microsoft they keep to them',
      struct([bits('int32', 20), bits('int32', 20), field('int32')], 'attribute'),
      ['9/1: 0.0:20 2.4:20 5', '12/1: 0.0:20 4.0:20 8', '9/1: 0.0:20 2.4:20 5'],
    ],
    [
      'pragma pack(2): units begin at even bytes',
      struct([bits('int32', 20), bits('int32', 20), field('int32')], 2),
      ['10/2: 0.0:20 2.4:20 6', '12/2: 0.0:20 4.0:20 8', '10/2: 0.0:20 2.4:20 6'],
    ],
    [
      'no packing weakens a zero width by GNU',
      struct([bits('int8', 3), gap('int32', 0), bits('int8', 3)], 'attribute'),
      ['5/1: 0.0:3 4.0:0 4.0:3', '2/1: 0.0:3 1.0:0 1.0:3', '8/4: 0.0:3 4.0:0 4.0:3'],
    ],
    [
      'alignas raises a member and its record, and never lowers',
      struct([field('int8'), field('int16', 8), field('int64', 2)]),
      ['24/8: 0 8 16', '24/8: 0 8 16', '24/8: 0 8 16'],
    ],
    ['alignas on a record', struct([field('int8')], null, 16), ['16/16: 0', '16/16: 0', '16/16: 0']],
    [
      'alignas wins over the packed attribute',
      struct([field('int8'), field('int32', 2), field('int64')], 'attribute'),
      ['14/2: 0 2 6', '14/2: 0 2 6', '14/2: 0 2 6'],
    ],
    [
      'pragma pack wins over alignas on members by GNU, and loses by Microsoft',
      struct([field('int8'), field('int32', 8)], 2),
      ['6/2: 0 2', '16/8: 0 8', '6/2: 0 2'],
    ],
    [
      'a record with alignas keeps it within a packed one by Microsoft only; so does a vector',
      struct([field('int8'), field(array(struct([field('int8', 4)]), 1)), field(vector(FLOAT, 4))], 'attribute'),
      ['21/1: 0 1 5', '32/16: 0 4 16', '21/1: 0 1 5'],
    ],
    [
      'pragma pack(16) is no limit',
      struct([field('int8'), field('int128')], 16),
      ['32/16: 0 16', '32/16: 0 16', '32/16: 0 16'],
    ],
    [
      'a vector of 32 bytes',
      struct([field('int8'), field(vector(FLOAT, 8))]),
      ['64/32: 0 32', '64/32: 0 32', '48/16: 0 16'],
    ],
    [
      'a flexible array has no size, but aligns its struct',
      struct([field('int8'), field(array(integer('int32'), null))]),
      ['4/4: 0 4', '4/4: 0 4', '4/4: 0 4'],
    ],
    ['an empty struct', struct([]), ['0/1:', '4/1:', '0/1:']],
    ['an empty union', union([]), ['0/1:', '4/1:', '0/1:']],
    [
      'a member that is an empty struct',
      struct([field('int8'), field(struct([])), field('int8')]),
      ['2/1: 0 1 1', '6/1: 0 1 5', '2/1: 0 1 1'],
    ],
    ['a struct without bytes', struct([field(array(DOUBLE, 0))]), ['0/8: 0', '4/8: 0', '0/8: 0']],
    ['an empty struct with alignas', struct([], null, 8), ['0/8:', '8/8:', '0/8:']],
  ])('%s', (_, type, expected) => {
    expect([SYSV_X64, WIN_X64, AAPCS64].map((model) => shown(type, model))).toEqual(expected);
  });

  it('alignas on a bit-field under a smaller pragma pack: gcc takes the pragma, Apple forgets the alignas', () => {
    const type = struct([bits('int8', 3), bits('int32', 4, 8)], 2);
    expect([shown(type, AAPCS64), shown(type, AAPCS64_APPLE)]).toEqual(['4/2: 0.0:3 2.0:4', '2/2: 0.0:3 0.3:4']);
  });

  it('Apple has the unnamed bit-fields of x64 and the vectors of AArch64', () => {
    const type = struct([field('int8'), gap('int32', 8), field(vector(FLOAT, 8))]);
    expect(shown(type, AAPCS64_APPLE)).toBe('48/16: 0 0.8:8 16');
  });
});

describe('a name stands for its type', () => {
  it('as a member, as an element, as a bit-field', () => {
    const inner = named('Inner', { type: struct([field('int8'), field('int64')]) });
    const small = named('Small', { type: integer('uint16') });
    expect(shown(struct([field('int8'), field(array(inner, 2)), member('b', small, 3)]), SYSV_X64)).toBe(
      '48/8: 0 8 40.0:3',
    );
  });
});
