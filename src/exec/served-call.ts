// The bound function of the option `serve`: C runs on another thread, and JavaScript sleeps until it has returned, except
// for the callbacks that it serves meanwhile.

import { checkThread, foreignThreads } from './call-thread.ts';
import { errnoOf } from './errno.ts';
import type { ForeignCalls } from './foreign-calls.ts';
import type { HostCalls } from './host.ts';
import type { Inner } from './outer-function.ts';
import { checkCount } from './refusals.ts';

/** A function, and how its calls are made to throw. */
export interface ServedCall {
  readonly inner: Inner;
  readonly replaceEntry: (entry: () => never) => void;
}

/** Throws `ERR_HOST` where no other thread can run C. */
export const checkServed = (): HostCalls => foreignThreads('calls on other threads');

export function servedCall(calls: ForeignCalls, keepsErrno: boolean): ServedCall {
  const threads = checkServed();
  let serve = (words: BigUint64Array): number => checkThread(threads.serveCall(words));
  const inner = (given: number, ...args: readonly unknown[]): unknown => {
    checkCount(given, args.length);
    const call = calls.fill(args);
    try {
      const errno = serve(call.words);
      const value = calls.result(call);
      return keepsErrno ? { value, errno: errnoOf(errno) } : value;
    } finally {
      calls.release(call);
    }
  };
  const replaceEntry = (entry: () => never): void => {
    serve = entry;
  };
  return { inner, replaceEntry };
}
