// A register has a file, a number and a name. How it is encoded into an instruction is emit's business.

export type Isa = 'x64' | 'aarch64';

/** Interned: compare registers with `===`. */
export interface Register {
  readonly isa: Isa;
  readonly file: 'gpr' | 'vec';
  /** The number that instructions encode, 0 to 15 on x64, 0 to 31 on AArch64. */
  readonly code: number;
  /** The name of the full register: `rax`, `xmm0`. */
  readonly name: string;
}
