// Functions and callbacks, and where the compiler does not look.

import type {
  AnyFunction,
  CallbackOf,
  FunctionOf,
  InputOf,
  LooseFunction,
  Pointer,
  SignatureError,
  ValueOf,
} from '../../src/signature/infer.ts';
import type { Equal, Expect } from './expect.ts';

export type Calls = [
  Expect<Equal<FunctionOf<'() -> void'>, () => void>>,
  Expect<Equal<FunctionOf<'(void) -> int'>, () => number>>,
  Expect<Equal<FunctionOf<'pow(x:double, y:double) -> double'>, (x: number, y: number) => number>>,
  Expect<Equal<FunctionOf<'\n pow ( double , double )\n->\n double '>, (x: number, y: number) => number>>,
  Expect<Equal<FunctionOf<'(int, double, *char) -> int64'>, (a: number, b: number, c: Pointer | string) => bigint>>,
  Expect<Equal<FunctionOf<'(size_t, __int128) -> ulong'>, (a: bigint | number, b: bigint | number) => bigint>>,
  Expect<Equal<FunctionOf<'(*char; int, double) -> int'>, (f: Pointer | string, a: number, b: number) => number>>,
  Expect<Equal<FunctionOf<'(*char;) -> int'>, (f: Pointer | string) => number>>,
  Expect<Equal<FunctionOf<'(;int) -> int'>, (a: number) => number>>,
  Expect<Equal<FunctionOf<'(;) -> int'>, () => number>>,
  Expect<Equal<FunctionOf<'(*const char, *uint8, *int8) -> *char'>, FunctionOf<'(*char, *char, *char) -> *void'>>>,
  Expect<
    Equal<
      FunctionOf<'(*char16_t, *unsigned short int, *wchar_t) -> *char'>,
      FunctionOf<'(*char, *char, *char) -> *void'>
    >
  >,
  Expect<Equal<FunctionOf<'(*int16, *uint32, *char32_t) -> void'>, (a: Pointer, b: Pointer, c: Pointer) => void>>,
  Expect<Equal<FunctionOf<'(*void, **char) -> *void'>, (a: Pointer, b: Pointer) => bigint>>,
  Expect<
    Equal<
      FunctionOf<'(*void, size_t, (*void, *void) -> int) -> void'>,
      (a: Pointer, b: bigint | number, c: Pointer | ((a: bigint, b: bigint) => number)) => void
    >
  >,
  Expect<Equal<FunctionOf<'() -> (int) -> int'>, () => bigint>>,
  Expect<Equal<FunctionOf<'(() -> *void) -> () -> void'>, (a: Pointer | (() => Pointer)) => bigint>>,
  Expect<
    Equal<FunctionOf<'([4:int], [4:char], [2:[2:int]]) -> void'>, (a: Pointer, b: Pointer | string, c: Pointer) => void>
  >,
  Expect<Equal<FunctionOf<'(e:int, c:char, v:int) -> e:int'>, (e: number, c: number, v: number) => number>>,
  Expect<Equal<FunctionOf<'((e:int{A}), e:int{B}) -> void'>, (a: number | 'A', b: number | 'B') => void>>,
  Expect<Equal<FunctionOf<'(a:{p:*char}) -> void'>, (a: { readonly p: Pointer | string }) => void>>,
  Expect<Equal<FunctionOf<'({[2:*char]}) -> void'>, (a: readonly [readonly (Pointer | string)[]]) => void>>,
  Expect<
    Equal<FunctionOf<'div(int, int) -> {quot:int, rem:int}'>, (a: number, b: number) => { quot: number; rem: number }>
  >,
  Expect<Equal<FunctionOf<'(@Point, *@Point) -> @Point'>, (a: unknown, b: Pointer) => unknown>>,
  Expect<Equal<FunctionOf<'((int), ((double))) -> (bool)'>, (a: number, b: number) => boolean>>,
  Expect<Equal<FunctionOf<'(int) # the sign\n -> # -1, 0 or 1\n int'>, (a: number) => number>>,
];

