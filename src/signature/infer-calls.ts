// What the options of `bind` make of the function that a signature describes. Types only: nothing here runs.

import type { CType, Signature } from '../ctype/ctype.ts';
import type { AnyFunction, FunctionFor, Int64 } from './infer.ts';

/** The result of a function bound with `{ errno: true }`: that of C, and the error number that the call left behind. */
export interface WithErrno<V> {
  readonly value: V;
  readonly errno: number;
}

/** What `errno` is without the option. Types that are given explicitly do not depend on it. */
export type DefaultErrno<T> = T extends string | Signature | CType ? false : boolean;

/** Where it is not known whether the error number is asked for, the result is either. */
type ResultOf<R, E extends boolean> = E extends true ? WithErrno<R> : R;

/** The JavaScript function that `bind` makes with the options `int64` and `errno`. */
export type CalledFor<T, I extends Int64, E extends boolean> =
  FunctionFor<T, I> extends infer F
    ? F extends AnyFunction
      ? [T, E] extends [AnyFunction, boolean] | [unknown, false]
        ? F
        : (...args: Parameters<F>) => ResultOf<ReturnType<F>, E>
      : never
    : never;

/** The same C function, called on another thread. */
export type Asynchronously<F extends AnyFunction> = (...args: Parameters<F>) => Promise<ReturnType<F>>;
