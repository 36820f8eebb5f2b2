// The A64 instructions that trampolines use, one to a line: the syntax and the bit diagram of the Arm ARM, C6.2 for the
// general and C7.2 for the vector registers. `Xn|SP` is an operand whose number 31 is sp; elsewhere 31 is xzr.
// A suffix names the view of the register; `u` is the unscaled form of a load or store (ldur, stur).
// Import as a namespace: `A64.ldrX`.

import { type Row, row } from './row.ts';

export const btiC: Row = row('bti c', '11010101000000110010010001011111');
export const blr: Row = row('blr Xn', '1101011000111111000000 Rn 00000');
export const br: Row = row('br Xn', '1101011000011111000000 Rn 00000');
export const ret: Row = row('ret', '11010110010111110000001111000000');
export const b: Row = row('b label', '000101 simm26*4');
export const bNe: Row = row('b.ne label', '01010100 simm19*4 0 0001');

export const movX: Row = row('mov Xd, Xm', '10101010000 Rm 000000 11111 Rd');
export const movW: Row = row('mov Wd, Wm', '00101010000 Rm 000000 11111 Rd');
export const movSp: Row = row('mov Xd|SP, Xn|SP', '1001000100 000000000000 Rn Rd');
export const movI: Row = row('mov Xd, #imm', '110100101 00 imm16 Rd');
export const movkI16: Row = row('movk Xd, #imm, lsl #16', '111100101 01 imm16 Rd');
export const addI: Row = row('add Xd|SP, Xn|SP, #imm', '1001000100 imm12 Rn Rd');
export const addI12: Row = row('add Xd|SP, Xn|SP, #imm, lsl #12', '1001000101 imm12 Rn Rd');
export const subI: Row = row('sub Xd|SP, Xn|SP, #imm', '1101000100 imm12 Rn Rd');
export const subI12: Row = row('sub Xd|SP, Xn|SP, #imm, lsl #12', '1101000101 imm12 Rn Rd');
export const addX: Row = row('add Xd|SP, Xn|SP, Xm, uxtx', '10001011001 Rm 011 000 Rn Rd');
export const subX: Row = row('sub Xd|SP, Xn|SP, Xm, uxtx', '11001011001 Rm 011 000 Rn Rd');
export const subsI: Row = row('subs Xd, Xn|SP, #imm', '1111000100 imm12 Rn Rd');
export const andI: Row = row('and Xd|SP, Xn, #mask', '100100100 mask Rn Rd');
export const orrLsl: Row = row('orr Xd, Xn, Xm, lsl #imm', '10101010000 Rm imm6 Rn Rd');
export const lsrI: Row = row('lsr Xd, Xn, #imm', '1101001101 imm6 111111 Rn Rd');
export const sxtbW: Row = row('sxtb Wd, Wn', '0001001100 000000 000111 Rn Rd');
export const sxthW: Row = row('sxth Wd, Wn', '0001001100 000000 001111 Rn Rd');
export const uxtbW: Row = row('uxtb Wd, Wn', '0101001100 000000 000111 Rn Rd');
export const uxthW: Row = row('uxth Wd, Wn', '0101001100 000000 001111 Rn Rd');
export const orrB: Row = row('orr Vd.16b, Vn.16b, Vm.16b', '01001110101 Rm 000111 Rn Rd');
export const fmovWS: Row = row('fmov Wd, Sn', '0001111000100110000000 Rn Rd');
export const fmovSW: Row = row('fmov Sd, Wn', '0001111000100111000000 Rn Rd');
export const fmovXD: Row = row('fmov Xd, Dn', '1001111001100110000000 Rn Rd');
export const fmovDX: Row = row('fmov Dd, Xn', '1001111001100111000000 Rn Rd');
export const adr: Row = row('adr Xd, label', '0 00 10000 simm19*4 Rd');

