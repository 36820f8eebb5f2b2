// JavaScript source that makes a value of C bytes. A record is a plain object; one whose members have no names, an array
// and a vector are arrays.

import { type CType, type RecordType, type ResolvedType, resolved } from '../ctype/ctype.ts';
import type { DataModel } from '../ctype/data-model.ts';
import { layoutOfType } from '../ctype/layout.ts';
import { assert } from '../errors.ts';
import { bitFieldOf, loadBitsSource } from './bits.ts';
import { elementSite, loadSource, offsetSource, type Site, type SourceNames, scalarOf, within } from './cells.ts';
import { isSignedType, isWidened, isWideType } from './checks.ts';
import { type Bits, type Key, type Property, propertiesOf, type Shape, shapeOf } from './shape.ts';

/** Longer arrays are read by a loop instead of one expression per element. */
const MAX_INLINE_ELEMENTS = 16;
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
export const wideSource = (value: string, { int64 }: SourceNames): string =>
  int64 === 'number' ? `safe(${value})` : value;

function bitsSource(declared: CType, bits: Bits, site: Site, model: DataModel, names: SourceNames): string {
  names.countValue();
  const type = resolved(declared);
  const field = bitFieldOf(type, bits, isSignedType(type, model), isWideType(type, model));
  const value = loadBitsSource(field, site, names);
  return field.gives === 'bigint' ? wideSource(value, names) : value;
}

function recordSource(shape: Shape, site: Site, model: DataModel, names: SourceNames): string {
  names.countValue();
  const entries = propertiesOf(shape).map(
    (property) => [property.key, readPropertySource(property, within(site, property.offset), model, names)] as const,
  );
  if (shape.isList) return `[${entries.map(([, value]) => value).join(', ')}]`;
  return `({ ${entries.map(([key, value]) => entrySource(key, value)).join(', ')} })`;
}

/** A property of an object literal. A plain key `__proto__` would set the prototype. */
export function entrySource(key: Key, value: string): string {
  const name = JSON.stringify(String(key));
  return `${name === '"__proto__"' ? `[${name}]` : name}: ${value}`;
}

/** An expression for the value of a property at its site. */
export function readPropertySource(
  { type, bits }: Pick<Property, 'type' | 'bits'>,
  site: Site,
  model: DataModel,
  names: SourceNames,
): string {
  return bits === null ? readSource(type, site, model, names) : bitsSource(type, bits, site, model, names);
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
  // A function of its own, made with the wrapper: `fill(base)`.
  const [base, index, at] = [names.fresh('b'), names.fresh('k'), names.fresh('b')];
  const value = readSource(element, elementSite(site, at, size), model, names);
  const { empty, store } = listSource(length, modelValue(element, model, names), names);
  const body = [
    `const list = ${empty};`,
    `for (let ${index} = 0; ${index} < ${length}; ${index}++) {`,
    `const ${at} = ${base} + ${index} * ${size};`,
    store('list', index, value),
    '}',
    'return list;',
  ];
  const fill = names.distinct('g', `(${base}) => { ${body.join(' ')} }`);
  return `${fill}(${offsetSource(site)})`;
}

/** Longer lists grow as they are filled. */
const MAX_COPIED = 1024;

/** How a list of so many values is made, and filled in order. A copy has its size and kind of elements at once. */
export function listSource(
  length: number,
  value: string,
  names: SourceNames,
): { readonly empty: string; readonly store: (list: string, index: string, value: string) => string } {
  if (length > MAX_COPIED) return { empty: '[]', store: (list, _, each) => `${list}.push(${each});` };
  const model = names.constant('d', `filled(${length}, ${value})`);
  return { empty: `${model}.slice()`, store: (list, index, each) => `${list}[${index}] = ${each};` };
}

/** A value such as the type has, by which the engine chooses how it keeps a list of them. */
export function modelValue(declared: CType, model: DataModel, { int64 }: SourceNames): string {
  const type = resolved(declared);
  switch (type.kind) {
    case 'bool':
      return 'false';
    case 'float':
      return '0.5'; // no small integer: doubles are kept in another way
    case 'pointer':
    case 'function':
      return '0n';
    case 'integer':
    case 'enum':
      return isWideType(type, model) && int64 === 'bigint' ? '0n' : '0';
    default:
      return 'null';
  }
}
