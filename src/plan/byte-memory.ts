// The memory of the plan interpreter: regions that do not touch, bytes that may be unknown, and a count of how often
// each was read and written.

import { alignUp } from '../ctype/layout.ts';
import { assert } from '../errors.ts';

/** A byte of null is unknown: padding, or what nobody wrote. */
export type Bytes = readonly (number | null)[];

interface Region {
  readonly start: number;
  readonly bytes: (number | null)[];
  readonly reads: number[];
  readonly writes: number[];
}

/** Bytes between two regions: an access that runs over an end hits nothing. */
const GAP = 256;

export class ByteMemory {
  readonly #regions: Region[] = [];
  #end = 1 << 20;

  /** `size` unknown bytes at a multiple of `align`; the address of the first. */
  allocate(size: number, align = 16): number {
    const start = alignUp(this.#end + GAP, align);
    this.#end = start + size;
    const zeros = (): number[] => new Array<number>(size).fill(0);
    this.#regions.push({ start, bytes: new Array<null>(size).fill(null), reads: zeros(), writes: zeros() });
    return start;
  }

  /** Reads bytes that may be unknown. Throws `ERR_INTERNAL` outside of every region. */
  read(address: number, size: number): Bytes {
    const { start, bytes, reads } = this.#regionOf(address, size);
    const from = address - start;
    for (let index = from; index < from + size; index++) reads[index] = (reads[index] ?? 0) + 1;
    return bytes.slice(from, from + size);
  }

  write(address: number, written: Bytes): void {
    const { start, bytes, writes } = this.#regionOf(address, written.length);
    written.forEach((byte, index) => {
      bytes[address - start + index] = byte;
      writes[address - start + index] = (writes[address - start + index] ?? 0) + 1;
    });
  }

  /** How often each of the bytes was read and written so far. */
  counts(address: number, size: number): { readonly reads: readonly number[]; readonly writes: readonly number[] } {
    const { start, reads, writes } = this.#regionOf(address, size);
    const from = address - start;
    return { reads: reads.slice(from, from + size), writes: writes.slice(from, from + size) };
  }

  #regionOf(address: number, size: number): Region {
    const region = this.#regions.find(({ start, bytes }) => address >= start && address + size <= start + bytes.length);
    assert(region !== undefined, `${size} bytes at ${address} lie in one region`);
    return region;
  }
}

/** An address or a small number as the eight bytes of a pointer. */
export function bytesOf(value: number): Bytes {
  let rest = value;
  return Array.from({ length: 8 }, () => {
    const byte = rest % 256;
    rest = Math.floor(rest / 256);
    return byte;
  });
}

/** The opposite of `bytesOf`. Throws `ERR_INTERNAL` if a byte is unknown. */
export const numberOf = (bytes: Bytes): number =>
  bytes.reduceRight<number>((value, byte) => {
    assert(byte !== null, 'the number is known');
    return value * 256 + byte;
  }, 0);
