// Random structs and unions by seed and index, with everything that moves a member: bit-fields, packing, alignas,
// vectors, flexible arrays, nesting. How to say them in C is decided in layout-oracle-source.ts.

import {
  array,
  BFLOAT16,
  BOOL,
  type CType,
  complex,
  DOUBLE,
  enumeration,
  FLOAT,
  FLOAT16,
  type FloatType,
  functionType,
  type IntegerName,
  integer,
  LONG_DOUBLE,
  type Member,
  member,
  named,
  type Packing,
  pointer,
  type RecordType,
  signature,
  struct,
  union,
  VOID,
  vector,
} from '../../src/ctype/ctype.ts';
import { type Random, random } from './random.ts';

const MAX_DEPTH = 3;

const NARROW: readonly IntegerName[] = ['int8', 'uint8', 'int16', 'uint16', 'char'];
const WIDE: readonly IntegerName[] = ['int32', 'uint32', 'int64', 'uint64', 'long', 'ulong', 'wchar_t'];
const COMMON: readonly IntegerName[] = ['int32', 'uint32', 'int32', 'uint32', ...NARROW, ...WIDE];
const FLOATS: readonly FloatType[] = [FLOAT, DOUBLE, FLOAT, DOUBLE, FLOAT16, BFLOAT16, LONG_DOUBLE];
/** Not every element makes a vector of a supported size with every compiler; these do. */
const VECTOR_ELEMENTS: readonly (readonly [FloatType | ReturnType<typeof integer>, number])[] = [
  [FLOAT, 4],
  [DOUBLE, 8],
  [integer('int8'), 1],
  [integer('uint16'), 2],
  [integer('int32'), 4],
  [integer('uint64'), 8],
];

/** How much of what a record and the records within it have. */
interface Flavour {
  /** One in so many members is a bit-field; 0 for none. */
  readonly bitFields: number;
  readonly packing: number;
  readonly aligned: number;
  /** One in so many members has an unusual type. */
  readonly exotic: number;
}

const PLAIN: Flavour = { bitFields: 0, packing: 0, aligned: 0, exotic: 12 };
/** Bit-fields and packing are together in more than a third of all records: that is where the rules are hardest. */
const FLAVOURS: readonly Flavour[] = [
  PLAIN,
  { ...PLAIN, exotic: 3 },
  { ...PLAIN, bitFields: 2 },
  { ...PLAIN, bitFields: 1, exotic: 0 },
  { ...PLAIN, packing: 2, exotic: 6 },
  { ...PLAIN, aligned: 4, bitFields: 3 },
  { ...PLAIN, bitFields: 2, packing: 1 },
  { ...PLAIN, bitFields: 1, packing: 1, exotic: 0 },
  { bitFields: 2, packing: 1, aligned: 4, exotic: 6 },
  { bitFields: 2, packing: 1, aligned: 8, exotic: 0 },
];

/** The same seed and index give the same record, whatever was asked for before. */
export function randomRecord(seed: number, index: number): RecordType {
  const r = random(seed, index);
  return record(r, r.pick(FLAVOURS), MAX_DEPTH);
}

const sometimes = (r: Random, oneIn: number): boolean => oneIn > 0 && r.oneIn(oneIn);

function record(r: Random, flavour: Flavour, depth: number): RecordType {
  const isUnion = r.oneIn(6);
  const count = r.oneIn(50) ? 0 : 1 + r.int(isUnion ? 4 : 9);
  const packing = sometimes(r, flavour.packing) ? anyPacking(r) : null;
  const members = Array.from({ length: count }, (_, index) =>
    sometimes(r, flavour.bitFields) ? bitField(r, flavour, index, packing) : anyMember(r, flavour, depth, index),
  );
  const hasFirst = members.some(({ name, bitWidth }) => bitWidth === null || name !== null);
  if (!isUnion && hasFirst && r.oneIn(16)) members.push(flexible(r, flavour, depth));
  const align = sometimes(r, flavour.aligned) ? anyAlign(r) : null;
  return isUnion ? union(members, packing, align) : struct(members, packing, align);
}

