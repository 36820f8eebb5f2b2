// Scalars of every type for the values oracle: which there are, what C calls them, and a value on both sides.

import * as c from '../../src/ctype/ctype.ts';
import { SYSV_X64 } from '../../src/ctype/data-model.ts';
import { layoutOfType } from '../../src/ctype/layout.ts';
import { bfloat16FromBits, bfloat16ToBits, float16FromBits, float16ToBits } from '../../src/marshal/small-floats.ts';
import type { Random } from '../support/random.ts';

export type ScalarType = c.BoolType | c.IntegerType | c.FloatType | c.EnumType | c.PointerType | c.FunctionType;

export interface ScalarValue {
  /** What is written. */
  readonly given: unknown;
  /** What is read again. */
  readonly got: unknown;
  /** The value as a C expression. */
  readonly text: string;
}

const value = (name: string, of: bigint): c.EnumValue => ({ name, value: of });
const SIGNED_ENUM = c.enumeration(c.integer('int32'), [value('SA', -5n), value('SB', 3n), value('SC', 2147483647n)]);
const UNSIGNED_ENUM = c.enumeration(c.integer('uint32'), [value('UA', 0n), value('UB', 7n), value('UC', 4294967295n)]);
const FUNCTION = c.functionType(c.signature([], c.VOID));

const INTEGERS: readonly (readonly [c.IntegerName, string])[] = [
  ['int8', 'int8_t'],
  ['uint8', 'uint8_t'],
  ['int16', 'int16_t'],
  ['uint16', 'uint16_t'],
  ['int32', 'int32_t'],
  ['uint32', 'uint32_t'],
  ['int64', 'int64_t'],
  ['uint64', 'uint64_t'],
  ['int128', '__int128'],
  ['uint128', 'unsigned __int128'],
  ['char', 'char'],
  ['long', 'long'],
  ['ulong', 'unsigned long'],
  ['wchar_t', 'wchar_t'],
];
const FLOATS: Readonly<Record<c.FloatName, string>> = {
  float16: '_Float16',
  bfloat16: 'uint16_t',
  float: 'float',
  double: 'double',
  longdouble: 'long double',
};

const integers: readonly c.IntegerType[] = INTEGERS.map(([name]) => c.integer(name));
const floats: readonly c.FloatType[] = [c.FLOAT16, c.BFLOAT16, c.FLOAT, c.DOUBLE, c.LONG_DOUBLE];
const rest: readonly ScalarType[] = [c.BOOL, SIGNED_ENUM, UNSIGNED_ENUM, c.pointer(c.VOID), FUNCTION];

export const someScalar = (r: Random): ScalarType => {
  const choice = r.int(5);
  return r.pick<ScalarType>(choice < 2 ? integers : choice < 4 ? floats : rest);
};

export const someVector = (r: Random): c.VectorType => {
  const element = r.oneIn(3) ? r.pick([c.FLOAT, c.DOUBLE, c.FLOAT16]) : r.pick(integers.slice(0, 8));
  return c.vector(element, r.pick([8, 16, 32, 64]) / layoutOfType(element, SYSV_X64).size);
};

/** A type and a width for a bit-field. */
export function someBits(r: Random): { readonly type: ScalarType; readonly width: number } {
  const type = r.pick<ScalarType>(r.oneIn(4) ? [c.BOOL, SIGNED_ENUM, UNSIGNED_ENUM] : integers);
  const most = type.kind === 'bool' ? 1 : 8 * layoutOfType(type, SYSV_X64).size;
  return { type, width: r.oneIn(5) ? most : 1 + r.int(most) };
}

/** The declaration of the names that `scalarName` and the values use. */
export const SCALAR_PROLOGUE: string = `#include <stdint.h>
#include <string.h>
#include <wchar.h>
enum Signed { SA = -5, SB = 3, SC = 2147483647 };
enum Unsigned { UA, UB = 7, UC = 4294967295u };
typedef void (*Function)(void);
static double D(uint64_t bits) { double d; memcpy(&d, &bits, 8); return d; }
`;

