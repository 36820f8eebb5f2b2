// Moving n bytes between registers and memory: which instructions, for every n and extension. Exactly n bytes are read
// or written; a value of 3 bytes may end at the end of a page.

import type { Extend } from '../../abi/call-layout.ts';
import { assert } from '../../errors.ts';
import type { Register } from '../../isa/register.ts';
import { r9, r10, r11, rax, rcx, rdi, rsi } from '../../isa/x64.ts';
import type { Assembler } from './assembler.ts';
import * as X64 from './encoding.ts';
import type { BasedMem } from './mem.ts';
import type { Row } from './row.ts';

/** Larger copies are made by `rep movsb`: unrolled they would need 8 bytes of code for 8 bytes of data. */
export const MAX_UNROLLED_COPY = 64;

const at = (mem: BasedMem, offset: number): BasedMem => ({ base: mem.base, disp: mem.disp + offset });

/** By the number of bytes that one instruction moves. */
type BySize<T> = Readonly<Partial<Record<number, T>>>;

/** The instruction that fills a register from memory and clears or extends the rest of its 32 bits. */
const gprLoads: BySize<Readonly<Record<Extend, Row>>> = {
  1: { sign: X64.movsxRM8, zero: X64.movzxRM8, none: X64.movzxRM8 },
  2: { sign: X64.movsxRM16, zero: X64.movzxRM16, none: X64.movzxRM16 },
  4: { sign: X64.movRM32, zero: X64.movRM32, none: X64.movRM32 },
  8: { sign: X64.movRM64, zero: X64.movRM64, none: X64.movRM64 },
};
/** Whether one instruction fills the register: one that may then be its own base. */
export const isWholeLoad = ({ file }: Register, size: number): boolean =>
  file === 'gpr' && gprLoads[size] !== undefined;

/** The instruction that replaces the low bytes of a register and keeps the rest. */
const gprMerges: BySize<Row> = { 1: X64.movRM8, 2: X64.movRM16 };
const gprStores: BySize<Row> = { 1: X64.movMR8, 2: X64.movMR16, 4: X64.movMR32, 8: X64.movMR64 };
const vecLoads: BySize<Row> = {
  4: X64.movssRM,
  8: X64.movsdRM,
  16: X64.movupsRM,
  32: X64.vmovupsRM256,
  64: X64.vmovupsRM512,
};
const vecStores: BySize<Row> = {
  4: X64.movssMR,
  8: X64.movsdMR,
  16: X64.movupsMR,
  32: X64.vmovupsMR256,
  64: X64.vmovupsMR512,
};

function rowOf<T>(rows: BySize<T>, size: number): T {
  const row = rows[size];
  if (row === undefined) assert(false, `an instruction that moves ${size} bytes`);
  return row;
}

/** `size` bytes split into powers of two, the largest at the lowest address: 7 → 4 + 2 + 1. */
export function chunksOf(size: number): { readonly offset: number; readonly size: number }[] {
  const chunks: { readonly offset: number; readonly size: number }[] = [];
  for (let offset = 0, chunk = 8; offset < size; ) {
    if (offset + chunk > size) chunk /= 2;
    else {
      chunks.push({ offset, size: chunk });
      offset += chunk;
    }
  }
  return chunks;
}

export function load(to: Register, from: BasedMem, size: number, extend: Extend, asm: Assembler): void {
  if (to.file === 'x87') return asm.m(X64.fld, from);
  if (to.file === 'vec') return loadVector(to, from, size, asm);
  const whole = gprLoads[size];
  if (whole !== undefined) return asm.rm(whole[extend], to, from);
  loadOdd(to, from, size, asm);
}

/**
 * 3, 5, 6 or 7 bytes, without a second register: the high bytes first, then shifted up by what is still missing, and
 * the missing low bytes merged in. For 7:  [3..7) → shl 16, [1..3) → shl 8, [0..1).
 */
function loadOdd(to: Register, from: BasedMem, size: number, asm: Assembler): void {
  const [high, ...lower] = chunksOf(size);
  assert(high !== undefined, 'an odd size has chunks');
  let missing = size - high.size;
  asm.rm(rowOf(gprLoads, high.size).none, to, at(from, missing));
  for (const chunk of lower) {
    missing -= chunk.size;
    asm.ri(X64.shlMI64, to, 8 * chunk.size);
    asm.rm(rowOf(gprMerges, chunk.size), to, at(from, missing));
  }
}

/**
 * Between registers: the bytes above `size` may be anything, so that as many are moved as it takes the shortest
 * instruction for. A vector register is moved whole: writing a part of one would wait for the rest of it.
 */
