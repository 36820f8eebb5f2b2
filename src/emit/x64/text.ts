// An instruction as text, in the Intel syntax that GNU as and llvm-mc read. Written beside the bytes by whoever emitted
// them, so the listing needs no disassembler.

import type { Register } from '../../isa/register.ts';
import type { Mem } from './mem.ts';
import type { Operand, Row } from './row.ts';

/** SDM vol. 1, table 3-2: the names of a general register at 8, 16 and 32 bits; `rax` itself names the 64. */
const legacyNames: Readonly<Record<string, readonly [string, string, string]>> = {
  rax: ['al', 'ax', 'eax'],
  rcx: ['cl', 'cx', 'ecx'],
  rdx: ['dl', 'dx', 'edx'],
  rbx: ['bl', 'bx', 'ebx'],
  rsp: ['spl', 'sp', 'esp'],
  rbp: ['bpl', 'bp', 'ebp'],
  rsi: ['sil', 'si', 'esi'],
  rdi: ['dil', 'di', 'edi'],
};

const memorySizes: Readonly<Record<number, string>> = {
  8: 'byte',
  16: 'word',
  32: 'dword',
  64: 'qword',
  80: 'tbyte',
  128: 'xmmword',
  256: 'ymmword',
  512: 'zmmword',
};

/** `mov edi, dword ptr [rax + 8]` */
export function instructionText(row: Row, reg: Register | null, rm: Register | Mem | null, imm: number | null): string {
  const texts = row.operands.map((operand) => {
    if (operand.role === 'imm') return String(imm);
    // Counted from the start of the instruction, which GNU as writes as a dot. All jumps here lead back.
    if (operand.role === 'rel') return `. - ${-(Number(imm) + row.leadingOpcode.length + 1 + row.immediate)}`;
    const value = operand.role === 'rm' ? rm : (reg ?? rm);
    return value === null ? '' : placeText(operand, value);
  });
  return texts.length === 0 ? row.mnemonic : `${row.mnemonic} ${texts.join(', ')}`;
}

function placeText(operand: Operand, value: Register | Mem): string {
  if ('file' in value) return registerText(value, operand.bits);
  const address = 'symbol' in value ? `rip + ${value.symbol}` : `${value.base.name}${displacementText(value.disp)}`;
  const size = memorySizes[operand.bits];
  return size === undefined ? `[${address}]` : `${size} ptr [${address}]`;
}

function displacementText(disp: number): string {
  if (disp === 0) return '';
  return disp < 0 ? ` - ${-disp}` : ` + ${disp}`;
}

function registerText({ file, name }: Register, bits: number): string {
  if (file === 'vec') return bits <= 128 ? name : name.replace('x', bits === 256 ? 'y' : 'z');
  if (bits === 64) return name;
  const legacy = legacyNames[name];
  if (legacy !== undefined) return legacy[bits === 8 ? 0 : bits === 16 ? 1 : 2];
  return `${name}${bits === 8 ? 'b' : bits === 16 ? 'w' : 'd'}`;
}
