// Sizes, alignments and member offsets for a data model. Where a value travels in a call is decided in abi/.

import { InterfixError, unreachable } from '../errors.ts';
import type { ArrayType, CType, Member, RecordType } from './ctype.ts';
import type { DataModel } from './data-model.ts';

/** Bytes. A larger object cannot exist in the user half of a 48-bit address space. */
export const MAX_TYPE_SIZE: number = 2 ** 47;

/** Types may nest this deep; it bounds every recursion over a type. */
export const MAX_TYPE_DEPTH = 256;

/** `size` and `align` are bytes; `align` is a power of two. */
export interface TypeLayout {
  readonly size: number;
  readonly align: number;
}

/** One member of a record; `offset` is bytes from the start of the record. */
export interface MemberLayout extends TypeLayout {
  readonly name: string | null;
  readonly type: CType;
  readonly offset: number;
}

export interface RecordLayout extends TypeLayout {
  readonly members: readonly MemberLayout[];
}

/** The next multiple of `align`, a power of two; exact up to 2^53, where `&` would not be. */
export const alignUp = (offset: number, align: number): number => {
  const over = offset % align;
  return over === 0 ? offset : offset + align - over;
};

const POINTER: TypeLayout = Object.freeze({ size: 8, align: 8 });
const layouts = new Map<DataModel, WeakMap<CType, RecordLayout>>();

/** Size and alignment of a type. Throws `ERR_TYPE` for void, `ERR_SIZE` past MAX_TYPE_SIZE, `ERR_DEPTH` past MAX_TYPE_DEPTH. */
export function layoutOfType(type: CType, model: DataModel, depth = 0): TypeLayout {
  switch (type.kind) {
    case 'bool':
      return scalar(1);
    case 'integer':
      return scalar(model.integers[type.name].size);
    case 'enum':
      return scalar(model.integers[type.underlying.name].size);
    case 'float':
      return scalar(type.name === 'float' ? 4 : 8);
    case 'pointer':
    case 'function':
      return POINTER;
    case 'void':
      throw new InterfixError('ERR_TYPE', 'void has no size');
    case 'array':
      return arrayLayout(type, model, depth + 1);
    case 'struct':
    case 'union':
      return layoutOfRecord(type, model, depth + 1);
    default:
      return unreachable(type);
  }
}

/** The members of a struct or union with their offsets, frozen. */
export function layoutOfRecord(type: RecordType, model: DataModel, depth = 0): RecordLayout {
  if (depth > MAX_TYPE_DEPTH) throw tooDeep();
  const compute = type.kind === 'struct' ? structLayout : unionLayout;
  return type.members.some(isNested) ? remembered(type, model, depth, compute) : compute(type, model, depth);
}

/**
 * A record of scalars is laid out faster than it is looked up. One that contains records is remembered: a type may be
 * shared by many others, and without a memory the work would double with every level of sharing.
 */
const isNested = ({ type }: Member): boolean =>
  type.kind === 'struct' || type.kind === 'union' || type.kind === 'array';

/** A scalar is aligned to its size (psABI figure 3.1). */
const scalar = (size: number): TypeLayout => ({ size, align: size });

function remembered(
  type: RecordType,
  model: DataModel,
  depth: number,
  compute: (type: RecordType, model: DataModel, depth: number) => RecordLayout,
): RecordLayout {
  const ofModel = layouts.get(model) ?? new WeakMap<CType, RecordLayout>();
  layouts.set(model, ofModel);
  const known = ofModel.get(type);
  if (known !== undefined) return known;
  const layout = compute(type, model, depth);
  ofModel.set(type, layout);
  return layout;
}

const tooDeep = (): InterfixError => new InterfixError('ERR_DEPTH', `types nest deeper than ${MAX_TYPE_DEPTH}`);

function checkedSize(size: number): number {
  if (size > MAX_TYPE_SIZE) {
    throw new InterfixError('ERR_SIZE', `type is larger than 2^47 bytes (${size})`);
  }
  return size;
}

/** psABI 3.1.2: an array has the alignment of its element. */
function arrayLayout(type: ArrayType, model: DataModel, depth: number): TypeLayout {
  if (depth > MAX_TYPE_DEPTH) throw tooDeep();
  const element = layoutOfType(type.element, model, depth);
  return { size: checkedSize(element.size * type.length), align: element.align };
}

/** psABI 3.1.2: each member at the lowest offset its alignment allows, and the size a multiple of the alignment. */
function structLayout(type: RecordType, model: DataModel, depth: number): RecordLayout {
  let end = 0;
  let align = 1;
  const members = type.members.map(({ name, type: memberType }): MemberLayout => {
    const layout = layoutOfType(memberType, model, depth);
    const offset = alignUp(end, layout.align);
    end = checkedSize(offset + layout.size);
    align = Math.max(align, layout.align);
    return { name, type: memberType, offset, size: layout.size, align: layout.align };
  });
  return Object.freeze({ size: checkedSize(alignUp(end, align)), align, members: Object.freeze(members) });
}

function unionLayout(type: RecordType, model: DataModel, depth: number): RecordLayout {
  let size = 0;
  let align = 1;
  const members = type.members.map(({ name, type: memberType }): MemberLayout => {
    const layout = layoutOfType(memberType, model, depth);
    size = Math.max(size, layout.size);
    align = Math.max(align, layout.align);
    return { name, type: memberType, offset: 0, size: layout.size, align: layout.align };
  });
  return Object.freeze({ size: checkedSize(alignUp(size, align)), align, members: Object.freeze(members) });
}
