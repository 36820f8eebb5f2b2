// Where the parser is in a list of tokens, and the errors that point there.

import { type ErrorCode, InterfixError } from '../../errors.ts';
import { clip } from '../scanner.ts';
import { sourceError, sourceRefusal } from './source-error.ts';
import { type Token, tokenize } from './tokens.ts';

const CLOSING: ReadonlyMap<string, string> = new Map([
  ['(', ')'],
  ['[', ']'],
  ['{', '}'],
]);

/** Reads tokens left to right. It goes back only to read an array's length, so reading stays linear. */
export class Cursor {
  readonly text: string;
  readonly #tokens: readonly Token[];
  readonly #end: Token;
  /** Index of the next token. */
  index = 0;

  constructor(text: string) {
    this.text = text;
    this.#tokens = tokenize(text);
    this.#end = this.#tokens.at(-1) ?? { kind: 'end', text: '', position: text.length };
  }

  get token(): Token {
    return this.#tokens[this.index] ?? this.#end;
  }

  /** The token behind the next one. */
  get second(): Token {
    return this.#tokens[this.index + 1] ?? this.#end;
  }

  get position(): number {
    return this.token.position;
  }

  /** The word that comes next, not consumed, or null. */
  get word(): string | null {
    const { kind, text } = this.token;
    return kind === 'word' ? text : null;
  }

  next(): Token {
    const { token } = this;
    if (token.kind !== 'end') this.index++;
    return token;
  }

  /** Whether that mark or word comes next; literals keep their quotes, so they are never mistaken for one. */
  is(text: string): boolean {
    return this.token.text === text;
  }

  accept(text: string): boolean {
    if (!this.is(text)) return false;
    this.index++;
    return true;
  }

  expect(text: string, expected = `'${text}'`): void {
    if (!this.accept(text)) throw this.unexpected(expected);
  }

  /** Consumes the opening mark that comes next and everything up to its closing one. */
  skipBalanced(): void {
    const opening = this.token;
    const open: string[] = [];
    do {
      const { kind, text } = this.token;
      if (kind === 'end') throw this.error('ERR_SYNTAX', `'${opening.text}' is never closed`, opening.position);
      if (kind === 'pack') throw this.misplacedPack();
      const closing = CLOSING.get(text);
      if (closing !== undefined) open.push(closing);
      else if (text === ')' || text === ']' || text === '}') {
        if (open.pop() !== text) throw this.unexpected('the mark that closes what is open');
      }
      this.index++;
    } while (open.length > 0);
  }

  /** GCC lets a pragma inside a record count at its end, Clang at its beginning. */
  misplacedPack(): InterfixError {
    return this.refusal('pragma', "'#pragma pack' stands between declarations, not inside one");
  }

  unexpected(expected: string): InterfixError {
    const { kind, text } = this.token;
    if (kind === 'pack') return this.misplacedPack();
    const found = kind === 'end' ? 'the end' : JSON.stringify(clip(text));
    return this.error('ERR_SYNTAX', `expected ${expected}, found ${found}`);
  }

  error(code: ErrorCode, what: string, position: number = this.position): InterfixError {
    return sourceError(this.text, code, what, position);
  }

  refusal(rule: string, what: string, position: number = this.position): InterfixError {
    return sourceRefusal(this.text, rule, what, position);
  }

  /** Runs what may throw an error without a position, and gives it this one. */
  at<T>(position: number, action: () => T): T {
    try {
      return action();
    } catch (error) {
      if (!(error instanceof InterfixError) || error.position !== undefined) throw error;
      throw this.error(error.code, error.message, position);
    }
  }
}
