// A position in a signature text, and the errors that point at it. What the characters mean is parse.ts's business.

import { type ErrorCode, InterfixError, unsupported } from '../errors.ts';

const isSpace = (code: number): boolean => code === 0x20 || (code >= 0x09 && code <= 0x0d);
const isDigit = (code: number): boolean => code >= 0x30 && code <= 0x39;
const isLetter = (code: number): boolean =>
  (code >= 0x41 && code <= 0x5a) || (code >= 0x61 && code <= 0x7a) || code === 0x5f;

/** The text around a position, with a caret under it: at most 40 characters to either side, on one line. */
export function excerpt(text: string, position: number): string {
  const start = Math.max(0, position - 40);
  const end = Math.min(text.length, position + 40);
  const before = start > 0 ? '…' : '';
  const line = text.slice(start, end).replace(/[\p{Cc}\u2028\u2029]/gu, ' ');
  return `  ${before}${line}${end < text.length ? '…' : ''}\n  ${' '.repeat(before.length + position - start)}^`;
}

/** Reads a text once, left to right. Comments run from `#` to the end of the line. */
export class Scanner {
  readonly text: string;
  #at = 0;

  constructor(text: string) {
    if (typeof text !== 'string') throw new InterfixError('ERR_ARGUMENT_KIND', `expected text, got ${typeof text}`);
    this.text = text;
    this.skipSpace();
  }

  /** Index of the next character that is not blank; the length of the text at its end. */
  get position(): number {
    return this.#at;
  }

  skipSpace(): void {
    const { text } = this;
    for (; this.#at < text.length; this.#at++) {
      const code = text.charCodeAt(this.#at);
      if (code === 0x23) this.#skipComment();
      else if (!isSpace(code)) return;
    }
  }

  #skipComment(): void {
    while (this.#at + 1 < this.text.length && this.text.charCodeAt(this.#at + 1) !== 0x0a) this.#at++;
  }

  /** Consumes `token` if it comes next. */
  accept(token: string): boolean {
    if (!this.text.startsWith(token, this.#at)) return false;
    this.#at += token.length;
    this.skipSpace();
    return true;
  }

  expect(token: string, expected: string): void {
    if (!this.accept(token)) throw this.unexpected(expected);
  }

  peek(token: string): boolean {
    return this.text.startsWith(token, this.#at);
  }

  /** The identifier that comes next, consumed, or null. */
  word(): string | null {
    const start = this.#at;
    let end = start;
    for (; end < this.text.length; end++) {
      const code = this.text.charCodeAt(end);
      if (!isLetter(code) && !(end > start && isDigit(code))) break;
    }
    if (end === start) return null;
    this.#at = end;
    this.skipSpace();
    return this.text.slice(start, end);
  }

  /** The decimal digits that come next, consumed, or null. */
  digits(): string | null {
    const start = this.#at;
    let end = start;
    while (end < this.text.length && isDigit(this.text.charCodeAt(end))) end++;
    if (end === start) return null;
    this.#at = end;
    this.skipSpace();
    return this.text.slice(start, end);
  }

  atEnd(): boolean {
    return this.#at === this.text.length;
  }

  /** Goes back to a position that `position` gave. Used for one word of look-ahead, so reading stays linear. */
  rewind(position: number): void {
    this.#at = position;
  }

  unexpected(expected: string): InterfixError {
    const found = this.atEnd() ? 'the end' : JSON.stringify(this.text[this.#at]);
    return this.error('ERR_SYNTAX', `expected ${expected}, found ${found}`);
  }

  error(code: ErrorCode, what: string, position: number = this.#at): InterfixError {
    const { text } = this;
    return new InterfixError(code, `${what} at position ${position}\n${excerpt(text, position)}`, { position, text });
  }

  refusal(rule: string, what: string, position: number = this.#at): InterfixError {
    const { text } = this;
    return unsupported(rule, `${what} at position ${position}\n${excerpt(text, position)}`, { position, text });
  }
}
