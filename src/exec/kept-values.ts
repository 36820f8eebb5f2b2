// What the addresses of a call on another thread lead to: copies of strings, and whatever was passed for a pointer. The
// stack of call-strings.ts is no place for them, because such calls do not end in the order in which they began.

import { Buffer } from 'node:buffer';
import { bufferAddress } from './buffer-address.ts';
import { type Encoding, UTF8, UTF16, UTF32 } from './call-strings.ts';
import { address } from './pointers.ts';

/** Takes the places of `strings` and `address` in generated source. */
export class KeptValues {
  /** Of the calls whose arguments are being taken: a getter may begin another call meanwhile. */
  readonly #kept: unknown[] = [];

  mark(): number {
    return this.#kept.length;
  }

  /** Everything taken since the mark. It stays where it is as long as somebody has it. */
  since(mark: number): readonly unknown[] {
    return this.#kept.splice(mark);
  }

  /** The address of a zero-terminated UTF-8 copy. */
  take(text: string, path: string): number {
    return this.#encode(text, UTF8, path);
  }

  take16(text: string, path: string): number {
    return this.#encode(text, UTF16, path);
  }

  take32(text: string, path: string): number {
    return this.#encode(text, UTF32, path);
  }

  #encode(text: string, { room, write }: Encoding, path: string): number {
    const bytes = Buffer.from(new ArrayBuffer(room(text)));
    write(text, bytes, 0, path);
    this.#kept.push(bytes);
    return bufferAddress(bytes.buffer);
  }

  /** The address that a value stands for; the value is kept, which may have been made for this call. */
  address(value: unknown, type: string, path: string): bigint | number {
    const found = address(value, type, path);
    this.#kept.push(value);
    return found;
  }
}
