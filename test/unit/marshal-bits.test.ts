// Bit-fields in memory: every place and width against the same bits computed with one large integer.

import { describe, expect, test } from 'vitest';
import * as c from '../../src/ctype/ctype.ts';
import { compile } from '../../src/exec/compile.ts';
import { bitFieldOf, loadBitsSource, storeBitsSource } from '../../src/marshal/bits.ts';
import { type Site, SourceNames } from '../../src/marshal/cells.ts';

const SIZE = 24;
const START = 3;

interface FieldAccess {
  read(base: number): unknown;
  write(base: number, value: unknown): void;
}

interface Field {
  readonly type: c.ResolvedType;
  readonly from: number;
  readonly width: number;
  readonly isSigned: boolean;
  readonly isWide: boolean;
}

function accessTo({ type, from, width, isSigned, isWide }: Field, buffer: ArrayBuffer): FieldAccess {
  const names = new SourceNames();
  const site: Site = { base: 'base', baseAlign: 1, offset: START };
  const field = bitFieldOf(type, { from, width }, isSigned, isWide);
  const body = `return [(base) => ${loadBitsSource(field, site, names)}, (base, value) => { ${storeBitsSource(field, site, 'value', names)} }];`;
  const source = { body, views: [...names.views], formats: [...names.formats] };
  const [read, write] = compile(source, buffer, {}) as [FieldAccess['read'], FieldAccess['write']];
  return { read, write };
}

/** All bytes as one integer, the first byte lowest: what a little-endian bit-field is counted in. */
const integerOf = (bytes: Uint8Array): bigint => bytes.reduceRight((all, byte) => (all << 8n) | BigInt(byte), 0n);

const valuesOf = (width: number, isSigned: boolean): bigint[] => {
  const wrap = isSigned ? BigInt.asIntN : BigInt.asUintN;
  const top = 1n << BigInt(width - 1);
  const values = [
    0n,
    1n,
    -1n,
    top,
    top - 1n,
    top + 1n,
    0x5555_5555_5555_5555_5555_5555_5555_5555n,
    0x1234_5678_9abc_def0_0fed_cba9_8765_4321n,
  ];
  return [...new Set(values.map((value) => wrap(width, value)))];
};

/** Writes and reads each value over both kinds of background; what is wrong, in words. */
function problemsOf(field: Field): string[] {
  const buffer = new ArrayBuffer(SIZE + 8);
  const bytes = new Uint8Array(buffer);
  const access = accessTo(field, buffer);
  const at = BigInt(8 * START + field.from);
  const mask = ((1n << BigInt(field.width)) - 1n) << at;
  const problems: string[] = [];
  for (const value of valuesOf(field.width, field.isSigned)) {
    for (const fill of [0, 0xff, 0xa5]) {
      bytes.fill(fill);
      const before = integerOf(bytes);
      const given = field.isWide ? value : Number(value);
      access.write(0, given);
      const wanted = (before & ~mask) | (BigInt.asUintN(field.width, value) << at);
      if (integerOf(bytes) !== wanted)
        problems.push(`${field.width} bits from ${field.from}: ${value} over ${fill} is stored wrong`);
      const got = access.read(0);
      if (got !== given)
        problems.push(`${field.width} bits from ${field.from}: ${value} over ${fill} is read as ${got}`);
      if (!field.isWide || typeof given !== 'bigint' || !Number.isSafeInteger(Number(given))) continue;
      bytes.fill(fill);
      access.write(0, Number(given));
      if (integerOf(bytes) !== wanted)
        problems.push(`${field.width} bits from ${field.from}: the number ${value} is stored wrong`);
    }
  }
  return problems;
}

const places = (widths: number): { from: number; width: number }[] =>
  Array.from({ length: 8 * widths }, (_, index) => ({ from: index % 8, width: 1 + Math.floor(index / 8) }));

const typeOf = (name: c.IntegerName): c.ResolvedType => c.integer(name);

describe('a bit-field keeps its value and its neighbours, at every bit and in every width', () => {
  test.each([
    ['int32', 32, true, false],
    ['uint32', 32, false, false],
    ['int64', 64, true, true],
    ['uint64', 64, false, true],
    ['int128', 128, true, true],
    ['uint128', 128, false, true],
  ] as const)('%s', (name, widths, isSigned, isWide) => {
    const problems = places(widths).flatMap((place) => problemsOf({ ...place, type: typeOf(name), isSigned, isWide }));
    expect(problems.slice(0, 5)).toEqual([]);
  });

  test('bool', () => {
    for (let from = 0; from < 8; from++) {
      const buffer = new ArrayBuffer(8);
      const bytes = new Uint8Array(buffer);
      const access = accessTo({ type: c.BOOL, from, width: 1, isSigned: false, isWide: false }, buffer);
      for (const fill of [0, 0xff]) {
        bytes.fill(fill);
        access.write(0, true);
        expect([access.read(0), bytes[START]]).toEqual([true, fill | (1 << from)]);
        access.write(0, false);
        expect([access.read(0), bytes[START]]).toEqual([false, fill & ~(1 << from)]);
      }
    }
  });
});
