// Entering and leaving the stack frame whose shape places.ts decides.

import { sp, x, xzr } from '../../isa/aarch64.ts';
import type { Assembler } from './assembler.ts';
import * as A64 from './encoding.ts';
import { address, loop } from './move.ts';
import { type Frame, far, type Places, RECORD_BYTES } from './places.ts';

/** The frame record first, so that x29 leads from record to record wherever we are (AAPCS64 6.4.6). */
export function prologue({ frame, moved }: Places, asm: Assembler): void {
  const { record, saved, below } = frame;
  if (record > 0) {
    asm.op(A64.stpPreX, x(29), x(30), sp, -record);
    asm.op(A64.movSp, x(29), sp);
    saved.forEach((register, index) => {
      asm.op(A64.strX, register, sp, RECORD_BYTES + 8 * index);
    });
    if (below > 0) reserve(frame, asm);
  }
  for (const { from, to } of moved) asm.op(A64.movX, to, from);
}

/** Bytes: the smallest page, and the smallest guard area below a thread's stack. */
const PAGE_BYTES = 4096;

/**
 * Moves the stack pointer down. A frame of pages is entered page by page, each touched before the next: otherwise the
 * first write could land beyond the guard page of a stack that is nearly full, in memory of somebody else. Windows
 * demands it. Rounding down to an alignment may take up to align - 16 bytes more, which count as if it always did.
 */
function reserve({ below, align }: Frame, asm: Assembler): void {
  const pages = Math.floor((below + align - 16) / PAGE_BYTES);
  if (pages > 0) {
    loop(pages, asm, () => {
      asm.op(A64.subI12, sp, sp, PAGE_BYTES / 4096);
      asm.op(A64.strX, xzr, sp, 0);
    });
  }
  const rest = { base: sp, disp: pages * PAGE_BYTES - below };
  if (align === 16) return address(sp, rest, asm);
  address(far, rest, asm);
  asm.op(A64.andI, sp, far, -align);
}

/** x29 knows where the record is, whatever the frame below it took; a callee preserves it. */
export function epilogue({ frame: { record, saved, below } }: Places, asm: Assembler): void {
  if (below > 0) asm.op(A64.movSp, sp, x(29));
  saved.forEach((register, index) => {
    asm.op(A64.ldrX, register, sp, RECORD_BYTES + 8 * index);
  });
  asm.op(A64.ldpPostX, x(29), x(30), sp, record);
  asm.op(A64.ret);
}
