// JavaScript source that reads and writes bit-fields, byte by byte: a field may begin at any bit and cross any boundary,
// and a store touches no byte in which it has no bit. Where a field begins, is decided in ctype/.
//
//   byte     0          1          2
//   bits     76543210   76543210   76543210
//   field    aaaa....   aaaaaaaa   ......aa      from 4, width 14

import type { ResolvedType } from '../ctype/ctype.ts';
import { indexSource, type Site, type SourceNames, within } from './cells.ts';
import type { Bits } from './shape.ts';

/** What a field's declared type makes of its bits. */
export interface BitField extends Bits {
  readonly isSigned: boolean;
  readonly gives: 'boolean' | 'number' | 'bigint';
}

/** The operators of numbers work on so many bits at a time. */
const PIECE_BITS = 32;

/** The bits of a wide field in pieces, the lowest first. */
function piecesOf(site: Site, { from, width }: Bits): readonly { readonly site: Site; readonly bits: Bits }[] {
  return Array.from({ length: Math.ceil(width / PIECE_BITS) }, (_, index) => ({
    site: within(site, 4 * index),
    bits: { from, width: Math.min(PIECE_BITS, width - PIECE_BITS * index) },
  }));
}

export function bitFieldOf(type: ResolvedType, bits: Bits, isSigned: boolean, isWide: boolean): BitField {
  const gives = type.kind === 'bool' ? 'boolean' : isWide ? 'bigint' : 'number';
  return { ...bits, isSigned, gives };
}

/** An expression for the field's value. */
export function loadBitsSource(field: BitField, site: Site, names: SourceNames): string {
  const { gives, isSigned, width } = field;
  if (gives === 'boolean') return `${pieceSource(field, false, site, names)} !== 0`;
  if (gives === 'number') return pieceSource(field, isSigned, site, names);
  if (width <= PIECE_BITS) return `BigInt(${pieceSource(field, isSigned, site, names)})`;
  const pieces = piecesOf(site, field).map(
    (piece, index) => `(BigInt(${pieceSource(piece.bits, false, piece.site, names)}) << ${PIECE_BITS * index}n)`,
  );
  const value = pieces.join(' | ');
  return isSigned ? `BigInt.asIntN(${width}, ${value})` : `(${value})`;
}

/** An expression for up to 32 bits, as a number. */
function pieceSource({ from, width }: Bits, isSigned: boolean, site: Site, names: SourceNames): string {
  const bytes = Array.from({ length: Math.ceil((from + width) / 8) }, (_, index) => byteSource(site, index, names));
  const lower = bytes.slice(0, 4).map((byte, index) => (index === 0 ? byte : `${byte} << ${8 * index}`));
  const extend = isSigned ? '>>' : '>>>';
  const [first, fifth] = [lower.join(' | '), bytes[4]];
  if (fifth === undefined) {
    // Pushed against bit 31, and back down: this drops the neighbours and extends the sign.
    const above = 32 - from - width;
    return `((${above === 0 ? first : `(${first}) << ${above}`}) ${extend} ${32 - width})`;
  }
  const joined = `(${first}) >>> ${from} | ${fifth} << ${32 - from}`;
  return `((${width === 32 ? joined : `(${joined}) << ${32 - width}`}) ${extend} ${32 - width})`;
}

const byteSource = (site: Site, index: number, names: SourceNames): string =>
  `${names.view('u8')}[${indexSource(within(site, index), 0)}]`;

/** Statements that store the value of a variable, which is known to fit. */
export function storeBitsSource(field: BitField, site: Site, value: string, names: SourceNames): string {
  if (field.gives === 'boolean') return storePiece(field, site, `(${value} ? 1 : 0)`, names);
  if (field.gives === 'number') return storePiece(field, site, value, names);
  const wide = names.fresh('w');
  const stores = piecesOf(site, field).map((piece, index) => {
    const word = names.fresh('p');
    const part = index === 0 ? wide : `${wide} >> ${PIECE_BITS * index}n`;
    return `const ${word} = Number(BigInt.asUintN(32, ${part})); ${storePiece(piece.bits, piece.site, word, names)}`;
  });
  return `{ const ${wide} = BigInt(${value}); ${stores.join(' ')} }`;
}

function storePiece({ from, width }: Bits, site: Site, value: string, names: SourceNames): string {
  const count = Math.ceil((from + width) / 8);
  const stores = Array.from({ length: count }, (_, index) => {
    const target = byteSource(site, index, names);
    const low = index === 0 ? from : 0;
    const high = Math.min(8, from + width - 8 * index);
    const mask = (1 << high) - (1 << low);
    const shift = 8 * index - from;
    const bits = shift === 0 ? value : shift < 0 ? `${value} << ${-shift}` : `${value} >>> ${shift}`;
    // A typed array keeps the low 8 bits of what is stored: a whole byte needs no mask.
    return mask === 255 ? `${target} = ${bits};` : `${target} = ${target} & ${255 - mask} | (${bits}) & ${mask};`;
  });
  return stores.join(' ');
}
