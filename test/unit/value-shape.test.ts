// Which bits of a value the compilers' oracle compares: all that C keeps in a copy, and no padding.

import { describe, expect, it } from 'vitest';
import type { ConventionId } from '../../src/abi/convention.ts';
import { conventions } from '../../src/abi/conventions.ts';
import { parseType } from '../../src/signature/parse.ts';
import { containsType, valueShape } from '../support/value-shape.ts';

/** Two hexadecimal digits a byte, from the lowest address up. */
const maskOf = (type: string, abi: ConventionId): string =>
  [...valueShape(parseType(type), abi).mask].map((byte) => byte.toString(16).padStart(2, '0')).join('');

const ff = (count: number): string => 'ff'.repeat(count);
const pad = (count: number): string => '00'.repeat(count);

const SYSV = 'sysv-x64';
const WINDOWS = 'win-x64';

type Row = readonly [rule: string, type: string, abi: ConventionId, mask: string];

const ROWS: readonly Row[] = [
  ['padding between members', '{int8, int32}', SYSV, ff(1) + pad(3) + ff(4)],
  ['padding behind the last member', '{int32, int8}', SYSV, ff(5) + pad(3)],
  ['padding is the platform’s', '{char, long}', SYSV, ff(1) + pad(7) + ff(8)],
  ['padding is the platform’s', '{char, long}', WINDOWS, ff(1) + pad(3) + ff(4)],
  ['packed records have none', '!{int8, int32}', SYSV, ff(5)],
  ['nested records and arrays', '{[2:{int8, int16}], int64}', SYSV, `${ff(1)}00${ff(3)}00${ff(2)}${ff(8)}`],
  ['a union keeps what any member keeps', '<{int8, int32}, int16>', SYSV, ff(2) + pad(2) + ff(4)],
  ['x87 values have 10 bytes', 'longdouble', SYSV, ff(10) + pad(6)],
  ['x87 values have 10 bytes', 'c[longdouble]', SYSV, (ff(10) + pad(6)).repeat(2)],
  ['x87 values in unions', '<longdouble, [3:int32]>', SYSV, ff(12) + pad(4)],
  ['IEEE quad has 16 bytes', 'longdouble', 'aapcs64', ff(16)],
  ['long double as double', 'longdouble', WINDOWS, ff(8)],
  ['bit-fields keep their bits', '{a:uint8:3, b:uint8:2}', SYSV, '1f'],
  ['unnamed bit-fields are padding', '{uint8:3, b:uint8:2}', SYSV, '18'],
  ['bit-fields over units', '!{a:int32:20, b:int32:20}', SYSV, ff(5)],
  ['Microsoft’s units', '{a:uint8:3, b:uint16:9}', WINDOWS, '0700ff01'],
  ['a bool of one bit', '{a:bool:1, b:uint8:2}', SYSV, '07'],
  ['a flexible array has no bytes', '{n:int32, tail:[?:int8]}', SYSV, ff(4)],
  ['an empty record', '{}', SYSV, ''],
  ['an empty record', '{}', WINDOWS, pad(4)],
  ['vectors', 'v[4:float]', SYSV, ff(16)],
  ['arrays decay', '[3:int8]', SYSV, ff(8)],
  ['void', 'void', SYSV, ''],
];

describe('the mask of a value', () => {
  it.each(ROWS)('%s: %s on %s', (_, type, abi, mask) => {
    expect(maskOf(type, abi)).toBe(mask);
  });
});

describe('the bytes of a value that hold a bool', () => {
  it.each<readonly [string, readonly number[]]>([
    ['bool', [0]],
    ['{int32, [3:bool], {bool}}', [4, 5, 6, 7]],
    ['<uint64, {uint8, bool}>', [1]],
    ['<{bool}, bool>', [0]],
    ['{a:bool:1}', []],
    ['{*bool}', []],
  ])('%s', (type, bools) => {
    for (const abi of conventions) expect(valueShape(parseType(type), abi).bools).toEqual(bools);
  });
});

it('sizes and alignments are those of the layout', () => {
  expect(valueShape(parseType('{int8, longdouble}'), SYSV)).toMatchObject({ size: 32, align: 16 });
  expect(valueShape(parseType('{int8, longdouble}'), WINDOWS)).toMatchObject({ size: 16, align: 8 });
  expect(valueShape(parseType('[9:int64]'), SYSV)).toMatchObject({ size: 8, align: 8 });
});

it('containsType looks at what a type contains by value', () => {
  const hasVector = (type: string): boolean => containsType(parseType(type), ({ kind }) => kind === 'vector');
  expect(hasVector('{int32, [2:<double, v[4:float]>]}')).toBe(true);
  expect(hasVector('{int32, *{v[4:float]}}')).toBe(false);
});
