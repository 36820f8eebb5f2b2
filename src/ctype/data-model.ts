// What the C standard leaves to the platform: the widths and signs of a few integers. Facts only, no decisions.

import type { IntegerName } from './ctype.ts';

export interface IntegerFacts {
  /** Bytes: 1, 2, 4 or 8. The alignment is the same on every supported platform. */
  readonly size: number;
  readonly signed: boolean;
}

export interface DataModel {
  readonly id: 'lp64' | 'llp64';
  readonly integers: Readonly<Record<IntegerName, IntegerFacts>>;
  /** Size and alignment of every pointer, in bytes. */
  readonly pointerSize: 8;
}

const fixedWidth = {
  int8: { size: 1, signed: true },
  uint8: { size: 1, signed: false },
  int16: { size: 2, signed: true },
  uint16: { size: 2, signed: false },
  int32: { size: 4, signed: true },
  uint32: { size: 4, signed: false },
  int64: { size: 8, signed: true },
  uint64: { size: 8, signed: false },
} as const;

/** System V x86-64, psABI figure 3.1: `long` has 64 bits, `char` and `wchar_t` are signed. */
export const LP64_X64: DataModel = Object.freeze({
  id: 'lp64',
  pointerSize: 8,
  integers: Object.freeze({
    ...fixedWidth,
    char: { size: 1, signed: true },
    long: { size: 8, signed: true },
    ulong: { size: 8, signed: false },
    wchar_t: { size: 4, signed: true },
  }),
});
