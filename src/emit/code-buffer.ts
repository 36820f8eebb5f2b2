// A growing little-endian byte buffer. It knows numbers, not instructions.

import { assert } from '../errors.ts';

export class CodeBuffer {
  readonly #bytes: number[] = [];

  get length(): number {
    return this.#bytes.length;
  }

  u8(value: number): void {
    assert(value >= 0 && value <= 0xff, 'u8 takes 0 to 255');
    this.#bytes.push(value);
  }

  /** The low 32 bits, signed or unsigned. */
  u32(value: number): void {
    assert(value >= -0x80000000 && value <= 0xffffffff, 'u32 takes 32 bits');
    this.#bytes.push(value & 0xff, (value >>> 8) & 0xff, (value >>> 16) & 0xff, (value >>> 24) & 0xff);
  }

  /** Overwrites four bytes that are already there: a displacement that was not known when they were emitted. */
  patch32(at: number, value: number): void {
    assert(at >= 0 && at + 4 <= this.#bytes.length, 'a patch stays inside the code');
    this.#bytes[at] = value & 0xff;
    this.#bytes[at + 1] = (value >>> 8) & 0xff;
    this.#bytes[at + 2] = (value >>> 16) & 0xff;
    this.#bytes[at + 3] = (value >>> 24) & 0xff;
  }

  /** Repeats `value` until the length is a multiple of `align`. */
  align(align: number, value: number): void {
    while (this.#bytes.length % align !== 0) this.u8(value);
  }

  /** A copy of what was emitted so far. */
  bytes(): Uint8Array {
    return new Uint8Array(this.#bytes);
  }
}
