// One stub on AArch64: x11 := what it brings, and on to the body.
//
//   0        4                  8                           12       16
//   │ bti c  │ mov x11, #low    │ movk x11, #high, lsl #16  │ b body │     without a landing pad the rest moves up
//
// x11 is a temporary that carries nothing when a function is entered (AAPCS64 6.1.1), and no step uses it (places.ts); x16
// and x17 are changed by the prologue of a large frame and by stores beyond the reach of an offset.

import { x } from '../../isa/aarch64.ts';
import type { Register } from '../../isa/register.ts';
import { STUB_BYTES, type StubCode } from '../stubs.ts';
import { Assembler } from './assembler.ts';
import * as A64 from './encoding.ts';

/** Holds what the stub brought. */
export const brought: Register = x(11);

const WORD = 4;
const LOW_HALF = 0xffff;
/** `mov`, `movk` and `b` with x11 and immediates of zero. The halves stand at bit 5, the distance in words at bit 0. */
const [MOV, MOVK, B] = [0xd2800000 + 11, 0xf2a00000 + 11, 0x14000000];
const IMM16_SHIFT = 2 ** 5;
const DISTANCE_MASK = 2 ** 26 - 1;

export const stubCode = (landingPad: boolean): StubCode => {
  const padSize = landingPad ? WORD : 0;
  return {
    padSize,
    assemble: (value, at, trace) => {
      const asm = new Assembler(trace);
      if (landingPad) asm.op(A64.btiC);
      asm.op(A64.movI, brought, value & LOW_HALF);
      asm.op(A64.movkI16, brought, value >>> 16);
      asm.branch(A64.b, -at);
      if (asm.offset < STUB_BYTES) trace?.push({ offset: asm.offset, text: 'udf #0' });
      asm.align(STUB_BYTES);
      return asm.take();
    },
    change: (view, start, value, at) => {
      const code = start + padSize;
      view.setUint32(code, MOV + (value & LOW_HALF) * IMM16_SHIFT, true);
      view.setUint32(code + WORD, MOVK + (value >>> 16) * IMM16_SHIFT, true);
      view.setUint32(code + 2 * WORD, B + ((-(at + padSize + 2 * WORD) / WORD) & DISTANCE_MASK), true);
    },
    filling: (bytes) => void bytes.fill(0),
  };
};
