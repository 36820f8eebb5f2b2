// What a runner has to know of a value: its size, and which of its bits survive being passed.

import type { ConventionId } from '../../src/abi/convention.ts';
import { type CType, type RecordType, type ResolvedType, resolved } from '../../src/ctype/ctype.ts';
import { type DataModel, dataModelOf } from '../../src/ctype/data-model.ts';
import { layoutOfRecord, layoutOfType } from '../../src/ctype/layout.ts';

export interface ValueShape {
  readonly size: number;
  readonly align: number;
  /** The bits of each byte that a copy keeps. The others are padding, of which C says nothing. */
  readonly mask: Uint8Array;
  /** Bytes that hold a `_Bool`, which is 0 or 1, in ascending order. */
  readonly bools: readonly number[];
}

const X87_BYTES = 10;

/** Void has no bytes. Arrays and functions are the pointers that they decay to where they are passed. */
export function valueShape(declared: CType, abi: ConventionId): ValueShape {
  const type = resolved(declared);
  if (type.kind === 'void') return { size: 0, align: 1, mask: new Uint8Array(), bools: [] };
  const model = dataModelOf(abi);
  const { size, align } = type.kind === 'array' ? { size: 8, align: 8 } : layoutOfType(type, model);
  const mask = new Uint8Array(size);
  const bools = new Set<number>();
  if (type.kind === 'array') mask.fill(0xff);
  else mark(type, 0, { mask, bools, model });
  return { size, align, mask, bools: [...bools].sort((one, other) => one - other) };
}

interface Marks {
  readonly mask: Uint8Array;
  readonly bools: Set<number>;
  readonly model: DataModel;
}

function mark(declared: CType, offset: number, marks: Marks): void {
  const type = resolved(declared);
  const { mask, bools, model } = marks;
  const { size } = layoutOfType(type, model);
  switch (type.kind) {
    case 'bool':
      bools.add(offset);
      mask.fill(0xff, offset, offset + size);
      break;
    case 'array':
      markElements(type.element, type.length ?? 0, offset, marks);
      break;
    case 'complex':
      markElements(type.element, 2, offset, marks);
      break;
    case 'struct':
    case 'union':
      markRecord(type, offset, marks);
      break;
    default: {
      const isX87 = type.kind === 'float' && model.floats[type.name].format === 'x87';
      mask.fill(0xff, offset, offset + (isX87 ? X87_BYTES : size));
    }
  }
}

function markElements(element: CType, length: number, offset: number, marks: Marks): void {
  const { size } = layoutOfType(element, marks.model);
  for (let index = 0; index < length; index++) mark(element, offset + index * size, marks);
}

function markRecord(record: RecordType, offset: number, marks: Marks): void {
  for (const member of layoutOfRecord(record, marks.model).members) {
    if (member.bitOffset === null) {
      if (!isFlexible(member.type)) mark(member.type, offset + member.offset, marks);
    } else if (member.name !== null) {
      markBits(8 * (offset + member.offset) + member.bitOffset, member.bitWidth ?? 0, marks.mask);
    } // C11 6.7.2.1p12: nobody can name the bits of an unnamed one, so they are padding
  }
}

const isFlexible = (declared: CType): boolean => {
  const type = resolved(declared);
  return type.kind === 'array' && type.length === null;
};

function markBits(first: number, count: number, mask: Uint8Array): void {
  for (let bit = first; bit < first + count; bit++) mask[bit >> 3] = (mask[bit >> 3] ?? 0) | (1 << (bit & 7));
}

/** Whether the type, or one that it contains by value, is such. */
export function containsType(declared: CType, isSuch: (type: ResolvedType) => boolean): boolean {
  const type = resolved(declared);
  if (isSuch(type)) return true;
  switch (type.kind) {
    case 'array':
    case 'complex':
    case 'vector':
      return containsType(type.element, isSuch);
    case 'struct':
    case 'union':
      return type.members.some((each) => containsType(each.type, isSuch));
    default:
      return false;
  }
}
