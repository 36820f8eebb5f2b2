// One stub on x86-64: r10 := what it brings, and on to the body.
//
//   0          4                  10                15      16
//   │ endbr64  │ mov r10d, imm32  │ jmp rel32       │ int3  │        without a landing pad the rest moves up
//
// r10 is free when a function is entered: it passes the static chain of languages that have one (psABI 3.2.3), is
// volatile in Microsoft's x64 convention, and nothing that a reverse plan does before its `set` needs it (places.ts).

import type { Register } from '../../isa/register.ts';
import { r10 } from '../../isa/x64.ts';
import { STUB_BYTES, type StubCode } from '../stubs.ts';
import { Assembler } from './assembler.ts';
import * as X64 from './encoding.ts';
import { INT3 } from './row.ts';

/** Holds what the stub brought. */
export const brought: Register = r10;

const PAD_BYTES = 4;
/** From the end of the landing pad: the imm32, the rel32, and the end of the jump, which the distance counts from. */
const IMMEDIATE_AT = 2;
const DISTANCE_AT = 7;
const JUMP_END = 11;

export const stubCode = (landingPad: boolean): StubCode => {
  const padSize = landingPad ? PAD_BYTES : 0;
  return {
    padSize,
    assemble: (value, at, trace) => {
      const asm = new Assembler(trace);
      if (landingPad) asm.none(X64.endbr64);
      asm.ri(X64.movOI32, brought, value);
      asm.jump(X64.jmp, -at);
      trace?.push({ offset: asm.offset, text: `.balign ${STUB_BYTES}, 0xcc` });
      asm.align(STUB_BYTES);
      return asm.take();
    },
    change: (view, start, value, at) => {
      view.setInt32(start + padSize + IMMEDIATE_AT, value, true);
      view.setInt32(start + padSize + DISTANCE_AT, -(at + padSize + JUMP_END), true);
    },
    filling: (bytes) => void bytes.fill(INT3),
  };
};
