// A parser for signature texts that the compiler runs, character by character. Types only. It accepts what parse.ts
// accepts, as far as JavaScript values depend on it: sizes, alignments and the names of a registry are not looked at.
//
//   Want<S, St>      a type, or an entry of a list, begins here       St: the open constructs, innermost first
//   Have<S, N, St>   a type N was read; what is next belongs to the innermost open construct
//
// Every step is a tail call, which the compiler runs as a loop of at most 1,000 rounds: hence the limit in infer-scan.ts.

import type { Bottom, DeepStack, Follower, Frame, Open, Pause, Stack, TooDeep } from './infer-frames.ts';
import type { Closed, Have } from './infer-have.ts';
import type { ScalarNamed, ScalarNodes, Unqualified } from './infer-names.ts';
import type { StructNode, UnionNode } from './infer-records.ts';
import type { Blank, Digit, Digits, Expected, InWord, Letter, Readable, SignatureError, Trim } from './infer-scan.ts';
import type { NamedNode } from './infer-values.ts';

type Run<T> = T extends Pause<infer S, infer St> ? Run<Want<S, St>> : T extends TooDeep ? null : T;

export type Want<S extends string, St extends Stack> = S extends `${infer C}${infer R}`
  ? C extends Letter
    ? InWord<R, C> extends [infer W extends string, infer T extends string]
      ? Words<W, T, St>
      : never
    : C extends Blank
      ? Want<Trim<R>, St>
      : C extends '\0'
        ? Pause<R, St>
        : St['depth'] extends DeepStack
          ? TooDeep
          : C extends keyof Opening
            ? Want<R, Open<Opening[C], St>>
            : C extends '*'
              ? Want<R, St['kind'] extends 'pointer' | 'pointers' ? Open<'pointers', St['below']> : Open<'pointer', St>>
              : C extends '['
                ? Length<Trim<R>, St>
                : C extends '!'
                  ? Packed<Trim<R>, St>
                  : C extends '@'
                    ? Name<Trim<R>, St>
                    : Close<C, R, S, St>
  : SignatureError<Expected<'a type', ''>>;

interface Opening {
  '(': 'list';
  '{': 'struct';
  '<': 'union';
}

/** What may follow an opening bracket, or a `;`, instead of an entry. */
type Close<C extends string, R extends string, S extends string, St extends Stack> = [St['at'], St['name']] extends [
  'start' | 'variadic',
  null,
]
  ? [St['kind'], C] extends ['struct', '}']
    ? Have<R, StructNode<[]>, St['below']>
    : [St['kind'], C] extends ['union', '>']
      ? Have<R, UnionNode<[]>, St['below']>
      : [St['kind'], C] extends ['list', ')']
        ? Closed<Trim<R>, St['entries'], 'variadic', St['below']>
        : [St['kind'], C, St['at']] extends ['list', ';', 'start']
          ? Want<R, Frame<'list', St['below'], [], null, 'variadic'>>
          : SignatureError<Expected<'a type', S>>
  : SignatureError<Expected<'a type', S>>;

/** `!` has been read. */
type Packed<S extends string, St extends Stack> = S extends `${'{' | '<'}${string}`
  ? Want<S, St>
  : Digits<S> extends [infer D extends string, infer T extends string]
    ? D extends ''
      ? SignatureError<Expected<"'{' or '<'", S>>
      : T extends `:${infer R}`
        ? Trim<R> extends infer U extends `${'{' | '<'}${string}`
          ? Want<U, St>
          : SignatureError<Expected<"'{' or '<'", R>>
        : SignatureError<Expected<"':'", T>>
    : never;

/** `@` has been read. */
type Name<S extends string, St extends Stack> = S extends `${infer C extends Letter}${infer R}`
  ? InWord<R, C> extends [string, infer T extends string]
    ? T extends `::${infer More}`
      ? Name<Trim<More>, St>
      : Have<T, NamedNode, St>
    : never
  : SignatureError<Expected<'a name', S>>;

/** `[` has been read. */
type Length<S extends string, St extends Stack> = S extends `?${infer R}`
  ? Element<Trim<R>, Open<'flexible', St>>
  : Counted<Digits<S>, Open<'array', St>>;
