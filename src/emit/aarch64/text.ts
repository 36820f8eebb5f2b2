// An instruction as text, in the syntax of the Arm ARM that GNU as and llvm-mc read. Written beside the bytes by whoever
// emitted them, so the listing needs no disassembler.

import type { Register } from '../../isa/register.ts';
import type { Operand, Row } from './row.ts';

/** What stands for an operand: a register, a number, or the name of a symbol. */
export type Value = Register | number | string;

/** `ldr x9, [x2, #8]` */
export function instructionText({ words, operands }: Row, values: readonly Value[]): string {
  const texts = operands.map((operand, index) => `${words[index]}${valueText(operand, values[index] ?? 0)}`);
  return `${texts.join('')}${words[operands.length]}`.replace(/, #0\]$/, ']');
}

function valueText(operand: Operand, value: Value): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return operand.kind === 'label' ? labelText(value) : String(value);
  return operand.kind === 'register' ? registerText(value, operand.view) : value.name;
}

/** Counted from the start of the instruction, which GNU as writes as a dot. */
const labelText = (distance: number): string => `. ${distance < 0 ? '-' : '+'} ${Math.abs(distance)}`;

/** `x9` seen as W is `w9`, `v16` seen as Q is `q16`; 31 is sp or the zero register, as its name says. */
function registerText({ code, file, name }: Register, view: string): string {
  if (file === 'gpr' && code === 31) return view === 'W' ? 'wzr' : name;
  return `${view.toLowerCase()}${code}`;
}
