// ELF64 relocatable objects of x86-64 and AArch64 (System V gABI, chapters 4 and 5; psABI 4.4, AAELF64 5.7).

import { type Fields, type ObjectCode, type OpenCall, refuseRelocation } from './object-file.ts';

interface Section {
  readonly name: string;
  readonly type: number;
  readonly offset: number;
  readonly size: number;
  readonly link: number;
  readonly info: number;
}

interface ElfSymbol {
  readonly name: string;
  readonly section: number;
  readonly value: number;
}

const EM_X86_64 = 62;
const EM_AARCH64 = 183;
const SHT_RELA = 4;
/** PC32 and PLT32; JUMP26 and CALL26. */
const CALLS: Readonly<Record<number, readonly number[]>> = { [EM_X86_64]: [2, 4], [EM_AARCH64]: [282, 283] };

export function readElf(file: Fields): ObjectCode {
  const machine = file.u16(18);
  const sections = readSections(file);
  const index = sections.findIndex(({ name }) => name === '.text');
  const text = sections[index];
  const table = sections.find(({ name }) => name === '.symtab');
  if (text === undefined || table === undefined) throw new Error('an ELF object without code');
  const symbols = readSymbols(file, table, sections[table.link]?.offset ?? 0);
  const here = symbols.filter(({ section, name }) => section === index && name !== '');
  const relocations = sections.find(({ type, info }) => type === SHT_RELA && info === index);
  return {
    isa: machine === EM_X86_64 ? 'x64' : 'aarch64',
    text: file.bytes.slice(text.offset, text.offset + text.size),
    symbols: new Map(here.map(({ name, value }) => [name, value])),
    calls: relocations === undefined ? [] : readCalls(file, relocations, symbols, CALLS[machine] ?? []),
  };
}

function readSections(file: Fields): Section[] {
  const start = file.u64(40);
  const names = file.u64(start + 64 * file.u16(62) + 24);
  return Array.from({ length: file.u16(60) }, (_, index) => {
    const at = start + 64 * index;
    return {
      name: file.string(names + file.u32(at)),
      type: file.u32(at + 4),
      offset: file.u64(at + 24),
      size: file.u64(at + 32),
      link: file.u32(at + 40),
      info: file.u32(at + 44),
    };
  });
}

function readSymbols(file: Fields, table: Section, names: number): ElfSymbol[] {
  return Array.from({ length: table.size / 24 }, (_, index) => {
    const at = table.offset + 24 * index;
    return { name: file.string(names + file.u32(at)), section: file.u16(at + 6), value: file.u64(at + 8) };
  });
}

function readCalls(file: Fields, table: Section, symbols: readonly ElfSymbol[], types: readonly number[]): OpenCall[] {
  return Array.from({ length: table.size / 24 }, (_, index) => {
    const at = table.offset + 24 * index;
    const symbol = symbols[file.u32(at + 12)]?.name ?? '';
    const type = file.u32(at + 8);
    if (!types.includes(type) || symbol === '') refuseRelocation(type, symbol);
    return { offset: file.u64(at), symbol, addend: file.i32(at + 16) };
  });
}