const anyPacking = (r: Random): Packing => (r.oneIn(2) ? 'attribute' : r.pick([1, 2, 2, 4, 4, 8, 16]));
const anyAlign = (r: Random): number => r.pick([1, 2, 4, 8, 8, 16, 16, 32, 64]);

function anyMember(r: Random, flavour: Flavour, depth: number, index: number): Member {
  const align = sometimes(r, flavour.aligned) ? anyAlign(r) : null;
  return member(r.oneIn(10) ? null : `m${index}`, anyType(r, flavour, depth), null, align);
}

function bitField(r: Random, flavour: Flavour, index: number, packing: Packing): Member {
  const type = bitFieldType(r);
  const bits = type.kind === 'bool' ? 1 : widthOf(type);
  // Less than the type's own alignment is refused in a record that is not packed.
  const least = packing === null ? 16 : 1;
  const align = sometimes(r, flavour.aligned) ? Math.max(anyAlign(r), least) : null;
  if (r.oneIn(8)) return member(null, type, 0, align);
  // Small widths share units, large ones overflow them, full ones are at the edge.
  const width = r.oneIn(8) ? bits : r.oneIn(2) ? 1 + r.int(Math.min(bits, 9)) : 1 + r.int(bits);
  return member(r.oneIn(8) ? null : `m${index}`, type, width, align);
}

function bitFieldType(r: Random): CType {
  const roll = r.int(24);
  if (roll < 2) return BOOL;
  if (roll < 5) return enumeration(integer(r.pick([...NARROW, ...WIDE])));
  if (roll < 6) return integer(r.oneIn(2) ? 'int128' : 'uint128');
  if (roll < 7) return named('T', { type: integer(r.pick(COMMON)) });
  return integer(r.pick(COMMON));
}

/** Bits that every data model has in it. */
function widthOf(type: CType): number {
  if (type.kind === 'named') return widthOf(type.slot.type ?? VOID);
  const name = type.kind === 'enum' ? type.underlying.name : type.kind === 'integer' ? type.name : 'int8';
  if (name === 'long' || name === 'ulong') return 32;
  if (name === 'wchar_t') return 16;
  return name === 'char' ? 8 : Number(name.replace(/^u?int/, ''));
}

function flexible(r: Random, flavour: Flavour, depth: number): Member {
  return member('tail', array(r.oneIn(4) ? anyType(r, flavour, depth) : scalar(r), null));
}

function anyType(r: Random, flavour: Flavour, depth: number): CType {
  const roll = r.int(20);
  if (depth > 1 && roll < 3) return wrapped(r, record(r, r.oneIn(2) ? flavour : r.pick(FLAVOURS), depth - 1));
  const type = sometimes(r, flavour.exotic) ? exotic(r) : scalar(r);
  if (roll < 5) return array(type, r.oneIn(20) ? 0 : 1 + r.int(4));
  return roll === 5 ? array(array(type, 1 + r.int(2)), 1 + r.int(3)) : type;
}

/** Records as they are, as arrays and by name. */
function wrapped(r: Random, type: RecordType): CType {
  const roll = r.int(6);
  if (roll === 0) return array(type, 1 + r.int(3));
  return roll === 1 ? named('R', { type }) : type;
}

function scalar(r: Random): CType {
  const roll = r.int(20);
  if (roll < 10) return integer(r.pick(COMMON));
  if (roll < 14) return r.oneIn(2) ? FLOAT : DOUBLE;
  if (roll < 16) return BOOL;
  if (roll < 17) return enumeration(integer(r.pick([...NARROW, ...WIDE])));
  return r.oneIn(4) ? functionType(signature([], VOID)) : pointer(VOID);
}

function exotic(r: Random): CType {
  const roll = r.int(10);
  if (roll < 3) return integer(r.oneIn(2) ? 'int128' : 'uint128');
  if (roll < 5) return r.pick(FLOATS);
  if (roll < 7) return complex(r.pick(FLOATS.filter((type) => type !== BFLOAT16)));
  const [element, bytes] = r.pick(VECTOR_ELEMENTS);
  return vector(element, r.pick([8, 16, 16, 32, 64]) / bytes);
}
