// Random types and signatures for property tests: every construct of the language, with names that are traps.

import * as c from '../../src/ctype/ctype.ts';
import type { Registry } from '../../src/signature/registry.ts';
import type { Random } from '../support/random.ts';

/** What the types may be made of: the plain types of C alone, or all there are and the names of a registry. */
export interface Material {
  readonly isPlain: boolean;
  readonly names: readonly c.NamedType[];
}

export const PLAIN: Material = Object.freeze({ isPlain: true, names: Object.freeze([]) });
export const everything = (names: readonly c.NamedType[] = []): Material => ({ isPlain: false, names });

const INTEGERS: readonly c.IntegerName[] = [
  ...(['int8', 'uint8', 'int16', 'uint16', 'int32', 'uint32', 'int64', 'uint64'] as const),
  ...(['char', 'long', 'ulong', 'wchar_t'] as const),
];
const WIDE: readonly c.IntegerName[] = ['int128', 'uint128'];
const FLOATS = [c.FLOAT16, c.BFLOAT16, c.FLOAT, c.DOUBLE, c.LONG_DOUBLE] as const;
/** Among them words that are types, or that begin an enumeration, a vector, an alignment elsewhere. */
const NAMES = ['a', 'b2', '_', 'e', 'v', 'c', 'int', 'void', 'unsigned', 'constructor', 'x_y', 'const', 'alignas'];

/** Elements of vectors, with the bytes that they have on every platform. */
const ELEMENTS: readonly (readonly [c.IntegerType | c.FloatType, number])[] = [
  [c.integer('int8'), 1],
  [c.integer('uint16'), 2],
  [c.FLOAT16, 2],
  [c.FLOAT, 4],
  [c.DOUBLE, 8],
  [c.integer('int128'), 16],
];

const anyInteger = (r: Random, { isPlain }: Material): c.IntegerType =>
  c.integer(r.pick(isPlain || !r.oneIn(6) ? INTEGERS : WIDE));

/** A type that may be a member, an element or an argument. Nested at most `depth` deep. */
export function randomType(r: Random, depth: number, material: Material = PLAIN): c.CType {
  if (!material.isPlain && r.oneIn(5)) return exoticType(r, material);
  switch (r.int(depth > 0 ? 12 : 6)) {
    case 0:
      return c.BOOL;
    case 1:
      return r.oneIn(2) ? c.FLOAT : c.DOUBLE;
    case 2:
      return enumeration(r, material);
    case 6:
      return randomPointer(r, depth, material);
    case 7:
      return c.array(randomType(r, depth - 1, material), 1 + r.int(5));
    case 8:
      return c.functionType(randomSignature(r, depth - 1, null, material));
    case 9:
    case 10:
      return randomStruct(r, depth - 1, material);
    case 11:
      return randomUnion(r, depth - 1, material);
    default:
      return anyInteger(r, material);
  }
}

function exoticType(r: Random, { names }: Material): c.CType {
  const [element, size] = r.pick(ELEMENTS);
  switch (r.int(names.length > 0 ? 4 : 3)) {
    case 0:
      return r.pick(FLOATS);
    case 1:
      return c.complex(r.pick(FLOATS));
    case 2:
      return c.vector(element, r.pick([8, 16, 32, 64].filter((bytes) => bytes >= size)) / size);
    default:
      return r.pick(names);
  }
}

function randomPointer(r: Random, depth: number, material: Material): c.PointerType {
  const isConst = !material.isPlain && r.oneIn(3);
  if (!material.isPlain && r.oneIn(8)) return c.pointer(c.array(randomType(r, depth - 1, material), null), isConst);
  return c.pointer(r.oneIn(3) ? c.VOID : randomType(r, depth - 1, material), isConst);
}

