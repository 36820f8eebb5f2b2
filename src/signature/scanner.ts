// A position in a signature text, and the errors that point at it. What the characters mean is the parser's business.

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

/** At most 40 characters of what a message quotes. */
export const clip = (quoted: string): string => (quoted.length > 40 ? `${quoted.slice(0, 39)}…` : quoted);

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

  /** The character at the position, or nothing at the end. */
  get next(): string {
    return this.text.charAt(this.#at);
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

  /** Consumes `word` if it comes next, and is not only the beginning of a longer one. */
  acceptWord(word: string): boolean {
    if (!this.text.startsWith(word, this.#at)) return false;
    const code = this.text.charCodeAt(this.#at + word.length);
    return !isLetter(code) && !isDigit(code) && this.accept(word);
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
    const end = this.#endOfWord();
    if (end === start) return null;
    this.#at = end;
    this.skipSpace();
    return this.text.slice(start, end);
  }

  /** The identifier that comes next, consumed with the `:` behind it; null if there is no such thing. */
  label(): string | null {
    const start = this.#at;
    const end = this.#endOfWord();
    if (end === start) return null;
    this.#at = end;
    this.skipSpace();
    if (this.accept(':')) return this.text.slice(start, end);
    this.#at = start;
    return null;
  }

  #endOfWord(): number {
    let end = this.#at;
    for (; end < this.text.length; end++) {
      const code = this.text.charCodeAt(end);
      if (!isLetter(code) && !(end > this.#at && isDigit(code))) break;
    }
    return end;
  }

  /** A name of a registry, such as `Space::Name`, consumed. */
  qualifiedName(): string {
    let name = '';
    do {
      const word = this.word();
      if (word === null) throw this.unexpected('a name');
      name += name === '' ? word : `::${word}`;
    } while (this.accept('::'));
    return name;
  }

  atLetter(): boolean {
    return isLetter(this.text.charCodeAt(this.#at));
  }

  atDigit(): boolean {
    return isDigit(this.text.charCodeAt(this.#at));
  }

  /** The decimal digits that come next, consumed, or null. */
  digits(): string | null {
    const start = this.#at;
    const end = this.#endOfDigits();
    if (end === start) return null;
    this.#at = end;
    this.skipSpace();
    return this.text.slice(start, end);
  }

  #endOfDigits(): number {
    let end = this.#at;
    while (end < this.text.length && isDigit(this.text.charCodeAt(end))) end++;
    return end;
  }

  atEnd(): boolean {
    return this.#at === this.text.length;
  }

  /** Goes back to a position that `position` gave. Used for one word of look-ahead, so reading stays linear. */
  rewind(position: number): void {
    this.#at = position;
  }

  unexpected(expected: string): InterfixError {
    return this.error('ERR_SYNTAX', `expected ${expected}, found ${this.#found()}`);
  }

  /** The whole word or number at the position, or its one character. */
  #found(): string {
    if (this.atEnd()) return 'the end';
    const end = Math.max(this.#endOfWord(), this.#endOfDigits());
    if (end > this.#at) return JSON.stringify(clip(this.text.slice(this.#at, end)));
    return JSON.stringify(String.fromCodePoint(this.text.codePointAt(this.#at) ?? 0));
  }

  /** `what` at the position, `hint` behind it, and the excerpt below. */
  error(code: ErrorCode, what: string, position: number = this.#at, hint = ''): InterfixError {
    const { text } = this;
    const message = `${what} at position ${position}${hint}\n${excerpt(text, position)}`;
    return new InterfixError(code, message, { position, text });
  }

  refusal(rule: string, what: string, position: number = this.#at): InterfixError {
    const { text } = this;
    return unsupported(rule, `${what} at position ${position}\n${excerpt(text, position)}`, { position, text });
  }
}
