// Reading and writing the scalars that no typed array knows, at any byte offset. Generated source calls these by name;
// values were checked before.

import { bfloat16FromBits, bfloat16ToBits, float16FromBits, float16ToBits } from './small-floats.ts';
import { getBinary128, getX87, setBinary128, setX87 } from './wide-floats.ts';

/** The formats, as their functions are called: `getInt128`, `setInt128`. */
export type FormatName = 'Int128' | 'Uint128' | 'Float16' | 'Bfloat16' | 'X87' | 'Binary128';
export type FormatFunctionName = `${'get' | 'set'}${FormatName}`;

const upperHalf = (value: number | bigint): bigint => BigInt(value) >> 64n;

/** Stores the value modulo 2^128, as `setBigUint64` stores each half modulo 2^64. */
function setInt128(memory: DataView, offset: number, value: number | bigint): void {
  memory.setBigUint64(offset, BigInt(value), true);
  memory.setBigUint64(offset + 8, upperHalf(value), true);
}

export const formats: Readonly<
  Record<`get${FormatName}`, (memory: DataView, offset: number) => number | bigint> &
    Record<`set${FormatName}`, (memory: DataView, offset: number, value: never) => void>
> = Object.freeze({
  getInt128: (memory, offset) => (memory.getBigInt64(offset + 8, true) << 64n) | memory.getBigUint64(offset, true),
  getUint128: (memory, offset) => (memory.getBigUint64(offset + 8, true) << 64n) | memory.getBigUint64(offset, true),
  setInt128,
  setUint128: setInt128,
  getFloat16: (memory, offset) => float16FromBits(memory.getUint16(offset, true)),
  setFloat16: (memory, offset, value) => memory.setUint16(offset, float16ToBits(value), true),
  getBfloat16: (memory, offset) => bfloat16FromBits(memory.getUint16(offset, true)),
  setBfloat16: (memory, offset, value) => memory.setUint16(offset, bfloat16ToBits(value), true),
  getX87,
  setX87,
  getBinary128,
  setBinary128,
});
