// Sizes, alignments and member offsets for a data model. Where the members of a record lie is decided in
// record-layout.ts and bit-fields.ts; where a value travels in a call, in abi/.

import { InterfixError, unreachable } from '../errors.ts';
import { type ArrayType, type CType, type Member, type RecordType, resolved } from './ctype.ts';
import type { DataModel } from './data-model.ts';
import { checkBitField, checkFlexible, checkMemberAlign, checkRecord } from './record-checks.ts';
import { gnuRecord, microsoftRecord } from './record-layout.ts';

export { alignUp } from './alignment.ts';

/** Bytes. A larger object cannot exist in the user half of a 48-bit address space. */
export const MAX_TYPE_SIZE: number = 2 ** 47;

/** Types may nest this deep; it bounds every recursion over a type. */
export const MAX_TYPE_DEPTH = 256;

/** `size` and `align` are bytes; `align` is a power of two. */
export interface TypeLayout {
  readonly size: number;
  readonly align: number;
}

/**
 * One member of a record. `size` and `align` are those of its type, whatever `packed` or `alignas` make of its place;
 * a flexible array has size 0.
 *
 * An ordinary member begins `offset` bytes from the start of the record; `bitOffset` and `bitWidth` are null.
 *
 * A bit-field lies in a storage unit, which is an object of its declared type at `offset`. It occupies the `bitWidth`
 * bits from bit `bitOffset` up, where bit 0 is the lowest of the byte at `offset`, bit 8 the lowest of the byte behind
 * it, and so on: all supported platforms are little-endian, so these are the bits of the unit's value.
 *
 * - In a record that is not packed, `offset` is a multiple of `align`, and `bitOffset + bitWidth` is at most
 *   `8 * size`. If the bit-field has a name, its unit lies within the record.
 * - In a packed record of the GNU rules the unit begins at the last multiple of the packing alignment (1 for
 *   `__attribute__((packed))`) that is not behind the first bit: `bitOffset + bitWidth` may exceed `8 * size`, and the
 *   unit may reach beyond the record. The bits themselves never do, so access only the bytes they touch.
 *
 * A `bitWidth` of 0 ends a unit and occupies nothing; `offset` is where the next member may begin, aligned or not.
 */
export interface MemberLayout extends TypeLayout {
  readonly name: string | null;
  readonly type: CType;
  readonly offset: number;
  readonly bitOffset: number | null;
  readonly bitWidth: number | null;
}

export interface RecordLayout extends TypeLayout {
  readonly members: readonly MemberLayout[];
  /**
   * The part of `align` that a packed record around this one does not take away: what `alignas` and vectors in it ask
   * for by the Microsoft rules, and 1 by the GNU rules, where packing wins.
   */
  readonly fixedAlign: number;
}

/** A scalar is aligned to its size (psABI figure 3.1, AAPCS64 5.1, MS x64 conv.). */
const SCALARS: Readonly<Record<1 | 2 | 4 | 8 | 16, TypeLayout>> = Object.freeze({
  1: Object.freeze({ size: 1, align: 1 }),
  2: Object.freeze({ size: 2, align: 2 }),
  4: Object.freeze({ size: 4, align: 4 }),
  8: Object.freeze({ size: 8, align: 8 }),
  16: Object.freeze({ size: 16, align: 16 }),
});

/** Layouts of nested records by model; null marks one that is being computed. */
const layouts = new Map<DataModel, WeakMap<RecordType, RecordLayout | null>>();

/**
 * Size and alignment of a type. Throws `ERR_TYPE` for what has none (void, an array without a length) and for records
 * that C refuses, `ERR_INCOMPLETE` for a name without a definition, `ERR_RECURSIVE` for a record that contains itself,
 * `ERR_SIZE` past MAX_TYPE_SIZE, and `ERR_DEPTH` past MAX_TYPE_DEPTH.
 */
