// Moving bytes from one register to another: which instruction, for every pair of files, size and extension. Bytes above
// the size may be anything.

import type { Extend } from '../../abi/call-layout.ts';
import { assert } from '../../errors.ts';
import type { Register } from '../../isa/register.ts';
import type { Assembler } from './assembler.ts';
import * as A64 from './encoding.ts';
import type { Row } from './row.ts';

const extensions: ReadonlyMap<number, Readonly<Record<Extend, Row>>> = new Map([
  [1, { sign: A64.sxtbW, zero: A64.uxtbW, none: A64.movW }],
  [2, { sign: A64.sxthW, zero: A64.uxthW, none: A64.movW }],
]);

export function exchange(to: Register, from: Register, size: number, extend: Extend, asm: Assembler): void {
  if (from.file === 'vec' && to.file === 'vec') return asm.op(A64.orrB, to, from, from);
  assert(size <= 8, 'a size that a general register holds');
  if (to.file === 'vec') return asm.op(size <= 4 ? A64.fmovSW : A64.fmovDX, to, from);
  if (from.file === 'vec') return asm.op(size <= 4 ? A64.fmovWS : A64.fmovXD, to, from);
  if (size > 4) return asm.op(A64.movX, to, from);
  asm.op(extensions.get(size)?.[extend] ?? A64.movW, to, from);
}
