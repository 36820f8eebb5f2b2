// When the code of disposed callbacks goes. C may still have their pointers, so a block of which no callback is left
// stays for a while, and leads to tombstones; then it becomes traps, and its place is never used again: it never leads to
// another callback.

import { listeningHost } from './callback-delivery.ts';
import { whenNothingRuns } from './deferred.ts';
import { STATE } from './host.ts';

/** Something that can go when no thread is inside: false if one is, and it must be tried again. */
interface Releasable {
  release(): boolean;
}

/** How many disposals a tombstone lasts at least. */
const QUARANTINE = 1024;

interface Grave {
  readonly block: Releasable;
  /** The number of disposals after which it may go. */
  readonly due: number;
}

/** The oldest first. */
const graves: Grave[] = [];
let disposals = 0;
/** When the oldest grave is due. */
let nextDue = Number.POSITIVE_INFINITY;

let state: Int32Array | undefined;

/** To be called once for each callback that is disposed of. */
export function countDisposal(): void {
  if (++disposals >= nextDue) releaseDue();
}

export function bury(block: Releasable): void {
  graves.push({ block, due: disposals + QUARANTINE });
  nextDue = graves[0]?.due ?? nextDue;
}

function releaseDue(): void {
  state ??= listeningHost().state;
  for (let oldest = graves[0]; oldest !== undefined && oldest.due <= disposals; oldest = graves[0]) {
    graves.shift();
    const { block } = oldest;
    const attempt = (): void => {
      if (!block.release()) bury(block);
    };
    // Outside of all callbacks the code of none is on this thread's stack. It must not be left to the event loop alone: a
    // program may make and dispose of callbacks for long without returning to it.
    if (state[STATE.running] === 0) attempt();
    else whenNothingRuns(attempt);
  }
  nextDue = graves[0]?.due ?? Number.POSITIVE_INFINITY;
}
