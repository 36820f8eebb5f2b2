// Sizes, alignments and member offsets for a data model. Where a value travels in a call is decided in abi/.

import { assert, InterfixError, unreachable } from '../errors.ts';
import type { ArrayType, CType, RecordType } from './ctype.ts';
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
export const alignUp = (offset: number, align: number): number => Math.ceil(offset / align) * align;

const POINTER: TypeLayout = Object.freeze({ size: 8, align: 8 });
const layouts = new Map<DataModel, WeakMap<CType, TypeLayout>>();

/** Size and alignment of a type. Throws `ERR_TYPE` for void and `ERR_SIZE` past MAX_TYPE_SIZE. */
export function layoutOfType(type: CType, model: DataModel): TypeLayout {
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
      return remembered(type, model, arrayLayout);
    case 'struct':
    case 'union':
      return remembered(type, model, layoutOfRecord);
    default:
      return unreachable(type);
  }
}

/** The members of a struct or union with their offsets. Frozen, and the same object for the same type and model. */
export function layoutOfRecord(type: RecordType, model: DataModel): RecordLayout {
  return remembered(type, model, type.kind === 'struct' ? structLayout : unionLayout);
}

const scalars: ReadonlyMap<number, TypeLayout> = new Map(
  [1, 2, 4, 8].map((size) => [size, Object.freeze({ size, align: size })]),
);

function scalar(size: number): TypeLayout {
  const layout = scalars.get(size);
  assert(layout !== undefined, 'scalars have 1, 2, 4 or 8 bytes');
  return layout;
}

/** Layouts are asked for again and again while a signature is classified: each is computed once. */
function remembered<T extends CType, L extends TypeLayout>(
  type: T,
  model: DataModel,
  compute: (type: T, model: DataModel) => L,
): L {
  const ofModel = layouts.get(model) ?? new WeakMap<CType, TypeLayout>();
  layouts.set(model, ofModel);
  const known = ofModel.get(type);
  if (known !== undefined) return known as L; // a type has one layout, and `compute` is a function of the type's kind
  const layout = Object.freeze(compute(type, model));
  ofModel.set(type, layout);
  return layout;
}

function checkedSize(size: number): number {
  if (size > MAX_TYPE_SIZE) {
    throw new InterfixError('ERR_SIZE', `type is larger than 2^47 bytes (${size})`);
  }
  return size;
}

/** psABI 3.1.2: an array has the alignment of its element. */
function arrayLayout(type: ArrayType, model: DataModel): TypeLayout {
  const element = layoutOfType(type.element, model);
  return { size: checkedSize(element.size * type.length), align: element.align };
}

/** psABI 3.1.2: each member at the lowest offset its alignment allows, and the size a multiple of the alignment. */
function structLayout(type: RecordType, model: DataModel): RecordLayout {
  let end = 0;
  let align = 1;
  const members = type.members.map(({ name, type: memberType }): MemberLayout => {
    const layout = layoutOfType(memberType, model);
    const offset = alignUp(end, layout.align);
    end = checkedSize(offset + layout.size);
    align = Math.max(align, layout.align);
    return Object.freeze({ name, type: memberType, offset, size: layout.size, align: layout.align });
  });
  return { size: checkedSize(alignUp(end, align)), align, members: Object.freeze(members) };
}

function unionLayout(type: RecordType, model: DataModel): RecordLayout {
  let size = 0;
  let align = 1;
  const members = type.members.map(({ name, type: memberType }): MemberLayout => {
    const layout = layoutOfType(memberType, model);
    size = Math.max(size, layout.size);
    align = Math.max(align, layout.align);
    return Object.freeze({ name, type: memberType, offset: 0, size: layout.size, align: layout.align });
  });
  return { size: checkedSize(alignUp(size, align)), align, members: Object.freeze(members) };
}
