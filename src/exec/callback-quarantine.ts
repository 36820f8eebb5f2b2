// When the code of a disposed callback goes. C may still have its pointer, so the code stays for a while and leads to a
// tombstone; then it becomes traps, and its place is never used again: it never leads to another callback.

import { listeningHost } from './callback-delivery.ts';
import { whenNothingRuns } from './deferred.ts';

/** False if a foreign thread is still inside: try again later. */
type Release = () => boolean;

/** How many disposals a tombstone lasts. */
export const QUARANTINE = 1024;
/** The oldest first. */
const tombstones: Release[] = [];

/** The word of the invocation memory's header that is zero while no callback of this thread runs; see host.ts. */
const BASE = 1;
let header: Int32Array | undefined;

export function bury(release: Release): void {
  tombstones.push(release);
  if (tombstones.length <= QUARANTINE) return;
  const oldest = tombstones.shift();
  if (oldest === undefined) return;
  const attempt = (): void => {
    if (!oldest()) tombstones.push(oldest);
  };
  header ??= new Int32Array(listeningHost().invocations, 0, 2);
  // Outside of all callbacks the code of none is on this thread's stack. It must not be left to the event loop alone: a
  // program may make and dispose of callbacks for long without returning to it.
  if (header[BASE] === 0) attempt();
  else whenNothingRuns(attempt);
}
