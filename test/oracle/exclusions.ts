// What single compilers are not asked, because they do otherwise than the one that is followed: gcc 12 on Linux, Microsoft's
// text and clang 19 on Windows, clang 19 on Apple. All of it is observed; docs/abi/*.md tell more.

import type { ConventionId, VectorLevel } from '../../src/abi/convention.ts';
import { type CType, type RecordType, type ResolvedType, resolved, type Signature } from '../../src/ctype/ctype.ts';
import { dataModelOf } from '../../src/ctype/data-model.ts';
import { layoutOfType } from '../../src/ctype/layout.ts';
import type { Role } from '../support/signature-profile.ts';
import { containsType } from '../support/value-shape.ts';

/** Bytes of the widest vector register. */
const REGISTER_BYTES: Readonly<Record<VectorLevel, number>> = { sse: 16, avx: 32, avx512: 64 };

export type Excluded = (type: CType, role: Role) => boolean;

const isInt128 = (type: ResolvedType): boolean => type.kind === 'integer' && type.name.endsWith('128');
const isRecord = (type: ResolvedType): type is RecordType => type.kind === 'struct' || type.kind === 'union';
const hasRecord = (declared: CType, isSuch: (record: RecordType) => boolean): boolean =>
  containsType(declared, (type) => isRecord(type) && isSuch(type));
/** Of more bytes than any register of the level has, or of one double. */
const isVectorOf = (declared: CType, isSuch: (size: number) => boolean, abi: ConventionId): boolean =>
  resolved(declared).kind === 'vector' && isSuch(layoutOfType(declared, dataModelOf(abi)).size);

export const any =
  (...all: readonly Excluded[]): Excluded =>
  (type, role) =>
    all.some((each) => each(type, role));

// ---- System V: gcc 12 is followed; what clang 14 and 19 are not asked. docs/abi/sysv-x64.md ----

/** With one general register left, gcc puts a scalar __int128 on the stack and the register to use; clang does not. */
const scalarInt128: Excluded = (type, role) => role !== 'result' && isInt128(resolved(type));
/** Unnamed bit-fields with bits have class INTEGER with gcc, and none with clang. */
const unnamedBits: Excluded = (type) =>
  hasRecord(type, ({ members }) => members.some(({ name, bitWidth }) => name === null && bitWidth !== null));
/** Clang holds a record in a packed one for unaligned where its own alignment is not kept, gcc only scalars. */
const packedRecords: Excluded = (type) => hasRecord(type, ({ packing }) => packing !== null);
const bitFieldsInUnions: Excluded = (type) =>
  hasRecord(type, ({ kind, members }) => kind === 'union' && members.some(({ bitWidth }) => bitWidth !== null));
const wideVectors =
  (vectors: VectorLevel): Excluded =>
  (type) =>
    containsType(type, (each) => isVectorOf(each, (size) => size > REGISTER_BYTES[vectors], 'sysv-x64'));

/** gcc 12 itself ends with an internal error where `va_arg` takes a union with a vector that needs AVX. */
const variadicVectorUnion: Excluded = (type, role) =>
  role === 'unnamed' && hasRecord(type, (record) => record.kind === 'union' && hasVector(record));
/** The `va_arg` of gcc 12 faults on some unions of a record and a `long double`, whoever calls. */
export const variadicLongDoubleUnion: Excluded = (type, role) =>
  role === 'unnamed' && hasRecord(type, (record) => record.kind === 'union' && hasLongDouble(record));

/** From AVX on, gcc passes a union of two 16-byte vectors and more as one vector, clang in memory. */
const vectorsInUnions =
  (vectors: VectorLevel): Excluded =>
  (type) =>
    vectors !== 'sse' && hasRecord(type, (record) => record.kind === 'union' && hasVector(record));

const hasLongDouble = (type: CType): boolean =>
  containsType(type, (each) => each.kind === 'float' && each.name === 'longdouble');
const hasVector = (type: CType): boolean => containsType(type, ({ kind }) => kind === 'vector');

/** Clang returns a vector of one double in xmm0, and passes it in memory as gcc does. */
const resultOfOneDouble: Excluded = (type, role) => {
  const vector = resolved(type);
  return (
    role === 'result' && vector.kind === 'vector' && vector.length === 1 && resolved(vector.element).kind === 'float'
  );
};

/** Clang 19 moves only the float of a union of a float and three float16; gcc moves all its bytes. */
const smallFloatsInUnions: Excluded = (type) =>
  hasRecord(type, (record) => record.kind === 'union' && containsType(record, isSmallFloat));

