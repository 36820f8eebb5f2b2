// JavaScript functions given to a call that runs on another thread: C calls them from there, and waits for each. What
// one of them throws belongs to the call that it was given to.

import type { Signature } from '../ctype/ctype.ts';
import type { AnyFunction } from '../signature/infer.ts';
import type { CallbackOptions } from './callback-options.ts';
import { FunctionArguments } from './function-arguments.ts';

/** What the functions of one call have thrown: the first counts, as C goes on with zeros. */
export interface Failure {
  first: { readonly error: unknown } | null;
}

/** Takes the place of `functions` in generated source. */
export class CarriedFunctions {
  readonly #functions: FunctionArguments;
  /** Of the call whose arguments are being taken. */
  #taking: Failure = { first: null };
  /** Of the call whose function ran last: an error in its result comes behind it. */
  #latest: Failure = this.#taking;

  constructor(signature: Signature, options: CallbackOptions) {
    const onError = (error: unknown): void => {
      this.#latest.first ??= { error };
    };
    this.#functions = new FunctionArguments(signature, { ...options, thread: 'block', timeout: 0, onError });
  }

  /** Runs `put`, which takes the arguments of one call; gives the owner of the callbacks that were made for it. */
  during(failure: Failure, put: () => void): Disposable {
    const outer = this.#taking; // a getter may have begun this call while another is being taken
    const held = this.#functions.mark();
    this.#taking = failure;
    try {
      put();
      return this.#functions.detach(held);
    } finally {
      this.#taking = outer;
      this.#functions.release(held);
    }
  }

  take(fn: AnyFunction, parameter: number): bigint {
    const failure = this.#taking;
    const carried = (...values: never[]): unknown => {
      try {
        return fn(...values);
      } finally {
        this.#latest = failure;
      }
    };
    return this.#functions.take(carried, parameter);
  }
}
