// `interfix call`: opens a library, calls one function with the words of the command line, and prints its result.

import type { Signature } from '../ctype/ctype.ts';
import { InterfixError } from '../errors.ts';
import { type Library, open } from '../exec/library.ts';
import { parseSignature } from '../signature/parse.ts';
import type { CallOptions } from './options.ts';
import { printResult } from './print-value.ts';
import { readWord } from './read-word.ts';

/** What is to be written to stdout behind what the C function wrote there itself. */
export function call({ library: path, signature, words }: CallOptions): string {
  const parsed = parseSignature(signature);
  if (parsed.name === null) {
    throw new InterfixError('ERR_OPTION', `which function? Write its name in front: 'name${signature.trim()}'`);
  }
  const values = valuesOf(parsed, words);
  const library = open(path);
  try {
    const result: unknown = library.func(parsed.name, signature)(...values);
    flush(library);
    const text = printResult(parsed.result, result); // may read memory of the library, or of `values`
    return text === null ? '' : `${text}\n`;
  } finally {
    library.close();
  }
}

function valuesOf({ parameters }: Signature, words: readonly string[]): unknown[] {
  if (words.length !== parameters.length) {
    const expected = `${parameters.length} argument${parameters.length === 1 ? '' : 's'}`;
    throw new InterfixError('ERR_ARGUMENT_COUNT', `the signature has ${expected}, the command line ${words.length}`);
  }
  return parameters.map(({ type }, index) => readWord(type, words[index] ?? '', `argument ${index}`));
}

/** What the function printed through C's stdio has to stand in front of what we print. */
function flush(library: Library): void {
  try {
    library.func('fflush', '(*void) -> int')(null);
  } catch (error) {
    // A library without C's stdio has nothing to flush.
    if (!(error instanceof InterfixError) || error.code !== 'ERR_SYMBOL') throw error;
  }
}
