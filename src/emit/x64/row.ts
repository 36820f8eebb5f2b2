// How a line of SDM vol. 2 is read: the instruction column and the opcode column of one instruction, as data. The row is
// the encoder: assembler.ts reads it, and knows nothing else about the instruction.

import { InterfixError } from '../../errors.ts';

/** An operand as the manual writes it. One with a memory form is the ModRM.rm operand; a register alone is ModRM.reg. */
export interface Operand {
  readonly file: 'gpr' | 'vec' | 'none';
  /** Operand size in bits, for registers, memory and immediates. */
  readonly bits: number;
  readonly role: 'reg' | 'rm' | 'imm' | 'rel';
}

export interface Row {
  readonly mnemonic: string;
  readonly operands: readonly Operand[];
  /** Mandatory prefix, or 0. It stands before REX (SDM 2.2.1). */
  readonly prefix: number;
  readonly rexW: boolean;
  /** The opcode bytes: all but the last, and the last, to which +rd adds the register. */
  readonly leadingOpcode: readonly number[];
  readonly lastOpcode: number;
  /** Whether an operand is a register of 8 bits: some of these need a REX prefix. */
  readonly hasByteRegister: boolean;
  /** `r` for /r, a digit for /digit, null for an instruction without ModRM. */
  readonly modrm: 'r' | number | null;
  /** The register number is added to the last opcode byte (+rb, +rw, +rd, +ro). */
  readonly plusRegister: boolean;
  /** Bytes of immediate (ib, iw, id, io) or of a jump distance (cb). */
  readonly immediate: 0 | 1 | 2 | 4 | 8;
}

const IMMEDIATES: Readonly<Record<string, 1 | 2 | 4 | 8>> = { ib: 1, iw: 2, id: 4, io: 8, cb: 1 };
const PREFIXES: ReadonlySet<string> = new Set(['66', 'F2', 'F3']);

function operand(text: string): Operand {
  if (text.startsWith('imm')) return { file: 'none', bits: Number(text.slice(3)), role: 'imm' };
  if (text.startsWith('rel')) return { file: 'none', bits: Number(text.slice(3)), role: 'rel' };
  if (text === 'm') return { file: 'none', bits: 0, role: 'rm' };
  const bits = Number(/\d+$/.exec(text)?.[0] ?? '128');
  const file = text.startsWith('xmm') ? 'vec' : 'gpr';
  return { file, bits, role: text.includes('/') ? 'rm' : 'reg' };
}

/** Reads one line of the manual: `row('mov r64, r/m64', 'REX.W 8B /r')`. */
export function row(instruction: string, opcodeColumn: string): Row {
  const [, mnemonic = '', operandText = ''] = /^((?:rep )?\w+) ?(.*)$/.exec(instruction) ?? [];
  const operands = operandText === '' ? [] : operandText.split(', ').map(operand);
  const parsed = { prefix: 0, rexW: false, plusRegister: false };
  const opcode: number[] = [];
  let modrm: Row['modrm'] = null;
  let immediate: Row['immediate'] = 0;
  for (const token of opcodeColumn.split(' ')) {
    const width = IMMEDIATES[token];
    if (token === 'REX.W') parsed.rexW = true;
    else if (token === '/r') modrm = 'r';
    else if (/^\/[0-7]$/.test(token)) modrm = Number(token[1]);
    else if (/^\+r[bwdo]$/.test(token)) parsed.plusRegister = true;
    else if (width !== undefined) immediate = width;
    else if (PREFIXES.has(token) && opcode.length === 0 && parsed.prefix === 0)
      parsed.prefix = Number.parseInt(token, 16);
    else if (/^[0-9A-F]{2}$/.test(token)) opcode.push(Number.parseInt(token, 16));
    else throw new InterfixError('ERR_INTERNAL', `'${token}' in the row of ${instruction}`);
  }
  const hasByteRegister = operands.some(({ file, bits }) => file === 'gpr' && bits === 8);
  const [lastOpcode = 0] = opcode.slice(-1);
  const opcodes = { leadingOpcode: opcode.slice(0, -1), lastOpcode };
  return Object.freeze({ mnemonic, operands, ...opcodes, hasByteRegister, modrm, immediate, ...parsed });
}

/** One byte that traps: fills what is never executed. */
export const INT3 = 0xcc;