/** Values that every integer of the language can hold are between 0 and 127. */
function enumeration(r: Random, material: Material): c.EnumType {
  const values = new Map<string, bigint>();
  const count = material.isPlain || r.oneIn(2) ? 0 : 1 + r.int(4);
  let value = 0n;
  for (let index = 0; index < count; index++) {
    if (r.oneIn(2)) value = BigInt(r.int(120));
    values.set(r.pick(['RED', 'e', 'int', '_1', 'const']), value++);
  }
  return c.enumeration(
    anyInteger(r, material),
    Array.from(values, ([name, each]) => ({ name, value: each })),
  );
}

export const randomStruct = (r: Random, depth: number, material: Material = PLAIN): c.StructType =>
  c.struct(structMembers(r, depth, material), packing(r, material), alignment(r, material));
const randomUnion = (r: Random, depth: number, material: Material): c.UnionType =>
  c.union(members(r, depth, material), packing(r, material), alignment(r, material));
export const randomRecord = (r: Random, depth: number, material: Material = PLAIN): c.RecordType =>
  r.oneIn(4) ? randomUnion(r, depth, material) : randomStruct(r, depth, material);

const packing = (r: Random, { isPlain }: Material): c.Packing =>
  isPlain || !r.oneIn(4) ? null : r.pick(['attribute', 1, 2, 4, 8, 16] as const);
const alignment = (r: Random, { isPlain }: Material): number | null => (isPlain || !r.oneIn(6) ? null : 2 ** r.int(8));

/** The last of several may be a flexible array. */
function structMembers(r: Random, depth: number, material: Material): c.Member[] {
  const all = members(r, depth, material);
  if (material.isPlain || all.length === 0 || !r.oneIn(6)) return all;
  return [...all, c.member(r.oneIn(2) ? 'last' : null, c.array(randomType(r, 0, material), null))];
}

function members(r: Random, depth: number, material: Material): c.Member[] {
  const free = new Set(NAMES);
  return Array.from({ length: r.int(7) }, () => {
    const name = r.oneIn(2) && free.size > 0 ? r.pick([...free]) : null;
    if (name !== null) free.delete(name);
    if (!material.isPlain && r.oneIn(4)) return bitField(r, name, material);
    return c.member(name, randomType(r, depth, material), null, alignment(r, material));
  });
}

function bitField(r: Random, name: string | null, material: Material): c.Member {
  const type = r.oneIn(4) ? c.BOOL : r.oneIn(4) ? enumeration(r, material) : anyInteger(r, material);
  const most = type.kind === 'bool' ? 1 : 8;
  return c.member(name, type, name === null ? r.int(most + 1) : 1 + r.int(most));
}

export function randomSignature(
  r: Random,
  depth: number,
  name: string | null,
  material: Material = PLAIN,
): c.Signature {
  const count = r.int(5);
  const parameters = Array.from({ length: count }, () =>
    c.parameter(r.oneIn(2) ? r.pick(NAMES) : null, randomType(r, depth, material)),
  );
  const result = r.oneIn(4) ? c.VOID : randomType(r, depth, material);
  const isArray = result.kind === 'array' || result.kind === 'named'; // a name may be one of an array
  const variadicFrom = r.oneIn(4) ? r.int(count + 1) : null;
  return c.signature(parameters, isArray ? c.pointer(result) : result, variadicFrom, name);
}

/** Defines and declares names, which refer to each other through pointers at will and by value to earlier ones only. */
export function fillRegistry(r: Random, registry: Registry, count: number): readonly c.NamedType[] {
  const names = Array.from({ length: count }, (_, index) => registry.reference(`${r.oneIn(3) ? 'N::' : ''}T${index}`));
  const definitions = new Map<string, c.CType | null>();
  const earlier: c.NamedType[] = [];
  for (const name of names) {
    const material = everything(earlier);
    const inner = [c.member('p', c.pointer(r.pick(names))), c.member('v', randomType(r, 2, material))];
    const other = r.oneIn(2) ? randomType(r, 3, material) : c.struct(inner, packing(r, material));
    definitions.set(name.name, r.oneIn(6) ? null : other);
    if (definitions.get(name.name) !== null) earlier.push(name);
  }
  registry.add(definitions);
  return earlier;
}
