// Random signatures without records, and more arguments than there are registers: what calls without memory are made of.

import { type CType, parameter, resolved, type Signature, signature, VOID } from '../../src/ctype/ctype.ts';
import { type DataModel, dataModelOf } from '../../src/ctype/data-model.ts';
import { layoutOfType } from '../../src/ctype/layout.ts';
import { MOST_ARGUMENTS } from './c-target.ts';
import { anyInteger, anyScalar, common, type Draw, drawFrom, type Palette, promoted } from './random-scalar.ts';
import { accepted } from './random-signature.ts';
import type { Role, SignatureProfile } from './signature-profile.ts';

const MAX_TRIES = 200;
const PALETTES: readonly Palette[] = [anyScalar, common, anyInteger];

/** The same seed, index and profile give the same signature. */
export function scalarSignature(seed: number, index: number, profile: SignatureProfile): Signature {
  return accepted(drawFrom(seed, index, profile), anySignature, `seed ${seed}, index ${index}`);
}

function anySignature(draw: Draw): Signature {
  const { r, profile } = draw;
  const count = r.int(MOST_ARGUMENTS + 1);
  const variadicFrom = profile.variadic && count > 0 && r.oneIn(6) ? 1 + r.int(count) : null;
  const palette = r.pick(PALETTES);
  const parameters = Array.from({ length: count }, (_, index) =>
    variadicFrom !== null && index >= variadicFrom
      ? parameter(null, allowed(draw, promoted, 'unnamed'))
      : parameter(null, allowed(draw, palette, 'named')),
  );
  const result = r.oneIn(5) ? VOID : allowed(draw, anyScalar, 'result');
  return signature(parameters, result, variadicFrom);
}

function allowed(draw: Draw, palette: Palette, role: Role): CType {
  const { profile } = draw;
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const type = palette(draw);
    const isLeftOut = role === 'unnamed' && !profile.unnamed.vectors && resolved(type).kind === 'vector';
    if (!isLeftOut && profile.isExcluded?.(type, role) !== true) return type;
  }
  throw new RangeError('the profile excludes every scalar');
}

/** The profile without types that have another size on the other side, or travel in memory there. */
export function crossable(profile: SignatureProfile, other: SignatureProfile['abi']): SignatureProfile {
  const [ours, theirs] = [dataModelOf(profile.abi), dataModelOf(other)];
  const sizeOf = (type: CType, model: DataModel): number => layoutOfType(type, model).size;
  return {
    ...profile,
    int128: false,
    longdouble: false,
    float16: false,
    bfloat16: false,
    complex: ['float'],
    vectors: [],
    unnamed: { records: false, int128: false, longdouble: false, complex: false, vectors: false },
    isExcluded: (type, role) =>
      sizeOf(type, ours) !== sizeOf(type, theirs) || profile.isExcluded?.(type, role) === true,
  };
}
