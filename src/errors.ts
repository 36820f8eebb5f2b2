// Every error this library throws on purpose, and the closed list of their codes.

/**
 * What went wrong, in one word that programs may rely on.
 *
 * | code                 | thrown when                                                                   |
 * |----------------------|-------------------------------------------------------------------------------|
 * | `ERR_SYNTAX`         | a signature or type text does not follow the grammar                          |
 * | `ERR_UNKNOWN_TYPE`   | a type name means nothing                                                     |
 * | `ERR_INCOMPLETE`     | a named type is used where its definition is needed, and it has none           |
 * | `ERR_REDEFINED`      | a registry already has another definition of that name                        |
 * | `ERR_RECURSIVE`      | a type contains itself by value                                               |
 * | `ERR_DEPTH`          | types are nested deeper than the documented bound                             |
 * | `ERR_SIZE`           | a size, a length or a frame does not fit the documented bounds                |
 * | `ERR_TYPE`           | a type is well formed but may not stand here (`void` as an argument, …)       |
 * | `ERR_UNSUPPORTED`    | C has it, this version refuses it; `rule` says which rule is missing          |
 * | `ERR_ARGUMENT_COUNT` | a bound function was called with too few or too many arguments                |
 * | `ERR_ARGUMENT_KIND`  | a value is of the wrong kind (a string where a number belongs)                |
 * | `ERR_ARGUMENT_RANGE` | a value is of the right kind, but the C type cannot hold it                   |
 * | `ERR_NULL`           | address zero where memory or code is needed                                   |
 * | `ERR_LIBRARY`        | a shared library cannot be opened                                             |
 * | `ERR_SYMBOL`         | a library has no such symbol, or a code image was finalized without one       |
 * | `ERR_CLOSED`         | a library was used after `close()`                                            |
 * | `ERR_DISPOSED`       | a trampoline, function or callback was used after its disposal                |
 * | `ERR_MEMORY`         | the system gave no (executable) memory                                        |
 * | `ERR_CALLBACK`       | a callback could not be delivered or its result could not be taken            |
 * | `ERR_HOST`           | no host is available, or the chosen one cannot do this                        |
 * | `ERR_OPTION`         | an option or a command line word is unknown or malformed                      |
 * | `ERR_INTERNAL`       | an invariant of this library does not hold: a bug, please report it           |
 */
export type ErrorCode =
  | 'ERR_SYNTAX'
  | 'ERR_UNKNOWN_TYPE'
  | 'ERR_INCOMPLETE'
  | 'ERR_REDEFINED'
  | 'ERR_RECURSIVE'
  | 'ERR_DEPTH'
  | 'ERR_SIZE'
  | 'ERR_TYPE'
  | 'ERR_UNSUPPORTED'
  | 'ERR_ARGUMENT_COUNT'
  | 'ERR_ARGUMENT_KIND'
  | 'ERR_ARGUMENT_RANGE'
  | 'ERR_NULL'
  | 'ERR_LIBRARY'
  | 'ERR_SYMBOL'
  | 'ERR_CLOSED'
  | 'ERR_DISPOSED'
  | 'ERR_MEMORY'
  | 'ERR_CALLBACK'
  | 'ERR_HOST'
  | 'ERR_OPTION'
  | 'ERR_INTERNAL';

/** The structured part of an error: which fields are set depends on the code. */
export interface ErrorDetails {
  /** Index into the signature text, in UTF-16 code units, of the first offending character. */
  readonly position?: number;
  /** The text that `position` points into. */
  readonly text?: string;
  /** The rule of the calling convention or the language that refuses this input. */
  readonly rule?: string;
  readonly cause?: unknown;
}

/** Everything this library throws on purpose is an `InterfixError`; anything else is a bug here. */
export class InterfixError extends Error {
  override readonly name: string = 'InterfixError';
  readonly code: ErrorCode;
  readonly position: number | undefined;
  readonly text: string | undefined;
  readonly rule: string | undefined;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.position = details.position;
    this.text = details.text;
    this.rule = details.rule;
  }
}

/** Refuses what C allows but this version does not prove; the rule is named so that it can be looked up. */
export const unsupported = (rule: string, message: string, details: ErrorDetails = {}): InterfixError =>
  new InterfixError('ERR_UNSUPPORTED', message, { ...details, rule });

/** States an invariant of this library. A failure is our bug, never the user's. */
export function assert(condition: boolean, invariant: string): asserts condition {
  if (!condition) throw new InterfixError('ERR_INTERNAL', `invariant broken: ${invariant}`);
}

/** The same of something that has a name. The message is only made when it is needed. */
export function assertOf(subject: string, condition: boolean, invariant: string): asserts condition {
  if (!condition) assert(false, `${subject} ${invariant}`);
}

/** The end of an exhaustive `switch`: the compiler proves it unreachable. */
export const unreachable = (value: never): never => {
  throw new InterfixError('ERR_INTERNAL', `unreachable: ${JSON.stringify(value)}`);
};
