// How a page of the Arm ARM, chapter C6 or C7, is read: the assembler syntax and the bit diagram of one instruction, as
// data. The row is the encoder: assembler.ts reads it, and knows nothing else about the instruction.
//
//   row('ldr Xt, [Xn|SP, #imm]', '1111100101 imm12*8 Rn Rt')
//
//   31          22 21        10 9    5 4    0
//   ┌─────────────┬────────────┬──────┬──────┐     imm12*8   unsigned, a multiple of 8, stored divided by 8
//   │ 1111100101  │   imm12    │  Rn  │  Rt  │     simm7*16  the same, signed
//   └─────────────┴────────────┴──────┴──────┘     mask      N:immr:imms, 13 bits

import { assert, InterfixError } from '../../errors.ts';

/** Where an operand goes: its bits begin at `shift`. */
export type Operand =
  | {
      readonly kind: 'register';
      readonly shift: number;
      /** The letter of the register's view: X W for general registers, H S D Q V for vector registers. */
      readonly view: string;
      /** Whether number 31 is sp here, and not the zero register (Arm ARM C1.2.5). */
      readonly allowsSp: boolean;
    }
  | {
      readonly kind: 'immediate' | 'label';
      readonly shift: number;
      readonly width: number;
      readonly signed: boolean;
      readonly scale: number;
    }
  | { readonly kind: 'mask'; readonly shift: number };

export interface Row {
  readonly mnemonic: string;
  /** The text round the operands: one more than there are operands. */
  readonly words: readonly string[];
  /** In the order of the text. */
  readonly operands: readonly Operand[];
  /** The fixed bits; those of the operands are zero. */
  readonly bits: number;
}

interface Field {
  readonly name: string;
  readonly width: number;
  readonly shift: number;
}

const REGISTER_BITS = 5;
const MASK_BITS = 13;

function widthOf(token: string): number {
  if (/^[01]+$/.test(token)) return token.length;
  if (/^R[dntm]2?$/.test(token)) return REGISTER_BITS;
  if (token === 'mask') return MASK_BITS;
  return Number(/^s?imm(\d+)(?:\*\d+)?$/.exec(token)?.[1]);
}

/** The fields of a bit diagram, from bit 31 down, and its fixed bits. */
function diagram(text: string): { readonly fields: readonly Field[]; readonly bits: number } {
  const fields: Field[] = [];
  let bits = 0;
  let shift = 32;
  for (const name of text.split(' ')) {
    const width = widthOf(name);
    shift -= width;
    if (/^[01]+$/.test(name)) bits += Number.parseInt(name, 2) * 2 ** shift;
    else fields.push({ name, width, shift });
  }
  if (shift !== 0) throw new InterfixError('ERR_INTERNAL', `'${text}' is not 32 bits`);
  return { fields, bits };
}

function operandOf(word: string, fields: readonly Field[]): Operand {
  const register = /^([A-Z])([a-z]\d?)(\|SP)?$/.exec(word);
  const field = fields.find(({ name }) => (register === null ? !name.startsWith('R') : name === `R${register[2]}`));
  assert(field !== undefined, `${word} has a field`);
  const { name, shift, width } = field;
  if (register !== null) {
    return { kind: 'register', shift, view: register[1] ?? '', allowsSp: register[3] !== undefined };
  }
  if (name === 'mask') return { kind: 'mask', shift };
  const scale = Number(name.split('*')[1] ?? '1');
  return { kind: word === 'label' ? 'label' : 'immediate', shift, width, signed: name.startsWith('s'), scale };
}

/** Reads one instruction: its syntax and its bit diagram. */
export function row(syntax: string, bitDiagram: string): Row {
  const { fields, bits } = diagram(bitDiagram);
  const found = [...syntax.matchAll(/\b[XWHSDQV](?:t2|[dntm])(?:\|SP)?\b|(?<=#)(?:imm|mask)\b|\blabel\b/g)];
  const words: string[] = [];
  let end = 0;
  for (const { 0: word, index } of found) {
    words.push(syntax.slice(end, index));
    end = index + word.length;
  }
  words.push(syntax.slice(end));
  const operands = found.map(([word]) => operandOf(word, fields));
  assert(operands.length === fields.length, `every field of ${syntax} is an operand`);
  return Object.freeze({ mnemonic: syntax.split(' ')[0] ?? '', words, operands, bits });
}

/** `udf #0`, the word of zeros that is undefined for ever: fills what is never executed (Arm ARM C6.2, UDF). */
export const UDF = 0;
