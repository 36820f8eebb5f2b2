// The values of scalar types, by every spelling.

import type { InputOf, Pointer, ValueOf } from '../../src/signature/infer.ts';
import type { Equal, Expect } from './expect.ts';

/** What is taken, and what is given. */
type Values<T extends string> = [InputOf<T>, ValueOf<T>];
type Narrow = [number, number];
type Wide = [bigint | number, bigint];
type Address = [Pointer, bigint];

export type Integers = [
  Expect<Equal<Values<'char'>, Narrow>>,
  Expect<Equal<Values<'int8'>, Narrow>>,
  Expect<Equal<Values<'sint8'>, Narrow>>,
  Expect<Equal<Values<'uint8_t'>, Narrow>>,
  Expect<Equal<Values<'uchar'>, Narrow>>,
  Expect<Equal<Values<'char8_t'>, Narrow>>,
  Expect<Equal<Values<'char16_t'>, Narrow>>,
  Expect<Equal<Values<'char32_t'>, Narrow>>,
  Expect<Equal<Values<'wchar_t'>, Narrow>>,
  Expect<Equal<Values<'short'>, Narrow>>,
  Expect<Equal<Values<'ushort'>, Narrow>>,
  Expect<Equal<Values<'int'>, Narrow>>,
  Expect<Equal<Values<'signed'>, Narrow>>,
  Expect<Equal<Values<'unsigned'>, Narrow>>,
  Expect<Equal<Values<'uint32_t'>, Narrow>>,
  Expect<Equal<Values<'int_least16_t'>, Narrow>>,
  Expect<Equal<Values<'int64'>, Wide>>,
  Expect<Equal<Values<'uint64_t'>, Wide>>,
  Expect<Equal<Values<'long'>, Wide>>,
  Expect<Equal<Values<'ulong'>, Wide>>,
  Expect<Equal<Values<'longlong'>, Wide>>,
  Expect<Equal<Values<'size_t'>, Wide>>,
  Expect<Equal<Values<'ssize_t'>, Wide>>,
  Expect<Equal<Values<'intptr_t'>, Wide>>,
  Expect<Equal<Values<'ptrdiff_t'>, Wide>>,
  Expect<Equal<Values<'uintmax_t'>, Wide>>,
  Expect<Equal<Values<'int128'>, Wide>>,
  Expect<Equal<Values<'__int128'>, Wide>>,
  Expect<Equal<Values<'__uint128_t'>, Wide>>,
];

export type IntegersOfSeveralWords = [
  Expect<Equal<Values<'unsigned int'>, Narrow>>,
  Expect<Equal<Values<'int unsigned'>, Narrow>>,
  Expect<Equal<Values<'short unsigned int'>, Narrow>>,
  Expect<Equal<Values<'signed char'>, Narrow>>,
  Expect<Equal<Values<'char unsigned'>, Narrow>>,
  Expect<Equal<Values<'long int'>, Wide>>,
  Expect<Equal<Values<'unsigned long int'>, Wide>>,
  Expect<Equal<Values<'long unsigned int'>, Wide>>,
  Expect<Equal<Values<'int long unsigned'>, Wide>>,
  Expect<Equal<Values<'long long'>, Wide>>,
  Expect<Equal<Values<'long int long unsigned'>, Wide>>,
  Expect<Equal<Values<'unsigned __int128'>, Wide>>,
  Expect<Equal<Values<'  unsigned \n\t long  '>, Wide>>,
  Expect<Equal<Values<'const int'>, Narrow>>,
  Expect<Equal<Values<'unsigned const volatile int'>, Narrow>>,
  Expect<Equal<Values<'size_t const'>, Wide>>,
];

export type FloatsAndOthers = [
  Expect<Equal<Values<'float'>, Narrow>>,
  Expect<Equal<Values<'double'>, Narrow>>,
  Expect<Equal<Values<'float64'>, Narrow>>,
  Expect<Equal<Values<'long double'>, Narrow>>,
  Expect<Equal<Values<'double long'>, Narrow>>,
  Expect<Equal<Values<'longdouble'>, Narrow>>,
  Expect<Equal<Values<'float16'>, Narrow>>,
  Expect<Equal<Values<'_Float16'>, Narrow>>,
  Expect<Equal<Values<'half'>, Narrow>>,
  Expect<Equal<Values<'bfloat16'>, Narrow>>,
  Expect<Equal<Values<'__bf16'>, Narrow>>,
  Expect<Equal<[InputOf<'bool'>, ValueOf<'_Bool'>], [boolean, boolean]>>,
  Expect<Equal<ValueOf<'c[double]'>, { re: number; im: number }>>,
  Expect<Equal<InputOf<'c[float]'>, { readonly re: number; readonly im: number }>>,
  Expect<Equal<ValueOf<'double _Complex'>, { re: number; im: number }>>,
  Expect<Equal<ValueOf<'v[4:float]'>, number[]>>,
  Expect<Equal<InputOf<'v[4:float]'>, ArrayLike<number>>>,
  Expect<Equal<ValueOf<'v[2:int64]'>, bigint[]>>,
  Expect<Equal<InputOf<'v[2:uint64]'>, ArrayLike<bigint | number>>>,
  Expect<Equal<ValueOf<'m256d'>, number[]>>,
  Expect<Equal<ValueOf<'__m128i'>, bigint[]>>,
];

export type Enumerations = [
  Expect<Equal<Values<'e:int'>, Narrow>>,
  Expect<Equal<Values<'(e:int)'>, Narrow>>,
  Expect<Equal<Values<'e:int64'>, Wide>>,
  Expect<Equal<Values<'e : unsigned char'>, Narrow>>,
  Expect<Equal<InputOf<'e:int{RED, GREEN = 5 , BLUE}'>, number | 'RED' | 'GREEN' | 'BLUE'>>,
  Expect<Equal<ValueOf<'e:int{RED, GREEN = 5}'>, number>>,
  Expect<Equal<InputOf<'e:uint64{ALL=0xffff}'>, bigint | number | 'ALL'>>,
  Expect<Equal<InputOf<'(e:int{A,B})'>, number | 'A' | 'B'>>,
];

export type Pointers = [
  Expect<Equal<Values<'*void'>, Address>>,
  Expect<Equal<Values<'*char'>, Address>>,
  Expect<Equal<Values<'**char'>, Address>>,
  Expect<Equal<Values<'*const *const char'>, Address>>,
  Expect<Equal<Values<'*{x:int, y:*void}'>, Address>>,
  Expect<Equal<Values<'*[4:int]'>, Address>>,
  Expect<Equal<Values<'(int, *void) -> double'>, Address>>,
  Expect<Equal<Values<'*(int) -> int'>, Address>>,
  Expect<Equal<Values<'*@Node'>, Address>>,
  Expect<Equal<Pointer, bigint | null | ArrayBufferView | ArrayBuffer | { readonly address: bigint }>>,
];

export type Names = [Expect<Equal<ValueOf<'@Point'>, unknown>>, Expect<Equal<InputOf<'@Geo::Point'>, unknown>>];