export function move(to: Register, from: Register, size: number, extend: Extend, asm: Assembler): void {
  const row = size <= 16 ? X64.movapsRM : rowOf(vecLoads, size);
  if (from.file === 'vec' && to.file === 'vec') return asm.rr(row, to, from);
  assert(size <= 8, 'a size that a general register holds');
  if (to.file === 'vec') return asm.rr(size <= 4 ? X64.movdRM : X64.movqRM, to, from);
  if (from.file === 'vec') return asm.rr(size <= 4 ? X64.movdMR : X64.movqMR, from, to);
  if (size > 4) return asm.rr(X64.movMR64, from, to);
  if (size === 4 || extend === 'none') return asm.rr(X64.movMR32, from, to);
  asm.rr(rowOf(gprLoads, size)[extend], to, from);
}

/** Without AVX nothing moves 2 bytes alone, or 6: an `_Float16`, or three, take their last word by itself (SSE2). */
const hasLastWord = (size: number): boolean => size === 2 || size === 6;

function loadVector(to: Register, from: BasedMem, size: number, asm: Assembler): void {
  if (!hasLastWord(size)) return asm.rm(rowOf(vecLoads, size), to, from);
  if (size > 2) loadVector(to, from, size - 2, asm);
  asm.rmi(X64.pinsrwRMI, to, at(from, size - 2), (size - 2) / 2);
}

/**
 * The last word goes through r11, which is free at every store: a trampoline that has a target stores behind the call
 * only, r11 carries no result, and no argument of a C function arrives in it (psABI figure 3.4; Microsoft's x64
 * convention, caller/callee saved registers).
 */
function storeVector(from: Register, to: BasedMem, size: number, asm: Assembler): void {
  if (!hasLastWord(size)) return asm.rm(rowOf(vecStores, size), from, to);
  if (size > 2) storeVector(from, to, size - 2, asm);
  asm.rmi(X64.pextrwRMI, r11, from, (size - 2) / 2);
  asm.rm(X64.movMR16, r11, at(to, size - 2));
}

/** Of a general register only the bytes not yet stored are kept: it is shifted down as it empties. */
export function store(from: Register, to: BasedMem, size: number, asm: Assembler): void {
  if (from.file === 'x87') return asm.m(X64.fstp, to);
  if (from.file === 'vec') return storeVector(from, to, size, asm);
  const whole = gprStores[size];
  if (whole !== undefined) return asm.rm(whole, from, to);
  let done = 0;
  for (const chunk of chunksOf(size)) {
    if (chunk.offset > done) asm.ri(X64.shrMI64, from, 8 * (chunk.offset - done));
    done = chunk.offset;
    asm.rm(rowOf(gprStores, chunk.size), from, at(to, chunk.offset));
  }
}

/**
 * Memory to memory, through rax, or through r9 while rax points at the argument; neither holds an argument yet (a plan
 * moves memory first), and no parameter of a trampoline arrives in them.
 */
export function copy(
  from: BasedMem,
  to: BasedMem,
  { size, extend }: { readonly size: number; readonly extend: Extend },
  asm: Assembler,
  largeCopy: LargeCopy,
): void {
  if (size > MAX_UNROLLED_COPY) {
    return largeCopy === 'keeps'
      ? keepingArguments(() => copyLarge(from, to, size, asm), asm)
      : copyLarge(from, to, size, asm);
  }
  const through = from.base === rax ? r9 : rax;
  if (extend !== 'none' && size < 4) {
    load(through, from, size, extend, asm);
    return asm.rm(X64.movMR32, through, to);
  }
  for (const chunk of chunksOf(size)) {
    asm.rm(rowOf(gprLoads, chunk.size).none, through, at(from, chunk.offset));
    asm.rm(rowOf(gprStores, chunk.size), through, at(to, chunk.offset));
  }
}

/** What a large copy does to the registers that `rep movsb` uses. */
export type LargeCopy = 'keeps' | 'clobbers';

/** Of the registers that `rep movsb` uses and those that hold no argument, each with its own. */
const asides: readonly (readonly [Register, Register])[] = [
  [rdi, r10],
  [rsi, r11],
  [rcx, rax],
];

function keepingArguments(body: () => void, asm: Assembler): void {
  for (const [register, aside] of asides) asm.rr(X64.movMR64, register, aside);
  body();
  for (const [register, aside] of asides) asm.rr(X64.movMR64, aside, register);
}

/** The direction flag is clear at every call and return (psABI 3.2.2; Microsoft's x64 convention). */
function copyLarge(from: BasedMem, to: BasedMem, size: number, asm: Assembler): void {
  address(rsi, from, asm);
  address(rdi, to, asm);
  asm.ri(X64.movOI32, rcx, size);
  asm.none(X64.repMovsb);
}

/** register := the address itself; no instruction if it is there already. */
export function address(to: Register, of: BasedMem, asm: Assembler): void {
  if (of.disp !== 0) asm.rm(X64.lea, to, of);
  else if (of.base !== to) asm.rr(X64.movMR64, of.base, to);
}