export function layoutOfType(declared: CType, model: DataModel, depth = 0): TypeLayout {
  const type = resolved(declared);
  switch (type.kind) {
    case 'bool':
      return SCALARS[1];
    case 'integer':
      return SCALARS[model.integers[type.name].size];
    case 'enum':
      return SCALARS[model.integers[type.underlying.name].size];
    case 'float':
      return SCALARS[model.floats[type.name].size];
    case 'pointer':
    case 'function':
      return SCALARS[8];
    case 'complex': {
      const { size, align } = layoutOfType(type.element, model);
      return { size: 2 * size, align }; // C11 6.2.5p13: represented and aligned as an array of two
    }
    case 'vector':
      return vectorLayout(layoutOfType(type.element, model).size * type.length, model);
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

/** The members of a struct or union with their offsets, frozen. Throws as `layoutOfType` does. */
export function layoutOfRecord(type: RecordType, model: DataModel, depth = 0): RecordLayout {
  if (depth > MAX_TYPE_DEPTH) throw tooDeep();
  return hasRecords(type) ? remembered(type, model, depth) : computed(type, model, depth);
}

/**
 * A record of scalars is laid out faster than it is looked up. One that contains records is remembered: a type may be
 * shared by many others, and without a memory the work would double with every level of sharing.
 */
export function hasRecords({ members }: RecordType): boolean {
  for (const { type } of members) {
    let innermost = type;
    while (innermost.kind === 'array') innermost = innermost.element;
    if (innermost.kind === 'struct' || innermost.kind === 'union' || innermost.kind === 'named') return true;
  }
  return false;
}

function remembered(type: RecordType, model: DataModel, depth: number): RecordLayout {
  const ofModel = layouts.get(model) ?? new WeakMap<RecordType, RecordLayout | null>();
  layouts.set(model, ofModel);
  const known = ofModel.get(type);
  if (known === null) throw new InterfixError('ERR_RECURSIVE', `a ${type.kind} contains itself by value`);
  if (known !== undefined) return known;
  ofModel.set(type, null);
  try {
    const layout = computed(type, model, depth);
    ofModel.set(type, layout);
    return layout;
  } catch (error) {
    ofModel.delete(type);
    throw error;
  }
}

function computed(type: RecordType, model: DataModel, depth: number): RecordLayout {
  checkRecord(type);
  const needs: TypeLayout[] = [];
  for (const member of type.members) needs.push(needsOf(type, member, needs.length, model, depth));
  const layout =
    model.recordRules === 'gnu'
      ? gnuRecord(type, needs, model)
      : microsoftRecord(type, needs, (member) => fixedAlignOf(member.type, model, depth), model);
  checkedSize(layout.size);
  return layout;
}

/** Size and alignment that the type of a member asks for, after C's own rules for members are checked. */
function needsOf(record: RecordType, member: Member, index: number, model: DataModel, depth: number): TypeLayout {
  const type = resolved(member.type);
  if (member.align !== null) checkMemberAlign(member, index);
  if (type.kind === 'array' && type.length === null) {
    checkFlexible(record, index);
    return { size: 0, align: layoutOfType(type.element, model, depth).align };
  }
  const needs = layoutOfType(type, model, depth);
  if (member.bitWidth !== null) checkBitField(record, index, needs.size);
  return needs;
}

/**
 * Microsoft's compiler lets `__declspec(align)` win over `#pragma pack`, through arrays and nested records too, and
 * its headers declare every vector type with it (as do clang's for x86).
 */
function fixedAlignOf(declared: CType, model: DataModel, depth: number): number {
  const type = resolved(declared);
  if (type.kind === 'array') return fixedAlignOf(type.element, model, depth);
  if (type.kind === 'vector') return layoutOfType(type, model).align;
  return type.kind === 'struct' || type.kind === 'union' ? layoutOfRecord(type, model, depth + 1).fixedAlign : 1;
}

const tooDeep = (): InterfixError => new InterfixError('ERR_DEPTH', `types nest deeper than ${MAX_TYPE_DEPTH}`);

function checkedSize(size: number): number {
  if (!(size >= 0 && size <= MAX_TYPE_SIZE))
    throw new InterfixError('ERR_SIZE', `a type has ${size} bytes; at most 2^47 are allowed`);
  return size;
}

/** psABI 3.1.2, AAPCS64 5.9: an array has the alignment of its element. */
function arrayLayout(type: ArrayType, model: DataModel, depth: number): TypeLayout {
  if (depth > MAX_TYPE_DEPTH) throw tooDeep();
  if (type.length === null) {
    throw new InterfixError('ERR_TYPE', 'an array without a length has no size; it may be the last member of a struct');
  }
  const element = layoutOfType(type.element, model, depth);
  return { size: checkedSize(element.size * type.length), align: element.align };
}

function vectorLayout(size: number, model: DataModel): TypeLayout {
  if (size !== 8 && size !== 16 && size !== 32 && size !== 64) {
    throw new InterfixError('ERR_TYPE', `a vector has 8, 16, 32 or 64 bytes, not ${size}`);
  }
  return { size, align: Math.min(size, model.maxVectorAlign) };
}
