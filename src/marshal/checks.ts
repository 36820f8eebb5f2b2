// JavaScript source that refuses a value its C type cannot hold: nothing wraps, rounds to another integer or truncates.

import type { EnumType, IntegerName, ResolvedType } from '../ctype/ctype.ts';
import type { DataModel } from '../ctype/data-model.ts';
import { printType } from '../signature/print.ts';
import type { BitField } from './bits.ts';
import type { ArrayName, Scalar, SourceNames } from './cells.ts';
import type { FormatName } from './formats.ts';
import { refuseSource } from './refusal-source.ts';
import { BFLOAT16_OVERFLOW, BINARY16_OVERFLOW } from './small-floats.ts';

/** Which kinds of JavaScript value a C type takes; an error says from it whether the kind was wrong or the range. */
export type Accepts = 'integer' | 'wide integer' | 'float' | 'boolean' | 'pointer' | 'record';

/** The values from here on round to infinity as a `float`: 2^128 − 2^103, half a step past the largest (IEEE 754). */
const FLOAT_OVERFLOW = '3.4028235677973366e38';

const overflows = (limit: number | string) => (v: string) =>
  `(Math.abs(${v}) >= ${limit} && Math.abs(${v}) !== Infinity)`;

/** True when the number `v` is not an integer of the view's range. The operators do ToInt32 and ToUint32. */
const outOfRange: Readonly<Partial<Record<ArrayName | FormatName, (v: string) => string>>> = {
  i8: (v) => `(${v} << 24 >> 24) !== ${v}`,
  u8: (v) => `(${v} & 255) !== ${v}`,
  i16: (v) => `(${v} << 16 >> 16) !== ${v}`,
  u16: (v) => `(${v} & 65535) !== ${v}`,
  i32: (v) => `(${v} | 0) !== ${v}`,
  u32: (v) => `(${v} >>> 0) !== ${v}`,
  f32: overflows(FLOAT_OVERFLOW),
  Float16: overflows(BINARY16_OVERFLOW),
  Bfloat16: overflows(BFLOAT16_OVERFLOW),
};

const ANY_NUMBER: readonly string[] = ['f64', 'X87', 'Binary128'];
const ROUNDED: readonly string[] = ['f32', 'Float16', 'Bfloat16'];

/** The widths of the types that take bigints, negative for the signed ones. */
const wideBits: Readonly<Partial<Record<ArrayName | FormatName, number>>> = {
  i64: -64,
  u64: 64,
  Int128: -128,
  Uint128: 128,
};

/** The value that is checked: the variable that holds it, what an error calls it, and its type as text. */
export interface Checked {
  readonly v: string;
  readonly path: string;
  readonly type: string;
  readonly names: SourceNames;
}

/** Whether an error's path is the same at every call: the index of a loop is none. */
export const isFixed = (path: string): boolean => !path.includes('${');

/** The statement that refuses a value. Its words are put aside where that makes the function shorter. */
export function failSource({ v, path, type, names }: Checked, accepts: Accepts): string {
  const words = `${JSON.stringify(type)}, \`${path}\`, "${accepts}"`;
  if (!isFixed(path) || !names.isShort) return `fail(${v}, ${words});`;
  return refuseSource(v, names.constant('t', `[${words}]`), names);
}

/** Statements that check a variable; pointers have their own in pointer-source.ts. */
export function checkSource(
  type: ResolvedType,
  scalar: Scalar,
  { v, path, names }: Omit<Checked, 'type'>,
  model: DataModel,
): string {
  const checked = { v, path, names, type: printType(type) };
  if (type.kind === 'bool') return booleanCheck(checked);
  if (isWidened(type, scalar, model)) {
    const isSigned = isSignedType(type, model);
    return wideCheck(checked, 32, isSigned, narrowerThanSafe(v, 32, isSigned));
  }
  const name = 'format' in scalar ? scalar.format : scalar.view;
  if (ANY_NUMBER.includes(name)) return `if (typeof ${v} !== "number") ${failSource(checked, 'float')}`;
  const wide = wideBits[name];
  if (wide !== undefined) return wideCheck(checked, Math.abs(wide), wide < 0, wide > 0 ? ` || ${v} < 0` : '');
  const wrong = failSource(checked, ROUNDED.includes(name) ? 'float' : 'integer');
  return `if (typeof ${v} !== "number" || ${outOfRange[name]?.(v)}) ${wrong}`;
}

