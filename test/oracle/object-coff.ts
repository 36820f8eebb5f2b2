// COFF objects of x86-64 and Arm64 (Microsoft's PE format specification: COFF file header, section table, symbol table,
// type indicators).

import { type Fields, type ObjectCode, type OpenCall, refuseRelocation } from './object-file.ts';

const AMD64 = 0x8664;
const ARM64 = 0xaa64;
/** IMAGE_REL_AMD64_REL32, measured from the end of its field; IMAGE_REL_ARM64_BRANCH26. */
const CALLS: Readonly<Record<number, { readonly type: number; readonly addend: number }>> = {
  [AMD64]: { type: 4, addend: -4 },
  [ARM64]: { type: 3, addend: 0 },
};
/** More relocations than a 16-bit count holds: the first one is the count. */
const LNK_NRELOC_OVFL = 0x01000000;

export function readCoff(file: Fields): ObjectCode {
  const machine = file.u16(0);
  const call = CALLS[machine];
  if (call === undefined) throw new Error(`an object for machine ${machine}`);
  const section = textSection(file);
  const names = symbolNames(file);
  const symbols = new Map<string, number>();
  for (const [index, name] of names) {
    const at = file.u32(8) + 18 * index;
    if (file.u16(at + 12) === section.number && !name.startsWith('.')) symbols.set(name, file.u32(at + 8));
  }
  const calls = Array.from({ length: section.relocationCount }, (_, index): OpenCall => {
    const at = section.relocations + 10 * index;
    const symbol = names.get(file.u32(at + 4)) ?? '';
    const type = file.u16(at + 8);
    if (type !== call.type) refuseRelocation(type, symbol);
    return { offset: file.u32(at), symbol, addend: call.addend };
  });
  const text = file.bytes.slice(section.offset, section.offset + section.size);
  return { isa: machine === AMD64 ? 'x64' : 'aarch64', text, symbols, calls };
}

interface TextSection {
  readonly number: number;
  readonly offset: number;
  readonly size: number;
  readonly relocations: number;
  readonly relocationCount: number;
}

function textSection(file: Fields): TextSection {
  for (let index = 0; index < file.u16(2); index++) {
    const at = 20 + file.u16(16) + 40 * index;
    if (file.string(at, 8) !== '.text') continue;
    const first = file.u32(at + 24);
    const overflow = (file.u32(at + 36) & LNK_NRELOC_OVFL) !== 0;
    return {
      number: index + 1,
      offset: file.u32(at + 20),
      size: file.u32(at + 16),
      relocations: overflow ? first + 10 : first,
      relocationCount: overflow ? file.u32(first) - 1 : file.u16(at + 32),
    };
  }
  throw new Error('a COFF object without code');
}

/** By index; a symbol may be followed by records that are none. */
function symbolNames(file: Fields): Map<number, string> {
  const table = file.u32(8);
  const count = file.u32(12);
  const strings = table + 18 * count;
  const names = new Map<number, string>();
  for (let index = 0; index < count; index++) {
    const at = table + 18 * index;
    names.set(index, file.u32(at) === 0 ? file.string(strings + file.u32(at + 4)) : file.string(at, 8));
    index += file.u8(at + 17);
  }
  return names;
}
