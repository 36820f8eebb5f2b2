// Threads that run the calls they are given one after another, for libraries that want to be called from one thread.

import { InterfixError } from '../errors.ts';
import { type HostCalls, needsNativeShim } from './host.ts';
import { host } from './select-host.ts';
import { systemError } from './system-error.ts';

/** A thread of its own, which does not keep the process alive while it has nothing to do. */
export interface CallThread extends Disposable {
  /** No further call may be given to it; those that were given already still run. Then the thread ends. */
  dispose(): void;
}

/** What runs calls on other threads. Throws `ERR_HOST` where nothing does. */
export function foreignThreads(what: string): HostCalls {
  const { calls } = host();
  if (calls === null) throw needsNativeShim(what);
  return calls;
}

/** Throws for the negative error number that the host gives where the system gave no thread. */
export function checkThread(result: number): number {
  if (result >= 0) return result;
  throw new InterfixError('ERR_MEMORY', 'the system gave no thread for the call', {
    cause: systemError('thread', -result),
  });
}

const forgotten = new FinalizationRegistry<number>((number) => host().calls?.endThread(number));

class OwnedThread implements CallThread {
  readonly #number: number;
  #live = true;

  constructor(number: number) {
    this.#number = number;
    forgotten.register(this, number, this);
    Object.freeze(this);
  }

  get number(): number {
    if (!this.#live) throw new InterfixError('ERR_DISPOSED', 'this thread was disposed');
    return this.#number;
  }

  dispose(): void {
    if (!this.#live) return;
    this.#live = false;
    forgotten.unregister(this);
    foreignThreads('threads').endThread(this.#number);
  }

  [Symbol.dispose](): void {
    this.dispose();
  }
}

/**
 * Starts a thread for asynchronous calls: `fn.async.with({ thread })(…)`. Throws `ERR_HOST` without the native shim and
 * `ERR_MEMORY` if the system gives no thread.
 */
export function callThread(): CallThread {
  return new OwnedThread(checkThread(foreignThreads('threads').createThread()));
}

/** What the host knows a thread by; 0 is any. Throws `ERR_DISPOSED`. */
export function threadNumber(thread: CallThread | undefined): number {
  if (thread === undefined) return 0;
  if (thread instanceof OwnedThread) return thread.number;
  throw new InterfixError('ERR_OPTION', 'the option thread takes what callThread() gives');
}