/** Statements that check a value for a bit-field: its width is what decides. */
export function checkBitsSource(
  type: ResolvedType,
  field: BitField,
  { v, path, names }: Omit<Checked, 'type'>,
): string {
  const { width, isSigned, gives } = field;
  const checked = { v, path, names, type: `${printType(type)}:${width}` };
  if (gives === 'boolean') return booleanCheck(checked);
  if (gives === 'bigint') return wideCheck(checked, width, isSigned, narrowerThanSafe(v, width, isSigned));
  const unused = 32 - width;
  const extended =
    unused === 0 ? `${v} ${isSigned ? '|' : '>>>'} 0` : `${v} << ${unused} ${isSigned ? '>>' : '>>>'} ${unused}`;
  return `if (typeof ${v} !== "number" || (${extended}) !== ${v}) ${failSource(checked, 'integer')}`;
}

const booleanCheck = (checked: Checked): string =>
  `if (${checked.v} !== true && ${checked.v} !== false) ${failSource(checked, 'boolean')}`;

/** `narrower`: what else makes a safe integer wrong. */
function wideCheck(checked: Checked, width: number, isSigned: boolean, narrower: string): string {
  const { v } = checked;
  const wrap = isSigned ? 'asIntN' : 'asUintN';
  return (
    `if (typeof ${v} === "bigint" ? BigInt.${wrap}(${width}, ${v}) !== ${v} : !Number.isSafeInteger(${v})${narrower}) ` +
    failSource(checked, 'wide integer')
  );
}

/** The conditions under which a safe integer does not fit; past 53 bits only a sign can be wrong. */
function narrowerThanSafe(v: string, width: number, isSigned: boolean): string {
  const bits = isSigned ? width - 1 : width;
  const least = isSigned ? -(2 ** bits) : 0;
  const above = bits < 53 ? ` || ${v} > ${2 ** bits - 1}` : '';
  return isSigned && bits >= 53 ? '' : `${above} || ${v} < ${least}`;
}

/**
 * The statement that refuses a promise as the value `v` of a callback: C waits for none. A record may have a member of the
 * name `then`; what is no record and no pointer cannot be an object at all.
 */
export function promiseSource(v: string, isRecord: boolean, hasThen: boolean): string {
  if (hasThen) return `if (isPromise(${v})) promised();`;
  const isObject = isRecord ? `${v} !== null && ${v} !== undefined` : `typeof ${v} === "object" && ${v} !== null`;
  return `if (${isObject} && typeof ${v}.then === "function") promised();`;
}

/** The statement that replaces a value's name by the value, where the enumeration has names. */
export function enumeratorSource(type: EnumType, v: string, path: string, isWide: boolean, names: SourceNames): string {
  const entries = type.values.map(({ name, value }) => `[${JSON.stringify(name)}, ${value}${isWide ? 'n' : ''}]`);
  const table = names.constant('e', `new Map([${entries.join(', ')}])`);
  return `if (typeof ${v} === "string") ${v} = enumerator(${v}, ${table}, \`${path}\`);`;
}

const integerName = (type: ResolvedType): IntegerName | null =>
  type.kind === 'integer' ? type.name : type.kind === 'enum' ? type.underlying.name : null;

export function isSignedType(type: ResolvedType, model: DataModel): boolean {
  const name = integerName(type);
  return name !== null && model.integers[name].signed;
}

/**
 * Whether JavaScript gets a bigint of the type. Of `long` and `ulong` it does on every platform, although Windows has
 * them in 32 bits: the TypeScript type of a signature cannot know where the program will run.
 */
export function isWideType(type: ResolvedType, model: DataModel): boolean {
  const name = integerName(type);
  return name === 'long' || name === 'ulong' || (name !== null && model.integers[name].size >= 8);
}

/** Whether the type is wide for JavaScript, and a 32-bit integer in C. */
export const isWidened = (type: ResolvedType, scalar: Scalar, model: DataModel): boolean =>
  'view' in scalar && scalar.shift === 2 && isWideType(type, model);
