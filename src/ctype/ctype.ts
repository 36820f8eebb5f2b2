// C types as frozen data. A type says what was declared; how large it is, is decided in layout.ts for a data model.

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
export interface FloatType {
  readonly kind: 'float';
  readonly name: 'float' | 'double';
}
export interface PointerType {
  readonly kind: 'pointer';
  readonly pointee: CType;
}
/** An enumeration: passed, laid out and read as its underlying integer. */
export interface EnumType {
  readonly kind: 'enum';
  readonly underlying: IntegerType;
}
export interface ArrayType {
  readonly kind: 'array';
  readonly element: CType;
  readonly length: number;
}
/** A member without a name goes by its index: JavaScript reads and writes `value[0]`, so an array serves as a value. */
export interface Member {
  readonly name: string | null;
  readonly type: CType;
}
export interface StructType {
  readonly kind: 'struct';
  readonly members: readonly Member[];
}
export interface UnionType {
  readonly kind: 'union';
  readonly members: readonly Member[];
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
  | PointerType
  | EnumType
  | ArrayType
  | RecordType
  | FunctionType;

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
export const FLOAT: FloatType = Object.freeze({ kind: 'float', name: 'float' });
export const DOUBLE: FloatType = Object.freeze({ kind: 'float', name: 'double' });

const integers: Readonly<Record<IntegerName, IntegerType>> = Object.freeze({
  int8: integerNamed('int8'),
  uint8: integerNamed('uint8'),
  int16: integerNamed('int16'),
  uint16: integerNamed('uint16'),
  int32: integerNamed('int32'),
  uint32: integerNamed('uint32'),
  int64: integerNamed('int64'),
  uint64: integerNamed('uint64'),
  char: integerNamed('char'),
  long: integerNamed('long'),
  ulong: integerNamed('ulong'),
  wchar_t: integerNamed('wchar_t'),
});

function integerNamed(name: IntegerName): IntegerType {
  return Object.freeze({ kind: 'integer', name });
}

export const integer = (name: IntegerName): IntegerType => integers[name];
export const pointer = (pointee: CType): PointerType => Object.freeze({ kind: 'pointer', pointee });
export const enumeration = (underlying: IntegerType): EnumType => Object.freeze({ kind: 'enum', underlying });
export const array = (element: CType, length: number): ArrayType => Object.freeze({ kind: 'array', element, length });
export const member = (name: string | null, type: CType): Member => Object.freeze({ name, type });
export const struct = (members: readonly Member[]): StructType =>
  Object.freeze({ kind: 'struct', members: Object.freeze([...members]) });
export const union = (members: readonly Member[]): UnionType =>
  Object.freeze({ kind: 'union', members: Object.freeze([...members]) });
export const parameter = (name: string | null, type: CType): Parameter => Object.freeze({ name, type });
export const functionType = (signature: Signature): FunctionType => Object.freeze({ kind: 'function', signature });
export const signature = (
  parameters: readonly Parameter[],
  result: CType,
  variadicFrom: number | null = null,
  name: string | null = null,
): Signature => Object.freeze({ name, parameters: Object.freeze([...parameters]), result, variadicFrom });
