// The x86-64 instructions that trampolines use, one to a line, in the notation of SDM vol. 2. A suffix names the operand
// encoding where one mnemonic has several: RM loads, MR stores, MI and OI take an immediate.
// Where only the memory form is used, only that form is in the row. Import as a namespace: `X64.movRM64`.

import { type Row, row } from './row.ts';

export const endbr64: Row = row('endbr64', 'F3 0F 1E FA');
export const push: Row = row('push r64', '50 +rd');
export const pop: Row = row('pop r64', '58 +rd');
export const ret: Row = row('ret', 'C3');
export const callM: Row = row('call r/m64', 'FF /2');
export const jmpM: Row = row('jmp r/m64', 'FF /4');
export const movRM8: Row = row('mov r8, r/m8', '8A /r');
export const movRM16: Row = row('mov r16, r/m16', '66 8B /r');
export const movRM32: Row = row('mov r32, r/m32', '8B /r');
export const movRM64: Row = row('mov r64, r/m64', 'REX.W 8B /r');
export const movMR8: Row = row('mov r/m8, r8', '88 /r');
export const movMR16: Row = row('mov r/m16, r16', '66 89 /r');
export const movMR32: Row = row('mov r/m32, r32', '89 /r');
export const movMR64: Row = row('mov r/m64, r64', 'REX.W 89 /r');
export const movOI32: Row = row('mov r32, imm32', 'B8 +rd id');
export const movzxRM8: Row = row('movzx r32, r/m8', '0F B6 /r');
export const movzxRM16: Row = row('movzx r32, r/m16', '0F B7 /r');
export const movsxRM8: Row = row('movsx r32, r/m8', '0F BE /r');
export const movsxRM16: Row = row('movsx r32, r/m16', '0F BF /r');
export const lea: Row = row('lea r64, m', 'REX.W 8D /r');
export const xorMR32: Row = row('xor r/m32, r32', '31 /r');
export const addMI8: Row = row('add r/m64, imm8', 'REX.W 83 /0 ib');
export const addMI32: Row = row('add r/m64, imm32', 'REX.W 81 /0 id');
export const subMI8: Row = row('sub r/m64, imm8', 'REX.W 83 /5 ib');
export const subMI32: Row = row('sub r/m64, imm32', 'REX.W 81 /5 id');
export const subMI8d: Row = row('sub r/m32, imm8', '83 /5 ib');
export const andMI8: Row = row('and r/m64, imm8', 'REX.W 83 /4 ib');
export const andMI32: Row = row('and r/m64, imm32', 'REX.W 81 /4 id');
export const orMI8: Row = row('or r/m64, imm8', 'REX.W 83 /1 ib');
export const jne: Row = row('jne rel8', '75 cb');
export const shlMI64: Row = row('shl r/m64, imm8', 'REX.W C1 /4 ib');
export const shrMI64: Row = row('shr r/m64, imm8', 'REX.W C1 /5 ib');
export const movssRM: Row = row('movss xmm, xmm/m32', 'F3 0F 10 /r');
export const movssMR: Row = row('movss xmm/m32, xmm', 'F3 0F 11 /r');
export const movsdRM: Row = row('movsd xmm, xmm/m64', 'F2 0F 10 /r');
export const movsdMR: Row = row('movsd xmm/m64, xmm', 'F2 0F 11 /r');
export const pinsrwRMI: Row = row('pinsrw xmm, m16, imm8', '66 0F C4 /r ib');
export const pextrwRMI: Row = row('pextrw r32, xmm, imm8', '66 0F C5 /r ib');
export const movupsRM: Row = row('movups xmm, m128', 'NP 0F 10 /r');
export const movupsMR: Row = row('movups m128, xmm', 'NP 0F 11 /r');
export const movapsRM: Row = row('movaps xmm, m128', 'NP 0F 28 /r');
export const movapsMR: Row = row('movaps m128, xmm', 'NP 0F 29 /r');
export const vmovupsRM256: Row = row('vmovups ymm, m256', 'VEX.256.0F.WIG 10 /r');
export const vmovupsMR256: Row = row('vmovups m256, ymm', 'VEX.256.0F.WIG 11 /r');
export const vmovupsRM512: Row = row('vmovups zmm, m512', 'EVEX.512.0F.W0 10 /r');
export const vmovupsMR512: Row = row('vmovups m512, zmm', 'EVEX.512.0F.W0 11 /r');
export const vzeroupper: Row = row('vzeroupper', 'VEX.128.0F.WIG 77');
export const fld: Row = row('fld m80fp', 'DB /5');
export const fstp: Row = row('fstp m80fp', 'DB /7');
export const repMovsb: Row = row('rep movsb', 'F3 A4');
