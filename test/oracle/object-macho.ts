// Mach-O objects of arm64 (Apple's <mach-o/loader.h>, <mach-o/nlist.h>, <mach-o/arm64/reloc.h>).

import { type Fields, type ObjectCode, type OpenCall, refuseRelocation } from './object-file.ts';

const CPU_TYPE_ARM64 = 0x0100000c;
const LC_SYMTAB = 0x2;
const LC_SEGMENT_64 = 0x19;
const ARM64_RELOC_BRANCH26 = 2;
const N_SECT = 0x0e;

interface TextSection {
  /** Counted from 1 over all segments. */
  readonly number: number;
  readonly address: number;
  readonly size: number;
  readonly offset: number;
  readonly relocations: number;
  readonly relocationCount: number;
}

interface MachSymbol {
  readonly name: string;
  readonly section: number;
  readonly value: number;
}

export function readMachO(file: Fields): ObjectCode {
  if (file.u32(4) !== CPU_TYPE_ARM64) throw new Error('a Mach-O object for another processor');
  let text: TextSection | null = null;
  let symbols: readonly MachSymbol[] = [];
  for (let at = 32, index = 0; index < file.u32(16); index++, at += file.u32(at + 4)) {
    if (file.u32(at) === LC_SEGMENT_64) text ??= textSection(file, at);
    else if (file.u32(at) === LC_SYMTAB) symbols = readSymbols(file, at);
  }
  if (text === null) throw new Error('a Mach-O object without code');
  const { number, address, offset, size } = text;
  const here = symbols.filter(({ section }) => section === number);
  return {
    isa: 'aarch64',
    text: file.bytes.slice(offset, offset + size),
    symbols: new Map(here.map(({ name, value }) => [name, value - address])),
    calls: readCalls(file, text, symbols),
  };
}

/** An object has one segment, so that its sections are numbered from 1 there. */
function textSection(file: Fields, segment: number): TextSection | null {
  for (let index = 0; index < file.u32(segment + 64); index++) {
    const at = segment + 72 + 80 * index;
    if (file.string(at, 16) !== '__text') continue;
    return {
      number: index + 1,
      address: file.u64(at + 32),
      size: file.u64(at + 40),
      offset: file.u32(at + 48),
      relocations: file.u32(at + 56),
      relocationCount: file.u32(at + 60),
    };
  }
  return null;
}

/** The assembler puts an underscore in front of the names of C. */
function readSymbols(file: Fields, command: number): MachSymbol[] {
  const table = file.u32(command + 8);
  const strings = file.u32(command + 16);
  return Array.from({ length: file.u32(command + 12) }, (_, index) => {
    const at = table + 16 * index;
    const section = (file.u8(at + 4) & N_SECT) === N_SECT ? file.u8(at + 5) : 0;
    return { name: file.string(strings + file.u32(at)).replace(/^_/, ''), section, value: file.u64(at + 8) };
  });
}

function readCalls(file: Fields, text: TextSection, symbols: readonly MachSymbol[]): OpenCall[] {
  return Array.from({ length: text.relocationCount }, (_, index) => {
    const at = text.relocations + 8 * index;
    const word = file.u32(at + 4);
    const isExternal = (word & (1 << 27)) !== 0;
    const symbol = isExternal ? (symbols[word & 0xffffff]?.name ?? '') : '';
    const type = word >>> 28;
    if (type !== ARM64_RELOC_BRANCH26 || symbol === '') refuseRelocation(type, symbol);
    return { offset: file.u32(at), symbol, addend: 0 };
  });
}
