// `long` and `unsigned long` are bigints in JavaScript on every platform, also where C has them in 32 bits: the inferred
// TypeScript type of a signature says so, and cannot know the platform.

import { describe, expect, test } from 'vitest';
import { type DataModel, SYSV_X64, WIN_X64 } from '../../src/ctype/data-model.ts';
import { layoutOfType } from '../../src/ctype/layout.ts';
import { compile } from '../../src/exec/compile.ts';
import { accessorSource } from '../../src/marshal/function-source.ts';
import { parseType } from '../../src/signature/parse.ts';
import { refusal } from '../support/refusal.ts';

interface Accessor {
  readonly bytes: Uint8Array;
  readonly read: () => unknown;
  readonly write: (value: unknown) => void;
}

function accessorOf(text: string, model: DataModel): Accessor {
  const type = parseType(text);
  const { size } = layoutOfType(type, model);
  const buffer = new ArrayBuffer(size + (-size & 7));
  const [read, write] = compile(accessorSource(type, model), buffer, {}) as [Accessor['read'], Accessor['write']];
  return { bytes: new Uint8Array(buffer, 0, size), read, write };
}

const longs = (count: number): bigint[] => Array.from({ length: count }, (_, index) => BigInt(index) - 3n);

const CASES: readonly (readonly [type: string, value: unknown])[] = [
  ['long', -1n],
  ['long', -0x8000_0000n],
  ['ulong', 0xffff_ffffn],
  ['{c:char, l:long}', { c: 1, l: -2n }],
  ['!{c:char, l:long}', { c: 1, l: -2n }],
  ['[2:long]', [5n, -6n]],
  ['[40:long]', longs(40)],
  ['[40:{l:long, c:char}]', longs(40).map((l) => ({ l, c: 7 }))],
  ['v[2:long]', [1n, -1n]],
  ['{a:long:5, b:ulong:27}', { a: -16n, b: 134_217_727n }],
  ['{f:double, l:long}', { f: 0.5, l: 2_147_483_647n }],
];

describe.each([WIN_X64, SYSV_X64])('long on $id', (model) => {
  test.each(CASES)('%s is written and read as bigints', (text, value) => {
    const { read, write } = accessorOf(text, model);
    write(value);
    expect(read()).toEqual(value);
  });

  test('takes numbers too', () => {
    const { read, write } = accessorOf('ulong', model);
    write(4_294_967_295);
    expect(read()).toBe(4_294_967_295n);
  });

  test('refuses fractions, and what is no number', () => {
    const { write } = accessorOf('long', model);
    expect(() => write(0.5)).toThrow(refusal('ERR_ARGUMENT_RANGE', 'is no integer for long'));
    expect(() => write('1')).toThrow(refusal('ERR_ARGUMENT_KIND'));
  });
});

describe('long of 32 bits', () => {
  test('has 4 bytes', () => {
    const { bytes, write } = accessorOf('{a:long, b:long}', WIN_X64);
    write({ a: -2n, b: 3 });
    expect([...bytes]).toEqual([0xfe, 0xff, 0xff, 0xff, 3, 0, 0, 0]);
  });

  test.each([
    ['long', 0x8000_0000n],
    ['long', -0x8000_0001],
    ['ulong', -1],
    ['ulong', 0x1_0000_0000n],
    ['[40:ulong]', longs(40)],
  ])('%s refuses what it cannot hold (%#)', (text, value) => {
    const { write } = accessorOf(text, WIN_X64);
    expect(() => write(value)).toThrow(refusal('ERR_ARGUMENT_RANGE', 'is out of range for'));
  });

  test('leaves int a number', () => {
    const { read, write } = accessorOf('{i:int, u:uint32}', WIN_X64);
    write({ i: -1, u: 0xffff_ffff });
    expect(read()).toEqual({ i: -1, u: 0xffff_ffff });
  });
});
