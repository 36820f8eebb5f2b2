// JavaScript source that makes a value of C bytes. A record is a plain object; one whose members have no names, and an
// array, is an array.

import type { ArrayType, CType, RecordType } from '../ctype/ctype.ts';
import type { DataModel } from '../ctype/data-model.ts';
import { layoutOfRecord, layoutOfType } from '../ctype/layout.ts';
import { assert } from '../errors.ts';
import { cellOf, indexSource, memberKey, offsetSource, type Site, type SourceNames } from './cells.ts';

/** Longer arrays are read by a loop instead of one expression per element. */
export const MAX_INLINE_ELEMENTS = 8;

/** An expression for the value of `type` at `site`. It runs nobody's code. */
export function readSource(type: CType, site: Site, model: DataModel, names: SourceNames): string {
  if (type.kind === 'void') return 'undefined';
  if (type.kind === 'array') return arraySource(type, site, model, names);
  if (type.kind === 'struct' || type.kind === 'union') return recordSource(type, site, model, names);
  const cell = cellOf(type, model);
  assert(cell !== null, 'what is left is a scalar');
  const element = `${names.view(cell.view)}[${indexSource(site, cell.shift)}]`;
  return type.kind === 'bool' ? `${element} !== 0` : element;
}

const within = ({ base, offset }: Site, by: number): Site => ({ base, offset: offset + by });

function recordSource(type: RecordType, site: Site, model: DataModel, names: SourceNames): string {
  const { members } = layoutOfRecord(type, model);
  const values = members.map((member) => readSource(member.type, within(site, member.offset), model, names));
  if (members.length > 0 && members.every(({ name }) => name === null)) return `[${values.join(', ')}]`;
  // Computed keys: a member may be called __proto__, which as a plain key would set the prototype.
  const entries = members.map(({ name }, index) => `["${memberKey(name, index)}"]: ${values[index]}`);
  return `({ ${entries.join(', ')} })`;
}

function arraySource({ element, length }: ArrayType, site: Site, model: DataModel, names: SourceNames): string {
  const { size } = layoutOfType(element, model);
  if (length <= MAX_INLINE_ELEMENTS) {
    const elements = Array.from({ length }, (_, index) =>
      readSource(element, within(site, index * size), model, names),
    );
    return `[${elements.join(', ')}]`;
  }
  const cell = cellOf(element, model);
  if (cell !== null && element.kind !== 'bool') {
    const start = indexSource(site, cell.shift);
    return `Array.from(${names.view(cell.view)}.subarray(${start}, ${start} + ${length}))`;
  }
  const [index, base] = [names.fresh('k'), names.fresh('b')];
  const value = readSource(element, { base, offset: 0 }, model, names);
  const body = `{ const ${base} = ${offsetSource(site)} + ${index} * ${size}; return ${value}; }`;
  return `Array.from({ length: ${length} }, (_, ${index}) => ${body})`;
}
