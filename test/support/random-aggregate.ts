// Random structs and unions as values of calls: small ones of every shape, homogeneous ones and what nearly is, with
// everything that moves a member (bit-fields, packing, alignas), with x87, with vectors, and large ones.

import {
  array,
  BOOL,
  type CType,
  complex,
  FLOAT,
  type IntegerName,
  integer,
  LONG_DOUBLE,
  type Member,
  member,
  type Packing,
  type RecordType,
  struct,
  union,
} from '../../src/ctype/ctype.ts';
import { layoutOfType } from '../../src/ctype/layout.ts';
import {
  anyFloat,
  anyVector,
  common,
  type Draw,
  exotic,
  NARROW,
  type Palette,
  vectorOf,
  WIDE,
  weighted,
} from './random-scalar.ts';

const MAX_DEPTH = 4;
const ALIGNS: readonly number[] = [1, 2, 4, 8, 16, 16, 16, 32, 64, 128];

/** How the members of one record, and of the records within it, are made. One in so many; 0 for none. */
interface Making {
  readonly palette: Palette;
  readonly bitFields: number;
  readonly packed: number;
  readonly aligned: number;
}

const sometimes = ({ r }: Draw, oneIn: number): boolean => oneIn > 0 && r.oneIn(oneIn);
const chance = (isThere: boolean, oneIn: number): number => (isThere ? oneIn : 0);

/** A struct or union of at most about `budget` bytes, padding not counted. */
function mixed(draw: Draw, budget: number, making: Making, depth = MAX_DEPTH): RecordType {
  const { r, profile, model } = draw;
  const isUnion = r.oneIn(7);
  const packing: Packing = sometimes(draw, making.packed) ? anyPacking(draw) : null;
  const members: Member[] = [];
  const most = isUnion ? 1 + r.int(3) : 1 + r.int(budget > 64 ? 40 : 8);
  for (let left = budget; left > 0 && members.length < most; ) {
    const index = members.length;
    if (sometimes(draw, making.bitFields)) {
      members.push(bitField(draw, index, making, packing));
      left -= 1;
      continue;
    }
    const type = fitting(draw, left, making, depth);
    members.push(member(`m${index}`, type, null, sometimes(draw, making.aligned) ? r.pick(ALIGNS) : null));
    if (!isUnion) left -= layoutOfType(type, model).size;
  }
  const hasFirst = members.some(({ bitWidth, name }) => bitWidth === null || name !== null);
  if (profile.flexible && !isUnion && hasFirst && r.oneIn(24)) members.push(member('tail', array(common(draw), null)));
  const align = sometimes(draw, making.aligned) ? r.pick(ALIGNS) : null;
  return isUnion ? union(members, packing, align) : struct(members, packing, align);
}

const anyPacking = ({ r }: Draw): Packing => (r.oneIn(2) ? 'attribute' : r.pick([1, 2, 2, 4, 4, 8, 16]));

/** A member of at most `budget` bytes. */
function fitting(draw: Draw, budget: number, making: Making, depth: number): CType {
  const { r, profile, model } = draw;
  if (profile.emptyRecords && r.oneIn(80)) return struct([]);
  if (profile.zeroArrays && r.oneIn(80)) return array(making.palette(draw), 0);
  const roll = r.int(10);
  const isArray = roll === 2 || roll === 3;
  const length = isArray ? 1 + r.int(4) : 1;
  const most = Math.max(1, Math.floor(budget / length));
  const isNested = depth > 1 && roll < 2;
  const drawn = isNested ? mixed(draw, most, making, depth - 1) : making.palette(draw);
  const fits = isNested || layoutOfType(drawn, model).size <= most;
  const type = fits ? drawn : integer(r.pick(['char', 'int8', 'uint8']));
  if (roll === 4) return array(array(type, 1), 1);
  return isArray ? array(type, length) : type;
}

function bitField(draw: Draw, index: number, making: Making, packing: Packing): Member {
  const { r, model } = draw;
  const type = bitFieldType(draw);
  const bits = type.kind === 'bool' ? 1 : 8 * layoutOfType(type, model).size;
  // Less than the type's own alignment is refused in a record that is not packed.
  const least = packing === null ? 16 : 1;
  const align = sometimes(draw, 2 * making.aligned) ? Math.max(r.pick(ALIGNS), least) : null;
  if (r.oneIn(8)) return member(null, type, 0, align);
  // Small widths share units, large ones overflow them, full ones are at the edge.
  const width = r.oneIn(8) ? bits : r.oneIn(2) ? 1 + r.int(Math.min(bits, 9)) : 1 + r.int(bits);
  return member(r.oneIn(8) ? null : `m${index}`, type, width, align);
}

