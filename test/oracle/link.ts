// Makes the code of an object file whole: calls inside it are resolved, calls of memcpy and memset go through stubs behind
// it whose addresses the runner patches, like the literals of generated code.

import type { ObjectCode, OpenCall } from './object-file.ts';

/** Bytes, and 8-byte literals in them to be patched. */
export interface PatchedCode {
  readonly bytes: Uint8Array;
  readonly symbols: readonly { readonly name: string; readonly offset: number }[];
}

/** Code that cannot stand alone: clang 19 moves some bfloat16 with `__truncsfbf2`, a function of its library. */
export class NeedsLibrary extends Error {}

const LIBRARY = ['memcpy', 'memset'];
const STUB_SIZE = 16;
const LITERAL_IN_STUB = 8;
const STUBS: Readonly<Record<ObjectCode['isa'], readonly number[]>> = {
  x64: [0xff, 0x25, 0x02, 0x00, 0x00, 0x00, 0xcc, 0xcc], //     jmp [rip+2]
  aarch64: [0x50, 0x00, 0x00, 0x58, 0x00, 0x02, 0x1f, 0xd6], // ldr x16, .+8; br x16
};

export function link(object: ObjectCode): PatchedCode {
  const stubs = (object.text.length + 15) & ~15;
  const bytes = new Uint8Array(stubs + LIBRARY.length * STUB_SIZE);
  bytes.set(object.text);
  const symbols = LIBRARY.map((name, index) => {
    bytes.set(STUBS[object.isa], stubs + index * STUB_SIZE);
    return { name, offset: stubs + index * STUB_SIZE + LITERAL_IN_STUB };
  });
  const view = new DataView(bytes.buffer);
  for (const call of object.calls) {
    const library = LIBRARY.indexOf(call.symbol);
    const target = library < 0 ? object.symbols.get(call.symbol) : stubs + library * STUB_SIZE;
    if (target === undefined) throw new NeedsLibrary(`compiled code calls '${call.symbol}'`);
    resolve(view, object.isa, call, target);
  }
  return { bytes, symbols };
}

function resolve(view: DataView, isa: ObjectCode['isa'], { offset, addend }: OpenCall, target: number): void {
  const distance = target + addend - offset;
  const field = view.getInt32(offset, true);
  // COFF has an addend of its own in the field; elsewhere the field is zero.
  if (isa === 'x64') return view.setInt32(offset, field + distance, true);
  // B and BL: imm26 counts instructions (Arm ARM C6.2.26, C6.2.34).
  view.setUint32(offset, ((field & 0xfc000000) | ((distance >> 2) & 0x03ffffff)) >>> 0, true);
}
