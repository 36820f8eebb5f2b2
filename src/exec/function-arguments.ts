// JavaScript functions given where C wants a function pointer: each becomes a callback that lives for the call it is given
// to. The callbacks of nested calls are a stack; those of an asynchronous call leave it and live until that has ended.

import { resolved, type Signature } from '../ctype/ctype.ts';
import { assert } from '../errors.ts';
import type { AnyFunction } from '../signature/infer.ts';
import { type Callback, type CallbackKind, type CallbackOptions, callbackKind, makeCallback } from './callback.ts';

/** Those of one bound function. */
export class FunctionArguments {
  readonly #signature: Signature;
  readonly #options: CallbackOptions;
  /** By parameter; made when the first function comes. */
  readonly #kinds: CallbackKind[] = [];
  readonly #held: Callback[] = [];

  constructor(signature: Signature, options: CallbackOptions) {
    this.#signature = signature;
    this.#options = options;
  }

  /** Everything taken from here on goes with the matching `release`. */
  mark(): number {
    return this.#held.length;
  }

  release(mark: number): void {
    while (this.#held.length > mark) this.#held.pop()?.dispose();
  }

  /** The address of a callback to `fn` for a parameter. */
  take(fn: AnyFunction, parameter: number): bigint {
    const kind = this.#kinds[parameter] ?? this.#kindOf(parameter);
    this.#kinds[parameter] = kind;
    const made = makeCallback(kind, fn, this.#options);
    this.#held.push(made);
    return made.address;
  }

  /** What was taken from the mark on, with an owner of its own: the matching `release` leaves it alone. */
  detach(mark: number): Disposable {
    const taken = this.#held.splice(mark);
    return {
      [Symbol.dispose]: (): void => {
        for (const each of taken.splice(0)) each.dispose();
      },
    };
  }

  #kindOf(parameter: number): CallbackKind {
    const declared = this.#signature.parameters[parameter]?.type;
    assert(declared !== undefined, 'a function is given for a parameter');
    const type = resolved(declared);
    assert(type.kind === 'function', 'a function is given for a function pointer');
    return callbackKind(type.signature, this.#options);
  }
}
