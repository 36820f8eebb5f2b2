// What is wrong with a text, in the words of the compiler's message.

import type { CallbackOf, FunctionOf, InputOf, SignatureError, ValueOf } from '../../src/signature/infer.ts';
import type { Equal, Expect } from './expect.ts';

type Wrong<Text extends string, Message extends string> = Equal<FunctionOf<Text>, SignatureError<Message>>;
type WrongType<Text extends string, Message extends string> = Equal<ValueOf<Text>, SignatureError<Message>>;

export type Signatures = [
  Expect<Wrong<'(dobule) -> int', "unknown type 'dobule'">>,
  Expect<Wrong<'() -> long bool', "unknown type 'long bool'">>,
  Expect<Wrong<'(int', "expected ',', ';' or ')', found the end">>,
  Expect<Wrong<'(int}', "expected ',', ';' or ')', found '}'">>,
  Expect<Wrong<'(int,) -> int', "expected a type, found ') -> int'">>,
  Expect<Wrong<'(int, ; int) -> int', "expected a type, found '; int) -> int'">>,
  Expect<Wrong<'(int; int; int) -> int', "expected ',', ';' or ')', found '; int) -> int'">>,
  Expect<Wrong<'(int)', "expected '->', found the end">>,
  Expect<Wrong<'(int) int', "expected '->', found 'int'">>,
  Expect<Wrong<'(int) ->', 'expected a type, found the end'>>,
  Expect<Wrong<'(int) -> int)', "expected the end, found ')'">>,
  Expect<Wrong<'', "expected a name or '(', found the end">>,
  Expect<Wrong<'int', "expected '(', found the end">>,
  Expect<Wrong<'unsigned f(int) -> int', "expected '(', found '(int) -> int'">>,
  Expect<Wrong<'(void, int) -> int', 'an argument cannot be void'>>,
  Expect<Wrong<'(x:void) -> int', 'an argument cannot be void'>>,
  Expect<Wrong<'() -> [4:int]', 'a function cannot return an array'>>,
  Expect<Wrong<'(*char, ...) -> int', "expected a type, found '...) -> int'">>,
  Expect<Equal<CallbackOf<'(itn) -> int'>, SignatureError<"unknown type 'itn'">>>,
];

export type Types = [
  Expect<WrongType<'{x:dobule}', "unknown type 'dobule'">>,
  Expect<WrongType<'{x:int', "expected ',' or '}', found the end">>,
  Expect<WrongType<'{x:int>', "expected ',' or '}', found '>'">>,
  Expect<WrongType<'<x:int}', "expected ',' or '>', found '}'">>,
  Expect<WrongType<'{int,}', "expected a type, found '}'">>,
  Expect<WrongType<'{x:int, x:int}', "a second member named 'x'">>,
  Expect<WrongType<'{x:void}', 'a member cannot be void'>>,
  Expect<WrongType<'[4:void]', 'an element cannot be void'>>,
  Expect<WrongType<'[4:int', "expected ']', found the end">>,
  Expect<WrongType<'[4 int]', "expected ':', found 'int]'">>,
  Expect<WrongType<'[x:int]', "expected the number of elements, found 'x:int]'">>,
  Expect<WrongType<'[0:int]', 'an array needs at least one element'>>,
  Expect<WrongType<'{data:[?:int], n:int}', 'a flexible array can only be the last of several members of a struct'>>,
  Expect<WrongType<'{[?:int]}', 'a flexible array can only be the last of several members of a struct'>>,
  Expect<WrongType<'<a:int, b:[?:int]>', 'a flexible array can only be the last of several members of a struct'>>,
  Expect<WrongType<'{x:int:}', "expected the width of a bit-field, found '}'">>,
  Expect<WrongType<'{x:double:3}', 'a bit-field needs an integer type'>>,
  Expect<WrongType<'{x:int:3:4}', 'a bit-field needs an integer type'>>,
  Expect<WrongType<'e:double', 'an enumeration needs an integer type'>>,
  Expect<WrongType<'e:int{A', "expected ',' or '}', found the end">>,
  Expect<WrongType<'e:int{A,}', 'expected the name of a value, found the end'>>,
  Expect<WrongType<'e:int{A B}', "expected ',' or '}', found 'A B'">>,
  Expect<WrongType<'alignas(8) int', "expected '{', '<' or '!', found 'int'">>,
  Expect<WrongType<'c[int]', 'a complex number is made of floating-point numbers'>>,
  Expect<WrongType<'v[4:*int]', 'the elements of a vector are integers or floating-point numbers'>>,
  Expect<WrongType<'!int', "expected '{' or '<', found 'int'">>,
  Expect<WrongType<'!2{int}', "expected ':', found '{int}'">>,
  Expect<WrongType<'@', 'expected a name, found the end'>>,
  Expect<WrongType<'int int', "unknown type 'int int'">>,
  Expect<WrongType<'signed unsigned', "unknown type 'signed unsigned'">>,
  Expect<WrongType<'long long long', "unknown type 'long long long'">>,
  Expect<WrongType<'short double', "unknown type 'short double'">>,
  Expect<WrongType<'int*', "expected the end, found '*'">>,
  Expect<WrongType<'Int', "unknown type 'Int'">>,
  Expect<Equal<InputOf<'struct point'>, SignatureError<"unknown type 'struct point'">>>,
];
