// JavaScript source for a result that is the same object at every call: made once, and filled anew from the bytes of
// each call. What it contains, records and arrays, stays in place as well.

import { type CType, resolved } from '../ctype/ctype.ts';
import type { DataModel } from '../ctype/data-model.ts';
import { layoutOfType } from '../ctype/layout.ts';
import { elementSite, offsetSource, type Site, type SourceNames, within } from './cells.ts';
import { type Elements, entrySource, isInline, modelValue, readPropertySource, readSource } from './reader.ts';
import { type Key, type Property, propertiesOf, type Shape, shapeOf } from './shape.ts';

export const isAggregate = (declared: CType): boolean =>
  ['struct', 'union', 'complex', 'array', 'vector'].includes(resolved(declared).kind);

/** An expression for an object of the same shape. Nobody sees its values, which are as the engine will meet them. */
export function emptySource(declared: CType, model: DataModel, names: SourceNames): string {
  const type = resolved(declared);
  switch (type.kind) {
    case 'struct':
    case 'union':
    case 'complex':
      return emptyRecord(shapeOf(type, model), model, names);
    case 'array':
    case 'vector':
      return emptyArray(type, model, names);
    default:
      return modelValue(type, model, names);
  }
}

function emptyRecord(shape: Shape, model: DataModel, names: SourceNames): string {
  const entries = propertiesOf(shape).map(({ key, type }) => [key, emptySource(type, model, names)] as const);
  if (shape.isList) return `[${entries.map(([, value]) => value).join(', ')}]`;
  return `({ ${entries.map(([key, value]) => entrySource(key, value)).join(', ')} })`;
}

function emptyArray({ element, length }: Elements, model: DataModel, names: SourceNames): string {
  const value = emptySource(element, model, names);
  if (length !== null && isInline({ element, length })) return `[${Array(length).fill(value).join(', ')}]`;
  return isAggregate(element)
    ? `Array.from({ length: ${length ?? 0} }, () => ${value})`
    : `filled(${length ?? 0}, ${value})`;
}

/** Statements that fill the object `into`, a variable, from the bytes at a site. */
export function refillSource(
  declared: CType,
  site: Site,
  into: string,
  model: DataModel,
  names: SourceNames,
): readonly string[] {
  const type = resolved(declared);
  if (type.kind === 'array' || type.kind === 'vector') return refillArray(type, site, into, model, names);
  if (type.kind !== 'struct' && type.kind !== 'union' && type.kind !== 'complex') return [];
  return propertiesOf(shapeOf(type, model)).flatMap((property) => {
    const member = `${into}${memberSource(property.key)}`;
    return refillPart(property, within(site, property.offset), member, model, names);
  });
}

/** One property or element, which is another object or a scalar. */
function refillPart(
  part: Pick<Property, 'type' | 'bits'>,
  site: Site,
  member: string,
  model: DataModel,
  names: SourceNames,
): readonly string[] {
  if (!isAggregate(part.type)) return [`${member} = ${readPropertySource(part, site, model, names)};`];
  const inner = names.fresh('o');
  return ['{', `const ${inner} = ${member};`, ...refillSource(part.type, site, inner, model, names), '}'];
}

function refillArray(
  { element, length }: Elements,
  site: Site,
  into: string,
  model: DataModel,
  names: SourceNames,
): readonly string[] {
  if (length === null) return [];
  const { size } = layoutOfType(element, model);
  const part = { type: element, bits: null };
  if (isInline({ element, length }))
    return Array.from({ length }, (_, index) => index).flatMap((index) =>
      refillPart(part, within(site, index * size), `${into}[${index}]`, model, names),
    );
  const [index, base] = [names.fresh('k'), names.fresh('b')];
  return [
    `for (let ${index} = 0; ${index} < ${length}; ${index}++) {`,
    `const ${base} = ${offsetSource(site)} + ${index} * ${size};`,
    ...refillPart(part, elementSite(site, base, size), `${into}[${index}]`, model, names),
    '}',
  ];
}

const memberSource = (key: Key): string => `[${JSON.stringify(key)}]`;

/** An expression for a result, with statements in front of it: the same object at every call, if it is one. */
export function reusedSource(
  type: CType,
  site: Site,
  model: DataModel,
  names: SourceNames,
): { readonly lines: readonly string[]; readonly value: string } {
  if (!isAggregate(type)) return { lines: [], value: readSource(type, site, model, names) };
  const kept = names.distinct('o', emptySource(type, model, names));
  return { lines: refillSource(type, site, kept, model, names), value: kept };
}
