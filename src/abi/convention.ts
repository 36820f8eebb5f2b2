// A calling convention is a value: its registers and sizes as a frozen table, its rules as one function.

import type { Signature } from '../ctype/ctype.ts';
import type { DataModel, PlatformId } from '../ctype/data-model.ts';
import type { Isa, Register } from '../isa/register.ts';
import type { CallLayout } from './call-layout.ts';

export type ConventionId = PlatformId;

/**
 * The widest vector registers of x86-64 that both sides were compiled for. It decides where vectors of 32 and 64 bytes
 * travel: a function compiled with `-mavx` is another function. AArch64 has one kind of vector register and ignores it.
 */
export type VectorLevel = 'sse' | 'avx' | 'avx512';

export const vectorLevels: readonly VectorLevel[] = Object.freeze(['sse', 'avx', 'avx512']);

export interface Convention {
  readonly id: ConventionId;
  readonly isa: Isa;
  readonly dataModel: DataModel;
  readonly argumentRegisters: { readonly gpr: readonly Register[]; readonly vec: readonly Register[] };
  /** The register a pointer or an integer result is returned in. */
  readonly resultRegister: Register;
  /**
   * What a callee must leave as it found it, the stack pointer aside. Of a vector register: 16 bytes on Windows x64, the
   * low 8 on AArch64 (AAPCS64 6.1.2), where all conventions agree.
   */
  readonly calleeSaved: readonly Register[];
  /** Whether everybody who passes or returns an integer below 32 bits in a register has extended it to 32 (Apple). */
  readonly extendsNarrow: boolean;
  /** Bytes above the return address that belong to the callee (Win64's home space). */
  readonly homeBytes: number;
  /** Bytes below the stack pointer that a leaf function may use. Trampolines never do. */
  readonly redZoneBytes: number;
  /** Classifies a signature. Throws `ERR_TYPE`, `ERR_SIZE` or `ERR_UNSUPPORTED`. */
  layout(signature: Signature, vectors?: VectorLevel): CallLayout;
}
