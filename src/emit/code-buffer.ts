// A growing little-endian byte buffer. It knows numbers, not instructions.

import { assert } from '../errors.ts';

export class CodeBuffer {
  #bytes = new Uint8Array(128);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** Makes room for `count` bytes and returns where they begin. Read `#bytes` only after it: growing replaces it. */
  #reserve(count: number): number {
    const at = this.#length;
    this.#length = at + count;
    if (this.#length > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(this.#length, this.#bytes.length * 2));
      grown.set(this.#bytes);
      this.#bytes = grown;
    }
    return at;
  }

  u8(value: number): void {
    assert(value >= 0 && value <= 0xff, 'u8 takes 0 to 255');
    const at = this.#reserve(1);
    this.#bytes[at] = value;
  }

  /** The low 32 bits, signed or unsigned. */
  u32(value: number): void {
    assert(value >= -0x80000000 && value <= 0xffffffff, 'u32 takes 32 bits');
    const at = this.#reserve(4);
    this.#put32(at, value);
  }

  /** Overwrites four bytes that are already there: a displacement that was not known when they were emitted. */
  patch32(at: number, value: number): void {
    assert(at >= 0 && at + 4 <= this.#length, 'a patch stays inside the code');
    this.#put32(at, value);
  }

  #put32(at: number, value: number): void {
    this.#bytes[at] = value & 0xff;
    this.#bytes[at + 1] = (value >>> 8) & 0xff;
    this.#bytes[at + 2] = (value >>> 16) & 0xff;
    this.#bytes[at + 3] = (value >>> 24) & 0xff;
  }

  /** Repeats `value` until the length is a multiple of `align`. */
  align(align: number, value: number): void {
    while (this.#length % align !== 0) this.u8(value);
  }

  /** A copy of what was emitted so far. */
  bytes(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }
}
