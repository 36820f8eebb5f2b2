// Two layouts of the same values → what has to go from where to where: the questions of an adapter that need no order.
// What would need memory in between, or another size, is refused.

import type { CallLayout, Extend, Location, Passed, Piece, Placement, ReturnPlacement } from '../abi/call-layout.ts';
import type { Convention } from '../abi/convention.ts';
import { type InterfixError, unsupported } from '../errors.ts';
import type { Register } from '../isa/register.ts';
import { type Addr, isRegister } from './step.ts';

/** `size` bytes at `to` := those at `from`; what fills less than 4 bytes is extended. An address is one of `in` or `out`. */
export interface Transfer {
  readonly from: Register | Addr;
  readonly to: Register | Addr;
  readonly size: number;
  readonly extend: Extend;
}

/** Bytes that a scalar fills of its place. */
export const filled = (size: number, extend: Extend): number => (extend === 'none' ? size : Math.max(size, 4));

/** Bytes from the start of the argument area to the end of its last argument. */
export function usedStack({ args, ret }: CallLayout): number {
  let end = 0;
  const see = (at: Location, bytes: number): void => {
    if (at.in === 'stack') end = Math.max(end, at.offset + bytes);
  };
  for (const { placement } of args) {
    if (placement.mode === 'indirect') see(placement.pointer, POINTER_BYTES);
    if (placement.mode === 'direct') for (const { at, size, extend } of placement.pieces) see(at, filled(size, extend));
  }
  if (ret.placement.mode === 'hidden') see(ret.placement.pointer, POINTER_BYTES);
  return end;
}

const POINTER_BYTES = 8;

/** From the places of our caller's arguments to those of the target's; the caller's may have others in front. */
export function argumentTransfers(incoming: CallLayout, outgoing: CallLayout, caller: Convention): Transfer[] {
  const inFront = incoming.args.length - outgoing.args.length;
  const transfers: Transfer[] = [];
  for (const [index, arg] of outgoing.args.entries()) {
    const arrived = incoming.args[index + inFront];
    if (arrived === undefined) throw differs(`argument ${index} does not arrive`);
    pushArgument(transfers, arrived, arg, `argument ${index}`, caller.extendsNarrow);
  }
  if (outgoing.ret.placement.mode === 'hidden' || incoming.ret.placement.mode === 'hidden') {
    pushHidden(transfers, incoming.ret, outgoing.ret);
  }
  return transfers.filter(isNeeded);
}

/** From the registers that the target returns a value in to those that our caller expects it in. */
export function resultTransfers(
  incoming: CallLayout,
  outgoing: CallLayout,
  caller: Convention,
  callee: Convention,
): Transfer[] {
  const [from, to] = [outgoing.ret, incoming.ret];
  checkSizes(from, to, 'the result');
  // Both sides of one convention know how much of a narrow result they may count on.
  const isExtended = caller === callee || callee.extendsNarrow;
  const transfers: Transfer[] = [];
  if (to.placement.mode === 'direct') {
    pushPieces(transfers, piecesOf(from), to.placement.pieces, 'the result', isExtended);
  }
  return transfers.filter(isNeeded);
}

/** Whether anything changes. The registers of the x87 are left as they are: both sides expect the value on top. */
function isNeeded({ from, to, size, extend }: Transfer): boolean {
  return !(isRegister(from) && from === to) || (extend !== 'none' && size < 4);
}

function pushArgument(
  transfers: Transfer[],
  from: Passed<Placement>,
  to: Passed<Placement>,
  what: string,
  isExtended: boolean,
): void {
  checkSizes(from, to, what);
  if (to.placement.mode === 'indirect') return pushCopy(transfers, from, to.placement, what);
  if (to.placement.mode === 'direct') pushPieces(transfers, piecesOf(from), to.placement.pieces, what, isExtended);
}

/** The copy that our caller made is the target's to change: only its address travels. */
function pushCopy(
  transfers: Transfer[],
  { placement }: Passed<Placement>,
  to: Extract<Placement, { mode: 'indirect' }>,
  what: string,
): void {
  if (placement.mode !== 'indirect') throw needsMemory(`${what} arrives by value and goes on by reference`);
  if (placement.copyAlign < to.copyAlign) {
    throw needsMemory(`${what} arrives at a multiple of ${placement.copyAlign} bytes, and ${to.copyAlign} are needed`);
  }
  pushPointer(transfers, placement.pointer, to.pointer);
}