/**
 * Clang 14 and 19 move of a union what its largest member has: of an eightbyte with a float and padding there, the float,
 * although a double or other eight bytes share its place. gcc moves all of it.
 */
const paddedFloatsInUnions: Excluded = (type) =>
  hasRecord(
    type,
    (record) => record.kind === 'union' && containsType(record, isFloat) && containsType(record, isWideSse),
  );
const isFloat = (type: ResolvedType): boolean => type.kind === 'float' && type.name === 'float';
const isWideSse = (type: ResolvedType): boolean =>
  (type.kind === 'float' && type.name === 'double') || type.kind === 'complex' || type.kind === 'vector';

/** In a variadic call clang passes vectors that need AVX otherwise than gcc, and some records of them unlike itself. */
export const withoutVariadicVectors = ({ parameters, variadicFrom }: Signature): boolean =>
  variadicFrom === null || !parameters.some(({ type }) => hasVector(type));

export const gccWithAvx: Excluded = any(variadicVectorUnion, variadicLongDoubleUnion);

export const clangOnSysv = (vectors: VectorLevel): Excluded =>
  any(
    scalarInt128,
    unnamedBits,
    packedRecords,
    bitFieldsInUnions,
    wideVectors(vectors),
    vectorsInUnions(vectors),
    resultOfOneDouble,
    smallFloatsInUnions,
    paddedFloatsInUnions,
  );

// ---- Windows x64: Microsoft's text, then clang for msvc. docs/abi/win-x64.md ----

/** The text has `__m64` as an integer, and so has gcc; clang passes 8-byte vectors by reference, returns them in xmm0. */
export const vectorOf8: Excluded = (type) => isVectorOf(type, (size) => size === 8, 'win-x64');
/** Clang takes a vector that no register holds apart. */
export const unheldVector =
  (vectors: VectorLevel): Excluded =>
  (type) =>
    isVectorOf(type, (size) => size > REGISTER_BYTES[vectors], 'win-x64');
/** gcc returns vectors of 32 and 64 bytes in memory even where a register holds them. */
export const wideResult: Excluded = (type, role) =>
  role === 'result' && isVectorOf(type, (size) => size > 16, 'win-x64');

// ---- AArch64: gcc 12 is followed on Linux, clang 19 on Apple and Windows. docs/abi/aapcs64*.md ----

/** A bit-field of no width ends a homogeneous aggregate for clang 14, but neither for gcc 12 nor for clang 19. */
export const zeroWidths: Excluded = (type) =>
  hasRecord(type, ({ members }) => members.some(({ bitWidth }) => bitWidth === 0));
/** In a union gcc 12 sees an integer there, in a struct nothing; clang 19 sees nothing. */
export const zeroWidthsInUnions: Excluded = (type) =>
  hasRecord(type, ({ kind, members }) => kind === 'union' && members.some(({ bitWidth }) => bitWidth === 0));
/** A packed bit-field of int128 is aligned to 16 for gcc, and not for clang. */
export const packedInt128Bits: Excluded = (type) =>
  hasRecord(
    type,
    ({ packing, members }) =>
      packing !== null && members.some((each) => each.bitWidth !== null && isInt128(resolved(each.type))),
  );
/** A record of unnamed bit-fields alone travels with gcc, and does not with clang. */
export const onlyUnnamedBits: Excluded = (type) =>
  hasRecord(type, ({ members }) => members.every(({ name, bitWidth }) => name === null && bitWidth !== null));
/** Clang 19 makes homogeneous aggregates of bfloat16, gcc 12 does not. */
export const bfloat16Inside: Excluded = (type) =>
  resolved(type).kind !== 'float' && containsType(type, (each) => each.kind === 'float' && each.name === 'bfloat16');

/** Clang 14 gives a named narrow argument of a variadic function eight bytes of stack, its callee looks for fewer. */
export const withoutNarrowBeforeVariadic = ({ parameters, variadicFrom }: Signature): boolean =>
  variadicFrom === null || !parameters.slice(0, variadicFrom).some(({ type }) => isBelow8Bytes(type));

/** Clang cannot compile half floats in a variadic call for Windows ("Cannot select"). */
export const withoutVariadicFloat16 = ({ parameters, variadicFrom }: Signature): boolean =>
  variadicFrom === null || !parameters.some(({ type }) => isSmallFloat(resolved(type)));

const isSmallFloat = (type: ResolvedType): boolean => type.kind === 'float' && type.name.endsWith('float16');

const isBelow8Bytes = (declared: CType): boolean => {
  const type = resolved(declared);
  return type.kind !== 'array' && layoutOfType(type, dataModelOf('aapcs64-apple')).size < 8;
};
