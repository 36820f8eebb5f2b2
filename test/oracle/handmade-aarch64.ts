// Trampolines of AArch64 assembled by hand, for `int32 (int32, int64)` and others: right ones, and what one wrong piece
// makes of them. So far the conventions of Linux, Apple and Windows agree.

import type { Pieces } from './handmade.ts';
import type { PatchedCode } from './link.ts';

/** The pieces of a forward trampoline in order: target in x0, ret in x1, args in x2. */
const FORWARD = {
  pad: 'd503245f', //     bti c
  enter: 'a9be7bfd', //   stp x29, x30, [sp, #-32]!
  save: 'f9000bf3', //    str x19, [sp, #16]
  keepRet: 'aa0103f3', // mov x19, x1
  keep: 'aa0003f0', //    mov x16, x0
  point0: 'f9400043', //  ldr x3, [x2]
  point1: 'f9400444', //  ldr x4, [x2, #8]
  load0: 'b9400060', //   ldr w0, [x3]
  load1: 'f9400081', //   ldr x1, [x4]
  before: '',
  call: 'd63f0200', //    blr x16
  store: 'b9000260', //   str w0, [x19]
  restore: 'f9400bf3', // ldr x19, [sp, #16]
  leave: 'a8c27bfd', //   ldp x29, x30, [sp], #32
  end: 'd65f03c0', //     ret
};

/** The pieces of a reverse trampoline for `int32 (int32)`: [sp+16] the argument, [sp+24] args, [sp+32] the result. */
const REVERSE = {
  pad: 'd503245f', //             bti c
  enter: 'a9bd7bfd', //           stp x29, x30, [sp, #-48]!
  spill: 'b90013e0', //           str w0, [sp, #16]
  point: '910043e3', //           add x3, sp, #16
  keep: 'f9000fe3', //            str x3, [sp, #24]
  ret: '910083e1', //             add x1, sp, #32
  args: '910063e2', //            add x2, sp, #24
  context: '58000000<context>', //ldr x0, context
  before: '',
  dispatcher: '58000010<dispatcher>', // ldr x16, dispatcher
  call: 'd63f0200', //            blr x16
  load: 'b94023e0', //            ldr w0, [sp, #32]
  leave: 'a8c37bfd', //           ldp x29, x30, [sp], #48
  end: 'd65f03c0', //             ret
};

export const forwardCode = (changes: Pieces = {}): PatchedCode => assemble({ ...FORWARD, ...changes });
export const reverseCode = (changes: Pieces = {}): PatchedCode => assemble({ ...REVERSE, ...changes });

/** Instructions in hexadecimal; `<name>` behind one is an 8-byte literal behind the code, reached by its imm19. */
function assemble(pieces: Pieces): PatchedCode {
  const words = Object.values(pieces)
    .flatMap((piece) => piece.split(' '))
    .filter((word) => word !== '');
  const literals = (words.length + (words.length & 1)) * 4;
  const symbols: { name: string; offset: number }[] = [];
  const instructions = words.map((word, index) => {
    const [, code = '', name] = /^([0-9a-f]{8})(?:<(\w+)>)?$/.exec(word) ?? [];
    const value = Number.parseInt(code, 16);
    if (name === undefined) return value;
    const offset = literals + 8 * symbols.length;
    symbols.push({ name, offset });
    return value + (((offset - 4 * index) >> 2) << 5); // Arm ARM C6.2.193: LDR (literal)
  });
  const view = new DataView(new ArrayBuffer(literals + 8 * symbols.length));
  for (const [index, word] of instructions.entries()) view.setUint32(4 * index, word, true);
  return { bytes: new Uint8Array(view.buffer), symbols };
}
