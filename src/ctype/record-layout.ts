// Where the members of a struct or union lie, by the GNU rules and by the Microsoft rules. The bit-fields of a struct
// are placed in bit-fields.ts; what the types of the members need is measured in layout.ts.

import { assert } from '../errors.ts';
import { alignUp, gnuAlign, microsoftAlign } from './alignment.ts';
import { type BitField, type MicrosoftUnit, placeGnuBitField, placeMicrosoftBitField } from './bit-fields.ts';
import type { Member, RecordType } from './ctype.ts';
import type { DataModel } from './data-model.ts';
import type { MemberLayout, RecordLayout, TypeLayout } from './layout.ts';

/**
 * psABI 3.1.2, AAPCS64 5.9: each member at the lowest offset that its alignment allows, in a union at 0; the size is a
 * multiple of the alignment. Packing says nothing about `alignas` on the record itself. `needs[i]` is what the type of
 * member i asks for.
 */
export function gnuRecord(type: RecordType, needs: readonly TypeLayout[], model: DataModel): RecordLayout {
  let end = 0; // bits
  let size = 0; // bytes
  let align = type.align ?? 1;
  const members: MemberLayout[] = [];
  for (const member of type.members) {
    const own = needsAt(needs, members.length);
    const start = type.kind === 'union' ? 0 : end;
    if (member.bitWidth === null) {
      const memberAlign = gnuAlign(own.align, member.align ?? 1, type.packing);
      const offset = alignUp(Math.ceil(start / 8), memberAlign);
      end = 8 * (offset + own.size);
      align = Math.max(align, memberAlign);
      size = Math.max(size, offset + own.size);
      members.push(laidOut(member, own, offset, null));
      continue;
    }
    const place = placeGnuBitField(start, bitField(type, member, member.bitWidth, own), model);
    end = 8 * place.offset + place.bitOffset + member.bitWidth;
    size = Math.max(size, Math.ceil(end / 8));
    // "Unnamed bit-fields' types do not affect the alignment of a structure or union" (psABI 3.1.2)
    if (member.name !== null || model.unnamedBitFieldsAlign) align = Math.max(align, place.recordAlign);
    members.push(laidOut(member, own, place.offset, place.bitOffset));
  }
  return Object.freeze({ size: alignUp(size, align), align, members: Object.freeze(members), fixedAlign: 1 });
}

/** What an ordinary member asks for; `fixed` is the part of its alignment that packing cannot lower. */
interface Needs extends TypeLayout {
  readonly fixed: number;
}

/** What the placing of a Microsoft record knows between two members; all in bytes. */
interface MicrosoftState {
  end: number;
  align: number;
  /** The part of `align` that packing cannot lower. */
  fixed: number;
  unit: MicrosoftUnit | null;
}

/**
 * The same, but packing yields to what `alignas` asks for, here or within a member, and a record without bytes gets
 * some (observed: clang 14, 19 for windows-msvc).
 */
export function microsoftRecord(
  type: RecordType,
  needs: readonly TypeLayout[],
  fixedAlignOf: (member: Member) => number,
  model: DataModel,
): RecordLayout {
  const state: MicrosoftState = { end: 0, align: 1, fixed: type.align ?? 1, unit: null };
  const place = type.kind === 'union' ? placeInMicrosoftUnion : placeInMicrosoftStruct;
  const members: MemberLayout[] = [];
  for (const member of type.members) {
    const { size, align } = needsAt(needs, members.length);
    const fixed = member.bitWidth === null ? Math.max(member.align ?? 1, fixedAlignOf(member)) : 1;
    members.push(place(state, type, member, { size, align, fixed }));
  }
  const align = Math.max(state.align, state.fixed);
  const size = alignUp(state.end, align) || emptySize(state.fixed, align, model);
  // `alignas` on a record fixes all of its alignment, even if it asks for less (observed: clang 14, 19).
  const fixedAlign = type.align === null ? state.fixed : align;
  return Object.freeze({ size, align, members: Object.freeze(members), fixedAlign });
}

/** An empty record has a fixed size, unless `alignas` asks for as much (observed: clang 14, 19). */
const emptySize = (fixed: number, align: number, { emptyRecordSize }: DataModel): number =>
  fixed >= emptyRecordSize ? align : emptyRecordSize;

function placeInMicrosoftStruct(state: MicrosoftState, type: RecordType, member: Member, needs: Needs): MemberLayout {
  if (member.bitWidth === null) {
    state.unit = null;
    const offset = alignUp(state.end, microsoftMemberAlign(state, type, needs));
    state.end = offset + needs.size;
    return laidOut(member, needs, offset, null);
  }
  const place = placeMicrosoftBitField(state.end, state.unit, bitField(type, member, member.bitWidth, needs));
  state.end = place.end;
  state.unit = place.unit;
  state.align = Math.max(state.align, place.recordAlign);
  return laidOut(member, needs, place.offset, place.bitOffset);
}

/** In a union a bit-field takes its whole unit, but no alignment (observed: clang 14, 19). */
function placeInMicrosoftUnion(state: MicrosoftState, type: RecordType, member: Member, needs: Needs): MemberLayout {
  const { bitWidth } = member;
  if (bitWidth === null) microsoftMemberAlign(state, type, needs);
  const begun = bitWidth === null || bitWidth === 0 ? null : { size: needs.size, taken: bitWidth };
  if (bitWidth !== 0 || state.unit !== null) state.end = Math.max(state.end, needs.size);
  state.unit = begun;
  return laidOut(member, needs, 0, bitWidth === null ? null : 0);
}

/** The alignment of an ordinary member, of which the record takes notice. */
function microsoftMemberAlign(state: MicrosoftState, type: RecordType, needs: Needs): number {
  const align = microsoftAlign(needs.align, needs.fixed, type.packing);
  state.fixed = Math.max(state.fixed, needs.fixed);
  state.align = Math.max(state.align, align);
  return align;
}

const bitField = ({ packing }: RecordType, member: Member, width: number, { size, align }: TypeLayout): BitField => ({
  size,
  align,
  width,
  asked: member.align,
  packing,
});

const laidOut = (
  { name, type, bitWidth }: Member,
  { size, align }: TypeLayout,
  offset: number,
  bitOffset: number | null,
): MemberLayout => ({ name, type, offset, size, align, bitOffset, bitWidth });

function needsAt(needs: readonly TypeLayout[], index: number): TypeLayout {
  const found = needs[index];
  assert(found !== undefined, 'every member is measured');
  return found;
}
