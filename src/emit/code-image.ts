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
  readonly part: number | 'landing pad' | 'prologue' | 'epilogue' | 'padding' | 'literals';
}

/** What an unwinder has to know: the frame is fixed between prologue and epilogue. */
export interface FrameShape {
  /** Registers pushed by the prologue, in order; directly below the return address. */
  readonly saved: readonly Register[];
  /** Bytes below them: outgoing arguments at the stack pointer, our locals above. */
  readonly size: number;
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
}
