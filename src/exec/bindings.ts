// The functions that were bound from one library and have something of their own: how they all end with it.

import type { InterfixError } from '../errors.ts';
import { RunningCalls } from './running-calls.ts';

/** What a bound function is to its library. */
export interface Ending {
  /** From now on its calls throw `reason()`. */
  end(reason: () => InterfixError): void;
}

/** Of one library. A function that was never called is not among them: it asks `reason` when it is. */
export class Bindings {
  /** Asynchronous calls, which keep the library open. */
  readonly running: RunningCalls = new RunningCalls();
  /** Weak, or a long-lived library would keep every function ever called from it. */
  readonly #bound: Set<WeakRef<Ending>> = new Set();
  #sweepAt = 256;
  #reason: (() => InterfixError) | null = null;

  /** Why calls throw; null as long as the library is open. */
  get reason(): (() => InterfixError) | null {
    return this.#reason;
  }

  add(bound: Ending): void {
    this.#bound.add(new WeakRef(bound));
    if (this.#bound.size >= this.#sweepAt) this.#sweep();
  }

  end(reason: () => InterfixError): void {
    this.#reason = reason;
    for (const bound of this.#bound) bound.deref()?.end(reason);
    this.#bound.clear();
  }

  #sweep(): void {
    for (const bound of this.#bound) if (bound.deref() === undefined) this.#bound.delete(bound);
    this.#sweepAt = 2 * this.#bound.size + 256;
  }
}
