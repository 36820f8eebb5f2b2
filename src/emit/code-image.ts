// The product of the pure half of the pipeline: position-independent bytes, and what is to be known about them.

import type { ConventionId } from '../abi/convention.ts';
import type { Isa, Register } from '../isa/register.ts';
import type { SymbolName, TrampolineKind } from '../plan/step.ts';

/** An 8-byte little-endian literal at `offset`, zero until `finalize` writes the address of the symbol there. */
export interface ImageSymbol {
  readonly name: SymbolName;
  readonly offset: number;
}

/** From `offset` on, the bytes serve this part of the trampoline: a step by its index in the plan, or what is round it. */
export interface Mark {
  readonly offset: number;
  readonly part: number | 'landing pad' | 'prologue' | 'epilogue' | 'padding' | 'literals' | 'stubs';
}

/** Begins a new part of the code at `offset`. A part that ends where it began is forgotten. */
export function beginPart(marks: Mark[], part: Mark['part'], offset: number): void {
  endPart(marks, offset);
  marks.push({ offset, part });
}

/** Ends the last part of the code at `offset`. */
export function endPart(marks: Mark[], offset: number): void {
  if (marks.at(-1)?.offset === offset) marks.pop();
}

/** The low 16 bytes of a vector register of our caller, `offset` bytes above the base of the frame. */
export interface SavedVector {
  readonly register: Register;
  readonly offset: number;
}

/**
 * What an unwinder has to know: between prologue and epilogue everything is at a fixed distance from one register.
 *
 *   higher   │ return address   │  on x64; on AArch64 padding, and the local area of a small frame
 *            │ saved            │  8 bytes each, the first one pushed lies highest
 *            │ `size` bytes     │  the saved vectors are in them
 *   base ──▶ ├──────────────────┤
 *            │ aligned part     │  only below a frame pointer: its size is known when the stack pointer is aligned
 *     sp ──▶ └──────────────────┘
 */
export interface FrameShape {
  /** The stack pointer; or the frame pointer, where outgoing arguments or locals need more than its 16 bytes. */
  readonly base: Register;
  /** Registers pushed by the prologue, in order; on x64 directly below the return address. */
  readonly saved: readonly Register[];
  readonly savedVectors: readonly SavedVector[];
  /** Bytes from the base to the saved registers. */
  readonly size: number;
  /** Where the local area begins, in bytes from the stack pointer. On AArch64 it may lie above the saved registers. */
  readonly local: number;
  /** Bytes from the base to the argument area of our caller. */
  readonly incoming: number;
}

/** Same plan, same bytes, on every host. `bytes` belongs to the image: copy it before you change it. */
export interface CodeImage {
  readonly isa: Isa;
  readonly abi: ConventionId;
  readonly entry: ConventionId;
  readonly kind: TrampolineKind;
  readonly bytes: Uint8Array;
  readonly symbols: readonly ImageSymbol[];
  readonly marks: readonly Mark[];
  readonly frame: FrameShape;
  /** The functions of a trampoline with stubs: number i begins at `offset` + i × `size`. Null: the code itself is one. */
  readonly stubs: { readonly offset: number; readonly size: number; readonly count: number } | null;
}
