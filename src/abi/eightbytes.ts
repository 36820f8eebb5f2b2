// psABI 3.2.3: the classes of a value's eightbytes. Which registers they travel in is decided in sysv-x64.ts.
//
//   struct { int a; float b; double c; }      eightbyte 0: a INTEGER, b SSE → INTEGER     eightbyte 1: c SSE
//            └ byte 0 ┴ 4 ─┴ 8 ────┘

import { type CType, type RecordType, type ResolvedType, resolved } from '../ctype/ctype.ts';
import type { DataModel } from '../ctype/data-model.ts';
import { layoutOfRecord, layoutOfType } from '../ctype/layout.ts';
import { assert } from '../errors.ts';

/** The classes that the types of this version can have; X87, X87UP, COMPLEX_X87 and SSEUP come with their types. */
export type EightbyteClass = 'NO_CLASS' | 'INTEGER' | 'SSE';

/** One class per eightbyte, or MEMORY for the whole value. */
export type Classes = readonly EightbyteClass[] | 'MEMORY';

/** An aggregate larger than two eightbytes has class MEMORY unless it is one vector (psABI 3.2.3, item 5(c)). */
const MAX_EIGHTBYTES = 2;

interface Found {
  readonly classes: EightbyteClass[];
  /** The offsets at which an aggregate was merged already, a bit each: types are shared, and merging again adds nothing. */
  readonly merged: Map<CType, number>;
}

const INTEGER: Classes = Object.freeze(['INTEGER'] as const);
const SSE: Classes = Object.freeze(['SSE'] as const);

/** The classes of a value of type `type`. */
export function classify(type: ResolvedType, model: DataModel): Classes {
  if (type.kind === 'float') return SSE;
  if (type.kind !== 'struct' && type.kind !== 'union' && type.kind !== 'array') return INTEGER;
  const count = Math.ceil(layoutOfType(type, model).size / 8);
  if (count > MAX_EIGHTBYTES) return 'MEMORY'; // item 1, and item 5(c): no type here has SSEUP
  const found: Found = { classes: new Array(count).fill('NO_CLASS'), merged: new Map() };
  return addClasses(found, type, 0, model) ? found.classes : 'MEMORY';
}

/**
 * Merges the classes of a value of `type` at byte `offset` into those found; false if the whole has class MEMORY.
 * Recursive on purpose: the rules speak of fields, and a field may span eightbytes (`{int, int}` at offset 4).
 */
function addClasses(found: Found, declared: CType, offset: number, model: DataModel): boolean {
  const type = resolved(declared);
  switch (type.kind) {
    case 'bool':
    case 'integer':
    case 'enum':
    case 'pointer':
    case 'function':
      addScalar(found, 'INTEGER', offset);
      return true;
    case 'float':
      addScalar(found, 'SSE', offset);
      return true;
    case 'array': {
      const { size } = layoutOfType(type.element, model);
      assert(type.length !== null, 'no flexible array is passed');
      for (let index = 0; index < type.length && size > 0; index++) {
        if (!addClasses(found, type.element, offset + index * size, model)) return false;
      }
      return true;
    }
    case 'struct':
    case 'union':
      return addMembers(found, type, offset, model);
    default:
      assert(false, `${type.kind} is not passed`); // passed-types.ts refused it
  }
}

function addMembers(found: Found, type: RecordType, offset: number, model: DataModel): boolean {
  const merged = found.merged.get(type) ?? 0;
  if ((merged & (1 << offset)) !== 0) return true;
  found.merged.set(type, merged | (1 << offset));
  return layoutOfRecord(type, model).members.every((field) => {
    const at = offset + field.offset;
    if (at % field.align !== 0) return false; // item 1: an unaligned field makes the whole MEMORY
    return addClasses(found, field.type, at, model);
  });
}

function addScalar({ classes }: Found, added: EightbyteClass, offset: number): void {
  const index = Math.floor(offset / 8);
  classes[index] = merge(classes[index] ?? 'NO_CLASS', added);
}

/** psABI 3.2.3, item 4, in its order; (c) and (e) speak of classes that no type here has. */
export function merge(a: EightbyteClass, b: EightbyteClass): EightbyteClass {
  if (a === b) return a; // (a)
  if (a === 'NO_CLASS') return b; // (b)
  if (b === 'NO_CLASS') return a;
  if (a === 'INTEGER' || b === 'INTEGER') return 'INTEGER'; // (d)
  return 'SSE'; // (f)
}
