// `interfix layout`: a type → its size, alignment and members, as a table with the holes shown, or as JSON.

import type { ConventionId } from '../abi/convention.ts';
import { layoutOf } from '../abi/conventions.ts';
import type { CType } from '../ctype/ctype.ts';
import { bytesText, columns } from '../plan/print.ts';
import { parseType } from '../signature/parse.ts';
import { printType } from '../signature/print.ts';
import { type Json, jsonText } from './json.ts';
import { abiIds, type LayoutOptions } from './options.ts';

/** What is to be written to stdout. Throws what `parseType` and `layoutOf` throw. */
export function layout({ type, abis, format }: LayoutOptions): string {
  const parsed = parseType(type);
  if (format === 'text')
    return abiIds(abis)
      .map((abi) => layoutText(parsed, abi))
      .join('\n');
  const all = abiIds(abis).map((abi) => layoutJson(parsed, abi));
  return `${jsonText(abis.all ? all : (all[0] ?? null))}\n`;
}

function layoutJson(type: CType, abi: ConventionId): Json {
  const { size, align, members } = layoutOf(type, abi);
  return {
    type: printType(type),
    abi,
    size,
    align,
    members: members.map(({ name, offset, size: bytes }) => ({ name, offset, size: bytes })),
  };
}

const OFFSET_AND_SIZE: readonly number[] = [0, 1];

function layoutText(type: CType, abi: ConventionId): string {
  const { size, align } = layoutOf(type, abi);
  const header = [
    `type        ${printType(type)}`,
    `abi         ${abi}`,
    `size        ${bytesText(size)}`,
    `align       ${bytesText(align)}`,
  ];
  const rows = memberRows(type, abi, 0, '');
  if (rows.length === 0) return `${header.join('\n')}\n`;
  const table = columns([['offset', 'size', 'member', ''], ...rows], OFFSET_AND_SIZE);
  return `${[...header, '', ...table].join('\n')}\n`;
}

/** The members of a record that begins at byte `start` of the whole; records inside it follow, further to the right. */
function memberRows(type: CType, abi: ConventionId, start: number, indent: string): string[][] {
  if (type.kind !== 'struct' && type.kind !== 'union') return [];
  const { size, members } = layoutOf(type, abi);
  const rows: string[][] = [];
  let end = 0;
  members.forEach((member, index) => {
    if (type.kind === 'struct') rows.push(...gap(start + end, member.offset - end, `${indent}(hole)`));
    const name = indent + (member.name ?? `[${index}]`);
    rows.push([String(start + member.offset), String(member.size), name, shortType(member.type)]);
    rows.push(...memberRows(member.type, abi, start + member.offset, `${indent}  `));
    end = Math.max(end, member.offset + member.size);
  });
  rows.push(...gap(start + end, size - end, `${indent}(padding)`));
  return rows;
}

/** Bytes that belong to no member. */
const gap = (offset: number, size: number, what: string): string[][] =>
  size > 0 ? [[String(offset), String(size), what]] : [];

/** The members of a record stand below it, so its own line need not repeat them. */
const shortType = (type: CType): string =>
  type.kind === 'struct' ? '{…}' : type.kind === 'union' ? '<…>' : printType(type);
