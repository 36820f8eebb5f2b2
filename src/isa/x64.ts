// The registers of x86-64, by the numbers of SDM vol. 2, tables 3-1 and 2-8 (REX.B extends 0–7 to 8–15).

import { assert } from '../errors.ts';
import type { Register } from './register.ts';

const gpr = (code: number, name: string): Register => Object.freeze({ isa: 'x64', file: 'gpr', code, name });
const vec = (code: number): Register => Object.freeze({ isa: 'x64', file: 'vec', code, name: `xmm${code}` });

export const rax: Register = gpr(0, 'rax');
export const rcx: Register = gpr(1, 'rcx');
export const rdx: Register = gpr(2, 'rdx');
export const rbx: Register = gpr(3, 'rbx');
export const rsp: Register = gpr(4, 'rsp');
export const rbp: Register = gpr(5, 'rbp');
export const rsi: Register = gpr(6, 'rsi');
export const rdi: Register = gpr(7, 'rdi');
export const r8: Register = gpr(8, 'r8');
export const r9: Register = gpr(9, 'r9');
export const r10: Register = gpr(10, 'r10');
export const r11: Register = gpr(11, 'r11');
export const r12: Register = gpr(12, 'r12');
export const r13: Register = gpr(13, 'r13');
export const r14: Register = gpr(14, 'r14');
export const r15: Register = gpr(15, 'r15');

/** By number. */
export const gprs: readonly Register[] = Object.freeze([
  rax, rcx, rdx, rbx, rsp, rbp, rsi, rdi, r8, r9, r10, r11, r12, r13, r14, r15,
]); // biome-ignore format: one row of the table
export const xmms: readonly Register[] = Object.freeze(Array.from({ length: 16 }, (_, code) => vec(code)));

export const xmm = (code: number): Register => {
  const register = xmms[code];
  assert(register !== undefined, 'there are xmm0 to xmm15');
  return register;
};

const x87 = (code: number): Register => Object.freeze({ isa: 'x64', file: 'x87', code, name: `st${code}` });

/** The top of the x87 stack, and what is below it. */
export const st0: Register = x87(0);
export const st1: Register = x87(1);
