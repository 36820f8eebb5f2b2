// Random types that are no records: every scalar that a profile has, in palettes with a leaning.

import {
  BFLOAT16,
  BOOL,
  type CType,
  complex,
  DOUBLE,
  enumeration,
  FLOAT,
  FLOAT16,
  type FloatName,
  type FloatType,
  functionType,
  type IntegerName,
  type IntegerType,
  integer,
  LONG_DOUBLE,
  pointer,
  signature,
  VOID,
  vector,
} from '../../src/ctype/ctype.ts';
import { type DataModel, dataModelOf } from '../../src/ctype/data-model.ts';
import { layoutOfType } from '../../src/ctype/layout.ts';
import { type Random, random } from './random.ts';
import type { SignatureProfile } from './signature-profile.ts';

/** What every draw needs: the numbers, what may occur, and how large it is. */
export interface Draw {
  readonly r: Random;
  readonly profile: SignatureProfile;
  readonly model: DataModel;
}

export const drawFrom = (seed: number, index: number, profile: SignatureProfile): Draw => ({
  r: random(seed, index),
  profile,
  model: dataModelOf(profile.abi),
});

/** A palette yields the scalars of one record or signature; what has one kind of them is where the rules have edges. */
export type Palette = (draw: Draw) => CType;

/** Picks by weight; entries of weight 0 are those that the profile has not. */
export function weighted<T>(r: Random, entries: readonly (readonly [weight: number, item: T])[]): T {
  let roll = r.int(entries.reduce((sum, [weight]) => sum + weight, 0));
  for (const [weight, item] of entries) {
    if (roll < weight) return item;
    roll -= weight;
  }
  throw new RangeError('nothing has a weight');
}

export const NARROW: readonly IntegerName[] = ['int8', 'uint8', 'int16', 'uint16', 'char'];
export const WIDE: readonly IntegerName[] = ['int32', 'uint32', 'int64', 'uint64', 'long', 'ulong', 'wchar_t'];
const FLOAT_TYPES: Readonly<Record<FloatName, FloatType>> = {
  float16: FLOAT16,
  bfloat16: BFLOAT16,
  float: FLOAT,
  double: DOUBLE,
  longdouble: LONG_DOUBLE,
};

const weightOf = (isThere: boolean, weight: number): number => (isThere ? weight : 0);

export const narrow: Palette = ({ r }) => (r.oneIn(6) ? BOOL : integer(r.pick(NARROW)));
export const wide: Palette = ({ r }) => integer(r.pick(WIDE));
export const anyInteger: Palette = (draw) => (draw.r.oneIn(2) ? narrow(draw) : wide(draw));
const anyPointer: Palette = ({ r }) => {
  if (r.oneIn(3)) return functionType(signature([], VOID));
  return pointer(r.oneIn(3) ? functionType(signature([], VOID)) : r.oneIn(2) ? VOID : DOUBLE);
};
const anyEnum: Palette = ({ r }) => enumeration(integer(r.pick([...NARROW, ...WIDE])));
const int128: Palette = ({ r }) => integer(r.oneIn(2) ? 'int128' : 'uint128');
const longDouble: Palette = () => LONG_DOUBLE;

const anyComplex: Palette = ({ r, profile }) => complex(FLOAT_TYPES[r.pick(profile.complex)]);

/** Most elements make the same vector to a register; of one element alone it is another question. */
const ELEMENTS: readonly (FloatType | IntegerType)[] = [
  FLOAT,
  FLOAT,
  DOUBLE,
  ...(['int8', 'uint8', 'int16', 'uint16', 'int32', 'uint32', 'int64', 'uint64'] as const).map((name) => integer(name)),
];

export const anyVector: Palette = (draw) => vectorOf(draw, draw.r.pick(draw.profile.vectors));

export function vectorOf({ r, model }: Draw, size: number): CType {
  const element = r.pick(ELEMENTS);
  const count = size / layoutOfType(element, model).size;
  return count > 1 || r.oneIn(4) ? vector(element, count) : vector(FLOAT, size / 4);
}

const plainFloat: Palette = ({ r }) => (r.oneIn(2) ? FLOAT : DOUBLE);
const smallFloat: Palette = ({ r, profile }) => {
  if (profile.float16 && profile.bfloat16) return r.oneIn(2) ? FLOAT16 : BFLOAT16;
  return profile.bfloat16 ? BFLOAT16 : FLOAT16;
};
const hasSmallFloats = ({ profile }: Draw): boolean => profile.float16 || profile.bfloat16;

/** What may be a member of a homogeneous aggregate, vectors aside. */
export const anyFloat: Palette = (draw) =>
  weighted(draw.r, [
    [8, plainFloat],
    [weightOf(hasSmallFloats(draw), 3), smallFloat],
    [weightOf(draw.profile.longdouble, 2), longDouble],
  ])(draw);

/** Everything beyond C's first edition; an ordinary integer where the profile has nothing of it. */
export const exotic: Palette = (draw) =>
  weighted(draw.r, [
    [weightOf(draw.profile.int128, 4), int128],
    [weightOf(draw.profile.longdouble, 3), longDouble],
    [weightOf(draw.profile.complex.length > 0, 3), anyComplex],
    [weightOf(draw.profile.vectors.length > 0, 4), anyVector],
    [weightOf(hasSmallFloats(draw), 3), smallFloat],
    [1, wide],
  ])(draw);

export const common: Palette = (draw) =>
  weighted(draw.r, [
    [8, anyInteger],
    [3, () => FLOAT],
    [4, () => DOUBLE],
    [2, anyPointer],
    [1, anyEnum],
  ])(draw);

export const anyScalar: Palette = (draw) => (draw.r.oneIn(4) ? exotic(draw) : common(draw));

/** 16 bytes that want an even register or a multiple of 16, among words that move them off. */
export const pairs: Palette = (draw) =>
  weighted(draw.r, [
    [weightOf(draw.profile.int128, 4), int128],
    [weightOf(draw.profile.longdouble, 1), longDouble],
    [4, wide],
    [1, narrow],
  ])(draw);

/** The vector registers run out first. */
export const floating: Palette = (draw) =>
  weighted(draw.r, [
    [10, anyFloat],
    [weightOf(draw.profile.complex.length > 0, 2), anyComplex],
    [weightOf(draw.profile.vectors.length > 0, 3), anyVector],
    [1, anyInteger],
  ])(draw);

/** The general registers run out first. */
export const general: Palette = (draw) =>
  weighted(draw.r, [
    [10, anyInteger],
    [3, anyPointer],
    [1, anyFloat],
  ])(draw);

const promotedInteger: Palette = ({ r, model }) => {
  const names = WIDE.filter((name) => model.integers[name].size >= 4);
  return r.oneIn(6) ? enumeration(integer(r.pick(names))) : integer(r.pick(names));
};

/** What C's default promotions leave as it is (C11 6.5.2.2p6). */
export const promoted: Palette = (draw) => {
  const { unnamed, int128: hasInt128, longdouble, complex: elements, vectors } = draw.profile;
  return weighted(draw.r, [
    [8, promotedInteger],
    [7, () => DOUBLE],
    [2, anyPointer],
    [weightOf(unnamed.int128 && hasInt128, 2), int128],
    [weightOf(unnamed.longdouble && longdouble, 2), longDouble],
    [weightOf(unnamed.complex && elements.length > 0, 2), anyComplex],
    [weightOf(unnamed.vectors && vectors.length > 0, 2), anyVector],
  ])(draw);
};
