// The values of structs, unions and arrays.

import type { InputOf, Pointer, ValueOf } from '../../src/signature/infer.ts';
import type { Equal, Expect } from './expect.ts';

export type Structs = [
  Expect<Equal<ValueOf<'{x:double, y:double}'>, { x: number; y: number }>>,
  Expect<Equal<InputOf<'{x:double, y:double}'>, { readonly x: number; readonly y: number }>>,
  Expect<Equal<ValueOf<' { x : double , y : int64 } '>, { x: number; y: bigint }>>,
  Expect<Equal<InputOf<'{n:long, p:*char}'>, { readonly n: bigint | number; readonly p: Pointer }>>,
  Expect<Equal<ValueOf<'{p:*void, f:(int) -> int}'>, { p: bigint; f: bigint }>>,
  Expect<Equal<ValueOf<'{a:{b:{c:bool}}}'>, { a: { b: { c: boolean } } }>>,
  Expect<Equal<InputOf<'{a:{b:bool}}'>, { readonly a: { readonly b: boolean } }>>,
  Expect<Equal<ValueOf<'{}'>, { [K in never]: 1 }>>,
  Expect<Equal<ValueOf<'{int, double}'>, [number, number]>>,
  Expect<Equal<InputOf<'{int, int64}'>, readonly [number, bigint | number]>>,
  Expect<Equal<ValueOf<'{{int}, *void}'>, [[number], bigint]>>,
  Expect<Equal<ValueOf<'{a:int, double}'>, { a: number; 1: number }>>,
  Expect<Equal<ValueOf<'{e:int}'>, { e: number }>>,
  Expect<Equal<ValueOf<'{color:e:int{RED}, e:e:int64}'>, { color: number; e: bigint }>>,
  Expect<Equal<ValueOf<'{a:@Point}'>, { a: unknown }>>,
  Expect<Equal<ValueOf<'{const:int, alignas:bool, int:long}'>, { const: number; alignas: boolean; int: bigint }>>,
];

export type Packed = [
  Expect<Equal<ValueOf<'!{a:char, b:int}'>, { a: number; b: number }>>,
  Expect<Equal<ValueOf<'!2:{a:char, b:int}'>, { a: number; b: number }>>,
  Expect<Equal<ValueOf<'! 4 : {a:char}'>, { a: number }>>,
  Expect<Equal<ValueOf<'!<a:char, b:int64>'>, { a: number; b: bigint }>>,
  Expect<Equal<ValueOf<'alignas(16) {a:char}'>, { a: number }>>,
  Expect<Equal<ValueOf<'{alignas(16) a:char, _Alignas( 8 ) b:long}'>, { a: number; b: bigint }>>,
];

export type BitFields = [
  Expect<Equal<ValueOf<'{a:uint32:3, b:int64:40, c:bool:1}'>, { a: number; b: bigint; c: boolean }>>,
  Expect<Equal<InputOf<'{a:uint64:3}'>, { readonly a: bigint | number }>>,
  Expect<Equal<ValueOf<'{a:unsigned int:3, uint32:0, unsigned int:5, b:int}'>, { a: number; b: number }>>,
  Expect<Equal<ValueOf<'{a:int, (e:int):3, b:e:int{RED}:2}'>, { a: number; b: number }>>,
  Expect<Equal<InputOf<'{b:e:int{RED}:2}'>, { readonly b: number | 'RED' }>>,
  Expect<Equal<InputOf<'{e:int{RED}, b:int}'>, { readonly 0: number | 'RED'; readonly b: number }>>,
  Expect<Equal<ValueOf<'{alignas(8) int, alignas(8) ({int})}'>, [number, [number]]>>,
  Expect<Equal<ValueOf<'{int, uint32:3, double}'>, [number, number]>>,
];

export type Unions = [
  Expect<Equal<ValueOf<'<i:int, d:double>'>, { i: number; d: number }>>,
  Expect<
    Equal<
      InputOf<'<i:int, d:double>'>,
      { readonly i: number; readonly d?: undefined } | { readonly d: number; readonly i?: undefined }
    >
  >,
  Expect<Equal<InputOf<'<i:int>'>, { readonly i: number }>>,
  Expect<Equal<ValueOf<'<int, *void>'>, [number, bigint]>>,
  Expect<
    Equal<
      InputOf<'<int, bool>'>,
      { readonly 0: number; readonly 1?: undefined } | { readonly 1: boolean; readonly 0?: undefined }
    >
  >,
];

// C11 6.7.2.1p13: the members of an anonymous record are the outer record's own.
export type Anonymous = [
  Expect<Equal<ValueOf<'{a:int, <i:int, p:*void>}'>, { a: number; i: number; p: bigint }>>,
  Expect<
    Equal<
      InputOf<'{a:int, <i:int, b:bool>}'>,
      | { readonly a: number; readonly i: number; readonly b?: undefined }
      | { readonly a: number; readonly b: boolean; readonly i?: undefined }
    >
  >,
  Expect<Equal<ValueOf<'{a:int, {b:int, {c:bool}}}'>, { a: number; b: number; c: boolean }>>,
  Expect<
    Equal<
      InputOf<'<whole:int64, {low:int, high:int}>'>,
      | { readonly whole: bigint | number; readonly low?: undefined; readonly high?: undefined }
      | { readonly low: number; readonly high: number; readonly whole?: undefined }
    >
  >,
  // `a` would mean two members, so the anonymous one goes by its index.
  Expect<Equal<ValueOf<'{a:int, {a:bool}}'>, { a: number; 1: { a: boolean } }>>,
  Expect<Equal<ValueOf<'{a:int, {b:int}, {b:bool}}'>, { a: number; 1: { b: number }; 2: { b: boolean } }>>,
  Expect<Equal<ValueOf<'{a:int, {int, bool}}'>, { a: number; 1: [number, boolean] }>>,
  Expect<Equal<ValueOf<'{{a:int}, {b:int}}'>, [{ a: number }, { b: number }]>>,
];

export type Arrays = [
  Expect<Equal<ValueOf<'[4:float]'>, number[]>>,
  Expect<Equal<InputOf<'[4:float]'>, ArrayLike<number>>>,
  Expect<Equal<InputOf<'[4:int64]'>, ArrayLike<bigint | number>>>,
  Expect<Equal<ValueOf<'[2:[3:uint64]]'>, bigint[][]>>,
  Expect<Equal<InputOf<'[2:[3:char]]'>, readonly ArrayLike<number>[]>>,
  Expect<Equal<ValueOf<'[ 2 : {x:int} ]'>, { x: number }[]>>,
  Expect<Equal<InputOf<'[2:{x:int}]'>, readonly { readonly x: number }[]>>,
  Expect<Equal<InputOf<'[2:*char]'>, readonly Pointer[]>>,
  Expect<Equal<InputOf<'[2:bool]'>, readonly boolean[]>>,
  Expect<Equal<ValueOf<'{n:int, data:[?:double]}'>, { n: number; data: [] }>>,
  Expect<Equal<InputOf<'{n:int, data:[?:double]}'>, { readonly n: number; readonly data?: readonly [] | undefined }>>,
];

/** What was read may be written. */
type RoundTrip<T extends string> = ValueOf<T> extends InputOf<T> ? true : false;
export type RoundTrips = [
  Expect<RoundTrip<'{a:int, b:[4:int64], c:{bool, c[double]}, d:*char, e:v[4:float], f:e:int{RED}}'>>,
  Expect<RoundTrip<'{n:int, data:[?:{x:int}]}'>>,
  Expect<RoundTrip<'{a:int, {b:int}, flag:bool:1}'>>,
];
