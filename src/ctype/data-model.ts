// What the C standard leaves to the platform: widths and signs of integers, formats of floating-point types, and the
// rules by which bit-fields are laid out. Facts only, no decisions.

import { InterfixError } from '../errors.ts';
import type { FloatName, IntegerName } from './ctype.ts';

export interface IntegerFacts {
  /** Bytes. The alignment is the same on every supported platform. */
  readonly size: 1 | 2 | 4 | 8 | 16;
  readonly signed: boolean;
}

/** IEEE 754 interchange formats, Google's bfloat16, and the x87 double-extended format in 16 bytes. */
export type FloatFormat = 'binary16' | 'bfloat16' | 'binary32' | 'binary64' | 'x87' | 'binary128';

export interface FloatFacts {
  /** Bytes in memory, padding included; the alignment is the same. */
  readonly size: 2 | 4 | 8 | 16;
  readonly format: FloatFormat;
}

/** A platform goes by the name of its calling convention. */
export type PlatformId = 'sysv-x64' | 'win-x64' | 'aapcs64' | 'aapcs64-apple' | 'aapcs64-windows';

export interface DataModel {
  readonly id: PlatformId;
  readonly integers: Readonly<Record<IntegerName, IntegerFacts>>;
  readonly floats: Readonly<Record<FloatName, FloatFacts>>;
  /** Size and alignment of every pointer, in bytes. */
  readonly pointerSize: 8;
  /** Whose rules lay out records, where C leaves it open (bit-fields, packing): GCC's and Clang's, or Microsoft's. */
  readonly recordRules: 'gnu' | 'microsoft';
  /** AAPCS64 10.1.8: unnamed bit-fields, those of no width included, align their record too. */
  readonly unnamedBitFieldsAlign: boolean;
  /**
   * What becomes of `alignas` on a bit-field under a `#pragma pack(n)` with a smaller n: clang forgets it, gcc takes n
   * (observed: gcc 12, clang 14, 19). The platform's own compiler decides.
   */
  readonly pragmaVoidsBitFieldAlign: boolean;
  /** A vector is aligned to its size, but not more than this; bytes. */
  readonly maxVectorAlign: 16 | 64;
  /** Bytes of a record that would have none. C11 6.7.2.1p8 leaves it undefined; GNU C says 0. */
  readonly emptyRecordSize: 0 | 4;
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
  int128: { size: 16, signed: true },
  uint128: { size: 16, signed: false },
} as const;

const integers = (own: Pick<DataModel['integers'], 'char' | 'long' | 'ulong' | 'wchar_t'>): DataModel['integers'] =>
  Object.freeze({ ...fixedWidth, ...own });

const floats = (longdouble: FloatFacts): DataModel['floats'] =>
  Object.freeze({
    float16: { size: 2, format: 'binary16' },
    bfloat16: { size: 2, format: 'bfloat16' },
    float: { size: 4, format: 'binary32' },
    double: { size: 8, format: 'binary64' },
    longdouble,
  });

/** System V x86-64, psABI figure 3.1: `long` has 64 bits, `char` and `wchar_t` are signed, `long double` is the x87's. */
export const SYSV_X64: DataModel = Object.freeze({
  id: 'sysv-x64',
  pointerSize: 8,
  recordRules: 'gnu',
  unnamedBitFieldsAlign: false,
  pragmaVoidsBitFieldAlign: false,
  maxVectorAlign: 64,
  emptyRecordSize: 0,
  integers: integers({
    char: { size: 1, signed: true },
    long: { size: 8, signed: true },
    ulong: { size: 8, signed: false },
    wchar_t: { size: 4, signed: true },
  }),
  floats: floats({ size: 16, format: 'x87' }),
});

/**
 * Microsoft x64: `long` has 32 bits, `wchar_t` 16, `long double` is a double. Empty records are an extension there, of
 * 4 bytes in C (observed: clang 14, 19 for windows-msvc).
 */
export const WIN_X64: DataModel = Object.freeze({
  id: 'win-x64',
  pointerSize: 8,
  recordRules: 'microsoft',
  unnamedBitFieldsAlign: false,
  pragmaVoidsBitFieldAlign: false,
  maxVectorAlign: 64,
  emptyRecordSize: 4,
  integers: integers({
    char: { size: 1, signed: true },
    long: { size: 4, signed: true },
    ulong: { size: 4, signed: false },
    wchar_t: { size: 2, signed: false },
  }),
  floats: floats({ size: 8, format: 'binary64' }),
});

/** AAPCS64 for Linux: `char` and `wchar_t` are unsigned, `long double` is IEEE quad (AAPCS64 10.1). */
export const AAPCS64: DataModel = Object.freeze({
  id: 'aapcs64',
  pointerSize: 8,
  recordRules: 'gnu',
  unnamedBitFieldsAlign: true,
  pragmaVoidsBitFieldAlign: false,
  maxVectorAlign: 16,
  emptyRecordSize: 0,
  integers: integers({
    char: { size: 1, signed: false },
    long: { size: 8, signed: true },
    ulong: { size: 8, signed: false },
    wchar_t: { size: 4, signed: false },
  }),
  floats: floats({ size: 16, format: 'binary128' }),
});

/** Apple's arm64: `char` and `wchar_t` are signed, `long double` is a double. */
export const AAPCS64_APPLE: DataModel = Object.freeze({
  id: 'aapcs64-apple',
  pointerSize: 8,
  recordRules: 'gnu',
  unnamedBitFieldsAlign: false,
  pragmaVoidsBitFieldAlign: true,
  maxVectorAlign: 16,
  emptyRecordSize: 0,
  integers: SYSV_X64.integers,
  floats: floats({ size: 8, format: 'binary64' }),
});

/** Windows on Arm: Microsoft's data model of x64, except for vectors (observed: clang 14, 19). */
export const AAPCS64_WINDOWS: DataModel = Object.freeze({ ...WIN_X64, id: 'aapcs64-windows', maxVectorAlign: 16 });

export const dataModels: Readonly<Record<PlatformId, DataModel>> = Object.freeze({
  'sysv-x64': SYSV_X64,
  'win-x64': WIN_X64,
  aapcs64: AAPCS64,
  'aapcs64-apple': AAPCS64_APPLE,
  'aapcs64-windows': AAPCS64_WINDOWS,
});

/** The ids of all data models: types can be laid out for more platforms than code can be generated for. */
export const dataModelIds: readonly PlatformId[] = Object.freeze(Object.keys(dataModels) as PlatformId[]);

/** The data model of the platform whose convention that is. Throws `ERR_OPTION` for an unknown word. */
export function dataModelOf(id: PlatformId): DataModel {
  if (Object.hasOwn(dataModels, id)) return dataModels[id];
  throw new InterfixError('ERR_OPTION', `unknown calling convention '${id}', known are: ${dataModelIds.join(', ')}`);
}
