// `interfix call`: opens a library, calls one function with the words of the command line, and prints its result.

import { conventionOf } from '../abi/conventions.ts';
import type { Signature } from '../ctype/ctype.ts';
import type { DataModel } from '../ctype/data-model.ts';
import { InterfixError } from '../errors.ts';
import { hostAbi } from '../exec/host-abi.ts';
import { type Library, open } from '../exec/library.ts';
import type { CallOptions } from './options.ts';
import { printResult } from './print-value.ts';
import { readWord } from './read-word.ts';
import { functionFrom } from './types.ts';

/** What is to be written to stdout behind what the C function wrote there itself. */
export function call({ library: path, signature: text, definitions, words }: CallOptions): string {
  const abi = hostAbi();
  const { signature, symbol } = functionFrom(text, definitions, abi);
  if (symbol === null) {
    throw new InterfixError('ERR_OPTION', `which function? Write its name in front: 'name${text.trim()}'`);
  }
  const { dataModel } = conventionOf(abi);
  conventionOf(abi).layout(signature); // what cannot be passed is refused before the words are looked at
  const values = valuesOf(signature, words, dataModel);
  const library = open(path);
  try {
    const result: unknown = library.func(symbol, signature)(...values);
    flush(library);
    const printed = printResult(signature.result, result, dataModel); // may read memory of the library, or of `values`
    return printed === null ? '' : `${printed}\n`;
  } finally {
    library.close();
  }
}

function valuesOf({ parameters, variadicFrom }: Signature, words: readonly string[], model: DataModel): unknown[] {
  if (words.length !== parameters.length) {
    const expected = `${parameters.length} argument${parameters.length === 1 ? '' : 's'}`;
    const isOpen = variadicFrom === parameters.length && words.length > parameters.length;
    const hint = isOpen
      ? "; say the types of the variadic ones in the signature language: '(*char; double) -> int'"
      : '';
    throw new InterfixError(
      'ERR_ARGUMENT_COUNT',
      `the signature has ${expected}, the command line ${words.length}${hint}`,
    );
  }
  return parameters.map(({ type }, index) => readWord(type, words[index] ?? '', `argument ${index}`, model));
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
