// The C copies of string arguments, owned by the call that they are passed to: a stack of bytes, so that the call inside
// a callback leaves the outer call's strings alone.
//
//   0          64         128                   256 …
//   ├──────────┼──────────┼──────────┬──────────┼──
//   │ short\0  │ other\0  │ a text of more than … 64 bytes\0      a text begins a new line: whose addresses are known
//   ├──────────┴──────────┴──────────┴──────────┼──
//   base                                        top
//
// What lies below `base` belongs to calls that run. From there on is what the next call writes: if it throws before C
// has it, nothing need be taken back.

import { Buffer } from 'node:buffer';
import { InterfixError } from '../errors.ts';
import { bitsOf, bufferAddress } from './buffer-address.ts';
import { v8Calls } from './v8-calls.ts';

/** Bytes of the stack; what does not fit gets a buffer of its own. */
const STACK_BYTES = 64 * 1024;
/** log2 of the bytes of a line. */
const LINE = 6;
const LINES = STACK_BYTES >> LINE;
/** Up to this many characters a loop is faster than any encoder of Node's. */
const SHORT = 40;

interface Overflow {
  /** Top of the stack when the buffer was made. */
  readonly top: number;
  readonly buffer: ArrayBuffer;
}

/** Throws for what no C string can hold: the end of a text comes where its first U+0000 is. */
function checkZero(text: string, path: string): void {
  if (text.includes('\0')) throw new InterfixError('ERR_ARGUMENT_RANGE', `${path} is text with a zero character in it`);
}

/** The characters of a text, which a lone surrogate is not. */
function checkCharacters(text: string, path: string, encoding: string): void {
  if (!text.isWellFormed())
    throw new InterfixError('ERR_ARGUMENT_RANGE', `${path} has a lone surrogate: no ${encoding} text`);
}

/** How a text becomes bytes with zeros behind them, and how many bytes it needs at most. */
export interface Encoding {
  readonly room: (text: string) => number;
  /** Writes at most so many bytes from `at` on. Throws for a text without such bytes. */
  readonly write: (text: string, to: Buffer, at: number, path: string) => void;
}

/** At most three bytes for a unit of UTF-16: a pair of them has four. */
export const UTF8: Encoding = {
  room: ({ length }) => 3 * length + 1,
  write: (text, to, at, path) => {
    checkZero(text, path);
    const written = to.write(text, at, 3 * text.length);
    to[at + written] = 0;
    if (written !== text.length) checkCharacters(text, path, 'UTF-8');
  },
};

/** The units of JavaScript's own strings; a lone surrogate is one like others, as in the names of files on Windows. */
export const UTF16: Encoding = {
  room: ({ length }) => 2 * length + 2,
  write: (text, to, at, path) => {
    checkZero(text, path);
    to.write(text, at, 2 * text.length, 'utf16le');
    to.writeUInt16LE(0, at + 2 * text.length);
  },
};

/** `wchar_t` where it has 32 bits. */
export const UTF32: Encoding = {
  room: ({ length }) => 4 * length + 4,
  write: (text, to, at, path) => {
    checkZero(text, path);
    checkCharacters(text, path, 'UTF-32');
    let end = at;
    for (const character of text) end = to.writeUInt32LE(character.codePointAt(0) ?? 0, end);
    to.writeUInt32LE(0, end);
  },
};

class CallStrings {
  readonly #buffer = new ArrayBuffer(STACK_BYTES);
  readonly #bytes = Buffer.from(this.#buffer);
  readonly #address: number = bufferAddress(this.#buffer);
  /** The address of each line. */
  readonly #bits = Float64Array.from({ length: LINES }, (_, line) => bitsOf(this.#address + (line << LINE)));
  /** V8's way to a string's characters costs as much for all of them as `charCodeAt` for four. */
  readonly #copyText = v8Calls()?.copyText ?? null;
  /** In lines. */
  #base = 0;
  #top = 0;
  readonly #overflow: Overflow[] = [];

  /** The arguments of the next call have been taken: nobody's code runs from here to the call. Gives what to release. */
  begin(): number {
    this.#top = this.#base;
    return this.#base;
  }

  /** What was copied since `begin` belongs to a call that may run anybody's code, which takes texts of its own. */
  hold(): void {
    this.#base = this.#top;
  }

  /** That call has ended. */
  release(mark: number): void {
    this.#base = mark;
    this.letGo();
  }

  /** A call has ended that did not need to hold anything. */
  letGo(): void {
    if (this.#overflow.length !== 0) this.#releaseOverflow(this.#base);
  }

  #releaseOverflow(mark: number): void {
    const overflow = this.#overflow;
    for (let last = overflow.at(-1); last !== undefined && last.top >= mark; last = overflow.at(-1)) overflow.pop();
  }

  /** The address of a zero-terminated UTF-8 copy, valid until the call has ended; as the double of the same bits. */
  copy(text: string, path: string): number {
    const line = this.#top;
    if (line >= LINES) return this.#encode(text, UTF8, path);
    const start = line << LINE;
    const written =
      this.#copyText === null
        ? this.#copyShort(text, start)
        : this.#copyText(text, this.#address + start, STACK_BYTES - start);
    if (written < 0) return this.#encode(text, UTF8, path);
    this.#top = line + (written >> LINE) + 1;
    return this.#bits[line] ?? 0;
  }

  copy16(text: string, path: string): number {
    return this.#encode(text, UTF16, path);
  }

  copy32(text: string, path: string): number {
    return this.#encode(text, UTF32, path);
  }

  /** The length of a short text of ASCII, which is copied; or -1. What was written then is overwritten. */
  #copyShort(text: string, start: number): number {
    const { length } = text;
    if (length > SHORT) return -1; // a line has room for it
    const bytes = this.#bytes;
    let other = 0;
    for (let index = 0; index < length; index++) {
      const code = text.charCodeAt(index);
      other |= code | (code - 1); // zero has a predecessor with every bit
      bytes[start + index] = code;
    }
    bytes[start + length] = 0;
    return (other & ~0x7f) === 0 ? length : -1;
  }

  /** On the stack, or in a buffer of its own. Then the top moves all the same: the marks of inner calls lie above. */
  #encode(text: string, { room, write }: Encoding, path: string): number {
    const line = this.#top;
    const lines = (room(text) + (1 << LINE) - 1) >>> LINE;
    if (line + lines <= LINES) {
      write(text, this.#bytes, line << LINE, path);
      this.#top = line + lines;
      return this.#bits[line] ?? 0;
    }
    const bytes = Buffer.from(new ArrayBuffer(room(text)));
    write(text, bytes, 0, path);
    this.#overflow.push({ top: line, buffer: bytes.buffer });
    this.#top = line + 1;
    return bitsOf(bufferAddress(bytes.buffer));
  }
}

let made: CallStrings | undefined;

/** Those of this thread. */
export function callStrings(): CallStrings {
  made ??= new CallStrings();
  return made;
}
