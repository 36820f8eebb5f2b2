// A calling convention is a value: its registers and sizes as a frozen table, its rules as one function.

import type { Signature } from '../ctype/ctype.ts';
import type { DataModel, PlatformId } from '../ctype/data-model.ts';
import type { Isa, Register } from '../isa/register.ts';
import type { CallLayout } from './call-layout.ts';

export type ConventionId = PlatformId;

export interface Convention {
  readonly id: ConventionId;
  readonly isa: Isa;
  readonly dataModel: DataModel;
  readonly argumentRegisters: { readonly gpr: readonly Register[]; readonly vec: readonly Register[] };
  /** The register a pointer or an integer result is returned in. */
  readonly resultRegister: Register;
  /** What a callee must leave as it found it, the stack pointer aside. */
  readonly calleeSaved: readonly Register[];
  /** Bytes above the return address that belong to the callee (Win64's home space). */
  readonly homeBytes: number;
  /** Bytes below the stack pointer that a leaf function may use. Trampolines never do. */
  readonly redZoneBytes: number;
  /** Alignment of the stack pointer at every call instruction, in bytes. */
  readonly stackAlign: 16;
  /** Classifies a signature. Throws `ERR_TYPE`, `ERR_SIZE` or `ERR_UNSUPPORTED`. */
  layout(signature: Signature): CallLayout;
}
