// The TypeScript types of records: which properties stand for the members. marshal/shape.ts decides the same when the
// program runs. Types only.

import type { Entries, Entry, FlexibleNode, Node } from './infer-values.ts';

type Way = 'in' | 'arg' | 'out' | 'safe';

/** All properties in one object type, as an editor should show it. */
type Flat<T> = T extends unknown ? { [K in keyof T]: T[K] } : never;

/** A record whose members all have no names is an array in JavaScript. */
type IsList<E extends Entries> = E extends readonly [] ? false : true extends E[number][2] ? false : true;
type ListOf<E extends Entries, W extends Way> = { [I in keyof E]: E[I][1][W] };

/** An unnamed member that is a record whose members all have names: `keys` is theirs. */
type Anonymous = readonly [string, { readonly kind: 'record' | 'choice'; readonly keys: string }, false];
/** The same if its keys are those of no other member: then they are the outer record's own (C11 6.7.2.1p13). */
type IsPromoted<X extends Entry, All extends Entry> = X extends Anonymous
  ? [X[1]['keys']] extends [never]
    ? false
    : [X[1]['keys'] & (KeysBy<Exclude<All, X>> | X[0])] extends [never]
      ? true
      : false
  : false;
type KeysBy<E extends Entry> = E extends Anonymous ? E[1]['keys'] : E[2] extends true ? E[0] : never;
/** The keys by which a member of a record with named members is given. */
type KeysOf<X extends Entry, All extends Entry> = X extends unknown
  ? IsPromoted<X, All> extends true
    ? KeysBy<X>
    : X[0]
  : never;

/** The keys of a record all of whose members have names; none for another, which nothing promotes. */
type NamesOf<E extends Entries> =
  IsList<E> extends true ? never : false extends AreNamed<E[number], E[number]> ? never : KeysOf<E[number], E[number]>;
type AreNamed<X extends Entry, All extends Entry> = X extends unknown
  ? X[2] extends true
    ? true
    : IsPromoted<X, All>
  : never;

/** The properties of one member. */
type PartOf<X extends Entry, All extends Entry, W extends Way> =
  IsPromoted<X, All> extends true
    ? X[1][W]
    : W extends 'out' | 'safe'
      ? { [P in X[0]]: X[1][W] }
      : X[1] extends FlexibleNode<Node>
        ? { readonly [P in X[0]]?: X[1][W] }
        : { readonly [P in X[0]]: X[1][W] };

/**
 * The properties of all members, one after another. Only the first of several anonymous unions has exactly one of its
 * members: the combinations of all would grow exponentially.
 */
type AllParts<E extends Entries, All extends Entry, W extends Way, Found, Chosen extends boolean> = E extends readonly [
  infer X extends Entry,
  ...infer Rest extends Entries,
]
  ? [X[1]['kind'], W, IsPromoted<X, All>] extends ['choice', 'in' | 'arg', true]
    ? AllParts<Rest, All, W, Found & (Chosen extends true ? AnyOf<X[1][W]> : X[1][W]), true>
    : AllParts<Rest, All, W, Found & PartOf<X, All, W>, Chosen>
  : Flat<Found>;
type AnyOf<T> = {
  readonly [K in T extends unknown ? keyof T : never]?: T extends Readonly<Record<K, infer V>> ? V : never;
};

/** Whether a record needs more than one property for each member. */
type IsSpecial<X extends Entry> = [
  Extract<X, Anonymous | readonly [string, { readonly kind: 'flexible' }, boolean]>,
] extends [never]
  ? false
  : true;

type StructValue<E extends Entries, W extends 'in' | 'arg'> =
  IsList<E> extends true
    ? Readonly<ListOf<E, W>>
    : IsSpecial<E[number]> extends true
      ? AllParts<E, E[number], W, unknown, false>
      : { readonly [T in E[number] as T[0]]: T[1][W] };

type OutValue<E extends Entries, W extends 'out' | 'safe'> =
  IsList<E> extends true
    ? ListOf<E, W>
    : IsSpecial<E[number]> extends true
      ? AllParts<E, E[number], W, unknown, false>
      : { [T in E[number] as T[0]]: T[1][W] };

export interface StructNode<E extends Entries> {
  readonly kind: [Extract<E[number], readonly [string, { readonly kind: 'choice' }, false]>] extends [never]
    ? 'record'
    : 'choice';
  readonly in: StructValue<E, 'in'>;
  readonly arg: StructValue<E, 'arg'>;
  readonly out: OutValue<E, 'out'>;
  readonly safe: OutValue<E, 'safe'>;
  readonly keys: NamesOf<E>;
}

/** One object type per member; the keys of the other members may only be there as `undefined`. */
type OneOf<X extends Entry, All extends Entry, W extends 'in' | 'arg'> = X extends unknown
  ? Flat<PartOf<X, All, W> & { readonly [K in Exclude<KeysOf<All, All>, KeysOf<X, All>>]?: undefined }>
  : never;
/** The same where no member has a name, and none is promoted. */
type OneListed<X extends Entry, Keys extends string, W extends 'in' | 'arg'> = X extends unknown
  ? Flat<{ readonly [K in X[0]]: X[1][W] } & { readonly [K in Exclude<Keys, X[0]>]?: undefined }>
  : never;
type UnionValue<E extends Entries, W extends 'in' | 'arg'> =
  IsList<E> extends true ? OneListed<E[number], E[number][0], W> : OneOf<E[number], E[number], W>;

export interface UnionNode<E extends Entries> {
  readonly kind: 'choice';
  readonly in: UnionValue<E, 'in'>;
  readonly arg: UnionValue<E, 'arg'>;
  readonly out: OutValue<E, 'out'>;
  readonly safe: OutValue<E, 'safe'>;
  readonly keys: NamesOf<E>;
}
