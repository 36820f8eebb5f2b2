// AAPCS64 5.9.5: what an HFA or HVA is, and what breaks it; with gcc's judgement on Linux and clang's elsewhere.

import { describe, expect, it } from 'vitest';
import { aapcs64, aapcs64Apple, aapcs64Windows } from '../../src/abi/aapcs64.ts';
import type { Convention } from '../../src/abi/convention.ts';
import { type Homogeneous, homogeneous } from '../../src/abi/homogeneous.ts';
import {
  array,
  type CType,
  complex,
  DOUBLE,
  FLOAT,
  integer,
  member,
  resolved,
  type StructType,
  struct,
  vector,
} from '../../src/ctype/ctype.ts';
import { AAPCS64, AAPCS64_APPLE } from '../../src/ctype/data-model.ts';
import { parseType } from '../../src/signature/parse.ts';

const text = (found: Homogeneous | null): string =>
  found === null ? 'no' : `${found.count} x ${found.element.kind}:${8 * found.element.size}`;

const judged = (type: string, { dataModel }: Convention = aapcs64): string =>
  text(homogeneous(resolved(parseType(type)), dataModel, dataModel === AAPCS64 ? 'gcc' : 'clang'));

describe('homogeneous aggregates', () => {
  it.each([
    ['float', '1 x float:32'],
    ['{float16}', '1 x float16:16'],
    ['{float, float, float, float}', '4 x float:32'],
    ['{[4:double]}', '4 x double:64'],
    ['{longdouble, longdouble}', '2 x longdouble:128'],
    ['c[float]', '2 x float:32'],
    ['{c[double], double}', '3 x double:64'],
    ['{[2:c[float16]]}', '4 x float16:16'],
    ['{float, {float, [2:float]}}', '4 x float:32'],
    ['{[2:{float, float}]}', '4 x float:32'],
    ['<float, {float, float}, [3:float]>', '3 x float:32'],
    ['{v[2:int], v[8:int8]}', '2 x vector:64'],
    ['{v[4:int], <v[2:double], v[16:int8]>}', '2 x vector:128'],
    ['!{float, float}', '2 x float:32'],
    ['alignas(16) {double, double}', '2 x double:64'],
    ['{double, {}, [3:{}], double}', '2 x double:64'],
    ['{float, int:0, float}', '2 x float:32'],
  ])('%s is one: %s', (type, expected) => {
    expect(judged(type)).toBe(expected);
  });

  it.each([
    ['five members', '{[5:float]}'],
    ['two formats', '{float, double}'],
    ['an integer', '{float, int}'],
    ['a pointer', '{*float, *float}'],
    ['vectors of two sizes', '{v[4:int], v[2:int]}'],
    ['a vector and a float of its size', '{v[1:double], double}'],
    ['a vector of 32 bytes', '{v[8:int]}'],
    ['padding behind the members', 'alignas(16) {float, float}'],
    ['padding between the members', '{float, alignas(8) float}'],
    ['a union that pads its members', '<[3:float], alignas(8) float>'],
    ['a bit-field', '{float, a:int:3}'],
    ['an unnamed bit-field', '{float, int:3}'],
    ['a flexible array', '{float, [?:float]}'],
    ['no member at all', '{{}}'],
  ])('%s: %s is none', (_, type) => {
    expect(judged(type)).toBe('no');
    expect(judged(type, aapcs64Apple)).toBe('no');
  });

  it.each([
    ['bfloat16 members', '{bfloat16, bfloat16}', 'no', '2 x bfloat16:16'],
    ['two formats of 16 bits', '{float16, bfloat16}', 'no', '2 x float16:16'],
    ['a bit-field of no width in a union', '<double, int:0>', 'no', '1 x double:64'],
    ['unnamed bit-fields in a union', '<float, {int:5}>', 'no', '1 x float:32'],
    ['a vector that fills a struct', '{v[16:int8], <int:0>}', '1 x vector:128', '1 x vector:128'],
    ['a complex number that fills a struct', '{c[double], <int:0>}', '2 x double:64', '2 x double:64'],
    ['a vector of one integer that fills a struct', '{v[1:int64], <int:0>}', 'no', '1 x vector:64'],
    ['a double that fills a struct', '{double, <int:0>}', 'no', '1 x double:64'],
  ])('compilers differ: %s', (_, type, gcc, clang) => {
    expect(judged(type)).toBe(gcc);
    expect(judged(type, aapcs64Apple)).toBe(clang);
  });

  // The language has no arrays without elements: these types are built, not parsed.
  const nothing = member('none', array(integer('int32'), 0));
  const filled = (type: CType): StructType => struct([nothing, member('all', type)]);
  it.each([
    ['a double', filled(DOUBLE), 'no', 'no'],
    [
      'in a record of its own',
      struct([member('none', struct([nothing])), member('all', DOUBLE)]),
      'no',
      '1 x double:64',
    ],
    ['a vector that fills the struct', filled(vector(FLOAT, 4)), '1 x vector:128', 'no'],
    ['an array of one such vector', filled(array(vector(FLOAT, 4), 1)), '1 x vector:128', 'no'],
    ['a struct of a complex number', filled(struct([member('c', complex(DOUBLE))])), '2 x double:64', 'no'],
    ['a vector of one integer', filled(vector(integer('int64'), 1)), 'no', 'no'],
  ])('an array without elements beside %s', (_, type, gcc, clang) => {
    const found = { gcc: homogeneous(type, AAPCS64, 'gcc'), clang: homogeneous(type, AAPCS64_APPLE, 'clang') };
    expect({ gcc: text(found.gcc), clang: text(found.clang) }).toEqual({ gcc, clang });
  });

  it('depend on the data model', () => {
    expect(judged('{double, longdouble}', aapcs64Apple)).toBe('2 x double:64');
    expect(judged('{double, longdouble}')).toBe('no');
    expect(judged('{double, {}}', aapcs64Windows)).toBe('no'); // an empty record has 4 bytes there
  });
});
