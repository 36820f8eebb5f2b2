// Types without a layout: names without a definition, what C refuses, and the bounds.

import { describe, expect, it } from 'vitest';
import {
  array,
  BOOL,
  type CType,
  FLOAT,
  integer,
  member,
  named,
  pointer,
  type RecordType,
  struct,
  union,
  VOID,
  vector,
} from '../../src/ctype/ctype.ts';
import { SYSV_X64 } from '../../src/ctype/data-model.ts';
import { layoutOfType } from '../../src/ctype/layout.ts';
import { bits, field, gap, MODELS } from '../support/record-builders.ts';

const code = (wanted: string): unknown => expect.objectContaining({ code: wanted });

describe('a name is', () => {
  it('without a definition only behind a pointer', () => {
    const opaque = named('Opaque', { type: null });
    expect(layoutOfType(struct([field(pointer(opaque))]), SYSV_X64)).toMatchObject({ size: 8, align: 8 });
    expect(() => layoutOfType(struct([field(opaque)]), SYSV_X64)).toThrow(code('ERR_INCOMPLETE'));
    expect(() => layoutOfType(array(opaque, 2), SYSV_X64)).toThrow(code('ERR_INCOMPLETE'));
  });

  it('laid out as soon as it has one', () => {
    const slot: { type: CType | null } = { type: null };
    const type = struct([field(named('Late', slot))]);
    expect(() => layoutOfType(type, SYSV_X64)).toThrow(code('ERR_INCOMPLETE'));
    slot.type = integer('int16');
    expect(layoutOfType(type, SYSV_X64)).toMatchObject({ size: 2, align: 2 });
  });

  it('recursive behind a pointer, ERR_RECURSIVE by value', () => {
    const slot: { type: CType | null } = { type: null };
    const self = named('Self', slot);
    slot.type = struct([field(pointer(self)), field('int8')]);
    expect(layoutOfType(self, SYSV_X64)).toMatchObject({ size: 16, align: 8 });
    for (const type of [struct([field(self)]), union([field('int8'), field(array(self, 2))])]) {
      slot.type = type;
      for (const model of MODELS) expect(() => layoutOfType(self, model)).toThrow(code('ERR_RECURSIVE'));
    }
  });
});

describe('ERR_TYPE refuses', () => {
  it.each<[string, CType, string]>([
    ['more bits than the type has', struct([bits('int8', 9)]), "member 'b' cannot have 9 bits: its type has 8"],
    ['two bits of a bool', struct([member('b', BOOL, 2)]), "member 'b' cannot have 2 bits: its type has 1"],
    ['half a bit', struct([bits('int8', 0.5)]), "member 'b' cannot have 0.5 bits: its type has 8"],
    ['less than no bits', struct([bits('int8', -1)]), "member 'b' cannot have -1 bits: its type has 8"],
    ['a name for no bits', struct([bits('int8', 0)]), "member 'b' has a name, so it cannot have 0 bits"],
    [
      'bits of a float',
      struct([field('int8'), member(null, FLOAT, 3)]),
      'member 1 cannot be a bit-field: its type is not an integer',
    ],
    [
      'bits of a record',
      union([member('r', struct([]), 3)]),
      "member 'r' cannot be a bit-field: its type is not an integer",
    ],
    [
      'a bit-field aligned to less than its type',
      struct([bits('int32', 3, 2)]),
      "member 'b' is a bit-field of a type of 4 bytes, so it cannot be aligned to 2",
    ],
    [
      'alignas of no power of two',
      struct([field('int8', 3)]),
      "member 'm' cannot be aligned to 3: alignas takes a power of two up to 2^28",
    ],
    [
      'alignas past 2^28',
      struct([], null, 2 ** 29),
      'a struct cannot be aligned to 536870912: alignas takes a power of two up to 2^28',
    ],
    ['alignas(0)', union([], null, 0), 'a union cannot be aligned to 0: alignas takes a power of two up to 2^28'],
    ['pack(3)', struct([], 3), 'a struct can be packed to 1, 2, 4, 8, 16 bytes, not 3'],
    ['pack(32)', union([], 32), 'a union can be packed to 1, 2, 4, 8, 16 bytes, not 32'],
    [
      'a flexible array before others',
      struct([field('int8'), field(array(VOID, null)), field('int8')]),
      'an array without a length must be the last member of its struct',
    ],
    [
      'a flexible array alone',
      struct([gap('int32', 3), field(array(integer('int8'), null))]),
      'an array without a length cannot be the only member of its struct',
    ],
    [
      'a flexible array in a union',
      union([field('int8'), field(array(integer('int8'), null))]),
      'a union cannot have an array without a length',
    ],
    [
      'an array of arrays without a length',
      array(array(integer('int8'), null), 2),
      'an array without a length has no size; it may be the last member of a struct',
    ],
    ['void as a member', struct([field(VOID)]), 'void has no size'],
    ['a vector of 12 bytes', vector(FLOAT, 3), 'a vector has 8, 16, 32 or 64 bytes, not 12'],
    ['a vector of 128 bytes', vector(FLOAT, 32), 'a vector has 8, 16, 32 or 64 bytes, not 128'],
  ])('%s', (_, type, message) => {
    for (const model of MODELS) {
      expect(() => layoutOfType(type, model)).toThrow(expect.objectContaining({ code: 'ERR_TYPE', message }));
    }
  });

  it('the same on every call', () => {
    const type = struct([field(struct([bits('int8', 9)]))]);
    expect(() => layoutOfType(type, SYSV_X64)).toThrow(code('ERR_TYPE'));
    expect(() => layoutOfType(type, SYSV_X64)).toThrow(code('ERR_TYPE'));
  });
});

describe('the bounds of types:', () => {
  it('ERR_SIZE for an array of no possible length, and past 2^47 bytes', () => {
    for (const length of [-1, Number.NaN, 2 ** 47 + 1]) {
      expect(() => layoutOfType(array(integer('int8'), length), SYSV_X64)).toThrow(code('ERR_SIZE'));
    }
    const half = array(integer('int8'), 2 ** 46);
    expect(() => layoutOfType(struct([field(half), field(half), field('int8')]), SYSV_X64)).toThrow(code('ERR_SIZE'));
  });

  it('ERR_DEPTH past 256 levels, whatever nests', () => {
    const nested = (wrap: (type: CType) => CType): CType => {
      let type: CType = BOOL;
      for (let level = 0; level < 300; level++) type = wrap(type);
      return type;
    };
    for (const model of MODELS) {
      expect(() =>
        layoutOfType(
          nested((type) => struct([field(type)])),
          model,
        ),
      ).toThrow(code('ERR_DEPTH'));
      expect(() =>
        layoutOfType(
          nested((type) => array(type, 1)),
          model,
        ),
      ).toThrow(code('ERR_DEPTH'));
    }
  });

  it('a record is computed once however often it is shared, by both rules', () => {
    for (const model of MODELS) {
      let type: RecordType = struct([field(BOOL)]);
      for (let level = 0; level < 40; level++) type = struct([member('a', type), member('b', type)]);
      expect(layoutOfType(type, model)).toMatchObject({ size: 2 ** 40, align: 1 });
    }
  });
});
