// The errors of C declarations, which point into their text. What is wrong is decided by those who call.

import { type ErrorCode, InterfixError, unsupported } from '../../errors.ts';
import { excerpt } from '../scanner.ts';

const lineOf = (text: string, position: number): number => {
  let line = 1;
  for (let at = text.indexOf('\n'); at !== -1 && at < position; at = text.indexOf('\n', at + 1)) line++;
  return line;
};

const located = (text: string, what: string, position: number): string =>
  `${what} at position ${position} (line ${lineOf(text, position)})\n${excerpt(text, position)}`;

export const sourceError = (text: string, code: ErrorCode, what: string, position: number): InterfixError =>
  new InterfixError(code, located(text, what, position), { position, text });

export const sourceRefusal = (text: string, rule: string, what: string, position: number): InterfixError =>
  unsupported(rule, located(text, what, position), { position, text });
