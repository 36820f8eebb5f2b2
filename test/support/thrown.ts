// What a call threw: one of our own errors, and no other.

import { InterfixError } from '../../src/errors.ts';

/** The error that is thrown. Fails if none is, or another one. */
export function errorOf(run: () => unknown): InterfixError {
  try {
    run();
  } catch (error) {
    if (error instanceof InterfixError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

/** How parsing ends: `parsed`, or with the code of an error that is not our fault. Anything else is a failure. */
export function codeOf(parse: () => unknown): string {
  try {
    parse();
    return 'parsed';
  } catch (error) {
    if (error instanceof InterfixError && error.code !== 'ERR_INTERNAL') return error.code;
    throw error;
  }
}

/** Everything that a refusal says, or null without one. */
export function refusalOf(run: () => unknown): string | null {
  try {
    run();
    return null;
  } catch (error) {
    if (error instanceof InterfixError) return `${error.code} ${error.rule} ${error.message}`;
    throw error;
  }
}
