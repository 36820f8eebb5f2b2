// Moving n bytes between registers and memory: which instructions, for every n and extension. Exactly n bytes are read
// or written; a value of 3 bytes may end at the end of a page. Nothing has to be aligned: A64 loads and stores of
// normal memory take any address (Arm ARM B2, Alignment support).

import type { Extend } from '../../abi/call-layout.ts';
import { assert } from '../../errors.ts';
import { sp, v } from '../../isa/aarch64.ts';
import type { Register } from '../../isa/register.ts';
import type { Assembler, BasedMem } from './assembler.ts';
import * as A64 from './encoding.ts';
import { destination, far, source, through } from './places.ts';
import type { Row } from './row.ts';

/** The two forms of a load or store: a scaled offset upward, and any small offset. */
interface Forms {
  readonly scaled: Row;
  readonly unscaled: Row;
}

const forms = (scaled: Row, unscaled: Row): Forms => ({ scaled, unscaled });

/** What fills a general register, and clears or extends the rest of its 32 bits. */
const gprLoads: ReadonlyMap<number, Readonly<Record<'sign' | 'zero', Forms>>> = new Map([
  [1, { sign: forms(A64.ldrsbW, A64.ldursbW), zero: forms(A64.ldrbW, A64.ldurbW) }],
  [2, { sign: forms(A64.ldrshW, A64.ldurshW), zero: forms(A64.ldrhW, A64.ldurhW) }],
  [4, { sign: forms(A64.ldrW, A64.ldurW), zero: forms(A64.ldrW, A64.ldurW) }],
  [8, { sign: forms(A64.ldrX, A64.ldurX), zero: forms(A64.ldrX, A64.ldurX) }],
]);
const gprStores: ReadonlyMap<number, Forms> = new Map([
  [1, forms(A64.strbW, A64.sturbW)],
  [2, forms(A64.strhW, A64.sturhW)],
  [4, forms(A64.strW, A64.sturW)],
  [8, forms(A64.strX, A64.sturX)],
]);
const vecLoads: ReadonlyMap<number, Forms> = new Map([
  [2, forms(A64.ldrH, A64.ldurH)],
  [4, forms(A64.ldrS, A64.ldurS)],
  [8, forms(A64.ldrD, A64.ldurD)],
  [16, forms(A64.ldrQ, A64.ldurQ)],
]);
const vecStores: ReadonlyMap<number, Forms> = new Map([
  [2, forms(A64.strH, A64.sturH)],
  [4, forms(A64.strS, A64.sturS)],
  [8, forms(A64.strD, A64.sturD)],
  [16, forms(A64.strQ, A64.sturQ)],
]);

function formsOf<T>(table: ReadonlyMap<number, T>, size: number): T {
  const found = table.get(size);
  if (found === undefined) assert(false, `an instruction that moves ${size} bytes`);
  return found;
}

/** `size` bytes moved by one instruction, `offset` bytes into a value. */
interface Chunk {
  readonly offset: number;
  readonly size: number;
}

/** The sizes of one load or store, the largest first: a pair of q registers moves 32 bytes. */
const PAIR_BYTES = 32;
const Q_BYTES = 16;
const X_BYTES = 8;

/**
 * `size` bytes as powers of two, the largest at the lowest address. What then remains is moved by one chunk that ends
 * where the value ends, and overlaps the chunk before it: 7 → [0..4) [3..7), 12 → [0..8) [8..12). Pairs do not overlap,
 * because their offset is a multiple of 16.
 */
function chunksOf(size: number, widest: number): Chunk[] {
  const chunks: Chunk[] = [];
  for (let offset = 0, width = widest; offset < size; ) {
    const rest = size - offset;
    if (width <= rest) {
      chunks.push({ offset, size: width });
      offset += width;
    } else if (offset > 0 && width <= Q_BYTES && width / 2 < rest) {
      chunks.push({ offset: size - width, size: width });
      offset = size;
    } else width /= 2;
  }
  return chunks;
}

/** Whether one instruction reaches `disp`: scaled and unsigned, or a signed byte and a bit (Arm ARM C1.3.3). */
function reaches(disp: number, size: number): boolean {
  if (size === PAIR_BYTES) return disp % Q_BYTES === 0 && disp >= -1024 && disp <= 1008;
  return isScaled(disp, size) || (disp >= -256 && disp <= 255);
}

const isScaled = (disp: number, size: number): boolean => disp % size === 0 && disp >= 0 && disp <= 4095 * size;

/**
 * The same memory, addressed so that every chunk is in reach of an offset. If it is not from where it is, its address
 * goes to `scratch`; whole, or all but its low 12 bits.
 */
function inReach(mem: BasedMem, chunks: readonly Chunk[], scratch: Register, asm: Assembler): BasedMem {
  const fits = (disp: number): boolean => chunks.every(({ offset, size }) => reaches(disp + offset, size));
  if (fits(mem.disp)) return mem;
  assert(mem.disp > 0, 'a plan has no negative offsets');
  const low = mem.disp % 4096;
  if (mem.disp < 2 ** 24 && fits(low)) {
    address(scratch, { base: mem.base, disp: mem.disp - low }, asm);
    return { base: scratch, disp: low };
  }
  address(scratch, mem, asm);
  return { base: scratch, disp: 0 };
}

/** One chunk between a register and memory in reach. */
function move({ scaled, unscaled }: Forms, register: Register, mem: BasedMem, chunk: Chunk, asm: Assembler): void {
  const disp = mem.disp + chunk.offset;
  asm.op(isScaled(disp, chunk.size) ? scaled : unscaled, register, mem.base, disp);
}

