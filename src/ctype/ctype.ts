// C types as frozen data. A type says what was declared; how large it is, is decided in layout.ts for a data model.

import { InterfixError } from '../errors.ts';

/** Integers whose width is in their name, and the ones whose width or sign the platform decides. */
export type IntegerName =
  | 'int8'
  | 'uint8'
  | 'int16'
  | 'uint16'
  | 'int32'
  | 'uint32'
  | 'int64'
  | 'uint64'
  | 'int128'
  | 'uint128'
  | 'char'
  | 'long'
  | 'ulong'
  | 'wchar_t';

export interface VoidType {
  readonly kind: 'void';
}
export interface BoolType {
  readonly kind: 'bool';
}
export interface IntegerType {
  readonly kind: 'integer';
  readonly name: IntegerName;
}
/** `longdouble` is what the platform makes of it: x87 extended, IEEE quad, or double. */
export type FloatName = 'float16' | 'bfloat16' | 'float' | 'double' | 'longdouble';

export interface FloatType {
  readonly kind: 'float';
  readonly name: FloatName;
}
/** C's `_Complex`: the real part, then the imaginary part. */
export interface ComplexType {
  readonly kind: 'complex';
  readonly element: FloatType;
}
/** A SIMD vector of 8 to 64 bytes, a power of two, which is also its alignment. */
export interface VectorType {
  readonly kind: 'vector';
  readonly element: IntegerType | FloatType;
  readonly length: number;
}
export interface PointerType {
  readonly kind: 'pointer';
  readonly pointee: CType;
  /** Whether what is pointed at is `const`. */
  readonly isConst: boolean;
}
export interface EnumValue {
  readonly name: string;
  readonly value: bigint;
}
/** An enumeration: passed, laid out and read as its underlying integer. Its values, if given, may be written by name. */
export interface EnumType {
  readonly kind: 'enum';
  readonly underlying: IntegerType;
  readonly values: readonly EnumValue[];
}
/** A length of null makes a flexible array member (C11 6.7.2.1p18): the last of a struct, of no size. */
export interface ArrayType {
  readonly kind: 'array';
  readonly element: CType;
  readonly length: number | null;
}
/** A member without a name goes by its index: JavaScript reads and writes `value[0]`, so an array serves as a value. */
export interface Member {
  readonly name: string | null;
  readonly type: CType;
  /** Bits of a bit-field, 0 for one that only ends a unit; null for an ordinary member. */
  readonly bitWidth: number | null;
  /** `alignas` on the member, in bytes; null without. */
  readonly align: number | null;
}
/** `attribute`: packed as by `__attribute__((packed))`; a number: under `#pragma pack(n)`; null: neither. */
export type Packing = 'attribute' | number | null;

interface Aggregate {
  readonly members: readonly Member[];
  readonly packing: Packing;
  /** `alignas` on the whole type, in bytes; null without. */
  readonly align: number | null;
}
export interface StructType extends Aggregate {
  readonly kind: 'struct';
}
export interface UnionType extends Aggregate {
  readonly kind: 'union';
}
/** Where a registry puts the definition of a name; null as long as there is none, and for opaque types for ever. */
export interface TypeSlot {
  readonly type: CType | null;
}
/** A name of a registry. Only a pointer to it may be used before, or without, its definition. */
export interface NamedType {
  readonly kind: 'named';
  readonly name: string;
  readonly slot: TypeSlot;
}
/** A function type; as a parameter, result or member it is a pointer to such a function, as in C. */
export interface FunctionType {
  readonly kind: 'function';
  readonly signature: Signature;
}

export type RecordType = StructType | UnionType;
export type CType =
  | VoidType
  | BoolType
  | IntegerType
  | FloatType
  | ComplexType
  | VectorType
  | PointerType
  | EnumType
  | ArrayType
  | RecordType
  | FunctionType
  | NamedType;

/** A type that is not a name. */
export type ResolvedType = Exclude<CType, NamedType>;

/** A parameter; its name is documentation. */
export interface Parameter {
  readonly name: string | null;
  readonly type: CType;
}

