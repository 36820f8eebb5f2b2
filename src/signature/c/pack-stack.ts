// `#pragma pack` as GCC, Clang and MSVC have it: a value, and a stack of earlier ones that may be labelled.

import type { Cursor } from './cursor.ts';
import type { Token } from './tokens.ts';

export class PackStack {
  readonly #earlier: { readonly label: string | null; readonly value: number | null }[] = [];
  /** Bytes; null for none. */
  value: number | null = null;

  /** Applies what stands between the parentheses: nothing, `n`, `push`, `push, n`, `push, label, n`, `pop`, … */
  apply(cursor: Cursor, { text, position }: Token): void {
    const words = text.trim() === '' ? [] : text.split(',', 5).map((word) => word.trim());
    const [action, ...rest] = words;
    const last = rest.at(-1) ?? '';
    const number = /^\d/.test(last) ? rest.pop() : undefined;
    const [label = null, tooMuch] = rest;
    if (tooMuch !== undefined || (label !== null && !/^[A-Za-z_]\w*$/.test(label))) throw malformed(cursor, position);
    if (action === 'push') {
      this.#earlier.push({ label, value: this.value });
      if (number !== undefined) this.value = checked(cursor, number, position);
    } else if (action === 'pop' && number === undefined) this.#pop(cursor, label, position);
    else if (rest.length > 0 || number !== undefined) throw malformed(cursor, position);
    else this.value = action === undefined ? null : checked(cursor, action, position);
  }

  #pop(cursor: Cursor, label: string | null, position: number): void {
    const found =
      label === null ? this.#earlier.length - 1 : this.#earlier.findLastIndex((entry) => entry.label === label);
    const [entry] = found < 0 ? [] : this.#earlier.splice(found);
    if (entry === undefined) throw cursor.error('ERR_SYNTAX', '#pragma pack(pop) without its push', position);
    this.value = entry.value;
  }
}

function checked(cursor: Cursor, text: string, position: number): number {
  if (/^(?:1|2|4|8|16)$/.test(text)) return Number(text);
  throw cursor.error('ERR_SYNTAX', '#pragma pack takes 1, 2, 4, 8 or 16', position);
}

const malformed = (cursor: Cursor, position: number): Error =>
  cursor.error('ERR_SYNTAX', 'expected pack(), pack(n), pack(push), pack(push, n) or pack(pop)', position);
