// Which records C refuses: alignments, bit-fields and flexible arrays where they may not be. Decides no offset.

import { InterfixError } from '../errors.ts';
import { type Member, type RecordType, resolved } from './ctype.ts';

/** Bytes: the largest alignment that gcc accepts (observed: gcc 12). */
export const MAX_ALIGN: number = 2 ** 28;

/** What `#pragma pack` accepts (observed: gcc 12, clang 19; MS preprocessor reference, *pack pragma*). */
const PRAGMA_PACKS: readonly number[] = [1, 2, 4, 8, 16];

const wrong = (message: string): InterfixError => new InterfixError('ERR_TYPE', message);

/** Refuses `alignas` and packing on the record itself that no compiler takes. */
export function checkRecord({ kind, packing, align }: RecordType): void {
  if (align !== null) checkAlign(align, `a ${kind}`);
  if (typeof packing === 'number' && !PRAGMA_PACKS.includes(packing)) {
    throw wrong(`a ${kind} can be packed to ${PRAGMA_PACKS.join(', ')} bytes, not ${packing}`);
  }
}

/** Refuses `alignas` on a member that no compiler takes. */
export function checkMemberAlign(member: Member, index: number): void {
  if (member.align !== null) checkAlign(member.align, nameOf(member, index));
}

function checkAlign(align: number, what: string): void {
  if (!(align >= 1 && align <= MAX_ALIGN) || !Number.isInteger(Math.log2(align))) {
    throw wrong(`${what} cannot be aligned to ${align}: alignas takes a power of two up to 2^28`);
  }
}

const nameOf = ({ name }: Member, index: number): string => `member ${name === null ? index : `'${name}'`}`;

/**
 * C11 6.7.2.1p4 and p5, for a member of `size` bytes. A bool has a width of one bit, whatever its size (observed:
 * gcc 12, clang 19).
 */
export function checkBitField({ members, packing }: RecordType, index: number, size: number): void {
  const member = members[index];
  if (member === undefined || member.bitWidth === null) return;
  const { bitWidth, align, name } = member;
  const what = nameOf(member, index);
  const { kind } = resolved(member.type);
  if (kind !== 'integer' && kind !== 'bool' && kind !== 'enum') {
    throw wrong(`${what} cannot be a bit-field: its type is not an integer`);
  }
  const most = kind === 'bool' ? 1 : 8 * size;
  if (!Number.isInteger(bitWidth) || bitWidth < 0 || bitWidth > most) {
    throw wrong(`${what} cannot have ${bitWidth} bits: its type has ${most}`);
  }
  if (bitWidth === 0 && name !== null) throw wrong(`${what} has a name, so it cannot have 0 bits`);
  if (align !== null && align < size && packing === null) {
    // C11 6.7.5p4; the attribute allows it, and gcc 12 and clang 19 make different things of it.
    throw wrong(`${what} is a bit-field of a type of ${size} bytes, so it cannot be aligned to ${align}`);
  }
}

/** C11 6.7.2.1p18: a flexible array is the last member of a struct, and not its only one. */
export function checkFlexible({ kind, members }: RecordType, index: number): void {
  if (kind === 'union') throw wrong('a union cannot have an array without a length');
  if (index !== members.length - 1) throw wrong('an array without a length must be the last member of its struct');
  if (!members.some(({ name, bitWidth }, other) => other !== index && (bitWidth === null || name !== null))) {
    throw wrong('an array without a length cannot be the only member of its struct');
  }
}
