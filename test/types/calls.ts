// The functions that take a text: what they infer, what they refuse, and how to go without. Compiled, never called.

import type { CType, Signature } from '../../src/ctype/ctype.ts';
import { type BoundFunction, bind } from '../../src/exec/bind.ts';
import { callback } from '../../src/exec/callback.ts';
import type { Library } from '../../src/exec/library.ts';
import { read, write } from '../../src/exec/memory.ts';
import type { AnyFunction, LooseFunction, Pointer } from '../../src/signature/infer.ts';
import type { Equal } from './expect.ts';

interface Point {
  readonly x: number;
  readonly y: number;
}

/** `typeof value` is T. */
function is<T>(): <V>(value: V, ...same: Equal<V, T> extends true ? [] : [never]) => void {
  return () => undefined;
}

export function binding(library: Library, text: string, model: Signature, either: Signature | string): void {
  const pow = library.func('pow', '(double, double) -> double');
  is<BoundFunction<(x: number, y: number) => number>>()(pow);
  is<number>()(pow(2, 3));
  is<bigint>()(bind(1n, '(*char) -> size_t')('text'));
  is<{ quot: number; rem: number }>()(library.func('div', 'div(int, int) -> {quot:int, rem:int}')(7, 2));
  const SIGNATURE = '(int) -> bool';
  is<boolean>()(bind(pow, SIGNATURE)(1));
  library.func('qsort', '(*void, size_t, size_t, (*void, *void) -> int) -> void')(
    new Int32Array(4),
    4,
    4n,
    callback('(*int, *int) -> int', (a, b) => read(a, 'int') - read(b, 'int')),
  );
  const sort = library.func('qsort', '(*void, size_t, size_t, (*int, *int) -> int) -> void');
  sort(new Int32Array(4), 4, 4, (a, b) => is<bigint>()(a) ?? is<bigint>()(b) ?? 1);
  sort(new Int32Array(4), 4, 4, null);
  // @ts-expect-error C wants an int of it
  sort(new Int32Array(4), 4, 4, () => 'text');
  // @ts-expect-error C passes two addresses
  sort(new Int32Array(4), 4, 4, (a: number) => a);
  // @ts-expect-error two arguments
  pow(1);
  // @ts-expect-error a bigint is no double
  pow(1n, 2);
  // @ts-expect-error a pointer to int is no text
  bind(1n, '(*int) -> int')('text');
  // @ts-expect-error an unknown type
  library.func('pow', '(dobule) -> double');
  // @ts-expect-error no result
  bind(1n, '(int)');
  // @ts-expect-error no text at all
  bind(1n, 5);

  // An explicit function type is taken as it is, and texts that are not known are loose.
  is<BoundFunction<(a: 1) => 2>>()(library.func<(a: 1) => 2>('f', '(int) -> int'));
  is<BoundFunction<(a: 1) => 2>>()(bind<(a: 1) => 2>(1n, text));
  is<BoundFunction<(a: 1) => 2>>()(bind<(a: 1) => 2>(1n, model, { abi: 'sysv-x64' }));
  is<BoundFunction<LooseFunction>>()(bind(1n, text));
  is<BoundFunction>()(bind(1n, model));
  is<BoundFunction>()(library.func('f', either));
  const both = bind(1n, pow.address === 0n ? '(int) -> int' : '(int) -> bool');
  is<number | boolean>()(both(1));
}

export function callbacks(text: string, model: Signature, any: AnyFunction): void {
  callback('(int, *void, {x:int64}) -> int', (a, b, c) => {
    is<number>()(a);
    is<bigint>()(b);
    is<{ x: bigint }>()(c);
    return a;
  });
  callback('(int) -> int', () => 1);
  callback('(int) -> void', (a) => a);
  callback('(*int) -> int', (a: bigint) => Number(a));
  callback('() -> int', () => {
    throw new Error('no result');
  });
  callback(text, (a: string) => a);
  callback(model, any);
  callback<AnyFunction>('(int) -> int', any);
  callback('(int64) -> int64', (a) => is<bigint>()(a) ?? a);
  callback('(int64) -> int64', (a) => is<bigint | number>()(a) ?? a, { int64: 'number' });
  callback('(int64) -> void', (a) => is<bigint>()(a), { thread: 'post', queue: 5, whenFull: 'wait', ref: false });
  callback<AnyFunction>('(int64) -> void', any, { int64: 'number' });
  // @ts-expect-error no such thread
  callback('(int) -> void', () => {}, { thread: 'other' });
  // @ts-expect-error no such option
  callback('(int) -> void', () => {}, { threads: 'post' });
  // @ts-expect-error a string is no int
  callback('() -> int', () => 'text');
  // @ts-expect-error C passes a number
  callback('(int) -> int', (a: bigint) => Number(a));
  // @ts-expect-error C passes one argument
  callback('(int) -> int', (a: number, b: number) => a + b);
  // @ts-expect-error an unknown type
  callback('(itn) -> int', () => 1);
  // @ts-expect-error nothing owns the copy of a string
  callback('() -> *char', () => 'text');
}

export function memory(at: bigint, text: string, type: CType): void {
  is<number>()(read(at, 'int'));
  is<{ x: number; next: bigint }>()(read(at, '{x:double, next:*void}'));
  is<bigint[]>()(read(at, '[4:size_t]'));
  is<(bigint | number)[]>()(read(at, '[4:size_t]', { int64: 'number' }));
  is<Point>()(read<Point>(at, '{x:int, y:int}', { int64: 'number' }));
  is<unknown>()(read(at, text));
  is<unknown>()(read(at, type));
  is<Point>()(read<Point>(at, '{x:int, y:int}'));
  is<Point>()(read<Point>(at, type));
  // @ts-expect-error an unknown type
  read(at, 'itn');

  const point: Point = { x: 1, y: 2 };
  write(at, '{x:int, y:int}', point);
  write(at, '[4:int]', Int32Array.of(1, 2, 3, 4));
  write(at, '[2:int64]', [1n, 2]);
  write(at, '<i:int, d:double>', { d: 1 });
  write(at, 'e:int{RED}', 'RED');
  write(at, text, Symbol.iterator);
  write(at, type, point);
  write<unknown>(at, 'int', 'text');
  const pointers: readonly Pointer[] = [0n, null, new ArrayBuffer(8), new Uint8Array(1), { address: 1n }];
  for (const pointer of pointers) write(at, '*void', pointer);
  // @ts-expect-error a member is missing
  write(at, '{x:int, y:int}', { x: 1 });
  // @ts-expect-error a member too many
  write(at, '{x:int}', { x: 1, y: 2 });
  // @ts-expect-error one member makes a union
  write(at, '<i:int, d:double>', { i: 1, d: 1 });
  // @ts-expect-error none of its values
  write(at, 'e:int{RED}', 'GREEN');
  // @ts-expect-error nothing owns the copy of a string
  write(at, '*char', 'text');
  // @ts-expect-error an array of text
  write(at, '[4:int]', 'text');
}
