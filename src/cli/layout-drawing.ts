// A type on one platform as lines of text: size, alignment, and a table of the members with what lies between them.
// Where they lie is decided in ctype/.

import type { ConventionId } from '../abi/convention.ts';
import { type CType, type Packing, type RecordType, resolved } from '../ctype/ctype.ts';
import type { DataModel } from '../ctype/data-model.ts';
import { dataModelOf } from '../ctype/data-model.ts';
import { layoutOfRecord, layoutOfType, type MemberLayout } from '../ctype/layout.ts';
import { shapeOf } from '../marshal/shape.ts';
import { bytesText, columns } from '../plan/print.ts';
import { printType } from '../signature/print.ts';
import { clip } from '../signature/scanner.ts';

/** Types can share parts, so that a short text has more members than memory; past these no record is opened. */
const MAX_ROWS = 5000;

const NUMERIC: readonly number[] = [0, 1, 2];

/** Everything but the type itself and the platform's name. */
export function drawingOf(declared: CType, abi: ConventionId): string[] {
  const model = dataModelOf(abi);
  const { size, align } = layoutOfType(declared, model);
  const type = resolved(declared);
  const isRecord = type.kind === 'struct' || type.kind === 'union';
  const head = [`size        ${bytesText(size)}`, `align       ${bytesText(align)}`];
  if (!isRecord) return head;
  if (type.packing !== null) head.push(`packing     ${packingText(type.packing)}`);
  const rows = new Table(model).of(type);
  if (rows.length === 0) return head;
  return [...head, '', ...columns([['offset', 'size', 'align', 'member', ''], ...rows], NUMERIC)];
}

const packingText = (packing: Exclude<Packing, null>): string =>
  packing === 'attribute' ? '__attribute__((packed))' : `#pragma pack(${packing})`;

/** A record inside the whole: where it begins, and how far to the right its members stand. */
interface Place {
  readonly start: number;
  readonly indent: string;
}

/** Up to where a record is filled. */
interface Filled {
  /** Bits from the start of the record. */
  readonly end: number;
  /** Where the storage unit of the last bit-field begins, from which bits are counted; bytes. */
  readonly unit: number;
}

class Table {
  readonly #model: DataModel;
  readonly #rows: string[][] = [];

  constructor(model: DataModel) {
    this.#model = model;
  }

  of(type: RecordType): readonly string[][] {
    this.#record(type, { start: 0, indent: '' });
    return this.#rows;
  }

  /** The members of a record; records inside it follow their own line. */
  #record(type: RecordType, place: Place): void {
    const { size, members } = layoutOfRecord(type, this.#model);
    const labels = labelsOf(type, members, this.#model);
    let filled: Filled = { end: 0, unit: 0 };
    members.forEach((member, index) => {
      const begin = Math.min(8 * member.offset + (member.bitOffset ?? 0), 8 * size);
      if (type.kind === 'struct') this.#gap(filled, begin, place, 'hole');
      this.#member(type, index, member, labels[index] ?? '', place);
      const end = begin + (member.bitWidth ?? 8 * member.size);
      if (end >= filled.end) filled = { end, unit: member.offset };
    });
    this.#gap(filled, 8 * size, place, 'padding');
  }

  #member(record: RecordType, index: number, member: MemberLayout, label: string, { start, indent }: Place): void {
    const { offset, size, align, bitOffset, bitWidth, type } = member;
    const from = start + offset;
    const where = bitOffset === null ? `${from}` : `${from}:${bitOffset}`;
    const text = `${alignasText(record.members[index]?.align ?? null)}${shortType(type)}`;
    const width = bitWidth === null ? '' : `:${bitWidth}`;
    this.#rows.push([
      where,
      bitWidth === null ? `${size}` : bitsText(bitWidth),
      `${align}`,
      indent + label,
      text + width,
    ]);
    const inside = resolved(type);
    if ((inside.kind === 'struct' || inside.kind === 'union') && this.#rows.length < MAX_ROWS) {
      this.#record(inside, { start: from, indent: `${indent}  ` });
    }
  }

  /** Bits and bytes that belong to no member: the rest of a byte, whole bytes, the begin of another byte. */
  #gap({ end, unit }: Filled, to: number, { start, indent }: Place, what: string): void {
    if (to <= end) return;
    const wholeFrom = Math.min(Math.ceil(end / 8) * 8, to);
    const wholeTo = Math.max(Math.floor(to / 8) * 8, wholeFrom);
    const bits = (from: number, until: number, base: number): void => {
      if (until === from) return;
      this.#rows.push([`${start + base}:${from - 8 * base}`, bitsText(until - from), '', `${indent}(bit ${what})`]);
    };
    bits(end, wholeFrom, unit);
    if (wholeTo > wholeFrom) {
      this.#rows.push([`${start + wholeFrom / 8}`, `${(wholeTo - wholeFrom) / 8}`, '', `${indent}(${what})`]);
    }
    bits(wholeTo, to, wholeTo / 8);
  }
}

/** What JavaScript calls each member: its name, its index, or nothing if the names inside are the outer record's. */
function labelsOf(type: RecordType, members: readonly MemberLayout[], model: DataModel): string[] {
  const { parts } = shapeOf(type, model);
  let index = 0;
  return members.map(({ name, bitWidth }) => {
    if (name === null && bitWidth !== null) return bitWidth === 0 ? '(new unit)' : '(unnamed)';
    const part = parts[index++];
    if (part !== undefined && 'shape' in part) return '(anonymous)';
    return name ?? `[${index - 1}]`;
  });
}

const bitsText = (width: number): string => (width === 1 ? '1 bit' : `${width} bits`);

const alignasText = (align: number | null): string => (align === null ? '' : `alignas(${align}) `);

/** The members of a record stand below it, so its own line need not repeat them. */
function shortType(type: CType): string {
  if (type.kind !== 'struct' && type.kind !== 'union') return clip(printType(type));
  const packed = type.packing === null ? '' : type.packing === 'attribute' ? '!' : `!${type.packing}:`;
  return `${alignasText(type.align)}${packed}${type.kind === 'struct' ? '{…}' : '<…>'}`;
}
