// The generated JavaScript itself: what is plain stays plain, and what is hostile stays small.

import { describe, expect, test } from 'vitest';
import * as c from '../../src/ctype/ctype.ts';
import { AAPCS64, SYSV_X64, WIN_X64 } from '../../src/ctype/data-model.ts';
import { compile } from '../../src/exec/compile.ts';
import { MAX_INLINE_VALUES } from '../../src/marshal/cells.ts';
import { accessorSource } from '../../src/marshal/function-source.ts';
import { refusal } from '../support/refusal.ts';

const m = c.member;
const int8 = c.integer('int8');
const int32 = c.integer('int32');
const bodyOf = (type: c.CType): string => accessorSource(type, SYSV_X64).body;

describe('the source', () => {
  test('of a struct of doubles is two loads, two checks and two stores', () => {
    expect(bodyOf(c.struct([m('x', c.DOUBLE), m('y', c.DOUBLE)])).split('\n')).toEqual([
      '"use strict";',
      'const t1 = ["{x:double, y:double}", `the value`, "record"];',
      'const c2 = [["x","y"], "{x:double, y:double}", `the value`];',
      'const z3 = (r) => { let n = 0; for (const k in r) n++; return n; };',
      'const t5 = ["double", `the value .x`, "float"];',
      'const t7 = ["double", `the value .y`, "float"];',
      'return [() => ({ "x": f64[0], "y": f64[1] }), (value) => {',
      'let v4, v6;',
      'const r0 = value;',
      'if (typeof r0 !== "object" || r0 === null) refuse(r0, t1);',
      'if (z3(r0) !== 2) refuseOthers(r0, c2);',
      'v4 = r0.x;',
      'if (typeof v4 !== "number") refuse(v4, t5);',
      'v6 = r0.y;',
      'if (typeof v6 !== "number") refuse(v6, t7);',
      'f64[0] = v4;',
      'f64[1] = v6;',
      '}];',
    ]);
  });

  test('of a packed record uses a DataView where a member is not aligned, and only there', () => {
    const type = c.struct(
      [m('a', int32), m('b', int8), m('c', int32), m('d', int8), m('e', c.integer('int16'))],
      'attribute',
    );
    const body = bodyOf(type);
    expect(body).toContain('"a": i32[0], "b": i8[4], "c": memory.getInt32(5, true), "d": i8[9], "e": i16[5]');
    expect(body).toContain('memory.setInt32(5, ');
    expect(body.match(/memory/g)).toHaveLength(2);
    const elements = c.array(c.struct([m('a', int32), m('b', int32)], 'attribute'), 20);
    expect(bodyOf(elements)).not.toContain('memory');
    const odd = c.struct([m('a', c.integer('int16')), m('b', int8)], 'attribute');
    expect(bodyOf(c.array(odd, 20))).toContain('"a": memory.getInt16(');
  });

  test('of long double and wchar_t is that of the platform', () => {
    const bodies = [SYSV_X64, AAPCS64, WIN_X64].map((model) => accessorSource(c.LONG_DOUBLE, model).body);
    expect(bodies.map((body) => /=> (.*?),/.exec(body)?.[1])).toEqual([
      'getX87(memory',
      'getBinary128(memory',
      'f64[0]',
    ]);
    const wide = [SYSV_X64, AAPCS64, WIN_X64].map((model) => accessorSource(c.integer('wchar_t'), model).views);
    expect(wide).toEqual([['i32'], ['u32'], ['u16']]);
  });

  test('of records within records compiles at any depth that types have', () => {
    let type: c.CType = int32;
    let value: unknown = 5;
    for (let level = 0; level < 250; level++) {
      type = level % 2 === 0 ? c.struct([m('a', type)]) : c.union([m('a', type), m('b', int8)]);
      value = { a: value };
    }
    const [read, write] = compile(accessorSource(type, SYSV_X64), new ArrayBuffer(8), {}) as [
      () => unknown,
      (value: unknown) => void,
    ];
    write(value);
    expect(JSON.stringify(read()).replaceAll(/,"b":5/g, '')).toBe(JSON.stringify(value));
  });

  test('of the elements of an array is a loop where it would be long', () => {
    let type: c.CType = int8;
    for (let level = 0; level < 7; level++) type = c.array(type, 8);
    expect(bodyOf(type).length).toBeLessThan(21_000);
    const record = c.struct(Array.from({ length: 40 }, (_, index) => m(`m${index}`, int8)));
    expect(bodyOf(c.array(record, 8)).length).toBeLessThan(20_000);
  });

  test('of arrays within arrays is made in linear time', () => {
    let type: c.CType = int8;
    for (let level = 0; level < 250; level++) type = c.array(type, 1);
    expect(bodyOf(type).length).toBeLessThan(500_000);
  });

  test('of records that grow by sharing is refused', () => {
    let type: c.CType = c.struct([]);
    for (let level = 0; level < 60; level++) type = c.named('T', { type: c.struct([m('a', type), m('b', type)]) });
    expect(() => bodyOf(type)).toThrow(refusal('ERR_SIZE', `more than ${MAX_INLINE_VALUES} parts`));
  });

  test('keeps to the text of a name that is none in JavaScript', () => {
    const names = [
      '__proto__',
      'constructor',
      'a`b',
      `${'$'}{fail()}`,
      'x"]; throw 1; //',
      'two words',
      '\\',
      '\u2028',
    ];
    const buffer = new ArrayBuffer(8 * names.length);
    const source = accessorSource(c.struct(names.map((name) => m(name, c.DOUBLE))), SYSV_X64);
    const [read, write] = compile(source, buffer, {}) as [() => object, (value: unknown) => void];
    const value = Object.fromEntries(names.map((name, index) => [name, index]));
    write(value);
    expect(Object.entries(read())).toEqual(Object.entries(value));
    for (const name of names.slice(2)) {
      expect(() => write({ ...value, [name]: 'wrong' })).toThrow(
        refusal('ERR_ARGUMENT_KIND', '"wrong" is not a value'),
      );
    }
  });
});
