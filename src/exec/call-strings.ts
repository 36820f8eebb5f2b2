// The C copies of string arguments, owned by the call that they are passed to: a stack of bytes, so that the call inside
// a callback leaves the outer call's strings alone.

import { InterfixError } from '../errors.ts';
import { bufferAddress } from './buffer-address.ts';

/** Bytes of the stack; what does not fit gets a buffer of its own. */
const STACK_BYTES = 64 * 1024;
/** Up to this many characters a loop is faster than the encoder, as long as they are ASCII. */
const SHORT = 64;

interface Overflow {
  /** Top of the stack when the buffer was made. */
  readonly top: number;
  readonly buffer: ArrayBuffer;
}

/** Throws for what no C string can hold: U+0000 would end it early, and a lone surrogate has no UTF-8. */
export function checkText(text: string, path: string): void {
  if (text.includes('\0')) throw new InterfixError('ERR_ARGUMENT_RANGE', `${path} is text with a zero character in it`);
  if (!text.isWellFormed())
    throw new InterfixError('ERR_ARGUMENT_RANGE', `${path} has a lone surrogate: no UTF-8 text`);
}

export class CallStrings {
  readonly #bytes = new Uint8Array(new ArrayBuffer(STACK_BYTES));
  readonly #encoder = new TextEncoder();
  #address = 0;
  #top = 0;
  readonly #overflow: Overflow[] = [];

  /** Everything taken from here on goes with the matching `release`. */
  mark(): number {
    return this.#top;
  }

  release(mark: number): void {
    this.#top = mark;
    const overflow = this.#overflow;
    if (overflow.length === 0) return;
    for (let last = overflow.at(-1); last !== undefined && last.top >= mark; last = overflow.at(-1)) overflow.pop();
  }

  /** The address of a zero-terminated UTF-8 copy, valid until the release. */
  take(text: string, path: string): number {
    if (text.length <= SHORT && this.#top + text.length < STACK_BYTES) {
      const address = this.#takeAscii(text);
      if (address !== 0) return address;
    }
    checkText(text, path);
    const most = 3 * text.length + 1; // UTF-8 needs at most three bytes for one UTF-16 code unit
    if (this.#top + most > STACK_BYTES) return this.#takeOverflow(text, most);
    const start = this.#top;
    const { written } = this.#encoder.encodeInto(text, this.#bytes.subarray(start, start + most - 1));
    this.#bytes[start + written] = 0;
    this.#top = start + written + 1;
    return this.#base() + start;
  }

  /** Zero if the text is not ASCII; what was written then is overwritten. */
  #takeAscii(text: string): number {
    const bytes = this.#bytes;
    const start = this.#top;
    for (let index = 0; index < text.length; index++) {
      const code = text.charCodeAt(index);
      if (code > 0x7f || code === 0) return 0;
      bytes[start + index] = code;
    }
    bytes[start + text.length] = 0;
    this.#top = start + text.length + 1;
    return this.#base() + start;
  }

  /** The stack's top still moves, so that the marks of inner calls lie above this buffer's. */
  #takeOverflow(text: string, most: number): number {
    const bytes = new Uint8Array(new ArrayBuffer(most));
    this.#encoder.encodeInto(text, bytes);
    this.#overflow.push({ top: this.#top, buffer: bytes.buffer });
    this.#top++;
    return bufferAddress(bytes.buffer);
  }

  #base(): number {
    if (this.#address === 0) this.#address = bufferAddress(this.#bytes.buffer);
    return this.#address;
  }
}
