// Moving n bytes between registers and memory: which instructions, for every n and extension. Exactly n bytes are read
// or written; a value of 3 bytes may end at the end of a page.

import type { Extend } from '../../abi/call-layout.ts';
import { assert } from '../../errors.ts';
import type { Register } from '../../isa/register.ts';
import { r9, rax, rcx, rdi, rsi } from '../../isa/x64.ts';
import type { Assembler, BasedMem } from './assembler.ts';
import * as X64 from './encoding.ts';
import { MAX_UNROLLED_COPY } from './places.ts';
import type { Row } from './row.ts';

const at = (mem: BasedMem, offset: number): BasedMem => ({ base: mem.base, disp: mem.disp + offset });

/** The instruction that fills a register from memory and clears or extends the rest of its 32 bits. */
const gprLoads: ReadonlyMap<number, Readonly<Record<Extend, Row>>> = new Map([
  [1, { sign: X64.movsxRM8, zero: X64.movzxRM8, none: X64.movzxRM8 }],
  [2, { sign: X64.movsxRM16, zero: X64.movzxRM16, none: X64.movzxRM16 }],
  [4, { sign: X64.movRM32, zero: X64.movRM32, none: X64.movRM32 }],
  [8, { sign: X64.movRM64, zero: X64.movRM64, none: X64.movRM64 }],
]);
/** The instruction that replaces the low bytes of a register and keeps the rest. */
const gprMerges: ReadonlyMap<number, Row> = new Map([
  [1, X64.movRM8],
  [2, X64.movRM16],
]);
const gprStores: ReadonlyMap<number, Row> = new Map([
  [1, X64.movMR8],
  [2, X64.movMR16],
  [4, X64.movMR32],
  [8, X64.movMR64],
]);
const vecLoads: ReadonlyMap<number, Row> = new Map([
  [4, X64.movssRM],
  [8, X64.movsdRM],
]);
const vecStores: ReadonlyMap<number, Row> = new Map([
  [4, X64.movssMR],
  [8, X64.movsdMR],
]);

function rowOf<T>(rows: ReadonlyMap<number, T>, size: number): T {
  const row = rows.get(size);
  assert(row !== undefined, `an instruction that moves ${size} bytes`);
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
  if (to.file === 'vec') return asm.rm(rowOf(vecLoads, size), to, from);
  const whole = gprLoads.get(size);
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

/** Of a general register only the bytes not yet stored are kept: it is shifted down as it empties. */
export function store(from: Register, to: BasedMem, size: number, asm: Assembler): void {
  if (from.file === 'vec') return asm.rm(rowOf(vecStores, size), from, to);
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
export function copy(from: BasedMem, to: BasedMem, size: number, extend: Extend, asm: Assembler): void {
  if (size > MAX_UNROLLED_COPY) return copyLarge(from, to, size, asm);
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
