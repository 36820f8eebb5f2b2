// Bytes with the instructions they are and the step each serves. The text is written by the assembler that emitted the
// bytes, so nothing here reads machine code.

import type { Isa } from '../isa/register.ts';
import type { Prepared } from '../plan/prepare.ts';
import { stepText } from '../plan/print.ts';
import type { CodeImage } from './code-image.ts';
import { type GenerateOptions, generate, trace } from './generate.ts';
import { STUB_BYTES } from './stubs.ts';

/** One instruction, or one literal, or the filling between code and literals. */
export interface ListingLine {
  readonly offset: number;
  /** Lower-case hexadecimal, two digits a byte, no blanks. */
  readonly bytes: string;
  /** Intel syntax, or that of the Arm ARM; a literal is `name: .quad 0`. */
  readonly text: string;
  /** Index of the plan's step that this line serves, or null for what is round the steps. */
  readonly step: number | null;
  /** The step in words, or what else this line is for. */
  readonly serves: string;
}

const hex = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');

/** The listing of what `generate` gives for the same arguments. */
export function listing(prepared: Prepared, options: GenerateOptions = {}): ListingLine[] {
  const image = generate(prepared, options);
  const starts = [...trace(prepared, options), ...behindTheCode(image)].sort((a, b) => a.offset - b.offset);
  let mark = 0;
  return starts.map(({ offset, text }, index) => {
    const end = starts[index + 1]?.offset ?? image.bytes.length;
    while ((image.marks[mark + 1]?.offset ?? Infinity) <= offset) mark++;
    const part = image.marks[mark]?.part ?? 'prologue';
    const step = typeof part === 'number' ? (prepared.plan.steps[part] ?? null) : null;
    return {
      offset,
      bytes: hex(image.bytes.subarray(offset, end)),
      text,
      step: typeof part === 'number' ? part : null,
      serves: step === null ? (stubAt(image, offset) ?? String(part)) : stepText(step).replace(/ +/g, ' '),
    };
  });
}

function stubAt({ stubs }: CodeImage, offset: number): string | null {
  return stubs === null || offset < stubs.offset ? null : `stub ${Math.floor((offset - stubs.offset) / stubs.size)}`;
}

/** What fills the code up to a multiple of 8, as an assembler is told. On AArch64 that is one word or none. */
const fillings: Readonly<Record<Isa, string>> = Object.freeze({ x64: '.balign 8, 0xcc', aarch64: 'udf #0' });
/** What fills the code up to the stubs: from one multiple of 8 to the next. */
const stubFillings: Readonly<Record<Isa, string>> = Object.freeze({
  x64: `.balign ${STUB_BYTES}, 0xcc`,
  aarch64: 'udf #0; udf #0',
});

/** The padding and the literals, which are no instructions. */
function behindTheCode({ isa, symbols, marks }: CodeImage): { readonly offset: number; readonly text: string }[] {
  const padding = marks
    .filter(({ part }) => part === 'padding')
    .map(({ offset }) => ({
      offset,
      text: (symbols.every((each) => each.offset < offset) ? stubFillings : fillings)[isa],
    }));
  return [...padding, ...symbols.map(({ name, offset }) => ({ offset, text: `${name}: .quad 0` }))];
}