const BIT_FIELD_TYPES: readonly IntegerName[] = ['int32', 'uint32', ...NARROW, ...WIDE];

function bitFieldType({ r, profile }: Draw): CType {
  const roll = r.int(24);
  if (roll < 2) return BOOL;
  if (roll < 3 && profile.int128) return integer(r.oneIn(2) ? 'int128' : 'uint128');
  return integer(r.pick(BIT_FIELD_TYPES));
}

const PALETTES: readonly Palette[] = [
  common,
  common,
  ({ r }) => integer(r.pick(NARROW)),
  () => FLOAT,
  anyFloat,
  (draw) => (draw.r.oneIn(2) ? FLOAT : common(draw)),
  (draw) => (draw.r.oneIn(3) ? exotic(draw) : common(draw)),
];

/** Up to 16 bytes the members decide how most conventions pass a record; up to 64 with vectors. */
function budgetOf({ r }: Draw): number {
  const roll = r.int(20);
  return roll < 13 ? 1 + r.int(16) : roll < 19 ? 1 + r.int(64) : 65 + r.int(236);
}

const plain = (draw: Draw): RecordType =>
  mixed(draw, budgetOf(draw), { palette: draw.r.pick(PALETTES), bitFields: 0, packed: 0, aligned: 0 });

/** Bit-fields, packing and alignas: one of them, or all at once. */
function moved(draw: Draw): RecordType {
  const { r, profile } = draw;
  const all = r.oneIn(4);
  const which = r.int(3);
  return mixed(draw, budgetOf(draw), {
    palette: r.pick(PALETTES),
    bitFields: chance(profile.bitFields && (all || which === 0), 2),
    packed: chance(profile.packed && (all || which === 1), 2),
    aligned: chance(profile.alignas && (all || which === 2), 4),
  });
}

/** One to five members of one type, written in one way or another, and sometimes with something that is none. */
function homogeneous(draw: Draw): RecordType {
  const { r, profile } = draw;
  const vectors = profile.vectors.filter((size) => size <= 16);
  const element = vectors.length > 0 && r.oneIn(3) ? vectorOf(draw, r.pick(vectors)) : anyFloat(draw);
  const type = written(draw, element, 1 + r.int(5), 3);
  if (!r.oneIn(4) || type.kind === 'union') return type;
  const members = [...type.members];
  members.splice(r.int(members.length + 1), 0, breaker(draw));
  return struct(members, profile.packed && r.oneIn(8) ? 'attribute' : null);
}

const holding = (type: CType): Member => member('m', type);
const repeated = (type: CType, count: number): Member[] => Array.from({ length: count }, () => holding(type));

function written(draw: Draw, type: CType, count: number, depth: number): RecordType {
  const { r, profile } = draw;
  const roll = r.int(depth > 0 ? 6 : 2);
  const part = 1 + r.int(count);
  const rest = count - part;
  if (roll === 0) return struct([holding(array(type, count))]);
  if (roll === 1) return struct(repeated(type, count));
  if (roll === 2) return struct([holding(written(draw, type, part, depth - 1)), ...repeated(type, rest)]);
  if (roll === 3) return union([holding(written(draw, type, part, depth - 1)), holding(array(type, count))]);
  if (roll === 4) return struct([holding(array(written(draw, type, 1, depth - 1), count))]);
  if (type.kind === 'float' && profile.complex.includes(type.name) && count > 1) {
    return struct([holding(complex(type)), ...repeated(type, count - 2)]);
  }
  return struct([...repeated(type, rest), holding(written(draw, type, part, depth - 1))]);
}

