// A growing little-endian byte buffer. It knows numbers, not instructions.

import { assert } from '../errors.ts';

/** Bytes: more than most trampolines have. */
const USUAL_SIZE = 512;

/** The memory of a buffer that is done with. To make new memory costs more time than to fill it with code. */
let spare: Uint8Array | null = null;

export class CodeBuffer {
  #memory: Uint8Array;
  #length = 0;

  constructor() {
    this.#memory = spare ?? new Uint8Array(USUAL_SIZE);
    spare = null;
  }

  get length(): number {
    return this.#length;
  }

  u8(value: number): void {
    assert(value >= 0 && value <= 0xff, 'u8 takes 0 to 255');
    if (this.#length === this.#memory.length) this.#grow();
    this.#memory[this.#length++] = value;
  }

  /** The low 32 bits, signed or unsigned. */
  u32(value: number): void {
    assert(value >= -0x80000000 && value <= 0xffffffff, 'u32 takes 32 bits');
    if (this.#length + 4 > this.#memory.length) this.#grow();
    this.#length += 4;
    this.patch32(this.#length - 4, value);
  }

  /** Overwrites four bytes that are already there: a displacement that was not known when they were emitted. */
  patch32(at: number, value: number): void {
    assert(at >= 0 && at + 4 <= this.#length, 'a patch stays inside the code');
    this.#memory[at] = value;
    this.#memory[at + 1] = value >>> 8;
    this.#memory[at + 2] = value >>> 16;
    this.#memory[at + 3] = value >>> 24;
  }

  /** Repeats `value` until the length is a multiple of `align`. */
  align(align: number, value: number): void {
    while (this.#length % align !== 0) this.u8(value);
  }

  /** What was emitted. The buffer is empty then, and its memory is the next one's. */
  take(): Uint8Array {
    const bytes = this.#memory.slice(0, this.#length);
    if (this.#memory.length === USUAL_SIZE) spare = this.#memory;
    this.#memory = NO_MEMORY;
    this.#length = 0;
    return bytes;
  }

  #grow(): void {
    const larger = new Uint8Array(Math.max(USUAL_SIZE, 2 * this.#memory.length));
    larger.set(this.#memory);
    this.#memory = larger;
  }
}

const NO_MEMORY = new Uint8Array(0);