/** Under `int64: 'number'`: numbers may come, and everything that was taken is. */
export type Numbers = [
  Expect<Equal<FunctionOf<'(int64, *void) -> uint64', 'number'>, (a: bigint | number, b: Pointer) => bigint | number>>,
  Expect<Equal<FunctionOf<'() -> *void', 'number'>, () => bigint>>,
  Expect<Equal<FunctionOf<'() -> {a:long, b:[2:int128], c:int}', 'number'>, () => SafeRecord>>,
  Expect<Equal<CallbackOf<'(int64, *void, int) -> int64', 'number'>, SafeCallback>>,
  Expect<Equal<FunctionOf<'((size_t) -> int) -> void', 'number'>, (a: Pointer | SafeSize) => void>>,
  Expect<Equal<ValueOf<'<a:int64, b:double>', 'number'>, { a: bigint | number; b: number }>>,
  Expect<Equal<ValueOf<'e:uint64{A}', 'number'>, bigint | number>>,
  // Not known to be bigints.
  Expect<Equal<ValueOf<'int64', 'bigint' | 'number'>, bigint | number>>,
  Expect<Equal<ValueOf<'int64', 'bigint'>, bigint>>,
];
type SafeRecord = { a: bigint | number; b: (bigint | number)[]; c: number };
type SafeCallback = (a: bigint | number, b: bigint, c: number) => bigint | number;
type SafeSize = (a: bigint | number) => number;

export type Callbacks = [
  Expect<Equal<CallbackOf<'(*void, *char) -> int'>, (a: bigint, b: bigint) => number>>,
  Expect<Equal<CallbackOf<'(int64, bool) -> uint64'>, (a: bigint, b: boolean) => bigint | number>>,
  Expect<
    Equal<
      CallbackOf<'({x:int}, [4:int]) -> {y:int64}'>,
      (a: { x: number }, b: bigint) => { readonly y: bigint | number }
    >
  >,
  Expect<Equal<CallbackOf<'(int) -> void'>, (a: number) => void>>,
  // No call would own the copy of a string.
  Expect<Equal<CallbackOf<'() -> *char'>, () => Pointer>>,
  Expect<Equal<CallbackOf<'((e:int{A})) -> (e:int{A})'>, (a: number) => number | 'A'>>,
  Expect<Equal<CallbackOf<'(c[float], v[4:float]) -> [2:int]'>, SignatureError<'a function cannot return an array'>>>,
];

type Pattern = `(${string}) -> int`;
/** 20 levels of brackets are read, 25 are not. */
type Deep<Inner extends string> = `{{{{{${Inner}}}}}}`;
type Deep20 = Deep<Deep<Deep<Deep<'int'>>>>;
type Hundred = '                                                                                                    ';

export type NotLookedAt = [
  Expect<Equal<FunctionOf<string>, LooseFunction>>,
  Expect<Equal<FunctionOf<Pattern>, LooseFunction>>,
  Expect<Equal<FunctionOf<'@Handler'>, LooseFunction>>,
  Expect<Equal<CallbackOf<string>, AnyFunction>>,
  Expect<Equal<CallbackOf<'@Handler'>, AnyFunction>>,
  Expect<Equal<ValueOf<string>, unknown>>,
  Expect<Equal<InputOf<`{${string}}`>, unknown>>,
  Expect<Equal<FunctionOf<'(int) -> int' | '() -> bool'>, ((a: number) => number) | (() => boolean)>>,
  Expect<Equal<unknown extends ValueOf<Deep20> ? 'loose' : 'read', 'read'>>,
  Expect<Equal<ValueOf<Deep<Deep20>>, unknown>>,
  Expect<Equal<ValueOf<`${Hundred}${Hundred}${Hundred}${Hundred}${Hundred}${Hundred}${Hundred}${Hundred}int`>, number>>,
  Expect<
    Equal<
      ValueOf<`${Hundred}${Hundred}${Hundred}${Hundred}${Hundred}${Hundred}${Hundred}${Hundred}${Hundred}int`>,
      unknown
    >
  >,
];

/** A long one: more than 250 characters are read in several loops. */
type Long = `long_one(int, {a:int, b:[4:float], c:<i:int, p:*void>}, e:int{RED, GREEN = 5, BLUE},
  first_name : unsigned long int, second_name : *const char, third_name : (int, double) -> *void, fourth_name : [4:int],
  fifth_name : {x:double, y:double, z:double}, sixth_name : bool; int, double, *char) -> {quot:long, rem:long}`;
export type LongTexts = [
  Expect<
    Equal<
      FunctionOf<Long>,
      (
        a: number,
        b: {
          readonly a: number;
          readonly b: ArrayLike<number>;
          readonly c: { readonly i: number; readonly p?: undefined } | { readonly p: Pointer; readonly i?: undefined };
        },
        c: number | 'RED' | 'GREEN' | 'BLUE',
        d: bigint | number,
        e: Pointer | string,
        f: Pointer | ((a: number, b: number) => Pointer),
        g: Pointer,
        h: { readonly x: number; readonly y: number; readonly z: number },
        i: boolean,
        j: number,
        k: number,
        l: Pointer | string,
      ) => { quot: bigint; rem: bigint }
    >
  >,
];
