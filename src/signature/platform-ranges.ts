// What is possible on at least one platform. The parser refuses what no platform has; what one platform lacks is refused
// when the type is laid out for it.

import type { FloatType, IntegerName, IntegerType } from '../ctype/ctype.ts';
import { type DataModel, dataModels } from '../ctype/data-model.ts';

const MODELS: readonly DataModel[] = Object.values(dataModels);

export interface ValueRange {
  readonly least: bigint;
  readonly greatest: bigint;
}

/** The values that the integer has on some platform: those of both signs for `char`. */
export function valueRange(name: IntegerName): ValueRange {
  let least = 0n;
  let greatest = 0n;
  for (const { integers } of MODELS) {
    const { size, signed } = integers[name];
    const bits = BigInt(size * 8);
    const top = signed ? (1n << (bits - 1n)) - 1n : (1n << bits) - 1n;
    if (signed && -top - 1n < least) least = -top - 1n;
    if (top > greatest) greatest = top;
  }
  return { least, greatest };
}

/** The bits that the integer has where it is widest. */
export const greatestWidth = (name: IntegerName): number =>
  Math.max(...MODELS.map(({ integers }) => integers[name].size * 8));

/** The sizes, in bytes, that the element of a vector has on some platform. */
export const vectorSizes = (element: IntegerType | FloatType): readonly number[] =>
  MODELS.map((model) =>
    element.kind === 'integer' ? model.integers[element.name].size : model.floats[element.name].size,
  );
