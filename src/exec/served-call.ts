// The bound function of the option `serve`: C runs on another thread, and JavaScript sleeps until it has returned, except
// for the callbacks that it serves meanwhile.

import type { Signature } from '../ctype/ctype.ts';
import { checkThread, foreignThreads } from './call-thread.ts';
import { errnoOf } from './errno.ts';
import type { ForeignCalls } from './foreign-calls.ts';

/** A function, and how its calls are made to throw. */
export interface Wrapper {
  readonly fn: (...args: readonly unknown[]) => unknown;
  readonly replaceEntry: (entry: () => never) => void;
  readonly signature: Signature;
}

/** Throws `ERR_HOST` where no other thread can run C, before anything is made. */
export function servedFunction(make: () => ForeignCalls, keepsErrno: boolean): Wrapper {
  const threads = foreignThreads('calls on other threads');
  const calls = make();
  const { signature } = calls;
  let serve = (words: BigUint64Array): number => checkThread(threads.serveCall(words));
  const fn = (...args: readonly unknown[]): unknown => {
    const call = calls.fill(args);
    try {
      const errno = serve(call.words);
      const value = calls.result(call);
      return keepsErrno ? { value, errno: errnoOf(errno) } : value;
    } finally {
      calls.release(call);
    }
  };
  Object.defineProperty(fn, 'length', { value: signature.parameters.length });
  const replaceEntry = (entry: () => never): void => {
    serve = entry;
  };
  return { fn, replaceEntry, signature };
}
