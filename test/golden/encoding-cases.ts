// Every row of the x86-64 table with the operands at which encodings change: what the golden file lists.

import { Assembler } from '../../src/emit/x64/assembler.ts';
import * as X64 from '../../src/emit/x64/encoding.ts';
import type { Mem } from '../../src/emit/x64/mem.ts';
import type { Row } from '../../src/emit/x64/row.ts';
import type { Register } from '../../src/isa/register.ts';
import * as x64 from '../../src/isa/x64.ts';
import type { Program } from '../support/assembler.ts';

export interface EncodingCase {
  readonly text: string;
  readonly bytes: Uint8Array;
  /** What an assembler is given: the text, with its form forced where it has a choice. */
  readonly program: Program;
}

type Emit = (asm: Assembler) => void;

const { rax, rcx, rdx, rsp, rbp, rsi, rdi, r8, r12, r13, r15 } = x64;
// rsp and r12 need a SIB, rbp and r13 a displacement; 4 to 7 are spl, bpl, sil, dil at 8 bits; from 8 on REX.
const edgeGprs: readonly Register[] = [rax, rsp, rbp, rsi, rdi, r8, r12, r13, r15];
const edgeXmms: readonly Register[] = [0, 7, 8, 15].map(x64.xmm);

const on = (base: Register, ...disps: readonly number[]): Mem[] => disps.map((disp) => ({ base, disp }));
const edgeMems: readonly Mem[] = [
  ...on(rax, 0, 8, -128, 127, 128, -129, 2 ** 31 - 1, -(2 ** 31)),
  ...[rsp, r12].flatMap((base) => on(base, 0, 8, -128, 127, 128, -(2 ** 31))),
  ...[rbp, r13].flatMap((base) => on(base, 0, 8, -128, 127, 128, 2 ** 31 - 1)),
  ...[rdi, r8, r15].flatMap((base) => on(base, 0, 127)),
  { symbol: 'target' },
];

const SHIFTS = [0, 1, 2, 63, 127, -128];
const IMM8 = [-128, -1, 0, 1, 127];
/** Without the values of imm8: both assemblers take the shorter row for those and cannot be told otherwise. */
const IMM32_BEYOND_IMM8 = [128, -129, 2 ** 31 - 1, -(2 ** 31)];
const IMM32 = [0, 1, 127, 128, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1, -1, -(2 ** 31)];

function immediatesOf(row: Row): readonly number[] {
  if (row.immediate === 1) return row.mnemonic.startsWith('sh') ? SHIFTS : IMM8;
  return row.rexW ? IMM32_BEYOND_IMM8 : IMM32;
}

/** Beside the others: multiples of 64 around the ends of a disp8 that counts 64 bytes, and what is no multiple. */
const memsOf = (row: Row): readonly Mem[] =>
  row.dispScale === 1
    ? edgeMems
    : [...edgeMems, ...[rax, rsp, r13].flatMap((base) => on(base, 64, -64, 63, 65, 8128, 8192, -8192, -8256))];

const rmOf = (row: Row): { readonly register: boolean; readonly memory: boolean } =>
  row.operands.find(({ role }) => role === 'rm')?.takes ?? { register: false, memory: false };

/** The emits of one row, by the shape of its operands. */
function emitsOf(row: Row): Emit[] {
  const [first, second, third] = row.operands;
  if (first === undefined) return [(asm) => asm.none(row)];
  if (first.role === 'rel') return jumps(row);
  if (third !== undefined) return threeOperands(row);
  if (row.immediate !== 0) return withImmediate(row);
  if (second !== undefined) return twoOperands(row);
  if (row.plusRegister)
    return x64.gprs.map(
      (register): Emit =>
        (asm) =>
          asm.r(row, register),
    );
  const takes = rmOf(row);
  return [
    ...(takes.register ? edgeGprs : []).map(
      (register): Emit =>
        (asm) =>
          asm.r(row, register),
    ),
    ...(takes.memory ? memsOf(row) : []).map(
      (mem): Emit =>
        (asm) =>
          asm.m(row, mem),
    ),
  ];
}

/** A register, a register or memory, and the number of a word in the vector register. */
function threeOperands(row: Row): Emit[] {
  const [first, second] = row.operands;
  const firsts = first?.file === 'vec' ? edgeXmms : edgeGprs;
  const seconds: readonly (Register | Mem)[] = second?.file === 'vec' ? edgeXmms : edgeMems;
  const [plain] = firsts.slice(1);
  const [place] = seconds;
  if (plain === undefined || place === undefined) return [];
  return [
    ...firsts.map(
      (edge): Emit =>
        (asm) =>
          asm.rmi(row, edge, place, 2),
    ),
    ...seconds.map(
      (edge): Emit =>
        (asm) =>
          asm.rmi(row, plain, edge, 0),
    ),
    ...[0, 1, 2, 3, 7].map(
      (word): Emit =>
        (asm) =>
          asm.rmi(row, plain, place, word),
    ),
  ];
}

