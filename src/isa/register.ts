// A register has a file, a number and a name. How it is encoded into an instruction is emit's business.

export type Isa = 'x64' | 'aarch64';

/** Interned: compare registers with `===`. */
export interface Register {
  readonly isa: Isa;
  /** General, vector, or the stack of the x87, which only carries results. */
  readonly file: 'gpr' | 'vec' | 'x87';
  /** The number that instructions encode, 0 to 15 on x64, 0 to 31 on AArch64. */
  readonly code: number;
  /** The name of the register: `rax`, `xmm0` (also where it carries 32 or 64 bytes), `st0`, `x0`, `v0`. */
  readonly name: string;
}
