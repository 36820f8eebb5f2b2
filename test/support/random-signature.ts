// Random signatures by seed and index: every scalar, records of 0 to 300 bytes nested four deep, variadic calls.

import type { CType, IntegerName, Member, Parameter, Signature } from '../../src/ctype/ctype.ts';
import {
  array,
  BOOL,
  DOUBLE,
  enumeration,
  FLOAT,
  functionType,
  integer,
  member,
  parameter,
  pointer,
  signature,
  struct,
  union,
  VOID,
} from '../../src/ctype/ctype.ts';
import { type Random, random } from './random.ts';

const MAX_ARGUMENTS = 13;
const MAX_DEPTH = 4;

const NARROW: readonly IntegerName[] = ['int8', 'uint8', 'int16', 'uint16', 'char'];
const WIDE: readonly IntegerName[] = ['int32', 'uint32', 'int64', 'uint64', 'long', 'ulong', 'wchar_t'];

/** A palette yields the scalars of one record; records of one kind are where classification has its edges. */
type Palette = (r: Random) => CType;

const narrow: Palette = (r) => integer(r.pick(NARROW));
const wide: Palette = (r) => integer(r.pick(WIDE));
const anyInteger: Palette = (r) => (r.oneIn(2) ? narrow(r) : wide(r));
const anyPointer: Palette = (r) =>
  r.oneIn(3) ? pointer(functionType(signature([], VOID))) : pointer(r.oneIn(2) ? VOID : DOUBLE);
const anyEnum: Palette = (r) => enumeration(integer(r.pick([...NARROW, ...WIDE])));
const anyScalar: Palette = (r) => {
  const roll = r.int(20);
  if (roll < 8) return anyInteger(r);
  if (roll < 11) return FLOAT;
  if (roll < 15) return DOUBLE;
  if (roll < 17) return anyPointer(r);
  return roll < 19 ? BOOL : anyEnum(r);
};
const PALETTES: readonly Palette[] = [
  anyScalar,
  anyScalar,
  anyInteger,
  narrow,
  () => FLOAT,
  () => DOUBLE,
  (r) => (r.oneIn(2) ? FLOAT : DOUBLE),
  (r) => (r.oneIn(2) ? FLOAT : anyInteger(r)),
];

const anyFloat: Palette = (r) => (r.oneIn(2) ? FLOAT : DOUBLE);

/** The scalars and records of one signature: with a bias, so that one file of registers runs out before the other. */
const FLAVOURS: readonly (readonly [Palette, readonly Palette[]])[] = [
  [anyScalar, PALETTES],
  [anyScalar, PALETTES],
  [anyFloat, [anyFloat, anyFloat, anyScalar]],
  [anyInteger, [anyInteger, anyPointer, anyScalar]],
];

/** What C's default promotions leave as it is (C11 6.5.2.2p6). */
const promotedScalar: Palette = (r) => {
  const roll = r.int(10);
  if (roll < 4) return wide(r);
  if (roll < 8) return DOUBLE;
  return roll < 9 ? anyPointer(r) : enumeration(integer(r.pick(WIDE)));
};

/** Types that C turns into pointers where they are parameters (C11 6.7.6.3p7, p8). */
const decaying: Palette = (r) =>
  r.oneIn(2) ? functionType(signature([], VOID)) : array(r.oneIn(3) ? record(r, PALETTES) : anyScalar(r), 1 + r.int(4));

/** The same seed and index give the same signature, whatever was asked for before. */
export function randomSignature(seed: number, index: number): Signature {
  const r = random(seed, index);
  const count = r.int(MAX_ARGUMENTS + 1);
  const variadicFrom = count > 0 && r.oneIn(5) ? 1 + r.int(count) : null;
  const aggregates = 1 + r.int(5); // some signatures are mostly records, others mostly scalars
  const [flavour, palettes] = r.pick(FLAVOURS);
  const parameters: Parameter[] = [];
  for (let i = 0; i < count; i++) {
    const promoted = variadicFrom !== null && i >= variadicFrom;
    const scalar = promoted ? promotedScalar : r.oneIn(30) ? decaying : flavour;
    const type = r.oneIn(aggregates + 1) ? record(r, palettes) : scalar(r);
    parameters.push(parameter(r.oneIn(8) ? `p${i}` : null, type));
  }
  return signature(parameters, result(r), variadicFrom);
}

function result(r: Random): CType {
  const roll = r.int(12);
  if (roll < 2) return VOID;
  return roll < 6 ? anyScalar(r) : record(r, PALETTES);
}

/** Most records are small: it is up to 16 bytes that their members decide how they travel. */
function record(r: Random, palettes: readonly Palette[]): CType {
  if (r.oneIn(60)) return struct([]);
  const roll = r.int(20);
  const budget = roll < 13 ? 1 + r.int(16) : roll < 19 ? 1 + r.int(64) : 65 + r.int(236);
  return recordOf(r, budget, MAX_DEPTH, r.pick(palettes));
}

function recordOf(r: Random, budget: number, depth: number, palette: Palette): CType {
  const isUnion = r.oneIn(7);
  const members: Member[] = [];
  const most = isUnion ? 1 + r.int(3) : 1 + r.int(budget > 64 ? 40 : 8);
  for (let left = budget; left > 0 && members.length < most; ) {
    const type = fitting(r, left, depth, palette);
    members.push(member(r.oneIn(16) ? null : `m${members.length}`, type));
    if (!isUnion) left -= payload(type);
  }
  return isUnion ? union(members) : struct(members);
}

/** A member of at most `budget` bytes, padding not counted. */
function fitting(r: Random, budget: number, depth: number, palette: Palette): CType {
  if (r.oneIn(80)) return struct([]); // GNU C: no bytes, and nothing travels
  const roll = r.int(10);
  const nested = depth > 1 && roll < 2;
  const length = roll === 2 || roll === 3 ? 1 + r.int(4) : 1;
  const elementBudget = Math.floor(budget / length);
  if (elementBudget < 1) return integer('uint8');
  let type = nested ? recordOf(r, elementBudget, depth - 1, r.oneIn(2) ? palette : r.pick(PALETTES)) : palette(r);
  if (payload(type) > elementBudget) type = integer(r.pick(['char', 'int8', 'uint8']));
  if (roll === 4 && depth > 1) return array(array(type, 1), 1);
  return length > 1 || roll === 2 ? array(type, length) : type;
}

/** Bytes of the scalars in a type: a lower bound of its size, and all that the budget needs. */
function payload(type: CType): number {
  switch (type.kind) {
    case 'bool':
      return 1;
    case 'integer':
      return integerBytes(type.name);
    case 'enum':
      return integerBytes(type.underlying.name);
    case 'float':
      return type.name === 'float' ? 4 : 8;
    case 'array':
      return (type.length ?? 0) * payload(type.element);
    case 'struct':
      return type.members.reduce((sum, each) => sum + payload(each.type), 0);
    case 'union':
      return Math.max(...type.members.map((each) => payload(each.type)));
    default:
      return 8;
  }
}

function integerBytes(name: IntegerName): number {
  if (name === 'char' || name.endsWith('int8')) return 1;
  if (name.endsWith('16')) return 2;
  return name.endsWith('32') || name === 'wchar_t' ? 4 : 8;
}
