// C text → tokens: comments and line markers go, `#pragma pack` becomes a token, every other preprocessor line is
// refused. What the tokens mean is decided by the parser; the lexer takes anything that may stand in a function body.

import { HARMLESS_PRAGMAS } from './harmless.ts';
import { sourceError, sourceRefusal } from './source-error.ts';

/** A `mark` is punctuation; the text of a `pack` is what stands between the parentheses of `#pragma pack`. */
export type TokenKind = 'word' | 'number' | 'character' | 'string' | 'mark' | 'pack' | 'end';

export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  readonly position: number;
}

const NEWLINE = 0x0a;
const BACKSLASH = 0x5c;

const isBlank = (code: number): boolean => code === 0x20 || (code >= 0x09 && code <= 0x0d);
const isDigit = (code: number): boolean => code >= 0x30 && code <= 0x39;
const isLetter = (code: number): boolean =>
  (code >= 0x41 && code <= 0x5a) || (code >= 0x61 && code <= 0x7a) || code === 0x5f;

const LONG_MARKS: ReadonlySet<string> = new Set([
  ...['...', '<<=', '>>='],
  ...['<<', '>>', '<=', '>=', '==', '!=', '&&', '||', '->', '++', '--', '+=', '-=', '*=', '/=', '%=', '&=', '|=', '^='],
]);

/** Prefixes of character and string literals, C11 6.4.4.4 and 6.4.5. */
const PREFIXES: ReadonlySet<string> = new Set(['L', 'u', 'U', 'u8']);

/** All tokens of the text and one of kind `end`. Throws `ERR_SYNTAX` and `ERR_UNSUPPORTED`, with the position. */
export function tokenize(text: string): Token[] {
  const lexer = new Lexer(text);
  const tokens: Token[] = [];
  for (;;) {
    const token = lexer.next();
    tokens.push(token);
    if (token.kind === 'end') return tokens;
  }
}

class Lexer {
  readonly #text: string;
  #at = 0;
  /** Whether only blanks and comments stand between here and the start of the line. */
  #isLineStart = true;

  constructor(text: string) {
    this.#text = text;
  }

  next(): Token {
    for (;;) {
      this.#skipBlanks();
      const position = this.#at;
      if (position >= this.#text.length) return { kind: 'end', text: '', position };
      if (this.#text[position] !== '#' || !this.#isLineStart) break;
      const pack = this.#directive();
      if (pack !== null) return pack;
    }
    this.#isLineStart = false;
    return this.#token();
  }

  #skipBlanks(): void {
    const text = this.#text;
    while (this.#at < text.length) {
      const code = text.charCodeAt(this.#at);
      if (isBlank(code)) {
        if (code === NEWLINE) this.#isLineStart = true;
        this.#at++;
      } else if (text.startsWith('/*', this.#at)) this.#skipComment();
      else if (text.startsWith('//', this.#at)) this.#at = this.#endOfLine(this.#at);
      else if (code === BACKSLASH && /^\r?\n/.test(text.slice(this.#at + 1, this.#at + 3))) this.#at += 2;
      else return;
    }
  }

  #skipComment(): void {
    const end = this.#text.indexOf('*/', this.#at + 2);
    if (end === -1) throw sourceError(this.#text, 'ERR_SYNTAX', "a comment without its '*/'", this.#at);
    this.#at = end + 2;
  }

  #endOfLine(from: number): number {
    const end = this.#text.indexOf('\n', from);
    return end === -1 ? this.#text.length : end;
  }

  #token(): Token {
    const text = this.#text;
    const position = this.#at;
    const code = text.charCodeAt(position);
    if (isLetter(code)) return this.#word();
    if (isDigit(code) || (code === 0x2e && isDigit(text.charCodeAt(position + 1)))) return this.#number();
    if (code === 0x22 || code === 0x27) return this.#literal(position);
    for (const length of [3, 2]) {
      const mark = text.slice(position, position + length);
      if (LONG_MARKS.has(mark)) return this.#take('mark', position + mark.length);
    }
    return this.#take('mark', position + 1);
  }

  #take(kind: TokenKind, end: number, position: number = this.#at): Token {
    this.#at = end;
    return { kind, text: this.#text.slice(position, end), position };
  }

  #word(): Token {
    const text = this.#text;
    let end = this.#at + 1;
    while (end < text.length && (isLetter(text.charCodeAt(end)) || isDigit(text.charCodeAt(end)))) end++;
    const quote = text[end];
    const isPrefix = (quote === '"' || quote === "'") && PREFIXES.has(text.slice(this.#at, end));
    return isPrefix ? this.#literal(end) : this.#take('word', end);
  }

  /** A preprocessing number, C11 6.4.8: it may turn out not to be a number. */
  #number(): Token {
    const text = this.#text;
    let end = this.#at + 1;
    for (; end < text.length; end++) {
      const code = text.charCodeAt(end);
      const isExponentSign = (code === 0x2b || code === 0x2d) && /[eEpP]/.test(text[end - 1] ?? '');
      if (!isLetter(code) && !isDigit(code) && code !== 0x2e && !isExponentSign) break;
    }
    return this.#take('number', end);
  }

  /** A character or string literal, prefix included, whose opening quote is at `quoteAt`. */
  #literal(quoteAt: number): Token {
    const text = this.#text;
    const quote = text.charCodeAt(quoteAt);
    for (let end = quoteAt + 1; end < text.length; end++) {
      const code = text.charCodeAt(end);
      if (code === NEWLINE) break;
      if (code === BACKSLASH) end++;
      else if (code === quote) return this.#take(quote === 0x27 ? 'character' : 'string', end + 1);
    }
    throw sourceError(text, 'ERR_SYNTAX', 'a literal without its closing quote', this.#at);
  }

  /** A line that begins with `#`: skipped, a `pack` token, or refused. */
  #directive(): Token | null {
    const position = this.#at;
    const end = this.#endOfLine(position);
    const line = this.#text.slice(position + 1, end);
    this.#at = end;
    // A null directive, and what cpp leaves behind: `# 12 "file.h" 1 3` and `#line 12`.
    if (/^\s*(?:$|\d|line\s)/.test(line)) return null;
    const word = /^\s*(\w*)\s*(\w*)\s*(\w*)/.exec(line);
    if (word?.[1] !== 'pragma') {
      const what = `'#${word?.[1] ?? ''}' is the preprocessor's: run the text through cpp first`;
      throw sourceRefusal(this.#text, 'preprocessor', what, position);
    }
    const pragma = word[2] ?? '';
    // `#pragma clang attribute` puts attributes on all that follows.
    if (HARMLESS_PRAGMAS.has(pragma) && word[3] !== 'attribute') return null;
    const pack = pragma === 'pack' ? /^\s*pragma\s+pack\s*\(([^()]*)\)\s*(?:\/[/*]|$)/.exec(line) : null;
    if (pack !== null) return { kind: 'pack', text: pack[1] ?? '', position };
    throw sourceRefusal(this.#text, 'pragma', `unknown pragma '${pragma}'`, position);
  }
}
