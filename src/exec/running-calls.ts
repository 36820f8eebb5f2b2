// How many asynchronous calls use something: code or a library is not taken away under a call that runs on another thread.

export class RunningCalls {
  #count = 0;
  readonly #waiting: (() => void)[] = [];

  enter(): void {
    this.#count++;
  }

  leave(): void {
    this.#count--;
    if (this.#count > 0) return;
    for (const release of this.#waiting.splice(0)) release();
  }

  /** Runs `release` when no call runs: at once, if none does. Nobody enters any more. */
  whenNone(release: () => void): void {
    if (this.#count === 0) release();
    else this.#waiting.push(release);
  }
}
