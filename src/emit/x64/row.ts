// How a line of SDM vol. 2 is read: the instruction column and the opcode column of one instruction, as data. The row is
// the encoder: assembler.ts reads it, and knows nothing else about the instruction.

import { InterfixError } from '../../errors.ts';

/**
 * An operand as the manual writes it. One with a memory form is the ModRM.rm operand; a register alone is ModRM.reg, or
 * ModRM.rm beside another register alone.
 */
export interface Operand {
  readonly file: 'gpr' | 'vec' | 'none';
  /** Operand size in bits, for registers, memory and immediates. */
  readonly bits: number;
  readonly role: 'reg' | 'rm' | 'imm' | 'rel';
  /** What a ModRM.rm operand may be. */
  readonly takes: { readonly register: boolean; readonly memory: boolean };
}

/** The vector length that a VEX or EVEX prefix gives: L, or L'L (SDM 2.3.6.2, table 2-36). */
export interface VectorPrefix {
  readonly kind: 'vex' | 'evex';
  readonly length: number;
}

export interface Row {
  readonly mnemonic: string;
  readonly operands: readonly Operand[];
  /** Mandatory prefix, or 0. It stands before REX (SDM 2.2.1). */
  readonly prefix: number;
  readonly rexW: boolean;
  /** Null for the legacy encoding. The prefix implies the opcode byte 0F. */
  readonly vector: VectorPrefix | null;
  /** Bytes that a disp8 counts: N of EVEX's compressed displacement (SDM 2.7.5, Full Mem), 1 elsewhere. */
  readonly dispScale: number;
  /** The opcode bytes: all but the last, and the last, to which +rd adds the register. */
  readonly leadingOpcode: readonly number[];
  readonly lastOpcode: number;
  /** What ModRM.rm may be. */
  readonly rm: Operand['takes'];
  /** Whether an operand is a register of 8 bits: some of these need a REX prefix. */
  readonly hasByteRegister: boolean;
  /** `r` for /r, a digit for /digit, null for an instruction without ModRM. */
  readonly modrm: 'r' | number | null;
  /** The register number is added to the last opcode byte (+rb, +rw, +rd, +ro). */
  readonly plusRegister: boolean;
  /** Bytes of immediate (ib, iw, id, io) or of a jump distance (cb, cd). */
  readonly immediate: 0 | 1 | 2 | 4 | 8;
}

const IMMEDIATES: Readonly<Record<string, 1 | 2 | 4 | 8>> = { ib: 1, iw: 2, id: 4, io: 8, cb: 1, cd: 4 };
const PREFIXES: ReadonlySet<string> = new Set(['66', 'F2', 'F3']);
/** The vector lengths in bits, by the value of L or L'L. */
const VECTOR_BITS: readonly string[] = ['128', '256', '512'];
const REGISTER_BITS: Readonly<Record<string, number>> = { xmm: 128, ymm: 256, zmm: 512 };

const NEITHER: Operand['takes'] = { register: false, memory: false };

/** `r/m64`, `xmm/m32`: a register or memory; `m128`: memory alone; `r64`, `ymm`: a register alone. */
function operand(text: string): Operand {
  const bits = REGISTER_BITS[text] ?? Number(/\d+/.exec(text)?.[0] ?? '0');
  const memory = /\/m|^m/.test(text);
  const takes = { register: !text.startsWith('m'), memory };
  if (text.startsWith('imm')) return { file: 'none', bits, role: 'imm', takes: NEITHER };
  if (text.startsWith('rel')) return { file: 'none', bits, role: 'rel', takes: NEITHER };
  const file = /^[xyz]mm/.test(text) ? 'vec' : takes.register ? 'gpr' : 'none';
  return { file, bits, role: memory ? 'rm' : 'reg', takes };
}

/** Which of two registers alone is ModRM.rm: the one that is read, or the one that is written (SDM vol. 2, 3.1.1.4). */
type Encoding = 'RM' | 'MR';

function operandsOf(text: string, encoding: Encoding): readonly Operand[] {
  const operands = text === '' ? [] : text.split(', ').map(operand);
  const [first, second, ...rest] = operands;
  if (first?.role !== 'reg' || second?.role !== 'reg') return operands;
  if (encoding === 'MR') return [{ ...first, role: 'rm' }, second, ...rest];
  return [first, { ...second, role: 'rm' }, ...rest];
}

/** `VEX.256.0F.WIG`, `EVEX.512.0F.W0`; W is 0 where it is ignored. */
function vectorPrefix(token: string): VectorPrefix | null {
  const [, evex, bits = ''] = /^(E?)VEX\.(128|256|512)\.0F\.(?:WIG|W0)$/.exec(token) ?? [];
  if (evex === undefined) return null;
  return { kind: evex === 'E' ? 'evex' : 'vex', length: VECTOR_BITS.indexOf(bits) };
}

/** Reads one line of the manual: `row('mov r64, r/m64', 'REX.W 8B /r')`. NP (no prefix) is said, and encodes nothing. */
export function row(instruction: string, opcodeColumn: string, encoding: Encoding = 'RM'): Row {
  const [, mnemonic = '', operandText = ''] = /^((?:rep )?\w+) ?(.*)$/.exec(instruction) ?? [];
  const parsed = { prefix: 0, rexW: false, plusRegister: false };
  const opcode: number[] = [];
  let modrm: Row['modrm'] = null;
  let immediate: Row['immediate'] = 0;
  let vector: VectorPrefix | null = null;
  for (const token of opcodeColumn.split(' ')) {
    const width = IMMEDIATES[token];
    if (token === 'NP') continue;
    else if (token === 'REX.W') parsed.rexW = true;
    else if (token === '/r') modrm = 'r';
    else if (/^\/[0-7]$/.test(token)) modrm = Number(token[1]);
    else if (/^\+r[bwdo]$/.test(token)) parsed.plusRegister = true;
    else if (width !== undefined) immediate = width;
    else if (PREFIXES.has(token) && opcode.length === 0 && parsed.prefix === 0)
      parsed.prefix = Number.parseInt(token, 16);
    else if (/^[0-9A-F]{2}$/.test(token)) opcode.push(Number.parseInt(token, 16));
    else {
      vector = vectorPrefix(token);
      if (vector === null) throw new InterfixError('ERR_INTERNAL', `'${token}' in the row of ${instruction}`);
    }
  }
  const operands = operandsOf(operandText, encoding);
  const rm = operands.find(({ role }) => role === 'rm')?.takes ?? NEITHER;
  const hasByteRegister = operands.some(({ file, bits }) => file === 'gpr' && bits === 8);
  const [lastOpcode = 0] = opcode.slice(-1);
  const opcodes = { leadingOpcode: opcode.slice(0, -1), lastOpcode };
  const vectors = { vector, dispScale: vector?.kind === 'evex' ? 16 << vector.length : 1 };
  return Object.freeze({
    mnemonic,
    operands,
    ...opcodes,
    rm,
    hasByteRegister,
    modrm,
    immediate,
    ...parsed,
    ...vectors,
  });
}

/** One byte that traps: fills what is never executed. */
export const INT3 = 0xcc;
