// The code in an object file, whatever its format: the bytes of its one text section, its symbols, and its calls.
// Compiled test functions need nothing else; an object that does is refused.

import { readCoff } from './object-coff.ts';
import { readElf } from './object-elf.ts';
import { readMachO } from './object-macho.ts';

/** A call or jump whose distance the compiler left open: `addend` is what the instruction's field has to hold besides. */
export interface OpenCall {
  readonly offset: number;
  readonly symbol: string;
  readonly addend: number;
}

export interface ObjectCode {
  readonly isa: 'x64' | 'aarch64';
  readonly text: Uint8Array;
  /** Offsets in the text, by the name in C. */
  readonly symbols: ReadonlyMap<string, number>;
  readonly calls: readonly OpenCall[];
}

/** Reads little-endian fields at offsets from the start of the file. */
export class Fields {
  readonly bytes: Uint8Array;
  readonly #view: DataView;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  u8 = (offset: number): number => this.#view.getUint8(offset);
  u16 = (offset: number): number => this.#view.getUint16(offset, true);
  u32 = (offset: number): number => this.#view.getUint32(offset, true);
  i32 = (offset: number): number => this.#view.getInt32(offset, true);
  u64 = (offset: number): number => Number(this.#view.getBigUint64(offset, true));

  /** The string at `offset`: up to a zero byte, and at most `most` bytes. */
  string(offset: number, most: number = Number.POSITIVE_INFINITY): string {
    let end = offset;
    while (end < this.bytes.length && end - offset < most && this.bytes[end] !== 0) end++;
    return new TextDecoder().decode(this.bytes.subarray(offset, end));
  }
}

const ELF = 0x464c457f;
const MACH_O_64 = 0xfeedfacf;

export function readObject(bytes: Uint8Array): ObjectCode {
  const fields = new Fields(bytes);
  const magic = fields.u32(0);
  if (magic === ELF) return readElf(fields);
  return magic === MACH_O_64 ? readMachO(fields) : readCoff(fields);
}

export function refuseRelocation(type: number, symbol: string): never {
  throw new Error(`compiled code needs a relocation of type ${type} to '${symbol}': only calls are resolved`);
}
