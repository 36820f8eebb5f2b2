// A text that identifies the structure of a type, for caches. A name counts as what it stands for now, so that names of
// two registries are never confused; a printed type would say `@Name` for both.

import type { CType } from '../ctype/ctype.ts';
import { MAX_TYPE_DEPTH } from '../ctype/layout.ts';
import { behindNames } from './name-scope.ts';
import { partsOf, shapeOf } from './type-shape.ts';

/** Longer keys are written as tables: spelt out, names that share names would double their length with each level. */
const MAX_SPELT_OUT = 4096;

/**
 * Types with equal keys have the same structure. Types of the same structure have equal keys if they are recursive in
 * the same places, and are not larger than a few hundred members; beyond that only if they share their parts likewise.
 * Names of functions and parameters do not count; a name without a definition counts as itself.
 */
export function typeKey(type: CType): string {
  return speltOut(type) ?? table(type);
}

/** The type with everything inside, and `^n` for the type that is n levels further out; null if that is too long. */
function speltOut(root: CType): string | null {
  const path = new Map<CType, number>();
  let key = '';
  /** False once there is too much. */
  const write = (declared: CType): boolean => {
    const type = behindNames(declared);
    if (type.kind === 'named') key += `@${type.name}`;
    else {
      const level = path.get(type);
      if (level !== undefined) {
        key += `^${path.size - level}`;
        return true;
      }
      key += shapeOf(type);
      const parts = partsOf(type);
      if (parts.length > 0 && (path.size >= MAX_TYPE_DEPTH || key.length > MAX_SPELT_OUT)) return false;
      path.set(type, path.size);
      for (const [index, part] of parts.entries()) {
        key += index === 0 ? '(' : ',';
        if (!write(part)) return false;
      }
      if (parts.length > 0) key += ')';
      path.delete(type);
    }
    return key.length <= MAX_SPELT_OUT;
  };
  return write(root) ? key : null;
}

/** One row for every type that has parts, in order of appearance; `#n` means a row. As long as the types themselves. */
function table(root: CType): string {
  const rows = new Map<CType, number>();
  const reference = (declared: CType): string => {
    const type = behindNames(declared);
    if (type.kind === 'named') return `@${type.name}`;
    if (partsOf(type).length === 0) return shapeOf(type);
    const row = rows.get(type) ?? rows.size;
    rows.set(type, row);
    return `#${row}`;
  };
  let key = `table ${reference(root)}`;
  // Rows that are added on the way are visited, too.
  for (const type of rows.keys()) {
    if (type.kind !== 'named') key += `;${shapeOf(type)}(${partsOf(type).map(reference).join()})`;
  }
  return key;
}
