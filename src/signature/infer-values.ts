// The TypeScript type of each C type's JavaScript value. Types only; infer-text.ts reads the text that names them.
// docs/signatures.md has the same facts in words.

/** What may stand for a C pointer: an address, `null`, or something that has an address. */
export type Pointer = bigint | null | ArrayBufferView | ArrayBuffer | { readonly address: bigint };

/** A type that the text does not decide: a name of a registry, or what is beyond the limits of inference. */
export type Loose = unknown;

export type Kind =
  | 'void'
  | 'bool'
  | 'unit'
  | 'int'
  | 'wide'
  | 'float'
  | 'enum'
  | 'complex'
  | 'vector'
  | 'pointer'
  | 'function'
  | 'array'
  | 'units'
  | 'flexible'
  | 'record'
  | 'choice'
  | 'named'
  | 'bits'
  | 'gap';

/**
 * A C type: what memory and callbacks take (`in`), what a call takes as (part of) an argument, where a string may stand
 * for a pointer to text (`arg`), what JavaScript gets (`out`), and what it gets under `int64: 'number'` (`safe`).
 */
export interface Node {
  readonly kind: Kind;
  readonly in: unknown;
  readonly arg: unknown;
  readonly out: unknown;
  readonly safe: unknown;
}

interface Scalar<K extends Kind, In, Out = In, Safe = Out> {
  readonly kind: K;
  readonly in: In;
  readonly arg: In;
  readonly out: Out;
  readonly safe: Safe;
}

// `void` is right here: it is the result of a function that gives none, which may be any function.
export type VoidNode = Scalar<'void', void>;
export type BoolNode = Scalar<'bool', boolean>;
/** An integer that text is made of: a pointer to one takes a string. */
export type UnitNode = Scalar<'unit', number>;
export type IntNode = Scalar<'int', number>;
/** An integer of 64 or 128 bits; `long` too, which has 64 on most platforms. */
export type WideNode = Scalar<'wide', bigint | number, bigint, bigint | number>;
export type FloatNode = Scalar<'float', number>;
export type PointerNode = Scalar<'pointer', Pointer, bigint>;
export type NamedNode = Scalar<'named', Loose>;
export type ComplexNode = Scalar<'complex', { readonly re: number; readonly im: number }, { re: number; im: number }>;
export type EnumNode<U extends Node, Names extends string> = Scalar<'enum', U['in'] | Names, U['out'], U['safe']>;
export type VectorNode<E extends Node> = Scalar<'vector', ArrayLike<E['in']>, E['out'][], E['safe'][]>;
/** C11 6.7.2.1p18: it has no elements of its own. */
export interface FlexibleNode<E extends Node> extends Scalar<'flexible', readonly [] | undefined, []> {
  readonly element: E['kind'];
}
/** An unnamed bit-field, which nobody reads or writes. */
export type GapNode = Scalar<'gap', unknown>;

export interface TextPointerNode {
  readonly kind: 'pointer';
  readonly in: Pointer;
  readonly arg: Pointer | string;
  readonly out: bigint;
  readonly safe: bigint;
}
export interface BitsNode<N extends Node> {
  readonly kind: 'bits';
  readonly in: N['in'];
  readonly arg: N['arg'];
  readonly out: N['out'];
  readonly safe: N['safe'];
}

type NumberKind = 'unit' | 'int' | 'wide' | 'float';

/** Numbers may come in anything indexed by number, a typed array for one; other elements in an array. */
type Elements<K extends Kind, E> = K extends NumberKind ? ArrayLike<E> : readonly E[];

export interface ArrayNode<E extends Node> {
  readonly kind: E['kind'] extends 'unit' ? 'units' : 'array';
  readonly in: Elements<E['kind'], E['in']>;
  readonly arg: Elements<E['kind'], E['arg']>;
  readonly out: E['out'][];
  readonly safe: E['safe'][];
}

/** A member or parameter: its key (its index if it has no name), its type, and whether it has a name. */
export type Entry = readonly [key: string, node: Node, named: boolean];
export type Entries = readonly Entry[];

/** C11 6.7.6.3p7: a parameter of array type is a pointer to the element. */
type Decayed<N extends Node> = N extends { readonly kind: 'units' } | { readonly element: 'unit' }
  ? TextPointerNode
  : N['kind'] extends 'array' | 'flexible'
    ? PointerNode
    : N;

/** What an argument may be: for a function pointer, a JavaScript function too, which C may call while the call runs. */
type ArgumentOf<N extends Node, Way extends 'out' | 'safe'> =
  N extends FunctionNode<infer E, infer R>
    ? Pointer | FunctionNode<E, R>[Way extends 'out' ? 'called' : 'safelyCalled']
    : Decayed<N>['arg'];

export interface FunctionNode<E extends Entries = Entries, R extends Node = Node> {
  readonly kind: 'function';
  readonly in: Pointer;
  readonly arg: Pointer;
  readonly out: bigint;
  readonly safe: bigint;
  /** As JavaScript calls it. */
  readonly call: (...args: { [I in keyof E]: ArgumentOf<E[I][1], 'out'> }) => R['out'];
  /** As C calls it. */
  readonly called: (...args: { [I in keyof E]: Decayed<E[I][1]>['out'] }) => R['in'];
  /** Both, under `int64: 'number'`. */
  readonly safeCall: (...args: { [I in keyof E]: ArgumentOf<E[I][1], 'safe'> }) => R['safe'];
  readonly safelyCalled: (...args: { [I in keyof E]: Decayed<E[I][1]>['safe'] }) => R['in'];
}
