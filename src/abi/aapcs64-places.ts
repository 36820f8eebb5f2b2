// AAPCS64 6.8.2, stages B and C: the registers or the part of the stack that one argument takes from what is left.

import { alignUp } from '../ctype/layout.ts';
import { assert } from '../errors.ts';
import { vs, xs } from '../isa/aarch64.ts';
import type { Register } from '../isa/register.ts';
import { acrossLastRegister, checkResult, checkVariadic, stackedBfloat16 } from './aapcs64-refused.ts';
import { callAlign, isComposite, isPaddingOnly, isRecord } from './aapcs64-values.ts';
import { type Role, usesOnlyGeneral, usesOnlyStack, type Variant } from './aapcs64-variants.ts';
import type { DirectPlacement, Extend, Piece, Placement } from './call-layout.ts';
import { type Homogeneous, homogeneous } from './homogeneous.ts';
import { extensionOf, type PassedType } from './passed-types.ts';

/** AAPCS64's own names: the next general and vector register number, the next stacked argument address. */
export interface Cursor {
  ngrn: number;
  nsrn: number;
  /** Bytes from the stack pointer at the call. */
  nsaa: number;
}

/** One argument on its way through the stages. */
interface Argument extends PassedType {
  readonly role: Role;
  /** Null for what does not travel member by member. */
  readonly members: Homogeneous | null;
}

const REGISTERS = 8;
const IGNORED: DirectPlacement = Object.freeze({ mode: 'ignore' });
/** Of a value that has bytes, none travels. */
const NO_PIECES: DirectPlacement = Object.freeze({ mode: 'direct', pieces: Object.freeze([]) });

export function placeArgument(passed: PassedType, role: Role, cursor: Cursor, variant: Variant): Placement {
  const { type, size, align } = passed;
  if (size === 0) return IGNORED; // observed: gcc 12, clang 14, 19, in C
  const found = homogeneous(type, variant.dataModel, variant.judge);
  checkVariadic(passed, found, role, variant);
  if (isPaddingOnly(type, variant)) return NO_PIECES;
  const members = usesOnlyGeneral(role, variant) ? null : found;
  const argument: Argument = { type, size, align, role, members };
  if (members === null && isComposite(type) && size > 16) return byReference(argument, cursor, variant);
  if (usesOnlyStack(role, variant)) return onStack(argument, cursor, variant);
  return members === null ? inGenerals(argument, cursor, variant) : inVectors(argument, members, cursor, variant);
}

/** AAPCS64 6.9: the registers in which it would be as the only argument. Null if it would be in memory. */
export function placeInRegisters(passed: PassedType, variant: Variant): DirectPlacement | null {
  const placement = placeArgument(passed, 'named', { ngrn: 0, nsrn: 0, nsaa: 0 }, variant);
  if (placement.mode === 'indirect') return null;
  checkResult(passed, variant);
  return placement;
}

/** B.4: a pointer travels instead. Callees count on a copy as aligned as the type (observed: gcc 12, clang 14, 19). */
function byReference({ role, align }: Argument, cursor: Cursor, variant: Variant): Placement {
  const isStacked = usesOnlyStack(role, variant) || cursor.ngrn === REGISTERS;
  const pointer = isStacked ? inStack(cursor, 8, 8, 8) : inRegister(xs, cursor.ngrn++);
  return { mode: 'indirect', pointer, copyAlign: align };
}

/** C.1 to C.3: one register for each member, or the stack for all of them, and then for all that come later. */
function inVectors(argument: Argument, members: Homogeneous, cursor: Cursor, variant: Variant): DirectPlacement {
  const { element, count } = members;
  if (cursor.nsrn + count > REGISTERS) {
    cursor.nsrn = REGISTERS;
    return onStack(argument, cursor, variant);
  }
  const pieces: Piece[] = [];
  for (let index = 0; index < count; index++) {
    pieces.push(piece(element.size * index, element.size, inRegister(vs, cursor.nsrn++), 'none'));
  }
  return { mode: 'direct', pieces };
}

/** C.9 to C.13. */
function inGenerals(argument: Argument, cursor: Cursor, variant: Variant): DirectPlacement {
  const { size, role } = argument;
  const count = Math.ceil(size / 8);
  // C.10. A packed record of one register may be aligned to 16, and is not rounded (observed: gcc 12).
  const isPair = count === 2 && callAlign(argument, variant) === 16;
  if (isPair && variant.pairsAreEven) cursor.ngrn = alignUp(cursor.ngrn, 2);
  if (cursor.ngrn + count > REGISTERS) {
    if (cursor.ngrn < REGISTERS && usesOnlyGeneral(role, variant)) throw acrossLastRegister();
    cursor.ngrn = REGISTERS;
    return onStack(argument, cursor, variant);
  }
  const extend = extension(argument, variant);
  const pieces: Piece[] = [];
  for (let from = 0; from < size; from += 8) {
    pieces.push(piece(from, Math.min(8, size - from), inRegister(xs, cursor.ngrn++), extend));
  }
  return { mode: 'direct', pieces };
}

/** C.4 to C.6 and C.14 to C.17: the whole argument in slots of 8 bytes. Apple has no slots for what has a name. */
function onStack(argument: Argument, cursor: Cursor, variant: Variant): DirectPlacement {
  const { type, size, role, members } = argument;
  if (variant.judge === 'clang' && members?.element.kind === 'bfloat16' && isRecord(type)) throw stackedBfloat16();
  const isNatural = variant.packsStack && role !== 'variadic';
  // Composites that are not homogeneous are passed as words of 8 bytes by Apple, too (observed: clang 14, 19).
  const slot = isNatural && (members !== null || !isComposite(type)) ? 1 : 8;
  const at = inStack(cursor, size, stackAlign(argument, slot, variant), slot);
  return { mode: 'direct', pieces: [piece(0, size, at, isNatural ? 'none' : extension(argument, variant))] };
}

/** Clang counts the alignment of members, where it does not follow gcc (observed: clang 14, 19). */
function stackAlign(argument: Argument, slot: number, variant: Variant): number {
  const { members, size } = argument;
  if (members !== null && variant.judge === 'clang') return Math.max(slot, members.element.size);
  return slot === 1 ? size : callAlign(argument, variant);
}

/** C11 6.5.2.2p6 makes an int of every narrow variadic argument, whoever extends the named ones. */
const extension = ({ type, role }: Argument, { extendsNarrow, dataModel }: Variant): Extend =>
  extendsNarrow || role === 'variadic' ? extensionOf(type, dataModel) : 'none';

const piece = (from: number, size: number, at: Piece['at'], extend: Extend): Piece => ({
  from,
  size,
  at,
  extend,
  also: null,
});

function inStack(cursor: Cursor, size: number, align: number, slot: number): Piece['at'] {
  const offset = alignUp(cursor.nsaa, align);
  cursor.nsaa = alignUp(offset + size, slot);
  return { in: 'stack', offset };
}

function inRegister(registers: readonly Register[], index: number): Piece['at'] {
  const register = registers[index];
  assert(register !== undefined && index < REGISTERS, 'an argument register is left');
  return { in: 'register', register };
}
