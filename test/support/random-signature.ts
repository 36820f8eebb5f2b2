// Random signatures by seed, index and profile: which types of arguments stand together, and which of them may.

import {
  array,
  type CType,
  functionType,
  integer,
  type Parameter,
  parameter,
  type RecordType,
  type ResolvedType,
  resolved,
  type Signature,
  signature,
  VOID,
} from '../../src/ctype/ctype.ts';
import { layoutOfType } from '../../src/ctype/layout.ts';
import { MAX_ARGUMENTS } from './c-target.ts';
import { COMPILERS } from './layout-oracle.ts';
import { exclusion } from './layout-pins.ts';
import { anyRecord, LEANINGS, largeRecord } from './random-aggregate.ts';
import {
  anyInteger,
  anyScalar,
  anyVector,
  common,
  type Draw,
  drawFrom,
  exotic,
  floating,
  general,
  narrow,
  type Palette,
  pairs,
  promoted,
} from './random-scalar.ts';
import type { Role, SignatureProfile } from './signature-profile.ts';
import { containsType } from './value-shape.ts';

export { basicProfile, fullProfile, type Role, type SignatureProfile } from './signature-profile.ts';

/** Values are this large at most; large records are drawn on purpose. */
const MAX_BYTES = 2048;
const MAX_LARGE = 2;
/** A profile that accepts less than one type or signature in so many has nothing to give. */
const MAX_TRIES = 200;

/** Scalars and records that stand together, so that one file of registers runs out before the other. */
interface Flavour {
  readonly scalar: Palette;
  readonly record: Palette;
}

const FLAVOURS: readonly Flavour[] = [
  { scalar: anyScalar, record: anyRecord },
  { scalar: anyScalar, record: anyRecord },
  { scalar: common, record: anyRecord },
  { scalar: floating, record: (draw) => (draw.r.oneIn(2) ? anyRecord(draw) : leaning(draw, 1)) },
  { scalar: general, record: (draw) => (draw.r.oneIn(2) ? anyRecord(draw) : leaning(draw, 0)) },
  { scalar: pairs, record: (draw) => leaning(draw, 2) },
  { scalar: narrow, record: anyRecord },
  { scalar: (draw) => (draw.r.oneIn(2) ? exotic(draw) : anyInteger(draw)), record: anyRecord },
  { scalar: (draw) => (draw.profile.vectors.length > 0 ? anyVector(draw) : floating(draw)), record: anyRecord },
];

function leaning(draw: Draw, index: number): CType {
  const maker = LEANINGS[index];
  if (maker === undefined) throw new RangeError(`no leaning ${index}`);
  return maker(draw);
}

/** Types that C turns into pointers where they are parameters (C11 6.7.6.3p7, p8). */
const decaying: Palette = (draw) =>
  draw.r.oneIn(2) ? functionType(signature([], VOID)) : array(common(draw), 1 + draw.r.int(4));

/** The same seed, index and profile give the same signature, whatever was asked for before. */
export function randomSignature(seed: number, index: number, profile: SignatureProfile): Signature {
  return accepted(drawFrom(seed, index, profile), anySignature, `seed ${seed}, index ${index}`);
}

/** The first signature that the profile accepts; `which` is what an error calls it. */
export function accepted(draw: Draw, any: (draw: Draw) => Signature, which: string): Signature {
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const drawn = any(draw);
    if (draw.profile.accepts?.(drawn) ?? true) return drawn;
  }
  throw new RangeError(`the profile accepts no signature of ${which}`);
}

function anySignature(draw: Draw): Signature {
  const { r, profile } = draw;
  const count = r.oneIn(2) ? r.int(MAX_ARGUMENTS + 1) : r.int(9);
  const variadicFrom = profile.variadic && count > 0 && r.oneIn(4) ? 1 + r.int(count) : null;
  const flavour = r.pick(FLAVOURS);
  const oneIn = 1 + r.int(6); // some signatures are mostly records, others mostly scalars
  let large = profile.large && r.oneIn(16) ? 1 + r.int(MAX_LARGE) : 0;
  const largeOrNot = (palette: Palette): Palette => {
    if (large === 0 || !r.oneIn(4)) return palette;
    large--;
    return largeRecord;
  };
  const parameters = Array.from({ length: count }, (_, index): Parameter => {
    const role: Role = variadicFrom !== null && index >= variadicFrom ? 'unnamed' : 'named';
    const scalar = role === 'unnamed' ? promoted : r.oneIn(40) ? decaying : flavour.scalar;
    const isRecord = (role === 'named' || profile.unnamed.records) && r.oneIn(oneIn);
    return parameter(
      r.oneIn(8) ? `p${index}` : null,
      allowed(draw, isRecord ? largeOrNot(flavour.record) : scalar, role),
    );
  });
  const result = resultOf(flavour, draw);
  return signature(parameters, result === null ? VOID : allowed(draw, largeOrNot(result), 'result'), variadicFrom);
}

/** What the result is drawn from; null for void. */
function resultOf(flavour: Flavour, { r }: Draw): Palette | null {
  const roll = r.int(12);
  if (roll < 2) return null;
  if (roll < 5) return r.oneIn(2) ? flavour.scalar : anyScalar;
  return roll < 7 ? flavour.record : anyRecord;
}

/** The first type of the palette that may stand there. */
function allowed(draw: Draw, palette: Palette, role: Role): CType {
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const type = palette(draw);
    if (isAllowed(draw, type, role)) return type;
  }
  return integer('int32');
}

function isAllowed({ profile, model }: Draw, declared: CType, role: Role): boolean {
  const type = resolved(declared);
  const { size } = layoutOfType(type, model);
  if (size > MAX_BYTES && !profile.large) return false;
  if (role === 'unnamed' && !profile.unnamed.vectors && containsType(type, ({ kind }) => kind === 'vector'))
    return false;
  if (!profile.emptyRecords && containsType(type, isEmpty)) return false;
  if (containsType(type, (each) => isRecord(each) && isPinned(profile, each))) return false;
  return profile.isExcluded?.(type, role) !== true;
}

const isRecord = (type: ResolvedType): type is RecordType => type.kind === 'struct' || type.kind === 'union';

/** Whether nothing in the record has a name. */
const isEmpty = (type: ResolvedType): boolean =>
  isRecord(type) && type.members.every(({ name, bitWidth }) => bitWidth !== null && name === null);

/** The compiler of a pin that lacks the fewest types: what it lacks is the profile's business. */
const pinned = (pins: SignatureProfile['pins']): (typeof COMPILERS)[number] | undefined =>
  COMPILERS.findLast((each) => each.pins === pins);

function isPinned({ pins }: SignatureProfile, type: RecordType): boolean {
  const compiler = pins === null ? undefined : pinned(pins);
  return compiler !== undefined && exclusion(compiler, type) !== null;
}
