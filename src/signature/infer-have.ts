// What stands behind a type: the end of the construct that it is in, a separator, the width of a bit-field, a `->`. The
// other half of infer-parse.ts. Types only.

import type { Follower, Frame, Open, Stack, Where } from './infer-frames.ts';
import type { BitFieldKind, ElementKind, IntegerKind, Unqualified } from './infer-names.ts';
import type { Want } from './infer-parse.ts';
import type { StructNode, UnionNode } from './infer-records.ts';
import type { Blank, Digits, Expected, InWord, Letter, SignatureError, Trim, ValueNames } from './infer-scan.ts';
import type {
  ArrayNode,
  BitsNode,
  ComplexNode,
  Entries,
  Entry,
  EnumNode,
  FlexibleNode,
  FunctionNode,
  GapNode,
  Node,
  PointerNode,
  TextPointerNode,
  VectorNode,
  VoidNode,
} from './infer-values.ts';

/** A type N has been read; S is behind it. */
export type Have<S extends string, N extends Node, St extends Stack> = St['kind'] extends 'pointer' | 'pointers'
  ? Have<S, [St['kind'], N['kind']] extends ['pointer', 'unit'] ? TextPointerNode : PointerNode, St['below']>
  : St['kind'] extends 'result'
    ? N['kind'] extends 'array' | 'units' | 'flexible'
      ? SignatureError<'a function cannot return an array'>
      : Have<S, FunctionNode<St['entries'], N>, St['below']>
    : St['kind'] extends 'enum'
      ? N['kind'] extends IntegerKind
        ? Enumeration<Trim<S>, N, St['below']>
        : SignatureError<'an enumeration needs an integer type'>
      : S extends `${infer C}${infer R}`
        ? C extends Blank
          ? Have<Trim<R>, N, St>
          : C extends Letter
            ? BehindType<InWord<R, C>, S, N, St>
            : St['kind'] extends 'list'
              ? InParameters<C, R, S, N, St>
              : St['kind'] extends 'struct' | 'union'
                ? InMembers<C, R, S, N, St>
                : C extends ']'
                  ? Bracketed<R, N, St, S>
                  : SignatureError<Expected<Follower<St>, S>>
        : St['kind'] extends 'type' | 'function'
          ? N
          : SignatureError<Expected<Follower<St>, ''>>;

/** Words stand behind a type: qualifiers, or a mistake. */
type BehindType<W, S extends string, N extends Node, St extends Stack> = W extends [
  infer Found extends string,
  infer T extends string,
]
  ? Unqualified<Found> extends ''
    ? Have<T, N, St>
    : SignatureError<Expected<Follower<St>, S>>
  : never;

/** The list with the entry that was read. */
type Pushed<St extends Stack, N extends Node> = N['kind'] extends 'gap'
  ? St['entries']
  : St['name'] extends string
    ? [...St['entries'], [St['name'], N, true]]
    : [...St['entries'], [`${St['entries']['length']}`, N, false]];

/** C comes behind the type N of a parameter, or of what is only grouped. */
type InParameters<
  C extends string,
  R extends string,
  S extends string,
  N extends Node,
  St extends Stack,
> = C extends ','
  ? Want<R, Frame<'list', St['below'], Pushed<St, N>, null, St['at'] extends 'start' | 'fixed' ? 'fixed' : 'more'>>
  : C extends ')'
    ? Closed<Trim<R>, Pushed<St, N>, St['at'], St['below']>
    : [C, St['at']] extends [';', 'start' | 'fixed']
      ? Want<R, Frame<'list', St['below'], Pushed<St, N>, null, 'variadic'>>
      : [C, St['name'], N['kind']] extends ['{', 'e', IntegerKind]
        ? Enumeration<S, N, Frame<'list', St['below'], St['entries'], null, St['at']>> // no entry named `e` goes on so
        : SignatureError<Expected<Follower<St>, S>>;

/** C comes behind the type N of a member. */
type InMembers<
  C extends string,
  R extends string,
  S extends string,
  N extends Node,
  St extends Stack,
