// Homogeneous aggregates: which values AAPCS64 passes member by member in vector registers (AAPCS64 5.9.5).
//
// An HFA has one to four members of one floating-point type, an HVA of one short vector, whatever structs, arrays and
// unions they are written in. Everything else between them, padding included, makes it an ordinary composite.

import { type CType, type FloatName, type RecordType, type ResolvedType, resolved } from '../ctype/ctype.ts';
import type { DataModel } from '../ctype/data-model.ts';
import { layoutOfType } from '../ctype/layout.ts';

/** `kind` is that of the first member; `size` its bytes, which are also its alignment. */
export interface Element {
  readonly kind: FloatName | 'vector';
  readonly size: 2 | 4 | 8 | 16;
}

/** Element i begins at byte `element.size * i` of the value. */
export interface Homogeneous {
  readonly element: Element;
  readonly count: number;
}

/** Whose answers count where the standard leaves something open, or compilers do not follow it. */
export type Judge = 'gcc' | 'clang';

const MAX_MEMBERS = 4;

/** What was found so far; without an element it is a record that has none. */
interface Found {
  readonly element: Element | null;
  readonly count: number;
}

const NOTHING: Found = Object.freeze({ element: null, count: 0 });

/** Null for whatever travels in general registers or in memory. A float, a vector of 8 or 16 bytes has one member. */
export function homogeneous(type: ResolvedType, model: DataModel, judge: Judge): Homogeneous | null {
  const found = search(type, model, judge) ?? (judge === 'gcc' ? throughMode(type, model) : null);
  if (found === null || found.element === null || found.count > MAX_MEMBERS) return null;
  return { element: found.element, count: found.count };
}

/** Null as soon as something is not homogeneous. */
function search(declared: CType, model: DataModel, judge: Judge): Found | null {
  const type = resolved(declared);
  switch (type.kind) {
    case 'float':
      return found(type.name, layoutOfType(type, model).size, 1);
    case 'complex': // C11 6.2.5p13: as an array of two
      return found(type.element.name, layoutOfType(type.element, model).size, 2);
    case 'vector':
      return found('vector', layoutOfType(type, model).size, 1);
    case 'array': {
      const { element, length } = type;
      if (length === null || length === 0) return null; // observed: gcc 12, clang 14, 19
      const one = searchMember(element, model, judge);
      return one === null ? null : { element: one.element, count: one.count * length };
    }
    case 'struct':
    case 'union':
      return searchRecord(type, model, judge);
    default:
      return null;
  }
}

function found(kind: Element['kind'], size: number, count: number): Found | null {
  return size === 2 || size === 4 || size === 8 || size === 16 ? { element: { kind, size }, count } : null;
}

/** What stands within another type. bfloat16 is passed as a float, but is no member of an HFA (observed: gcc 12). */
function searchMember(declared: CType, model: DataModel, judge: Judge): Found | null {
  const type = resolved(declared);
  if (judge === 'gcc' && type.kind === 'float' && type.name === 'bfloat16') return null;
  return judge === 'clang' && hasNoMembers(type) ? NOTHING : search(type, model, judge);
}

/**
 * A bit-field of no width takes nothing from its record but the place of others, so it does not count, either (observed:
 * clang 19; gcc 12, but not in a union; clang 14 stops at it).
 */
function searchRecord(record: RecordType, model: DataModel, judge: Judge): Found | null {
  let element: Element | null = null;
  let count = 0;
  for (const { type, bitWidth } of record.members) {
    if (bitWidth === 0 && (judge === 'clang' || record.kind === 'struct')) continue;
    if (bitWidth !== null) return null;
    const within = searchMember(type, model, judge);
    if (within === null || !areAlike(element, within.element)) return null;
    element ??= within.element;
    count = record.kind === 'union' ? Math.max(count, within.count) : count + within.count;
  }
  // Whatever is between or behind the members breaks it, even if nobody can name it.
  const { size } = layoutOfType(record, model);
  return (element?.size ?? 0) * count === size ? { element, count } : null;
}

/** Two formats of one size make one HFA with clang (observed: clang 19). Where gcc judges, no two have one size. */
const areAlike = (one: Element | null, other: Element | null): boolean =>
  one === null || other === null || (one.size === other.size && (one.kind === 'vector') === (other.kind === 'vector'));

/**
 * Observed, gcc 12: a struct is treated as the vector or the complex number that fills it, whatever else of no size is
 * in it. With an array without elements it is no HFA, and yet it travels like one.
 */
function throughMode(declared: CType, model: DataModel): Found | null {
  const type = resolved(declared);
  // There is no machine mode for a vector of one integer.
  if (type.kind === 'vector' && type.length === 1 && type.element.kind === 'integer') return null;
  if (type.kind === 'vector' || type.kind === 'complex') return search(type, model, 'gcc');
  if (type.kind === 'array') return type.length === 1 ? throughMode(type.element, model) : null;
  if (type.kind !== 'struct' || type.members.some(isFlexible)) return null;
  const { size } = layoutOfType(type, model);
  const whole = type.members.find(
    (member) => member.bitWidth === null && layoutOfType(member.type, model).size === size,
  );
  return whole === undefined ? null : throughMode(whole.type, model);
}

function isFlexible({ type: declared }: { readonly type: CType }): boolean {
  const type = resolved(declared);
  return type.kind === 'array' && type.length === null;
}

/** Clang's empty records: nothing in them has a name and a place. An array that has elements is what they are. */
export function hasNoMembers(declared: CType): boolean {
  const type = resolved(declared);
  if (type.kind !== 'struct' && type.kind !== 'union') return false;
  return type.members.every(({ name, bitWidth, type: own }) => (bitWidth === null ? isEmpty(own) : name === null));
}

function isEmpty(declared: CType): boolean {
  let type = resolved(declared);
  while (type.kind === 'array') {
    if (type.length === 0) return true;
    type = resolved(type.element);
  }
  return hasNoMembers(type);
}
