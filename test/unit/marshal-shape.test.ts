// Which properties stand for which members.

import { describe, expect, test } from 'vitest';
import * as c from '../../src/ctype/ctype.ts';
import { SYSV_X64 } from '../../src/ctype/data-model.ts';
import { shapeOf } from '../../src/marshal/shape.ts';

const int = c.integer('int32');
const m = c.member;
const keysOf = (type: c.RecordType): readonly (string | number)[] => shapeOf(type, SYSV_X64).keys;
const point = c.struct([m('x', int), m('y', int)]);

describe('the properties of a record', () => {
  test('are its names', () => {
    expect(keysOf(c.struct([m('a', int), m('b', point)]))).toEqual(['a', 'b']);
  });

  test('are indices where it has no names: a list', () => {
    const shape = shapeOf(c.struct([m(null, int), m(null, point)]), SYSV_X64);
    expect([shape.isList, shape.keys]).toEqual([true, [0, 1]]);
  });

  test('do not count bit-fields without a name', () => {
    const padding = m(null, int, 3);
    expect(keysOf(c.struct([m('a', int), padding, m('b', int, 4)]))).toEqual(['a', 'b']);
    const list = shapeOf(c.struct([m(null, int), padding, m(null, int, 0), m(null, int)]), SYSV_X64);
    expect([list.isList, list.keys]).toEqual([true, [0, 1]]);
    const empty = shapeOf(c.struct([padding]), SYSV_X64);
    expect([empty.isList, empty.keys]).toEqual([false, []]);
  });

  test('of a complex number are re and im', () => {
    const { keys, parts } = shapeOf(c.complex(c.LONG_DOUBLE), SYSV_X64);
    expect(keys).toEqual(['re', 'im']);
    expect(parts.map(({ offset }) => offset)).toEqual([0, 16]);
  });
});

describe('the members of an anonymous record', () => {
  const choice = c.union([m('i', int), m('d', c.DOUBLE)]);

  test("are the outer's own, through any number of them", () => {
    expect(keysOf(c.struct([m('a', int), m(null, choice)]))).toEqual(['a', 'i', 'd']);
    const deep = c.union([m('i', int), m(null, c.struct([m(null, point), m('z', int)]))]);
    expect(keysOf(c.struct([m('a', int), m(null, deep)]))).toEqual(['a', 'i', 'x', 'y', 'z']);
    const onlyAnonymous = c.union([m(null, point), m(null, c.struct([m('u', int)]))]);
    expect(keysOf(c.struct([m('a', int), m(null, onlyAnonymous)]))).toEqual(['a', 'x', 'y', 'u']);
  });

  test('are found through a name of its type too', () => {
    expect(keysOf(c.struct([m('a', int), m(null, c.named('P', { type: point }))]))).toEqual(['a', 'x', 'y']);
  });

  test('go by its index where a name would mean two of them', () => {
    expect(keysOf(c.struct([m('i', int), m(null, choice)]))).toEqual(['i', 1]);
    expect(keysOf(c.struct([m('a', int), m(null, point), m(null, point)]))).toEqual(['a', 1, 2]);
    expect(keysOf(c.struct([m('a', int), m(null, choice), m(null, c.struct([m('d', int)])), m(null, point)]))).toEqual([
      'a',
      1,
      2,
      'x',
      'y',
    ]);
  });

  test('go by its index where one of them has no name', () => {
    expect(keysOf(c.struct([m('a', int), m(null, c.struct([m('b', int), m(null, int)]))]))).toEqual(['a', 1]);
    expect(keysOf(c.struct([m('a', int), m(null, c.struct([m(null, int)]))]))).toEqual(['a', 1]);
    expect(keysOf(c.struct([m('a', int), m(null, c.struct([]))]))).toEqual(['a', 1]);
  });

  test('go by indices where the outer has no names either', () => {
    expect(keysOf(c.struct([m(null, point), m(null, choice)]))).toEqual([0, 1]);
  });

  test('are sorted out in linear time, whatever contains whatever twice', () => {
    let type: c.RecordType = c.struct([]);
    for (let level = 0; level < 100; level++) type = c.struct([m(`a${level}`, type), m(null, type), m(null, type)]);
    expect(keysOf(type)).toEqual(['a99', 1, 2]);
  });
});
