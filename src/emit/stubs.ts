// Behind the code of a plan with stubs: the stubs. Each puts what it brings into a scratch register and jumps to the body.
//
//   0          body, literals            16·n        16·n + 16
//   ┌─────────┬───────────────┬─────────┬───────────┬───────────┬───
//   │ body    │ literals      │ padding │ stub 0    │ stub 1    │ …        all stubs have the same size
//   └─────────┴───────────────┴─────────┴───────────┴───────────┴───
//   ▲                                          │ 0        │ stride
//   └──────────────────────────────────────────┴──────────┘
// A block of thousands is made often: one stub is assembled, the others are copies of it with two numbers changed. A
// listing has them all assembled, and a test compares both.

import { assert } from '../errors.ts';
import type { Stubs } from '../plan/step.ts';
import type { Mark } from './code-image.ts';
import type { Lowered, TracedInstruction } from './lowering.ts';

/** Bytes of a stub, on every CPU. */
export const STUB_BYTES = 16;

/** What one CPU has to provide. */
export interface StubCode {
  /** Emits stub code that stands at `at` of the image; its body is at 0. */
  readonly assemble: (brought: number, at: number, trace: TracedInstruction[] | null) => Uint8Array;
  /** Changes a copy of a stub, which begins at `start` of `view`, into what `assemble` would give. */
  readonly change: (view: DataView, start: number, brought: number, at: number) => void;
  /** What fills the code up to a stub. */
  readonly filling: (bytes: Uint8Array) => void;
  /** Bytes of the landing pad that a stub begins with. */
  readonly padSize: number;
}

/** The image with its stubs behind it. `trace` gets the text of every one of them. */
export function withStubs(
  lowered: Lowered,
  { count, stride }: Stubs,
  code: StubCode,
  trace: TracedInstruction[] | null,
): Lowered {
  const offset = Math.ceil(lowered.bytes.length / STUB_BYTES) * STUB_BYTES;
  const bytes = new Uint8Array(offset + count * STUB_BYTES);
  bytes.set(lowered.bytes);
  code.filling(bytes.subarray(lowered.bytes.length, offset));
  const first = code.assemble(0, offset, null);
  assert(first.length === STUB_BYTES, 'all stubs have the same size');
  bytes.set(first, offset);
  for (let done = 1; done < count; done *= 2) {
    bytes.copyWithin(offset + done * STUB_BYTES, offset, offset + Math.min(done, count - done) * STUB_BYTES);
  }
  const view = new DataView(bytes.buffer);
  for (let index = 1, at = offset + STUB_BYTES; index < count; index++, at += STUB_BYTES) {
    code.change(view, at, index * stride, at);
  }
  if (trace !== null) for (let index = 0; index < count; index++) traceStub(code, index * stride, offset, index, trace);
  const marks: Mark[] = [...lowered.marks];
  if (offset > lowered.bytes.length) marks.push({ offset: lowered.bytes.length, part: 'padding' });
  if (code.padSize > 0) marks.push({ offset, part: 'landing pad' });
  marks.push({ offset: offset + code.padSize, part: 'stubs' });
  return { ...lowered, bytes, marks, stubs: { offset, size: STUB_BYTES, count } };
}

function traceStub(code: StubCode, brought: number, offset: number, index: number, trace: TracedInstruction[]): void {
  const at = offset + index * STUB_BYTES;
  const own: TracedInstruction[] = [];
  code.assemble(brought, at, own);
  for (const line of own) trace.push({ offset: at + line.offset, text: line.text });
}