> = N['kind'] extends 'void'
  ? SignatureError<'a member cannot be void'>
  : C extends ','
    ? N['kind'] extends 'flexible'
      ? SignatureError<'a flexible array can only be the last of several members of a struct'>
      : Want<R, Frame<St['kind'], St['below'], Pushed<St, N>, null, 'fixed'>>
    : [St['kind'], C] extends ['struct', '}']
      ? [N['kind'], St['at']] extends ['flexible', 'start']
        ? SignatureError<'a flexible array can only be the last of several members of a struct'>
        : Have<R, StructNode<Pushed<St, N>>, St['below']>
      : [St['kind'], C] extends ['union', '>']
        ? N['kind'] extends 'flexible'
          ? SignatureError<'a flexible array can only be the last of several members of a struct'>
          : Have<R, UnionNode<Pushed<St, N>>, St['below']>
        : C extends ':'
          ? BitField<Digits<Trim<R>>, N, St>
          : [C, St['name'], N['kind']] extends ['{', 'e', IntegerKind]
            ? Enumeration<S, N, Frame<St['kind'], St['below'], St['entries'], null, St['at']>>
            : SignatureError<Expected<Follower<St>, S>>;

/** The width of a bit-field has been read; an unnamed one is padding. */
type BitField<D, N extends Node, St extends Stack> = D extends [infer Width, infer T extends string]
  ? Width extends ''
    ? SignatureError<Expected<'the width of a bit-field', T>>
    : N['kind'] extends BitFieldKind
      ? Have<T, St['name'] extends null ? GapNode : BitsNode<N>, St>
      : SignatureError<'a bit-field needs an integer type'>
  : never;

/** A parameter list has been read; `->` makes it a function, without one it groups a type. */
export type Closed<S extends string, E extends Entries, At extends Where, B extends Stack> = S extends `->${infer R}`
  ? [E, At] extends [[[string, VoidNode, false]], 'start']
    ? Want<R, Open<'result', B>>
    : 'void' extends E[number][1]['kind']
      ? SignatureError<'an argument cannot be void'>
      : Want<R, Frame<'result', B, E, null, 'start'>>
  : B['kind'] extends 'function'
    ? SignatureError<Expected<"'->'", S>>
    : [E['length'], At] extends [1, 'start']
      ? Grouped<S, E[0], B>
      : SignatureError<Expected<"'->'", S>>;
type Grouped<S extends string, X extends Entry, B extends Stack> = X[2] extends false
  ? Have<S, X[1], B>
  : [X[0], X[1]['kind']] extends ['e', IntegerKind]
    ? Have<S, EnumNode<X[1], never>, B>
    : SignatureError<Expected<"'->'", S>>;

/** `]` has been read. */
type Bracketed<R extends string, N extends Node, St extends Stack, S extends string> = St['kind'] extends
  | 'array'
  | 'flexible'
  ? N['kind'] extends 'void' | 'flexible'
    ? SignatureError<`an element cannot be ${N['kind'] extends 'void' ? 'void' : 'a flexible array'}`>
    : Have<R, St['kind'] extends 'array' ? ArrayNode<N> : FlexibleNode<N>, St['below']>
  : St['kind'] extends 'vector'
    ? N['kind'] extends ElementKind
      ? Have<R, VectorNode<N>, St['below']>
      : SignatureError<'the elements of a vector are integers or floating-point numbers'>
    : St['kind'] extends 'complex'
      ? N['kind'] extends 'float'
        ? Have<R, ComplexNode, St['below']>
        : SignatureError<'a complex number is made of floating-point numbers'>
      : SignatureError<Expected<Follower<St>, S>>;

/** The underlying type N of an enumeration has been read. */
type Enumeration<S extends string, N extends Node, B extends Stack> = S extends `{${infer Values}}${infer R}`
  ? [ValueNames<Values>] extends [infer Names extends string]
    ? Have<R, EnumNode<N, Names>, B>
    : ValueNames<Values>
  : S extends `{${string}`
    ? SignatureError<Expected<"',' or '}'", ''>>
    : Have<S, EnumNode<N, never>, B>;
