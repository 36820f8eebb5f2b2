// JavaScript source that refuses a value its C type cannot hold: nothing wraps, rounds to another integer or truncates.

import type { CType, PointerType } from '../ctype/ctype.ts';
import { printType } from '../signature/print.ts';
import type { Cell, ViewName } from './cells.ts';

/** Which kinds of JavaScript value a C type takes; an error says from it whether the kind was wrong or the range. */
export type Accepts = 'integer' | 'wide integer' | 'float' | 'boolean' | 'pointer' | 'record';

/** The values from here on round to infinity as a `float`: 2^128 − 2^103, half a step past the largest (IEEE 754). */
const FLOAT_OVERFLOW = '3.4028235677973366e38';

/** True when the number `v` is not an integer of the view's range. The operators do ToInt32 and ToUint32. */
const outOfRange: Readonly<Partial<Record<ViewName, (v: string) => string>>> = {
  i8: (v) => `(${v} << 24 >> 24) !== ${v}`,
  u8: (v) => `(${v} & 255) !== ${v}`,
  i16: (v) => `(${v} << 16 >> 16) !== ${v}`,
  u16: (v) => `(${v} & 65535) !== ${v}`,
  i32: (v) => `(${v} | 0) !== ${v}`,
  u32: (v) => `(${v} >>> 0) !== ${v}`,
  f32: (v) => `(Math.abs(${v}) >= ${FLOAT_OVERFLOW} && Math.abs(${v}) !== Infinity)`,
};

/** The statement that refuses the value of variable `v`. */
export const failSource = (type: CType, v: string, path: string, accepts: Accepts): string =>
  `fail(${v}, ${JSON.stringify(printType(type))}, \`${path}\`, "${accepts}");`;

/** Statements that check the variable `v`, and for pointers replace it by an address. */
export function checkSource(type: CType, { view }: Cell, v: string, path: string, strings: boolean): string {
  if (type.kind === 'bool') return `if (${v} !== true && ${v} !== false) ${failSource(type, v, path, 'boolean')}`;
  if (type.kind === 'pointer' || type.kind === 'function') return pointerCheck(type, v, path, strings);
  if (view === 'f64') return `if (typeof ${v} !== "number") ${failSource(type, v, path, 'float')}`;
  if (view === 'i64' || view === 'u64') {
    const wrap = view === 'i64' ? 'asIntN' : 'asUintN';
    const negative = view === 'u64' ? ` || ${v} < 0` : '';
    return (
      `if (typeof ${v} === "bigint" ? BigInt.${wrap}(64, ${v}) !== ${v} : !Number.isSafeInteger(${v})${negative}) ` +
      failSource(type, v, path, 'wide integer')
    );
  }
  const wrong = failSource(type, v, path, view === 'f32' ? 'float' : 'integer');
  return `if (typeof ${v} !== "number" || ${outOfRange[view]?.(v)}) ${wrong}`;
}

/** A bigint is the address itself; for anything else the runtime finds one, or refuses. */
function pointerCheck(type: CType, v: string, path: string, strings: boolean): string {
  const text = strings && isCharPointer(type) ? `typeof ${v} === "string" ? strings.take(${v}, \`${path}\`) : ` : '';
  const found = `${text}address(${v}, ${JSON.stringify(printType(type))}, \`${path}\`)`;
  return `if (typeof ${v} !== "bigint" || BigInt.asUintN(64, ${v}) !== ${v}) ${v} = ${found};`;
}

/** A pointer that a JavaScript string may stand for: to `char`, `int8` or `uint8`, as C libraries declare text. */
export const isCharPointer = (type: CType): type is PointerType =>
  type.kind === 'pointer' &&
  type.pointee.kind === 'integer' &&
  (type.pointee.name === 'char' || type.pointee.name === 'int8' || type.pointee.name === 'uint8');
