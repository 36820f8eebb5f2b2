// How time is taken, within the runtime that is measured. Knows nothing of what runs. Node, Deno and Bun run this file.

import { setImmediate } from 'node:timers';

/** Something that can be done many times. */
export interface Work {
  /** Not timed: what the next `run` needs. */
  readonly before?: (count: number) => void;
  readonly run: (count: number) => void | Promise<void>;
  /** Not timed: gives back what `run` made. */
  readonly after?: () => void;
  /** The most that one `run` may do, where each time takes memory. */
  readonly limit?: number;
  /** Its time is divided by this: how many things are done at once each time. */
  readonly each?: number;
  /** How many times as long it takes until the code behind it is optimised; more for much code. */
  readonly warmUp?: number;
}

/** Milliseconds. */
export interface Pace {
  readonly warmUp: number;
  readonly round: number;
}

/** From the event loop: finalizers and deferred releases of the last run are done then. */
const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Milliseconds. */
async function time({ before, run, after }: Work, count: number): Promise<number> {
  before?.(count);
  const start = performance.now();
  const ended = run(count);
  if (ended !== undefined) await ended;
  const elapsed = performance.now() - start;
  after?.();
  await nextTurn();
  return elapsed;
}

/** Runs the work until it is optimised, and finds out how often it fits into a round. */
export async function countFor(work: Work, pace: Pace): Promise<number> {
  const { limit = Number.MAX_SAFE_INTEGER } = work;
  const warmUp = pace.warmUp * (work.warmUp ?? 1);
  let count = Math.min(limit, 16);
  for (let spent = 0; spent < warmUp; ) {
    const elapsed = await time(work, count);
    spent += Math.max(elapsed, 0.01);
    if (elapsed < pace.round / 2) count = Math.min(limit, count * 2);
  }
  const elapsed = await time(work, count);
  return Math.max(1, Math.min(limit, Math.round((count * pace.round) / Math.max(elapsed, 1e-3))));
}

/** Nanoseconds for one time. */
export async function nanoseconds(work: Work, count: number): Promise<number> {
  return (1e6 * (await time(work, count))) / (count * (work.each ?? 1));
}