function withImmediate(row: Row): Emit[] {
  // Both assemblers prefer `REX.W 05 id` and `REX.W 2D id`, which have no row here, for rax and a wide immediate.
  const registers = row.immediate === 4 && row.rexW ? edgeGprs.filter((register) => register !== rax) : edgeGprs;
  return [
    ...registers.map(
      (register): Emit =>
        (asm) =>
          asm.ri(row, register, immediatesOf(row)[0] ?? 0),
    ),
    ...immediatesOf(row).map(
      (imm): Emit =>
        (asm) =>
          asm.ri(row, rcx, imm),
    ),
    ...(row.plusRegister
      ? []
      : edgeMems.map(
          (mem): Emit =>
            (asm) =>
              asm.mi(row, mem, immediatesOf(row)[0] ?? 0),
        )),
  ];
}

/** Jumps back to the start over nothing, one byte, and as many as a signed byte reaches; a long one also over more. */
function jumps(row: Row): Emit[] {
  return [0, 1, 13, 126, ...(row.immediate === 4 ? [127, 40_000] : [])].map(
    (distance): Emit =>
      (asm) => {
        for (let index = 0; index < distance; index++) asm.none(X64.ret);
        asm.jump(row, 0);
      },
  );
}

/** Between the files every register of one meets one of the other. */
function twoFiles(row: Row): Emit[] {
  const [reg, rm] = [row.operands.find(({ role }) => role === 'reg'), row.operands.find(({ role }) => role === 'rm')];
  const edgesOf = (file: string | undefined): readonly Register[] => (file === 'vec' ? edgeXmms : edgeGprs);
  return edgesOf(reg?.file).flatMap((one) =>
    edgesOf(rm?.file).map(
      (other): Emit =>
        (asm) =>
          asm.rr(row, one, other),
    ),
  );
}

function twoOperands(row: Row): Emit[] {
  if (row.operands.some(({ file }) => file === 'vec') && row.operands.some(({ file }) => file === 'gpr'))
    return twoFiles(row);
  const isVec = row.operands.some(({ file }) => file === 'vec');
  const takes = rmOf(row);
  const [edges, plain] = isVec ? [edgeXmms, x64.xmm(1)] : [edgeGprs, rdx];
  const emits: Emit[] = [];
  if (takes.register) {
    emits.push(
      ...edges.map(
        (edge): Emit =>
          (asm) =>
            asm.rr(row, edge, plain),
      ),
    );
    emits.push(
      ...edges.map(
        (edge): Emit =>
          (asm) =>
            asm.rr(row, plain, edge),
      ),
    );
    emits.push(
      ...edges.map(
        (edge): Emit =>
          (asm) =>
            asm.rr(row, edge, edge),
      ),
    );
  }
  const takesMemory = takes.memory && row !== X64.xorMR32; // it has the form, and nothing here would use it
  if (takesMemory) {
    emits.push(
      ...edges.map(
        (edge): Emit =>
          (asm) =>
            asm.rm(row, edge, { base: r12, disp: 8 }),
      ),
    );
    emits.push(
      ...memsOf(row).map(
        (mem): Emit =>
          (asm) =>
            asm.rm(row, plain, mem),
      ),
    );
  }
  return emits;
}

/**
 * Between two registers `mov` can be 89 (r/m ← r) or 8B (r ← r/m), and `movss`, `movsd` 10 or 11: both assemblers take
 * 89 and 10. For the other one they are asked by the suffix `.s` ("swapped operands"), which both know.
 */
const swapped: readonly Row[] = [X64.movRM8, X64.movRM16, X64.movRM32, X64.movRM64, X64.movssMR, X64.movsdMR];

function programOf(row: Row, text: string): Program {
  if (swapped.includes(row) && !text.includes('[')) {
    return { lines: [text.replace(row.mnemonic, `${row.mnemonic}.s`)], labels: [] };
  }
  // A high register to be read takes three bytes of VEX; as the written one of the other row, two.
  if (row.vector?.kind === 'vex' && /, ymm(8|15)$/.test(text)) return { lines: [`{vex3} ${text}`], labels: [] };
  // A shift by 1 has the shorter form D1, chosen unless the assembler does not know the number yet.
  const byOne = /^(sh[lr] \w+), 1$/.exec(text);
  if (byOne !== null) return { lines: [`${byOne[1]}, offset one`, 'one = 1'], labels: ['one'] };
  if (!text.includes('[rip')) return { lines: [text], labels: [] };
  return { lines: [text, '.balign 16, 0xcc', 'target: .quad 0'], labels: ['target'] };
}

/** The cases of one row. A case with a symbol has its literal at the next multiple of 16, so the distance shows. */
export function casesOf(row: Row): EncodingCase[] {
  return emitsOf(row).map((emit) => {
    const trace: { readonly offset: number; readonly text: string }[] = [];
    const asm = new Assembler(trace);
    emit(asm);
    if (asm.needsLiterals) {
      asm.align(16);
      asm.literals();
    }
    const { text = '', offset = 0 } = trace.at(-1) ?? {};
    return { text, bytes: asm.take().subarray(offset), program: programOf(row, text) };
  });
}

export const rows: ReadonlyMap<string, Row> = new Map(Object.entries(X64));
