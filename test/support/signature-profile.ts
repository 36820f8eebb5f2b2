// What random signatures may contain: which types a convention, or a compiler that speaks it, has.

import type { ConventionId } from '../../src/abi/convention.ts';
import type { CType, FloatName, Signature } from '../../src/ctype/ctype.ts';
import type { Compiler } from './layout-oracle.ts';

/** Types that may stand behind `...`, besides what C's default promotions leave of scalars. */
export interface UnnamedTypes {
  readonly records: boolean;
  readonly int128: boolean;
  readonly longdouble: boolean;
  readonly complex: boolean;
  /** Vectors, and records that contain them. */
  readonly vectors: boolean;
}

export type Role = 'named' | 'unnamed' | 'result';

export interface SignatureProfile {
  readonly abi: ConventionId;
  readonly variadic: boolean;
  readonly unnamed: UnnamedTypes;
  readonly int128: boolean;
  readonly longdouble: boolean;
  readonly float16: boolean;
  readonly bfloat16: boolean;
  /** The element types of complex numbers. */
  readonly complex: readonly FloatName[];
  /** The sizes of vectors, in bytes. */
  readonly vectors: readonly number[];
  readonly bitFields: boolean;
  readonly packed: boolean;
  readonly alignas: boolean;
  /** Records that end in an array without a length. */
  readonly flexible: boolean;
  readonly zeroArrays: boolean;
  /** Records in which nothing has a name. */
  readonly emptyRecords: boolean;
  /** Records of more than 4 KiB, and some of more than 64 KiB; at most two in a signature. */
  readonly large: boolean;
  /** Records that such a compiler lays out differently (layout-pins.ts) do not occur. */
  readonly pins: Compiler['pins'];
  /** Asked for every whole argument and result; a type that is excluded is drawn again. */
  readonly isExcluded: ((type: CType, role: Role) => boolean) | null;
  /** A signature that is not accepted is drawn again. */
  readonly accepts: ((signature: Signature) => boolean) | null;
}

const NOTHING_UNNAMED: UnnamedTypes = {
  records: false,
  int128: false,
  longdouble: false,
  complex: false,
  vectors: false,
};

/** Integers, pointers, `float` and `double`, and the records that are made of them. */
export const basicProfile = (abi: ConventionId): SignatureProfile => ({
  abi,
  variadic: true,
  unnamed: { ...NOTHING_UNNAMED, records: true },
  int128: false,
  longdouble: false,
  float16: false,
  bfloat16: false,
  complex: [],
  vectors: [],
  bitFields: false,
  packed: false,
  alignas: false,
  flexible: false,
  zeroArrays: false,
  emptyRecords: false,
  large: false,
  pins: null,
  isExcluded: null,
  accepts: null,
});

/** Everything that C has on the platform; what no compiler is right about is for the user of the profile to leave out. */
export const fullProfile = (abi: ConventionId): SignatureProfile => ({
  ...basicProfile(abi),
  unnamed: { records: true, int128: true, longdouble: true, complex: true, vectors: true },
  int128: true,
  longdouble: true,
  float16: true,
  bfloat16: true,
  complex: ['float', 'double', 'longdouble', 'float16'],
  vectors: [8, 16, 32, 64],
  bitFields: true,
  packed: true,
  alignas: true,
  flexible: true,
  zeroArrays: true,
  emptyRecords: true,
  large: true,
});