export const ldrLiteral: Row = row('ldr Xt, label', '01011000 simm19*4 Rt');
export const ldrIndexed: Row = row('ldr Xt, [Xn|SP, Xm]', '11111000011 Rm 011 0 10 Rn Rt');
export const ldrbW: Row = row('ldrb Wt, [Xn|SP, #imm]', '0011100101 imm12 Rn Rt');
export const ldrsbW: Row = row('ldrsb Wt, [Xn|SP, #imm]', '0011100111 imm12 Rn Rt');
export const ldrhW: Row = row('ldrh Wt, [Xn|SP, #imm]', '0111100101 imm12*2 Rn Rt');
export const ldrshW: Row = row('ldrsh Wt, [Xn|SP, #imm]', '0111100111 imm12*2 Rn Rt');
export const ldrW: Row = row('ldr Wt, [Xn|SP, #imm]', '1011100101 imm12*4 Rn Rt');
export const ldrX: Row = row('ldr Xt, [Xn|SP, #imm]', '1111100101 imm12*8 Rn Rt');
export const ldrH: Row = row('ldr Ht, [Xn|SP, #imm]', '0111110101 imm12*2 Rn Rt');
export const ldrS: Row = row('ldr St, [Xn|SP, #imm]', '1011110101 imm12*4 Rn Rt');
export const ldrD: Row = row('ldr Dt, [Xn|SP, #imm]', '1111110101 imm12*8 Rn Rt');
export const ldrQ: Row = row('ldr Qt, [Xn|SP, #imm]', '0011110111 imm12*16 Rn Rt');
export const ldurbW: Row = row('ldurb Wt, [Xn|SP, #imm]', '00111000010 simm9 00 Rn Rt');
export const ldursbW: Row = row('ldursb Wt, [Xn|SP, #imm]', '00111000110 simm9 00 Rn Rt');
export const ldurhW: Row = row('ldurh Wt, [Xn|SP, #imm]', '01111000010 simm9 00 Rn Rt');
export const ldurshW: Row = row('ldursh Wt, [Xn|SP, #imm]', '01111000110 simm9 00 Rn Rt');
export const ldurW: Row = row('ldur Wt, [Xn|SP, #imm]', '10111000010 simm9 00 Rn Rt');
export const ldurX: Row = row('ldur Xt, [Xn|SP, #imm]', '11111000010 simm9 00 Rn Rt');
export const ldurH: Row = row('ldur Ht, [Xn|SP, #imm]', '01111100010 simm9 00 Rn Rt');
export const ldurS: Row = row('ldur St, [Xn|SP, #imm]', '10111100010 simm9 00 Rn Rt');
export const ldurD: Row = row('ldur Dt, [Xn|SP, #imm]', '11111100010 simm9 00 Rn Rt');
export const ldurQ: Row = row('ldur Qt, [Xn|SP, #imm]', '00111100110 simm9 00 Rn Rt');
export const strbW: Row = row('strb Wt, [Xn|SP, #imm]', '0011100100 imm12 Rn Rt');
export const strhW: Row = row('strh Wt, [Xn|SP, #imm]', '0111100100 imm12*2 Rn Rt');
export const strW: Row = row('str Wt, [Xn|SP, #imm]', '1011100100 imm12*4 Rn Rt');
export const strX: Row = row('str Xt, [Xn|SP, #imm]', '1111100100 imm12*8 Rn Rt');
export const strH: Row = row('str Ht, [Xn|SP, #imm]', '0111110100 imm12*2 Rn Rt');
export const strS: Row = row('str St, [Xn|SP, #imm]', '1011110100 imm12*4 Rn Rt');
export const strD: Row = row('str Dt, [Xn|SP, #imm]', '1111110100 imm12*8 Rn Rt');
export const strQ: Row = row('str Qt, [Xn|SP, #imm]', '0011110110 imm12*16 Rn Rt');
export const sturbW: Row = row('sturb Wt, [Xn|SP, #imm]', '00111000000 simm9 00 Rn Rt');
export const sturhW: Row = row('sturh Wt, [Xn|SP, #imm]', '01111000000 simm9 00 Rn Rt');
export const sturW: Row = row('stur Wt, [Xn|SP, #imm]', '10111000000 simm9 00 Rn Rt');
export const sturX: Row = row('stur Xt, [Xn|SP, #imm]', '11111000000 simm9 00 Rn Rt');
export const sturH: Row = row('stur Ht, [Xn|SP, #imm]', '01111100000 simm9 00 Rn Rt');
export const sturS: Row = row('stur St, [Xn|SP, #imm]', '10111100000 simm9 00 Rn Rt');
export const sturD: Row = row('stur Dt, [Xn|SP, #imm]', '11111100000 simm9 00 Rn Rt');
export const sturQ: Row = row('stur Qt, [Xn|SP, #imm]', '00111100100 simm9 00 Rn Rt');
export const ldpQ: Row = row('ldp Qt, Qt2, [Xn|SP, #imm]', '1010110101 simm7*16 Rt2 Rn Rt');
export const stpQ: Row = row('stp Qt, Qt2, [Xn|SP, #imm]', '1010110100 simm7*16 Rt2 Rn Rt');
export const ldpPostQ: Row = row('ldp Qt, Qt2, [Xn|SP], #imm', '1010110011 simm7*16 Rt2 Rn Rt');
export const stpPostQ: Row = row('stp Qt, Qt2, [Xn|SP], #imm', '1010110010 simm7*16 Rt2 Rn Rt');
export const ldpPostX: Row = row('ldp Xt, Xt2, [Xn|SP], #imm', '1010100011 simm7*8 Rt2 Rn Rt');
export const stpPreX: Row = row('stp Xt, Xt2, [Xn|SP, #imm]!', '1010100110 simm7*8 Rt2 Rn Rt');
