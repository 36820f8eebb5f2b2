// What bound functions have in native memory: it goes when its owner is disposed of, or is garbage.

/** The engine calls this from the event loop, never while a call runs. */
const collected = new FinalizationRegistry<CallResources>((resources) => resources.dispose());

/** Of one bound function, to which nothing in here may refer: the garbage collector keeps this until that is gone. */
export class CallResources {
  readonly #owned: Disposable[] = [];
  #isWatched = false;

  /** What was added last goes first. From now on everything goes if `owner` is collected. */
  add(owner: object, resources: readonly Disposable[]): void {
    this.#owned.push(...resources);
    if (this.#isWatched) return;
    this.#isWatched = true;
    collected.register(owner, this, this);
  }

  /** The caller has proved that nothing of this runs or will run. */
  dispose(): void {
    if (this.#isWatched) collected.unregister(this);
    disposeAll(this.#owned);
  }
}

/** The last first. */
export function disposeAll(resources: Disposable[]): void {
  for (let last = resources.pop(); last !== undefined; last = resources.pop()) last[Symbol.dispose]();
}
