// Rows and operands → bytes, one method per operand shape. Prefix, REX, opcode, ModRM, SIB, displacement and immediate
// are put in order in one place.
//
//   prefix │ REX 0100WRXB │ opcode … │ ModRM mod reg rm │ SIB scale index base │ disp8/32 │ imm        SDM vol. 2, 2.1
//   VEX or EVEX             │ opcode   │ …

import { assert, assertOf } from '../../errors.ts';
import type { Register } from '../../isa/register.ts';
import type { SymbolName } from '../../plan/step.ts';
import { CodeBuffer } from '../code-buffer.ts';
import type { ImageSymbol } from '../code-image.ts';
import { literalOf } from '../literals.ts';
import type { TracedInstruction } from '../lowering.ts';
import { isMem, type Mem } from './mem.ts';
import { writePrefixes } from './prefixes.ts';
import { INT3, type Row } from './row.ts';
import { instructionText } from './text.ts';

interface Fixup {
  /** Where the disp32 stands. */
  readonly at: number;
  /** End of the instruction: what rip holds when it executes (SDM 2.2.1.6). */
  readonly end: number;
  readonly symbol: SymbolName;
}

export class Assembler {
  readonly #buffer = new CodeBuffer();
  readonly #fixups: Fixup[] = [];
  readonly #trace: TracedInstruction[] | null;

  /** With a `trace`, every instruction is also written there as text. */
  constructor(trace: TracedInstruction[] | null = null) {
    this.#trace = trace;
  }

  get offset(): number {
    return this.#buffer.length;
  }

  get needsLiterals(): boolean {
    return this.#fixups.length > 0;
  }

  /** An instruction without operands. */
  none(row: Row): void {
    this.#emit(row, null, null, null);
  }

  /** One register: in the opcode byte, or in ModRM.rm beside a digit. */
  r(row: Row, register: Register): void {
    if (row.plusRegister) this.#emit(row, register, null, null);
    else this.#emit(row, null, register, null);
  }

  /** One register and an immediate. */
  ri(row: Row, register: Register, imm: number): void {
    if (row.plusRegister) this.#emit(row, register, null, imm);
    else this.#emit(row, null, register, imm);
  }

  /** Two registers; `reg` goes to ModRM.reg and `rm` to ModRM.rm, whatever their order in the text. */
  rr(row: Row, reg: Register, rm: Register): void {
    this.#emit(row, reg, rm, null);
  }

  /** A register and memory: a load or a store, as the row says. */
  rm(row: Row, reg: Register, mem: Mem): void {
    this.#emit(row, reg, mem, null);
  }

  /** A register, a register or memory, and an immediate. */
  rmi(row: Row, reg: Register, rm: Register | Mem, imm: number): void {
    this.#emit(row, reg, rm, imm);
  }

  /** Memory alone, beside a digit. */
  m(row: Row, mem: Mem): void {
    this.#emit(row, null, mem, null);
  }

  /** Memory and an immediate. */
  mi(row: Row, mem: Mem, imm: number): void {
    this.#emit(row, null, mem, imm);
  }

  /** A jump back to an offset that `offset` gave. The distance counts from the end of the jump (SDM, Jcc). */
  jump(row: Row, to: number): void {
    this.#emit(row, null, null, to - (this.#buffer.length + row.leadingOpcode.length + 1 + row.immediate));
  }

  /** Fills with int3 up to the alignment. */
  align(align: number): void {
    this.#buffer.align(align, INT3);
  }

  /** Appends an 8-byte literal per symbol in use, in order of first use, and points the code at them. */
  literals(): ImageSymbol[] {
    const symbols: ImageSymbol[] = [];
    for (const { at, end, symbol } of this.#fixups) {
      const literal = literalOf(symbol, symbols, this.#buffer);
      this.#buffer.patch32(at, literal.offset - end);
    }
    return symbols;
  }

  /** The code. The assembler is empty then. */
  take(): Uint8Array {
    return this.#buffer.take();
  }

  #emit(row: Row, reg: Register | null, rm: Register | Mem | null, imm: number | null): void {
    const buffer = this.#buffer;
    this.#trace?.push({ offset: buffer.length, text: instructionText(row, reg, rm, imm) });
    writePrefixes(row, reg, rm, buffer);
    for (const byte of row.leadingOpcode) buffer.u8(byte);
    buffer.u8(row.plusRegister && reg !== null ? row.lastOpcode + (reg.code & 7) : row.lastOpcode);
    if (row.modrm !== null) {
      assertOf(row.mnemonic, rm !== null && (row.modrm !== 'r' || reg !== null), 'has its operands');
      assertOf(row.mnemonic, isMem(rm) ? row.rm.memory : row.rm.register, 'takes that kind of operand there');
      this.#modrm(row.modrm === 'r' && reg !== null ? reg.code & 7 : Number(row.modrm), rm, row);
    }
    this.#immediate(row, imm);
  }

  /** ModRM, SIB and displacement: SDM vol. 2, tables 2-2 and 2-3. */
  #modrm(field: number, rm: Register | Mem, { immediate, dispScale }: Row): void {
    const buffer = this.#buffer;
    if (!isMem(rm)) return buffer.u8(0xc0 | (field << 3) | (rm.code & 7));
    if ('symbol' in rm) {
      buffer.u8((field << 3) | 5); // mod 00, rm 101: [rip + disp32]
      const at = buffer.length;
      buffer.u32(0);
      this.#fixups.push({ at, end: at + 4 + immediate, symbol: rm.symbol });
      return;
    }
    const { base, disp } = rm;
    const low = base.code & 7;
    // rbp and r13 have no form without displacement: mod 00 with rm 101 means rip.
    const disp8 = disp / dispScale;
    const mod = disp === 0 && low !== 5 ? 0 : Number.isInteger(disp8) && disp8 >= -128 && disp8 <= 127 ? 1 : 2;
    buffer.u8((mod << 6) | (field << 3) | low);
    if (low === 4) buffer.u8(0x24); // rsp and r12: rm 100 means SIB; base alone, no index
    if (mod === 1) buffer.u8(disp8 & 0xff);
    if (mod === 2) {
      assert(disp >= -0x80000000 && disp <= 0x7fffffff, 'a displacement has 32 signed bits');
      buffer.u32(disp);
    }
  }

  #immediate(row: Row, imm: number | null): void {
    if (row.immediate === 0) return assertOf(row.mnemonic, imm === null, 'takes no immediate');
    assertOf(row.mnemonic, imm !== null, 'takes an immediate');
    if (row.immediate === 1) {
      assertOf(row.mnemonic, imm >= -128 && imm <= 127, 'takes an imm8');
      return this.#buffer.u8(imm & 0xff);
    }
    assert(row.immediate === 4, 'the rows have immediates of 1 and 4 bytes');
    // imm32 of a 64-bit operation is sign-extended; that of a 32-bit move is not.
    const max = row.rexW ? 0x7fffffff : 0xffffffff;
    assertOf(row.mnemonic, imm >= -0x80000000 && imm <= max, 'takes an imm32');
    this.#buffer.u32(imm);
  }
}
