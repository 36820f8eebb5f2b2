// How alignments combine: rounding, packing, `alignas`. Which of them apply to a member is decided in record-layout.ts.

import type { Packing } from './ctype.ts';

/** The next multiple of `align`, a power of two; exact up to 2^53, where `&` would not be. */
export const alignUp = (offset: number, align: number): number => {
  const over = offset % align;
  return over === 0 ? offset : offset + align - over;
};

/**
 * GNU: `__attribute__((packed))` sets a member's alignment to 1 before `alignas` raises it; `#pragma pack(n)` caps what
 * `alignas` asked for, too (observed: gcc 12, clang 14, 19). Without `alignas`, `asked` is 1.
 */
export function gnuAlign(natural: number, asked: number, packing: Packing): number {
  if (packing === 'attribute') return asked;
  const align = Math.max(natural, asked);
  return packing === null || packing > align ? align : packing;
}

/**
 * Microsoft: packing caps what the type needs, and `alignas` wins over both (observed: clang 14, 19). Clang reads the
 * attribute, which Microsoft has not, as `#pragma pack(1)`.
 */
export function microsoftAlign(natural: number, fixed: number, packing: Packing): number {
  return Math.max(Math.min(natural, microsoftLimit(packing)), fixed);
}

/** A pack larger than a pointer is no limit (observed: clang 14, 19; the MS pragma's default on 64 bits is 16, or off). */
const microsoftLimit = (packing: Packing): number =>
  packing === 'attribute' ? 1 : packing === null || packing > 8 ? Number.POSITIVE_INFINITY : packing;
