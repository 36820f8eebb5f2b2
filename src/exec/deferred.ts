// When native resources may go: not while a synchronous call that uses them may still be on this thread's stack.

/**
 * Runs `release` from the event loop. Then no bound call and no callback of this thread is running, so code that was
 * being executed when its owner disposed of it, or a library that was closed by its own callback, may be taken away.
 */
export function whenNothingRuns(release: () => void): void {
  setImmediate(release);
}
