// Forced garbage collection, without a command line flag.

import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');

/** Collects what is unreachable, at once; finalizers run from the event loop. */
export const collectGarbage: () => void = runInNewContext('gc');

/** Collects, and waits until buffers are given back: that ends with the next collection at the latest. */
export function freeGarbage(): void {
  collectGarbage();
  collectGarbage();
}

const nextTurn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 1));

/** Collects, and lets finalizers and what they put off run, until `done`; at most `turns` times. */
export async function collectUntil(done: () => boolean, turns = 50): Promise<void> {
  for (let turn = 0; turn < turns && !done(); turn++) {
    // What a WeakRef gave lives until the end of the job (ECMA-262, KeepDuringJob).
    await nextTurn();
    collectGarbage();
    await nextTurn();
  }
}

/** Before something is counted: what earlier tests have left would go at any time. */
export const collectLeftovers = (): Promise<void> => collectUntil(() => false, 3);
