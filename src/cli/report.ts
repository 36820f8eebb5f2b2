// Errors → the text for stderr and the exit status: 2 for bad input, 1 for failures. The excerpt with the caret is
// already part of a signature error's message.

import { type ErrorCode, InterfixError } from '../errors.ts';

const BAD_INPUT = 2;
const FAILURE = 1;

/** Whether other words on the command line would have helped. */
const statuses: Readonly<Record<ErrorCode, number>> = {
  ERR_SYNTAX: BAD_INPUT,
  ERR_UNKNOWN_TYPE: BAD_INPUT,
  ERR_INCOMPLETE: BAD_INPUT,
  ERR_RECURSIVE: BAD_INPUT,
  ERR_REDEFINED: BAD_INPUT,
  ERR_DEPTH: BAD_INPUT,
  ERR_SIZE: BAD_INPUT,
  ERR_TYPE: BAD_INPUT,
  ERR_UNSUPPORTED: BAD_INPUT,
  ERR_ARGUMENT_COUNT: BAD_INPUT,
  ERR_ARGUMENT_KIND: BAD_INPUT,
  ERR_ARGUMENT_RANGE: BAD_INPUT,
  ERR_OPTION: BAD_INPUT,
  ERR_NULL: FAILURE,
  ERR_LIBRARY: FAILURE,
  ERR_SYMBOL: FAILURE,
  ERR_CLOSED: FAILURE,
  ERR_DISPOSED: FAILURE,
  ERR_MEMORY: FAILURE,
  ERR_CALLBACK: FAILURE,
  ERR_HOST: FAILURE,
  ERR_INTERNAL: FAILURE,
};

export interface Report {
  /** Ends in a newline. */
  readonly text: string;
  readonly status: number;
}

export function report(error: unknown): Report {
  if (error instanceof InterfixError) {
    return { text: `interfix: ${error.code}: ${error.message}\n`, status: statuses[error.code] };
  }
  const what = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { text: `interfix: a bug, please report it: ${what}\n`, status: FAILURE };
}
