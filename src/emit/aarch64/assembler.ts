// Rows and operands → words of 32 bits. Every operand is checked against its field; nothing is masked off.

import { assert, assertOf } from '../../errors.ts';
import { sp, x, xzr } from '../../isa/aarch64.ts';
import type { Register } from '../../isa/register.ts';
import type { SymbolName } from '../../plan/step.ts';
import { CodeBuffer } from '../code-buffer.ts';
import type { ImageSymbol } from '../code-image.ts';
import { literalOf } from '../literals.ts';
import type { TracedInstruction } from '../lowering.ts';
import * as A64 from './encoding.ts';
import { type Operand, type Row, UDF } from './row.ts';
import { instructionText, type Value } from './text.ts';

/** `[base, #disp]` */
export interface BasedMem {
  readonly base: Register;
  readonly disp: number;
}

/** An instruction that needs the distance to a literal. */
interface Fixup {
  readonly at: number;
  /** Where the distance counts from. */
  readonly from: number;
  readonly row: Row;
  readonly register: Register;
  readonly symbol: SymbolName;
  /** The immediate, given the distance. */
  readonly immediate: (distance: number) => number;
  /** The line of the trace that shows the immediate, or -1. */
  readonly line: number;
}

const WHOLE = (distance: number): number => distance;
const LOW_HALF = (distance: number): number => distance % 0x10000;
const HIGH_HALF = (distance: number): number => Math.floor(distance / 0x10000);

export class Assembler {
  readonly #buffer = new CodeBuffer();
  readonly #fixups: Fixup[] = [];
  readonly #trace: TracedInstruction[] | null;
  readonly #farLiterals: boolean;

  /**
   * With a `trace`, every instruction is also written there as text. `farLiterals`: the code may be longer than the
   * mebibyte that an `ldr` reaches from the program counter.
   */
  constructor(trace: TracedInstruction[] | null = null, farLiterals = false) {
    this.#trace = trace;
    this.#farLiterals = farLiterals;
  }

  get offset(): number {
    return this.#buffer.length;
  }

  get needsLiterals(): boolean {
    return this.#fixups.length > 0;
  }

  /** An instruction; its operands in the order of its text. A label is a distance from the instruction itself. */
  op(row: Row, ...operands: readonly (Register | number)[]): void {
    this.#emit(row, operands, operands);
  }

  /** A branch to an offset that `offset` gave. */
  branch(row: Row, to: number): void {
    this.op(row, to - this.#buffer.length);
  }

  /** register := the literal of a symbol. Changes x17 too, if literals are far. */
  literal(register: Register, symbol: SymbolName): void {
    if (!this.#farLiterals) return this.#later(A64.ldrLiteral, register, symbol, this.offset, WHOLE);
    const from = this.offset;
    this.op(A64.adr, x(17), 0);
    this.#later(A64.movI, register, symbol, from, LOW_HALF);
    this.#later(A64.movkI16, register, symbol, from, HIGH_HALF);
    this.op(A64.ldrIndexed, register, x(17), register);
  }

  /** Fills up to the alignment with words that trap. */
  align(align: number): void {
    while (this.#buffer.length % align !== 0) this.#buffer.u32(UDF);
  }

  /** Appends an 8-byte literal per symbol in use, in order of first use, and points the code at them. */
  literals(): ImageSymbol[] {
    const symbols: ImageSymbol[] = [];
    for (const { at, from, row, register, symbol, immediate, line } of this.#fixups) {
      const literal = literalOf(symbol, symbols, this.#buffer);
      const operands = [register, immediate(literal.offset - from)];
      this.#buffer.patch32(at, encoded(row, operands));
      if (this.#trace !== null && line >= 0) {
        this.#trace[line] = { offset: at, text: instructionText(row, operands) };
      }
    }
    return symbols;
  }

  /** The code. The assembler is empty then. */
  take(): Uint8Array {
    return this.#buffer.take();
  }

  /** An instruction whose immediate is filled in by `literals`. */
  #later(row: Row, register: Register, symbol: SymbolName, from: number, immediate: Fixup['immediate']): void {
    const line = row === A64.ldrLiteral ? -1 : (this.#trace?.length ?? -1); // `ldr x16, target` says it all
    this.#fixups.push({ at: this.offset, from, row, register, symbol, immediate, line });
    this.#emit(row, [register, 0], [register, symbol]);
  }

  #emit(row: Row, operands: readonly (Register | number)[], shown: readonly Value[]): void {
    this.#trace?.push({ offset: this.#buffer.length, text: instructionText(row, shown) });
    this.#buffer.u32(encoded(row, operands));
  }
}

function encoded({ bits, mnemonic, operands }: Row, values: readonly (Register | number)[]): number {
  assertOf(mnemonic, values.length === operands.length, 'has its operands');
  let word = bits;
  operands.forEach((operand, index) => {
    const value = values[index];
    assertOf(mnemonic, value !== undefined, 'has its operands');
    word |= fieldOf(operand, value, mnemonic) << operand.shift;
  });
  return word;
}

/** The bits of one operand, not yet shifted to their place. */
function fieldOf(operand: Operand, value: Register | number, mnemonic: string): number {
  if (operand.kind === 'register') {
    assertOf(mnemonic, typeof value !== 'number' && isOf(value, operand), 'takes a register of that view');
    return value.code;
  }
  assertOf(mnemonic, typeof value === 'number', 'takes a number');
  if (operand.kind === 'mask') return alignmentMask(value);
  const { width, signed, scale } = operand;
  const stored = value / scale;
  const values = 1 << width;
  const least = signed ? -values / 2 : 0;
  const fits = Number.isInteger(stored) && stored >= least && stored < least + values;
  assertOf(mnemonic, fits, 'takes a number that fits its field');
  return stored < 0 ? stored + values : stored;
}

function isOf(register: Register, { view, allowsSp }: Extract<Operand, { kind: 'register' }>): boolean {
  if (register.isa !== 'aarch64') return false;
  if (register.file === 'vec') return 'HSDQV'.includes(view);
  if (!'XW'.includes(view) || register.file !== 'gpr') return false;
  return register === sp ? allowsSp : register !== xzr || !allowsSp;
}

/**
 * N:immr:imms of a mask that clears low bits, given as the power of two that it rounds down to, negative: -32 clears five.
 * A run of `ones` is stored as ones - 1 and rotated right by `ones`, to the top (Arm ARM, DecodeBitMasks).
 */
function alignmentMask(value: number): number {
  const cleared = Math.log2(-value);
  assert(
    Number.isInteger(cleared) && cleared >= 1 && cleared <= 52,
    'a mask is a negative power of two, exact as a number',
  );
  const ones = 64 - cleared;
  return (1 << 12) | (ones << 6) | (ones - 1);
}