type Counted<D, St extends Stack> = D extends [infer Count, infer T extends string]
  ? Count extends ''
    ? SignatureError<Expected<'the number of elements', T>>
    : Count extends '0'
      ? SignatureError<'an array needs at least one element'>
      : Element<T, St>
  : never;
type Element<S extends string, St extends Stack> = S extends `:${infer R}`
  ? Want<R, St>
  : SignatureError<Expected<"':'", S>>;

/** Words W have been read, and T comes next. */
type Words<W extends string, T extends string, St extends Stack> = T extends `:${infer R}`
  ? Colon<W, R, T, St>
  : Specified<Unqualified<W>, T, St>;

type Specified<W extends string, T extends string, St extends Stack> = W extends 'v' | 'c' | 'alignas' | '_Alignas'
  ? [W, T] extends ['v', `[${infer R}`]
    ? Counted<Digits<Trim<R>>, Open<'vector', St>>
    : [W, T] extends ['c', `[${infer R}`]
      ? Want<R, Open<'complex', St>>
      : [W, T] extends ['alignas' | '_Alignas', `(${infer R}`]
        ? Aligned<Digits<Trim<R>>, St>
        : Scalar<W, T, St>
  : Scalar<W, T, St>;

/** Either a member is aligned, whatever its type, or a record. */
type Aligned<D, St extends Stack> = D extends [infer N extends string, infer T extends string]
  ? N extends ''
    ? SignatureError<Expected<'the alignment in bytes', T>>
    : T extends `)${infer R}`
      ? [St['kind'], St['name']] extends ['struct' | 'union', null]
        ? Want<R, St>
        : Trim<R> extends `${'{' | '<' | '!'}${string}`
          ? Want<R, St>
          : SignatureError<Expected<"'{', '<' or '!'", Trim<R>>>
      : SignatureError<Expected<"')'", T>>
  : never;

type Scalar<W extends string, T extends string, St extends Stack> =
  ScalarNamed<W> extends infer K
    ? K extends keyof ScalarNodes
      ? Have<T, ScalarNodes[K], St>
      : W extends ''
        ? Want<T, St>
        : SignatureError<`unknown type '${W}'`>
    : never;

/** `W:` has been read: an entry's name, the `e` of an enumeration, or the type of a bit-field. T begins with the colon. */
type Colon<W extends string, R extends string, T extends string, St extends Stack> =
  Trim<R> extends `${Digit}${string}`
    ? Scalar<Unqualified<W>, T, St>
    : [St['kind'], St['name']] extends ['struct' | 'union' | 'list', null]
      ? Named<W, R, T, St>
      : Unqualified<W> extends 'e'
        ? Want<R, Open<'enum', St>>
        : Scalar<Unqualified<W>, T, St>;
type Named<W extends string, R extends string, T extends string, St extends Stack> = W extends `${string} ${string}`
  ? Unqualified<W> extends 'e'
    ? Want<R, Open<'enum', St>>
    : SignatureError<Expected<Follower<St>, T>>
  : [St['kind'], W] extends ['struct' | 'union', St['entries'][number][0]]
    ? SignatureError<`a second member named '${W}'`>
    : Want<R, Frame<St['kind'], St['below'], St['entries'], W, St['at']>>;

/** The signature behind an optional name. */
type AtSignature<S extends string> = S extends `${infer C extends Letter}${infer R}`
  ? InWord<R, C> extends [infer W extends string, infer T extends string]
    ? W extends `${string} ${string}`
      ? SignatureError<Expected<"'('", T>>
      : AtList<T, "'('">
    : never
  : S extends `@${string}`
    ? Run<Want<S, Bottom<'type'>>>
    : AtList<S, "a name or '('">;
type AtList<S extends string, What extends string> = S extends `(${infer R}`
  ? Run<Want<R, Open<'list', Bottom<'function'>>>>
  : SignatureError<Expected<What, S>>;

/** The type that a text describes, null if it cannot be told, or a `SignatureError`. */
export type ParsedType<Text extends string> =
  Readable<Text> extends infer S extends string ? Run<Want<S, Bottom<'type'>>> : null;

/** The same for a signature; a name of a registry gives that name's node. */
export type ParsedSignature<Text extends string> =
  Readable<Text> extends infer S extends string ? AtSignature<Trim<S>> : null;
