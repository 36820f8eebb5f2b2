// What the addresses of a call on another thread lead to: copies of strings, and whatever was passed for a pointer. The
// stack of call-strings.ts is no place for them, because such calls do not end in the order in which they began.

import { bufferAddress } from './buffer-address.ts';
import { checkText } from './call-strings.ts';
import { address } from './values.ts';

/** Takes the places of `strings` and `address` in generated source. */
export class KeptValues {
  /** Of the calls whose arguments are being taken: a getter may begin another call meanwhile. */
  readonly #kept: unknown[] = [];
  readonly #encoder = new TextEncoder();

  mark(): number {
    return this.#kept.length;
  }

  /** Everything taken since the mark. It stays where it is as long as somebody has it. */
  since(mark: number): readonly unknown[] {
    return this.#kept.splice(mark);
  }

  /** The address of a zero-terminated UTF-8 copy. */
  take(text: string, path: string): number {
    checkText(text, path);
    const bytes = new Uint8Array(new ArrayBuffer(3 * text.length + 1)); // UTF-8 has at most 3 bytes for a code unit
    this.#encoder.encodeInto(text, bytes);
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
