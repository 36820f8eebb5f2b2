// What one CPU has to provide: one function from a plan to bytes. Every CPU's instructions are its own affair.

import type { Plan } from '../plan/step.ts';
import type { CodeImage } from './code-image.ts';

export interface LowerOptions {
  /** Begin with an instruction that marks a target of indirect branches (`endbr64`, `bti c`). */
  readonly landingPad: boolean;
}

/** The part of a code image that the CPU decides. */
export type Lowered = Pick<CodeImage, 'bytes' | 'symbols' | 'marks' | 'frame' | 'stubs'>;

/** One instruction of a listing, at a byte offset of the code. */
export interface TracedInstruction {
  readonly offset: number;
  readonly text: string;
}

/** Lowers a plan; with a `trace`, writes every instruction there as text too. Same plan and options, same bytes. */
export type Lowering = (plan: Plan, options: LowerOptions, trace: TracedInstruction[] | null) => Lowered;
