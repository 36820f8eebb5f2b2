// Prepared → CodeImage: picks the CPU's lowering. Pure, and the same on every host.

import { unsupported } from '../errors.ts';
import type { Isa } from '../isa/register.ts';
import type { Prepared } from '../plan/prepare.ts';
import { lowerAArch64 } from './aarch64/lower.ts';
import type { CodeImage } from './code-image.ts';
import type { Lowering, LowerOptions, TracedInstruction } from './lowering.ts';
import { lowerX64 } from './x64/lower.ts';

/** The only place that knows which CPUs there are. */
const lowerings: Readonly<Record<Isa, Lowering | null>> = Object.freeze({ x64: lowerX64, aarch64: lowerAArch64 });

export type GenerateOptions = Partial<LowerOptions>;

/**
 * Generates the machine code of a prepared trampoline. The image is frozen; its bytes hold no addresses.
 * Throws `ERR_UNSUPPORTED` for a CPU of a later version. Source: docs/plan.md, docs/abi/.
 */
export const generate = (prepared: Prepared, options: GenerateOptions = {}): CodeImage =>
  lower(prepared, options, null);

/** The instructions that `generate` emits for the same arguments, as text. */
export function trace(prepared: Prepared, options: GenerateOptions = {}): readonly TracedInstruction[] {
  const instructions: TracedInstruction[] = [];
  lower(prepared, options, instructions);
  return instructions;
}

function lower(
  { kind, abi, entry, plan }: Prepared,
  { landingPad = true }: GenerateOptions,
  traced: TracedInstruction[] | null,
): CodeImage {
  const { isa } = plan.outgoing;
  const lowering = lowerings[isa];
  if (lowering === null) throw unsupported(isa, `code for ${isa} is not generated yet`);
  const { bytes, symbols, marks, frame, stubs } = lowering(plan, { landingPad }, traced);
  return Object.freeze({ isa, abi, entry, kind, bytes, symbols, marks, frame, stubs });
}
