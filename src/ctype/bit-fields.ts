// Where the bit-fields of a struct lie, by the GNU rules and by the Microsoft rules. Ordinary members, unions and the
// record as a whole are decided in record-layout.ts.
//
// C11 6.7.2.1p11 leaves nearly everything open. Two answers to the same question:
//
//     struct { char c; int a:4; short b:5; int d:20; };
//
//     GNU, 8 bytes: one string of bits, whatever the declared types
//
//         bit   0        8    12    16                  32                  52        64
//               │ c      │ a  │     │ b  │              │ d                 │         │
//                              ╰ 4 bits are left in the short at 0..16, so b begins the next one
//
//     Microsoft, 16 bytes: units, each an object of the declared type
//
//         byte  0    1        4             8        10         12             16
//               │ c  │        │ unit of a   │ unit of b │       │ unit of d    │
//                                           ╰ a short is no int, so b begins a unit

import { alignUp, gnuAlign, microsoftAlign } from './alignment.ts';
import type { Packing } from './ctype.ts';
import type { DataModel } from './data-model.ts';

/** What a bit-field asks for. `size` and `align` are its declared type's, in bytes. */
export interface BitField {
  readonly size: number;
  readonly align: number;
  /** Bits; 0 ends a unit. */
  readonly width: number;
  /** `alignas` on the bit-field in bytes, null without. C11 6.7.5p3 forbids it, but GNU C takes the attribute there. */
  readonly asked: number | null;
  /** How its record is packed. */
  readonly packing: Packing;
}

/** Where a bit-field lies. */
export interface BitPlace {
  /** Bytes from the start of the record to the storage unit. */
  readonly offset: number;
  /** Bits from the lowest of the byte at `offset`. */
  readonly bitOffset: number;
  /** The alignment that it gives its record, in bytes. */
  readonly recordAlign: number;
}

/**
 * GNU, from the first free bit `end` on: a bit-field takes the next bits, unless it would then reach over more units of
 * its declared type than that type has; "bit-fields must be contained in a storage unit appropriate for its declared
 * type" (psABI 3.1.2; AAPCS64 10.1.8 says so of containers). Packing lets it reach over them.
 */
export function placeGnuBitField(end: number, field: BitField, model: DataModel): BitPlace {
  const position = gnuPosition(end, field, model);
  const granule = gnuAlign(field.align, 1, field.packing);
  const bitOffset = position % (8 * granule);
  return { offset: (position - bitOffset) / 8, bitOffset, recordAlign: gnuRecordAlign(field) };
}

function gnuPosition(end: number, field: BitField, model: DataModel): number {
  const { size, align, width, packing } = field;
  // No packing weakens a zero width (observed: gcc 12, clang 14, 19).
  if (width === 0) return alignUp(end, 8 * Math.max(align, field.asked ?? 1));
  const isVoid = model.pragmaVoidsBitFieldAlign && typeof packing === 'number' && (field.asked ?? 0) > packing;
  const asked = isVoid ? null : field.asked;
  const position = asked === null ? end : alignUp(end, 8 * gnuAlign(1, asked, packing));
  const isContained = (position % (8 * align)) + width <= 8 * size;
  return isContained || packing !== null ? position : alignUp(position, 8 * align);
}

/** psABI 3.1.2: a bit-field aligns its record as an ordinary member of its declared type does. */
const gnuRecordAlign = ({ align, width, asked, packing }: BitField): number =>
  gnuAlign(align, asked ?? 1, width === 0 ? null : packing);

/** The unit that the next bit-field may share by the Microsoft rules. */
export interface MicrosoftUnit {
  /** Bytes of the declared type. */
  readonly size: number;
  /** Bits that are taken. */
  readonly taken: number;
}

export interface MicrosoftPlace extends BitPlace {
  /** The first free byte. */
  readonly end: number;
  /** Null if the next bit-field begins a unit whatever its type. */
  readonly unit: MicrosoftUnit | null;
}

/**
 * Microsoft, from the first free byte `end` on: bit-fields share a unit, an ordinary object of their declared type, as
 * long as its bits suffice and the declared types have one size (MS C language reference, *C Bit Fields*). A zero width
 * behind another bit-field ends its unit and is aligned as its own type; anywhere else it means nothing.
 */
export function placeMicrosoftBitField(end: number, unit: MicrosoftUnit | null, field: BitField): MicrosoftPlace {
  const { size, width } = field;
  if (width === 0 && unit === null) return { offset: end, bitOffset: 0, recordAlign: 1, end, unit };
  if (width > 0 && unit !== null && unit.size === size && unit.taken + width <= 8 * size) {
    const shared = { size, taken: unit.taken + width };
    return { offset: end - size, bitOffset: unit.taken, recordAlign: 1, end, unit: shared };
  }
  const align = microsoftAlign(field.align, field.asked ?? 1, field.packing);
  const offset = alignUp(end, align);
  const begun = width === 0 ? null : { size, taken: width };
  return { offset, bitOffset: 0, recordAlign: align, end: begun === null ? offset : offset + size, unit: begun };
}
