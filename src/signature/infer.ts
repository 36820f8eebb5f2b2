// What the text of a signature or type means in TypeScript. Types only: nothing here runs. infer-parse.ts reads the text,
// infer-values.ts and infer-records.ts have the value of each type.

import type { CType, Signature } from '../ctype/ctype.ts';
import type { ParsedSignature, ParsedType } from './infer-parse.ts';
import type { SignatureError } from './infer-scan.ts';
import type { Loose, Node } from './infer-values.ts';

export type { SignatureError } from './infer-scan.ts';
export type { Pointer } from './infer-values.ts';

/** The option `int64`: bigints for all integers of 64 and 128 bits, or numbers where they are exact. */
export type Int64 = 'bigint' | 'number';

/** Any JavaScript function. */
export type AnyFunction = (...args: never[]) => unknown;
/** A C function whose types the compiler does not know. Its result is assignable to everything: say what it is. */
export type LooseFunction = (...args: unknown[]) => never;

/**
 * The JavaScript function that a signature describes:
 *
 *     FunctionOf<'(int, *char) -> int64'>           (args_0: number, args_1: string | Pointer) => bigint
 *     FunctionOf<'div(int, int) -> {q:int, r:int}'> (args_0: number, args_1: number) => { q: number; r: number }
 *     FunctionOf<'(dobule) -> int'>                 SignatureError<"unknown type 'dobule'">
 *
 * `LooseFunction` if the compiler does not know the text, if the text is too long or too deep for it (900 characters, 24
 * brackets), or if the signature is a name of a registry.
 */
export type FunctionOf<Text extends string, I extends Int64 = 'bigint'> = Text extends string
  ? ParsedSignature<Text> extends infer P
    ? P extends { readonly call: infer F extends AnyFunction; readonly safeCall: infer G extends AnyFunction }
      ? By<I, F, G>
      : P extends SignatureError<string>
        ? P
        : LooseFunction
    : never
  : never;

/**
 * The JavaScript function that C may call through a pointer of that signature: `CallbackOf<'(*void, int) -> long'>` is
 * `(args_0: bigint, args_1: number) => bigint | number`. `AnyFunction` where `FunctionOf` is loose.
 */
export type CallbackOf<Text extends string, I extends Int64 = 'bigint'> = Text extends string
  ? ParsedSignature<Text> extends infer P
    ? P extends { readonly called: infer F extends AnyFunction; readonly safelyCalled: infer G extends AnyFunction }
      ? By<I, F, G>
      : P extends SignatureError<string>
        ? P
        : AnyFunction
    : never
  : never;

/** What `read` gives for a type: `ValueOf<'{x:double, y:*char}'>` is `{ x: number; y: bigint }`. */
export type ValueOf<Text extends string, I extends Int64 = 'bigint'> = ValueBy<Text, By<I, 'out', 'safe'>>;
/** What `write` takes for a type: `InputOf<'{n:int64, y:*char}'>` is `{ readonly n: bigint | number; readonly y: Pointer }`. */
export type InputOf<Text extends string> = ValueBy<Text, 'in'>;

/** What is not known to be `bigint` may be either: then numbers have to be expected. */
type By<I extends Int64, Bigint, Number> = [I] extends ['bigint'] ? Bigint : Number;

type ValueBy<Text extends string, Way extends 'in' | 'out' | 'safe'> = Text extends string
  ? ParsedType<Text> extends infer P
    ? P extends Node
      ? P[Way]
      : P extends SignatureError<string>
        ? P
        : Loose
    : never
  : never;

// What follows serves the functions that take a text. Their one type parameter T is inferred as the text, or as the type
// of a model object; given explicitly it is the type of the function or value, and the text is not looked at.

/** A text that is right is its own type; for a wrong one the parameter's type is the error, which the compiler then shows. */
type Checked<Text extends string, Read> = Read extends SignatureError<string> ? Read : Text;

/** What `int64` is without the option. Types that are given explicitly do not depend on it. */
export type DefaultInt64<T> = T extends string | Signature | CType ? 'bigint' : Int64;

/** The parameter `signature`. */
export type SignatureArgument<T> = T extends string
  ? Checked<T, FunctionOf<T>>
  : T extends AnyFunction
    ? Signature | string
    : T & Signature;

/** The parameter `type`. */
export type TypeArgument<T> = T extends string ? Checked<T, ValueOf<T>> : T extends CType ? T : CType | string;

/** The function that `bind` makes. */
export type FunctionFor<T, I extends Int64 = 'bigint'> = T extends string
  ? FunctionOf<T, I>
  : T extends AnyFunction
    ? T
    : LooseFunction;
/** The function that `callback` takes. */
export type CallbackFor<T, I extends Int64 = 'bigint'> = T extends string
  ? CallbackOf<T, I>
  : T extends AnyFunction
    ? T
    : AnyFunction;
/** What `read` gives. */
export type ValueFor<T, I extends Int64 = 'bigint'> = T extends string ? ValueOf<T, I> : T extends CType ? Loose : T;
/** What `write` takes. */
export type InputFor<T> = T extends string ? InputOf<T> : T extends CType ? Loose : T;