function pushHidden(transfers: Transfer[], to: Passed<ReturnPlacement>, from: Passed<ReturnPlacement>): void {
  const [outer, inner] = [to.placement, from.placement];
  if (outer.mode !== 'hidden' || inner.mode !== 'hidden' || outer.echoed !== inner.echoed) {
    throw needsMemory('the result is in memory for one side, and in registers for the other');
  }
  pushPointer(transfers, outer.pointer, inner.pointer);
}

const pushPointer = (transfers: Transfer[], from: Location, to: Location): void =>
  void transfers.push({ from: placeOf(from, 'in'), to: placeOf(to, 'out'), size: POINTER_BYTES, extend: 'none' });

const placeOf = (at: Location, base: 'in' | 'out', inside = 0): Register | Addr =>
  at.in === 'register' ? at.register : { base, offset: at.offset + inside };

/** What travels of a value; a value by reference has no pieces, and where one is wanted, `pushPiece` says so. */
const piecesOf = ({ placement }: Passed<Placement | ReturnPlacement>): readonly Piece[] | null => {
  if (placement.mode === 'ignore') return [];
  return placement.mode === 'direct' ? placement.pieces : null;
};

function pushPieces(
  transfers: Transfer[],
  from: readonly Piece[] | null,
  to: readonly Piece[],
  what: string,
  isExtended: boolean,
): void {
  if (from === null) throw needsMemory(`${what} is in memory for one side, and in registers for the other`);
  for (const piece of to) {
    pushPiece(transfers, from, piece, piece.at, what, isExtended);
    if (piece.also === null) continue;
    pushPiece(transfers, from, piece, { in: 'register', register: piece.also }, what, isExtended);
  }
}

/** One piece of the target's from a piece that arrived, from a part of one on the stack, or on the stack from several. */
function pushPiece(
  transfers: Transfer[],
  arrived: readonly Piece[],
  { from, size, extend }: Piece,
  at: Location,
  what: string,
  isExtended: boolean,
): void {
  const same = pieceAt(arrived, from);
  if (same !== undefined && same.at.in === 'register' && same.size === size) {
    const source = sourceOf(same, at);
    // What our caller has extended is moved with its extension.
    const whole = isExtended && same.extend === extend && extend !== 'none' && size < 4;
    const how = whole && at.in === 'register' ? { size: 4, extend: 'none' as const } : { size, extend };
    transfers.push({ from: source, to: placeOf(at, 'out'), ...how });
    return;
  }
  const around = arrived.find((piece) => piece.at.in === 'stack' && piece.from <= from && end(piece) >= from + size);
  if (around !== undefined) {
    transfers.push({ from: placeOf(around.at, 'in', from - around.from), to: placeOf(at, 'out'), size, extend });
    return;
  }
  const parts = arrived.filter((piece) => piece.from >= from && end(piece) <= from + size);
  if (at.in !== 'stack' || parts.length === 0 || parts.length < arrived.length)
    throw differs(`${what} travels in other pieces`);
  for (const part of parts) {
    const to = placeOf(at, 'out', part.from - from);
    transfers.push({ from: placeOf(part.at, 'in'), to, size: part.size, extend: 'none' });
  }
}

function pieceAt(pieces: readonly Piece[], from: number): Piece | undefined {
  for (const piece of pieces) if (piece.from === from) return piece;
  return undefined;
}

const end = ({ from, size }: Piece): number => from + size;

/** Of a piece that arrived in two registers, the one of the file that the target wants it in. */
function sourceOf({ at, also }: Piece, to: Location): Register | Addr {
  const isCloser = also !== null && to.in === 'register' && also.file === to.register.file;
  return isCloser ? also : placeOf(at, 'in');
}

/** A result goes to the call frame from registers: one in memory would have to be copied there. */
export function checkStorable({ ret: { placement } }: CallLayout): void {
  if (placement.mode === 'hidden') throw needsMemory('the result is in memory, and goes to the call frame');
}

function checkSizes(from: Passed<unknown>, to: Passed<unknown>, what: string): void {
  if (from.size === to.size) return;
  const [small, large] = from.size < to.size ? [from, to] : [to, from];
  throw differs(`${what} has ${small.size} bytes for one side, and ${large.size} for the other`);
}

const differs = (why: string): InterfixError => unsupported('adapter-pieces', `no adapter: ${why}`);
const needsMemory = (why: string): InterfixError => unsupported('adapter-memory', `no adapter: ${why}`);