/** What C calls the type. */
export function scalarName(type: ScalarType): string {
  switch (type.kind) {
    case 'bool':
      return '_Bool';
    case 'integer':
      return INTEGERS.find(([name]) => name === type.name)?.[1] ?? '';
    case 'float':
      return FLOATS[type.name];
    case 'enum':
      return type === SIGNED_ENUM ? 'enum Signed' : 'enum Unsigned';
    case 'pointer':
      return 'void *';
    default:
      return 'Function';
  }
}

export function someValue(r: Random, type: ScalarType, bitWidth: number | null = null): ScalarValue {
  switch (type.kind) {
    case 'bool': {
      const given = r.oneIn(2);
      return { given, got: given, text: String(Number(given)) };
    }
    case 'integer':
    case 'enum':
      return integerValue(r, type, bitWidth);
    case 'float':
      return floatValue(r, type);
    default: {
      const given = (BigInt(r.int(2 ** 32)) << 32n) | BigInt(r.int(2 ** 32));
      return { given, got: given, text: `(${scalarName(type)})${given}ULL` };
    }
  }
}

function integerValue(r: Random, type: c.IntegerType | c.EnumType, bitWidth: number | null): ScalarValue {
  const { size, signed } = SYSV_X64.integers[type.kind === 'enum' ? type.underlying.name : type.name];
  const width = BigInt(bitWidth ?? 8 * size);
  if (type.kind === 'enum' && bitWidth === null && r.oneIn(2)) {
    const { name, value: number } = r.pick(type.values);
    return { given: name, got: Number(number), text: name };
  }
  const wrap = signed ? BigInt.asIntN : BigInt.asUintN;
  const words = Array.from({ length: 4 }, () => BigInt(r.int(2 ** 32)));
  const any = words.reduce((all, word) => (all << 32n) | word, 0n);
  const edge = r.pick([0n, 1n, -1n, 1n << (width - 1n), (1n << (width - 1n)) - 1n, 2n ** 53n - 1n, 2n ** 53n + 1n]);
  const wide = wrap(Number(width), r.oneIn(2) ? any : edge);
  const isSafe = Number.isSafeInteger(Number(wide));
  const bits = BigInt.asUintN(128, wide);
  const text = `(__int128)((unsigned __int128)${bits >> 64n}ULL << 64 | ${bits & 0xffff_ffff_ffff_ffffn}ULL)`;
  if (size < 8) return { given: Number(wide), got: Number(wide), text };
  return { given: isSafe && r.oneIn(2) ? Number(wide) : wide, got: wide, text };
}

function floatValue(r: Random, type: c.FloatType): ScalarValue {
  const given = someNumber(r, type);
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, given);
  const double = `D(0x${view.getBigUint64(0).toString(16)})`;
  switch (type.name) {
    case 'float16':
      return { given, got: float16FromBits(float16ToBits(given)), text: double };
    case 'bfloat16':
      return { given, got: bfloat16FromBits(bfloat16ToBits(given)), text: String(bfloat16ToBits(given)) };
    case 'float':
      return { given, got: Math.fround(given), text: double };
    default:
      return { given, got: given, text: double };
  }
}

/** In the range of its type, not always exact in it. */
function someNumber(r: Random, type: c.FloatType): number {
  const exact = [0, -0, 1, -1.5, 1 / 3, Infinity, -Infinity, Number.NaN, 2 ** -24, 5e-324, 65504];
  if (r.oneIn(2)) return r.pick(exact);
  const largest = { float16: 15, bfloat16: 127, float: 127, double: 1023, longdouble: 1023 }[type.name];
  return (r.oneIn(2) ? 1 : -1) * (1 + r.int(2 ** 32) / 2 ** 32) * 2 ** (r.int(2 * largest) - largest);
}