/**
 * The types of one call. `variadicFrom` is the index of the first variadic argument, or null for a function without
 * `...`; it equals `parameters.length` for a variadic function that is called without variadic arguments, which is
 * not the same thing: AL is set all the same (psABI 3.2.3).
 */
export interface Signature {
  readonly name: string | null;
  readonly parameters: readonly Parameter[];
  readonly result: CType;
  readonly variadicFrom: number | null;
}

export const VOID: VoidType = Object.freeze({ kind: 'void' });
export const BOOL: BoolType = Object.freeze({ kind: 'bool' });
export const FLOAT16: FloatType = Object.freeze({ kind: 'float', name: 'float16' });
export const BFLOAT16: FloatType = Object.freeze({ kind: 'float', name: 'bfloat16' });
export const FLOAT: FloatType = Object.freeze({ kind: 'float', name: 'float' });
export const DOUBLE: FloatType = Object.freeze({ kind: 'float', name: 'double' });
export const LONG_DOUBLE: FloatType = Object.freeze({ kind: 'float', name: 'longdouble' });

const integers: Readonly<Record<IntegerName, IntegerType>> = Object.freeze({
  int8: integerNamed('int8'),
  uint8: integerNamed('uint8'),
  int16: integerNamed('int16'),
  uint16: integerNamed('uint16'),
  int32: integerNamed('int32'),
  uint32: integerNamed('uint32'),
  int64: integerNamed('int64'),
  uint64: integerNamed('uint64'),
  int128: integerNamed('int128'),
  uint128: integerNamed('uint128'),
  char: integerNamed('char'),
  long: integerNamed('long'),
  ulong: integerNamed('ulong'),
  wchar_t: integerNamed('wchar_t'),
});

function integerNamed(name: IntegerName): IntegerType {
  return Object.freeze({ kind: 'integer', name });
}

export const integer = (name: IntegerName): IntegerType => integers[name];
export const complex = (element: FloatType): ComplexType => Object.freeze({ kind: 'complex', element });
export const vector = (element: IntegerType | FloatType, length: number): VectorType =>
  Object.freeze({ kind: 'vector', element, length });
export const pointer = (pointee: CType, isConst = false): PointerType =>
  Object.freeze({ kind: 'pointer', pointee, isConst });
export const enumeration = (underlying: IntegerType, values: readonly EnumValue[] = []): EnumType =>
  Object.freeze({ kind: 'enum', underlying, values: Object.freeze([...values]) });
export const array = (element: CType, length: number | null): ArrayType =>
  Object.freeze({ kind: 'array', element, length });
export const member = (
  name: string | null,
  type: CType,
  bitWidth: number | null = null,
  align: number | null = null,
): Member => Object.freeze({ name, type, bitWidth, align });
export const struct = (members: readonly Member[], packing: Packing = null, align: number | null = null): StructType =>
  Object.freeze({ kind: 'struct', members: Object.freeze([...members]), packing, align });
export const union = (members: readonly Member[], packing: Packing = null, align: number | null = null): UnionType =>
  Object.freeze({ kind: 'union', members: Object.freeze([...members]), packing, align });
/** Not frozen below: the slot belongs to its registry, which fills it once. */
export const named = (name: string, slot: TypeSlot): NamedType => Object.freeze({ kind: 'named', name, slot });
export const parameter = (name: string | null, type: CType): Parameter => Object.freeze({ name, type });
export const functionType = (signature: Signature): FunctionType => Object.freeze({ kind: 'function', signature });
export const signature = (
  parameters: readonly Parameter[],
  result: CType,
  variadicFrom: number | null = null,
  name: string | null = null,
): Signature => Object.freeze({ name, parameters: Object.freeze([...parameters]), result, variadicFrom });

/**
 * The type that a name stands for; any other type is itself. Throws `ERR_INCOMPLETE` for a name without a definition:
 * only pointers to it may be used.
 */
export function resolved(type: CType): ResolvedType {
  let found = type;
  while (found.kind === 'named') {
    const { type: next } = found.slot;
    if (next === null) throw new InterfixError('ERR_INCOMPLETE', `@${found.name} has no definition`);
    found = next;
  }
  return found;
}
