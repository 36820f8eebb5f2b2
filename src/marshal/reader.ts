// JavaScript source that makes a value of C bytes. A record is a plain object; one whose members have no names, an array
// and a vector are arrays.

import { type CType, type RecordType, type ResolvedType, resolved } from '../ctype/ctype.ts';
import type { DataModel } from '../ctype/data-model.ts';
import { layoutOfType } from '../ctype/layout.ts';
import { assert } from '../errors.ts';
import { bitFieldOf, loadBitsSource } from './bits.ts';
import {
  elementSite,
  indexSource,
  loadSource,
  offsetSource,
  plainCell,
  type Site,
  type SourceNames,
  scalarOf,
  within,
} from './cells.ts';
import { isSignedType, isWidened, isWideType } from './checks.ts';
import { type Bits, type Key, type Shape, shapeOf } from './shape.ts';

/** Longer arrays are read by a loop instead of one expression per element. */
const MAX_INLINE_ELEMENTS = 8;
/** So are arrays of arrays, or of records, with more scalars than this. */
const MAX_INLINE_SCALARS = 64;

/** Arrays and vectors: `length` is null for a flexible array member, which has no elements of its own. */
export interface Elements {
  readonly element: CType;
  readonly length: number | null;
}

/** Whether source for each element is better than a loop. */
export const isInline = ({ element, length }: Elements): boolean =>
  length !== null && length <= MAX_INLINE_ELEMENTS && length * inlineScalars(element) <= MAX_INLINE_SCALARS;

/** How many scalars the source for a value mentions, those in a loop once; exact up to MAX_INLINE_SCALARS. */
function inlineScalars(declared: CType): number {
  const type = resolved(declared);
  if (type.kind === 'complex') return 2;
  if (type.kind === 'array' || type.kind === 'vector') {
    const each = inlineScalars(type.element);
    const all = each * (type.length ?? 0);
    return (type.length ?? 0) <= MAX_INLINE_ELEMENTS && all <= MAX_INLINE_SCALARS ? all : each;
  }
  return type.kind === 'struct' || type.kind === 'union' ? scalarsOfRecord(type) : 1;
}

/** Remembered: without that the work would double with every level of a type that contains another twice. */
const counted = new WeakMap<RecordType, number>();

function scalarsOfRecord(type: RecordType): number {
  const known = counted.get(type);
  if (known !== undefined) return known;
  let count = 0;
  for (const member of type.members) {
    count += inlineScalars(member.type);
    if (count > MAX_INLINE_SCALARS) break;
  }
  counted.set(type, Math.max(1, count));
  return Math.max(1, count);
}

/** An expression for the value of `type` at `site`. It runs nobody's code. */
export function readSource(declared: CType, site: Site, model: DataModel, names: SourceNames): string {
  const type = resolved(declared);
  switch (type.kind) {
    case 'void':
      return 'undefined';
    case 'array':
    case 'vector':
      return arraySource(type, site, model, names);
    case 'struct':
    case 'union':
    case 'complex':
      return recordSource(shapeOf(type, model), site, model, names);
    default:
      return scalarSource(type, site, model, names);
  }
}

function scalarSource(type: ResolvedType, site: Site, model: DataModel, names: SourceNames): string {
  names.countValue();
  const scalar = scalarOf(type, model);
  assert(scalar !== null, 'what is left is a scalar');
  const element = loadSource(scalar, site, names);
  if (type.kind === 'bool') return `${element} !== 0`;
  if (isWidened(type, scalar, model)) return names.int64 === 'number' ? element : `BigInt(${element})`;
  return isWideType(type, model) ? wideSource(element, names) : element;
}

/** The value of an expression that gives a bigint. */
const wideSource = (value: string, { int64 }: SourceNames): string => (int64 === 'number' ? `safe(${value})` : value);

function bitsSource(declared: CType, bits: Bits, site: Site, model: DataModel, names: SourceNames): string {
  names.countValue();
  const type = resolved(declared);
  const field = bitFieldOf(type, bits, isSignedType(type, model), isWideType(type, model));
  const value = loadBitsSource(field, site, names);
  return field.gives === 'bigint' ? wideSource(value, names) : value;
}

function recordSource(shape: Shape, site: Site, model: DataModel, names: SourceNames): string {
  names.countValue();
  const entries = entriesOf(shape, site, model, names);
  if (shape.isList) return `[${entries.map(([, value]) => value).join(', ')}]`;
  // Computed keys: a member may be called __proto__, which as a plain key would set the prototype.
  return `({ ${entries.map(([key, value]) => `[${JSON.stringify(String(key))}]: ${value}`).join(', ')} })`;
}

function entriesOf(shape: Shape, site: Site, model: DataModel, names: SourceNames): (readonly [Key, string])[] {
  return shape.parts.flatMap((part) => {
    const at = within(site, part.offset);
    if ('shape' in part) return entriesOf(part.shape, at, model, names);
    const { key, type, bits } = part;
    return [[key, bits === null ? readSource(type, at, model, names) : bitsSource(type, bits, at, model, names)]];
  });
}

function arraySource({ element, length }: Elements, site: Site, model: DataModel, names: SourceNames): string {
  names.countValue();
  if (length === null) return '[]';
  const { size } = layoutOfType(element, model);
  if (isInline({ element, length })) {
    const elements = Array.from({ length }, (_, index) =>
      readSource(element, within(site, index * size), model, names),
    );
    return `[${elements.join(', ')}]`;
  }
  const cell = plainCell(element, site, model);
  const exact = resolved(element);
  if (cell !== null && (names.int64 === 'number' || !isWidened(exact, cell, model))) {
    const start = indexSource(site, cell.shift);
    const convert = names.int64 === 'number' && cell.shift === 3 && isWideType(exact, model) ? ', safe' : '';
    return `Array.from(${names.view(cell.view)}.subarray(${start}, ${start} + ${length})${convert})`;
  }
  const [index, base] = [names.fresh('k'), names.fresh('b')];
  const value = readSource(element, elementSite(site, base, size), model, names);
  const body = `{ const ${base} = ${offsetSource(site)} + ${index} * ${size}; return ${value}; }`;
  return `Array.from({ length: ${length} }, (_, ${index}) => ${body})`;
}
