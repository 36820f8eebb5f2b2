// The options of `bind`, `async`, and JavaScript functions as arguments: what they infer. Compiled, never called.

import type { Signature } from '../../src/ctype/ctype.ts';
import { type BoundFunction, bind } from '../../src/exec/bind.ts';
import { callThread } from '../../src/exec/call-thread.ts';
import { callback } from '../../src/exec/callback.ts';
import type { Library } from '../../src/exec/library.ts';
import type { LooseFunction } from '../../src/signature/infer.ts';
import type { WithErrno } from '../../src/signature/infer-calls.ts';
import type { Equal } from './expect.ts';

/** `typeof value` is T. */
function is<T>(): <V>(value: V, ...same: Equal<V, T> extends true ? [] : [never]) => void {
  return () => undefined;
}

export function options(library: Library, text: string, model: Signature, either: boolean): void {
  const open = library.func('open', '(*char, int) -> int', { errno: true });
  is<WithErrno<number>>()(open('path', 0));
  is<number>()(open('path', 0).errno);
  is<WithErrno<void>>()(bind(1n, '() -> void', { errno: true })());
  is<number>()(bind(1n, '() -> int', { errno: false, abi: 'win-x64' })());
  is<number | WithErrno<number>>()(bind(1n, '() -> int', { errno: either })());
  is<number>()(bind(1n, '() -> int', { serve: true })());
  is<WithErrno<never>>()(bind(1n, text, { errno: true })());
  is<WithErrno<never>>()(bind(1n, model, { errno: true })());
  is<bigint | number>()(bind(1n, '() -> int64', { int64: 'number' })());
  is<WithErrno<bigint | number>>()(bind(1n, '() -> int64', { int64: 'number', errno: true })());
  is<WithErrno<bigint>>()(bind(1n, '() -> int64', { int64: 'bigint', errno: true })());
  // A type given explicitly is taken as it is.
  is<BoundFunction<() => 1>>()(bind<() => 1>(1n, '() -> int', { errno: true, int64: 'number' }));
  is<BoundFunction<LooseFunction>>()(bind(1n, model, { serve: true }));
  // @ts-expect-error the value has to be taken out
  open('path', 0) + 1;
  // @ts-expect-error true or false
  bind(1n, '() -> int', { errno: 1 });
  // @ts-expect-error no such option
  bind(1n, '() -> int', { errno: true, errn: true });
  // @ts-expect-error no such option
  bind<() => number>(1n, '() -> int', { server: true });
}

export async function asynchronous(library: Library, signal: AbortSignal): Promise<void> {
  const pow = library.func('pow', '(double, double) -> double', { errno: true });
  is<Promise<WithErrno<number>>>()(pow.async(2, 3));
  is<WithErrno<number>>()(await pow.async.with({ signal, thread: callThread() })(2, 3));
  is<bigint>()(await bind(1n, '(*char) -> size_t').async('text'));
  is<2>()(await bind<(a: 1) => 2>(1n, '(int) -> int').async(1));
  // @ts-expect-error two arguments
  pow.async(1);
  // @ts-expect-error a bigint is no double
  pow.async.with({})(1n, 2);
  // @ts-expect-error not what callThread() gives
  pow.async.with({ thread: 1 });
  // @ts-expect-error a promise
  pow.async(2, 3).value;
}

export function functions(): void {
  const each = bind(1n, '(int, (int, *void) -> int64) -> int');
  each(1, (index, data) => {
    is<number>()(index);
    is<bigint>()(data);
    return 1n;
  });
  each(
    1,
    callback('(int, *void) -> int64', () => 1),
  );
  each(1, null);
  each.async(1, () => 1);
  // @ts-expect-error a string is no int64
  each(1, () => 'text');
  // @ts-expect-error C passes two arguments
  each(1, (a: number, b: bigint, c: number) => c + a + Number(b));
}
