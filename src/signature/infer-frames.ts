// The open constructs of a text that the compiler is reading, and how reading stops early. Types only.

import type { Entries } from './infer-values.ts';

/** Where in a list we are. `start` and `variadic` may close at once; what follows a comma may not. */
export type Where = 'start' | 'fixed' | 'variadic' | 'more';
type FrameKind =
  | ('struct' | 'union' | 'list' | 'array' | 'flexible' | 'vector' | 'complex')
  | ('pointer' | 'pointers' | 'result' | 'enum' | 'type' | 'function');

/**
 * An open construct on the stack: what it is, the stack below, the entries read so far, and for lists the name of the
 * entry being read, and where we are. At the bottom is what the whole text has to be, a type or a function.
 */
export interface Stack {
  readonly kind: FrameKind;
  readonly below: Stack;
  readonly entries: Entries;
  readonly name: string | null;
  readonly at: Where;
  /** A dot for every construct below. */
  readonly depth: string;
}
export interface Frame<
  K extends FrameKind,
  B extends Stack,
  E extends Entries,
  N extends string | null,
  At extends Where,
> {
  readonly kind: K;
  readonly below: B;
  readonly entries: E;
  readonly name: N;
  readonly at: At;
  readonly depth: `${B['depth']}.`;
}
export type Open<K extends FrameKind, B extends Stack> = Frame<K, B, [], null, 'start'>;
export interface Bottom<K extends 'type' | 'function'> extends Stack {
  readonly kind: K;
  readonly entries: [];
  readonly name: null;
  readonly at: 'start';
  readonly depth: '';
}
/** The compiler evaluates types at most 100 deep, and takes about three of that for a record in a record. */
export type DeepStack = `........................${string}`;

/** Nobody reads a type that goes deeper; see `DeepStack`. */
export interface TooDeep {
  readonly step: 'too deep';
}
/** The rest of a long text, to be read by another loop. */
export interface Pause<S extends string, St extends Stack> {
  readonly rest: S;
  readonly stack: St;
}
/** What may follow a type. */
export type Follower<St extends Stack> = St['kind'] extends 'struct'
  ? "',' or '}'"
  : St['kind'] extends 'union'
    ? "',' or '>'"
    : St['kind'] extends 'list'
      ? "',', ';' or ')'"
      : St['kind'] extends 'type' | 'function'
        ? 'the end'
        : "']'";
