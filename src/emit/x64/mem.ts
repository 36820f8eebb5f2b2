// A memory operand, before it is encoded or written as text.

import type { Register } from '../../isa/register.ts';
import type { SymbolName } from '../../plan/step.ts';

/** `[base + disp]`; `disp` has 32 signed bits. */
export interface BasedMem {
  readonly base: Register;
  readonly disp: number;
}

/** A memory operand: relative to a register, or the literal of a symbol, addressed relative to rip. */
export type Mem = BasedMem | { readonly symbol: SymbolName };

export const isMem = (rm: Register | Mem): rm is Mem => !('file' in rm);
