// Which JavaScript properties stand for a struct, a union or a complex number, and which C members they lead to.
//
//   {a:int, b:double}                 { a, b }
//   {int, double}                     [0, 1]         no member has a name: an array
//   {a:int, double}                   { a, 1 }       a member without a name goes by its index
//   {a:int, <i:int, d:double>}        { a, i, d }    C11 6.7.2.1p13: members of an anonymous record are the outer's own
//   {a:int, <i:int, a:double>}        { a, 1 }       … but not here, where `a` would mean two of them
//   {a:int, uint32:5, b:int}          { a, b }       a bit-field without a name is padding (C11 6.7.2.1p12)

import { type ComplexType, type CType, type RecordType, type ResolvedType, resolved } from '../ctype/ctype.ts';
import type { DataModel } from '../ctype/data-model.ts';
import { layoutOfRecord, layoutOfType, type MemberLayout } from '../ctype/layout.ts';

/** A name, or the index of a member without one. */
export type Key = string | number;

/** Bits of a field, counted from the least significant one of the byte at its offset. */
export interface Bits {
  /** 0 … 7. */
  readonly from: number;
  readonly width: number;
}

/** One property, and the member that it stands for. */
export interface Property {
  readonly key: Key;
  readonly type: CType;
  /** Bytes from the start of the record. */
  readonly offset: number;
  /** Null for what is no bit-field. */
  readonly bits: Bits | null;
}

/** An anonymous record whose properties are the outer record's. */
export interface Promoted {
  readonly shape: Shape;
  readonly offset: number;
}

export type Part = Property | Promoted;

export interface Shape {
  /** Exactly one part is given, instead of all of them. */
  readonly isUnion: boolean;
  /** No member has a name: an array serves as the value, and is the value that is read. */
  readonly isList: boolean;
  readonly size: number;
  readonly parts: readonly Part[];
  /** All properties, those of promoted members included. */
  readonly keys: readonly Key[];
  /** How many of them a complete value has at least. */
  readonly least: number;
}

export const isFlexible = (type: ResolvedType): boolean => type.kind === 'array' && type.length === null;

/** The properties of a record or a complex number. */
export function shapeOf(type: RecordType | ComplexType, model: DataModel): Shape {
  if (type.kind === 'complex') return complexShape(type, model);
  const members = layoutOfRecord(type, model).members.filter(isValue);
  if (members.every(({ name }) => name === null)) return shapeFrom(type, members, new Map(), model);
  return shapeFrom(type, members, promotedMembers(members, model), model);
}

/** A complex number is laid out as an array of two (C11 6.2.5p13). */
function complexShape({ element }: ComplexType, model: DataModel): Shape {
  const { size } = layoutOfType(element, model);
  const parts = ['re', 'im'].map((key, index) => ({ key, type: element, offset: index * size, bits: null }));
  return { isUnion: false, isList: false, size: 2 * size, parts, keys: ['re', 'im'], least: 2 };
}

const isValue = ({ name, bitWidth }: MemberLayout): boolean => name !== null || bitWidth === null;

function shapeFrom(
  type: RecordType,
  members: readonly MemberLayout[],
  promoted: ReadonlyMap<MemberLayout, Shape>,
  model: DataModel,
): Shape {
  const parts = members.map((member, index): Part => {
    const shape = promoted.get(member);
    return shape === undefined ? propertyOf(member, index) : { shape, offset: member.offset };
  });
  const isUnion = type.kind === 'union';
  const least = parts.map((part) => ('shape' in part ? part.shape.least : Number(!isFlexible(resolved(part.type)))));
  return {
    isUnion,
    isList: members.length > 0 && members.every(({ name }) => name === null) && promoted.size === 0,
    size: layoutOfRecord(type, model).size,
    parts,
    keys: parts.flatMap(keysOf),
    least: isUnion ? least.reduce((a, b) => Math.min(a, b), least[0] ?? 0) : least.reduce((a, b) => a + b, 0),
  };
}

/** All properties of a record, those of promoted members with their offsets in it. */
export const propertiesOf = ({ parts }: Shape): readonly Property[] =>
  parts.flatMap((part) =>
    'shape' in part
      ? propertiesOf(part.shape).map((inner) => ({ ...inner, offset: part.offset + inner.offset }))
      : [part],
  );

/** The properties by which a part is given. */
export const keysOf = (part: Part): readonly Key[] => ('shape' in part ? part.shape.keys : [part.key]);

function propertyOf({ name, type, offset, bitOffset, bitWidth }: MemberLayout, index: number): Property {
  const key = name ?? index;
  if (bitOffset === null || bitWidth === null) return { key, type, offset, bits: null };
  return { key, type, offset: offset + Math.floor(bitOffset / 8), bits: { from: bitOffset % 8, width: bitWidth } };
}

/** The anonymous records among the members whose own members can be reached without a name between. */
function promotedMembers(members: readonly MemberLayout[], model: DataModel): Map<MemberLayout, Shape> {
  const candidates = members.flatMap((member): [MemberLayout, Shape][] => {
    const shape = member.name === null ? anonymousShape(resolved(member.type), model) : null;
    return shape === null ? [] : [[member, shape]];
  });
  const uses = new Map<Key, number>();
  const use = (key: Key): unknown => uses.set(key, (uses.get(key) ?? 0) + 1);
  for (const { name } of members) if (name !== null) use(name);
  for (const [, { keys }] of candidates) keys.forEach(use);
  return new Map(candidates.filter(([, { keys }]) => keys.every((key) => uses.get(key) === 1)));
}

const anonymous = new WeakMap<DataModel, WeakMap<RecordType, Shape | null>>();

/**
 * The shape of an anonymous record if every member of it, however deep, has a name to be reached by; else null.
 * Remembered: without that the work would double with every level of a type that contains another twice.
 */
function anonymousShape(type: ResolvedType, model: DataModel): Shape | null {
  if (type.kind !== 'struct' && type.kind !== 'union') return null;
  const known = anonymous.get(model) ?? new WeakMap<RecordType, Shape | null>();
  anonymous.set(model, known);
  const found = known.get(type);
  if (found !== undefined) return found;
  const members = layoutOfRecord(type, model).members.filter(isValue);
  const shape = shapeFrom(type, members, promotedMembers(members, model), model);
  const isReachable = shape.keys.length > 0 && shape.keys.every((key) => typeof key === 'string');
  const result = isReachable ? shape : null;
  known.set(type, result);
  return result;
}