/** What ends, or may seem to end, a homogeneous aggregate. */
function breaker(draw: Draw): Member {
  const { r, profile } = draw;
  const choices: readonly (readonly [number, () => Member])[] = [
    [profile.bitFields ? 2 : 0, () => member(null, integer(r.pick(['int8', 'int32'])), 0)],
    [profile.bitFields ? 1 : 0, () => member(null, integer('int32'), 1 + r.int(32))],
    [profile.bitFields ? 1 : 0, () => member('b', integer('int32'), 1 + r.int(32))],
    [profile.emptyRecords ? 2 : 0, () => holding(struct([]))],
    [profile.zeroArrays ? 2 : 0, () => holding(array(r.oneIn(2) ? FLOAT : integer('int32'), 0))],
    [profile.alignas ? 2 : 0, () => member('m', anyFloat(draw), null, r.pick([8, 16, 32]))],
    [1, () => holding(common(draw))],
    [1, () => holding(anyFloat(draw))],
  ];
  return weighted(r, choices)();
}

/** Records around an x87 value, where it is one, and around whatever `long double` is elsewhere. */
function withLongDouble(draw: Draw): RecordType {
  const { r, profile } = draw;
  const roll = r.int(6);
  const value = profile.complex.includes('longdouble') && r.oneIn(4) ? complex(LONG_DOUBLE) : LONG_DOUBLE;
  const other = r.oneIn(2) ? common(draw) : plain(draw);
  if (roll === 0) return struct([holding(value)]);
  if (roll === 1) return union([holding(value)]);
  if (roll < 4) return union(r.oneIn(2) ? [holding(other), holding(value)] : [holding(value), holding(other)]);
  if (roll === 4) return struct([holding(union([holding(struct([holding(other)])), holding(value)]))]);
  return struct(r.oneIn(2) ? [holding(value), holding(other)] : [holding(other), holding(value)]);
}

function withVector(draw: Draw): RecordType {
  const { r } = draw;
  const roll = r.int(7);
  const value = anyVector(draw);
  const other = r.oneIn(2) ? common(draw) : anyFloat(draw);
  if (roll < 2) return struct([holding(value)]);
  if (roll === 2) return struct([holding(value), holding(r.oneIn(2) ? value : anyVector(draw))]);
  if (roll === 3) return struct([holding(array(value, 1 + r.int(4)))]);
  if (roll === 4) return union([holding(value), holding(r.oneIn(2) ? other : anyVector(draw))]);
  return struct(roll === 5 ? [holding(value), holding(other)] : [holding(other), holding(value)]);
}

/** 16 bytes or less, aligned to 16 or more: these want even registers and multiples of their alignment. */
function overAligned(draw: Draw): RecordType {
  const { r, profile } = draw;
  const align = profile.alignas ? r.pick([16, 16, 16, 32, 64, 128]) : null;
  const types: CType[] = r.oneIn(2) ? [integer(r.pick(WIDE))] : [common(draw), common(draw)];
  if (profile.int128 && r.oneIn(3)) return struct([member('m', integer('int128'))], null, r.oneIn(2) ? align : null);
  if (r.oneIn(2)) return struct(types.map(holding), null, align);
  return struct(types.map((type, index) => member('m', type, null, index === 0 ? align : null)));
}

/** More than a page, now and then more than 64 KiB: frames that are entered page by page, offsets that need 16 bits. */
export function largeRecord({ r }: Draw): RecordType {
  const bytes = r.oneIn(3) ? 65_537 + r.int(20_000) : 4097 + r.int(6000);
  const words = member('words', array(integer('int64'), Math.floor(bytes / 8)));
  const tail = member('tail', array(integer('uint8'), 1 + r.int(8)));
  return struct(r.oneIn(2) ? [words, tail] : [tail, words]);
}

type Maker = (draw: Draw) => RecordType;

/** Makers of one leaning each, for signatures that consist of little else. */
export const LEANINGS: readonly Maker[] = [plain, homogeneous, overAligned];

export function anyRecord(draw: Draw): RecordType {
  const { r, profile } = draw;
  const makers: readonly (readonly [number, Maker])[] = [
    [9, plain],
    [profile.bitFields || profile.packed || profile.alignas ? 6 : 0, moved],
    [5, homogeneous],
    [profile.longdouble ? 2 : 0, withLongDouble],
    [profile.vectors.length > 0 ? 3 : 0, withVector],
    [profile.alignas || profile.int128 ? 2 : 0, overAligned],
    [profile.emptyRecords ? 1 : 0, () => struct([])],
  ];
  return weighted(r, makers)(draw);
}