export function load(to: Register, from: BasedMem, size: number, extend: Extend, asm: Assembler): void {
  const isVec = to.file === 'vec';
  const chunks = isVec ? [{ offset: 0, size }] : chunksOf(size, X_BYTES);
  const mem = inReach(from, chunks, far, asm);
  const [low, high] = chunks;
  assert(low !== undefined, 'a load has bytes');
  const fill = extend === 'sign' ? 'sign' : 'zero';
  move(isVec ? formsOf(vecLoads, size) : formsOf(gprLoads, low.size)[fill], to, mem, low, asm);
  if (high === undefined) return;
  // 3, 5, 6 or 7 bytes: the upper part is merged in. Where the chunks overlap they hold the same bits.
  assert(to !== mem.base, 'the address of the value survives its first part');
  move(formsOf(gprLoads, high.size).zero, through, mem, high, asm);
  asm.op(A64.orrLsl, to, to, through, 8 * high.offset);
}

/** Of a general register only the bytes not yet stored are kept: it is shifted down as it empties. */
export function store(from: Register, to: BasedMem, size: number, asm: Assembler): void {
  const isVec = from.file === 'vec';
  const chunks = isVec ? [{ offset: 0, size }] : chunksOf(size, X_BYTES);
  const mem = inReach(to, chunks, far, asm);
  for (const chunk of chunks) {
    if (chunk.offset > 0) asm.op(A64.lsrI, from, from, 8 * chunk.offset);
    move(formsOf(isVec ? vecStores : gprStores, chunk.size), from, mem, chunk, asm);
  }
}

/** Larger copies are made by a loop. Unrolled, the code would be half as long as the data. */
export const MAX_UNROLLED_COPY = 64;

/** Memory to memory, through x10, v16 and v17. */
export function copy(from: BasedMem, to: BasedMem, size: number, extend: Extend, asm: Assembler): void {
  if (size > MAX_UNROLLED_COPY) return copyLarge(from, to, size, asm);
  if (extend !== 'none' && size < 4) {
    load(through, from, size, extend, asm);
    return store(through, to, 4, asm);
  }
  const chunks = chunksOf(size, PAIR_BYTES);
  copyChunks(inReach(from, chunks, source, asm), inReach(to, chunks, destination, asm), chunks, asm);
}

function copyChunks(from: BasedMem, to: BasedMem, chunks: readonly Chunk[], asm: Assembler): void {
  for (const chunk of chunks) {
    const { offset, size } = chunk;
    if (size === PAIR_BYTES) {
      asm.op(A64.ldpQ, v(16), v(17), from.base, from.disp + offset);
      asm.op(A64.stpQ, v(16), v(17), to.base, to.disp + offset);
    } else if (size === Q_BYTES) {
      move(formsOf(vecLoads, size), v(16), from, chunk, asm);
      move(formsOf(vecStores, size), v(16), to, chunk, asm);
    } else {
      move(formsOf(gprLoads, size).zero, through, from, chunk, asm);
      move(formsOf(gprStores, size), through, to, chunk, asm);
    }
  }
}

/** 32 bytes a round. What remains ends where the value ends, and may overlap what the last round moved. */
function copyLarge(from: BasedMem, to: BasedMem, size: number, asm: Assembler): void {
  const rest = size % PAIR_BYTES;
  address(source, from, asm);
  address(destination, to, asm);
  loop(Math.floor(size / PAIR_BYTES), asm, () => {
    asm.op(A64.ldpPostQ, v(16), v(17), source, PAIR_BYTES);
    asm.op(A64.stpPostQ, v(16), v(17), destination, PAIR_BYTES);
  });
  const last = rest === 0 ? [] : [{ offset: rest - Q_BYTES, size: Q_BYTES }];
  const chunks = rest > Q_BYTES ? [{ offset: 0, size: Q_BYTES }, ...last] : last;
  copyChunks({ base: source, disp: 0 }, { base: destination, disp: 0 }, chunks, asm);
}

/** The body that often, at least once. More than once is counted in x16, which the body leaves alone. */
export function loop(times: number, asm: Assembler, body: () => void): void {
  if (times === 1) return body();
  constant(far, times, asm);
  const again = asm.offset;
  body();
  asm.op(A64.subsI, far, far, 1);
  asm.branch(A64.bNe, again);
}

/** register := a number of 32 bits. */
export function constant(to: Register, value: number, asm: Assembler): void {
  assert(Number.isInteger(value) && value >= 0 && value < 2 ** 32, 'a constant has 32 bits');
  asm.op(A64.movI, to, value % 0x10000);
  if (value >= 0x10000) asm.op(A64.movkI16, to, Math.floor(value / 0x10000));
}

/** register := the address itself; no instruction if it is there already. */
export function address(to: Register, { base, disp }: BasedMem, asm: Assembler): void {
  const distance = Math.abs(disp);
  const [small, shifted, whole] = disp < 0 ? [A64.subI, A64.subI12, A64.subX] : [A64.addI, A64.addI12, A64.addX];
  if (disp === 0) {
    if (base !== to) asm.op(base === sp || to === sp ? A64.movSp : A64.movX, to, base);
  } else if (distance >= 2 ** 24) {
    constant(far, distance, asm);
    asm.op(whole, to, base, far);
  } else {
    const high = Math.floor(distance / 4096);
    const low = distance % 4096;
    if (high > 0) asm.op(shifted, to, base, high);
    if (low > 0) asm.op(small, to, high > 0 ? to : base, low);
  }
}
