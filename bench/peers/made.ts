// Work that makes something each time, which has to be given back. Node, Deno and Bun run this file.

import type { Work } from '../work.ts';

/** Each of these leaves something behind until the round is over; koffi has 8,192 callbacks at most. */
const LIMIT = 2000;
/** The whole pipeline is a lot of code; before that time it still gets faster. */
const WARM_UP = 4;

/** Does something with a new sample each time; the samples are made, and the results given back, while no clock runs. */
export function making<S, M>(sample: () => S, make: (sample: S) => M, giveBack: (made: M) => void): Work {
  let samples: S[] = [];
  let made: M[] = [];
  return {
    limit: LIMIT,
    warmUp: WARM_UP,
    before: (count) => {
      samples = Array.from({ length: count }, sample);
    },
    run: () => {
      for (const each of samples) made.push(make(each));
    },
    after: () => {
      for (const each of made) giveBack(each);
      made = [];
    },
  };
}

/** Makes and gives back, one at a time, both within the time. */
export function cycling<M>(make: () => M, giveBack: (made: M) => void): Work {
  const run = (count: number): void => {
    for (let i = 0; i < count; i++) giveBack(make());
  };
  return { limit: LIMIT, warmUp: WARM_UP, run };
}

/** Opens a library with many functions, `each` of them counted; what was opened is closed while no clock runs. */
export function opening<L>(count: number, open: () => L, close: (library: L) => void): Work {
  const work = making(
    () => undefined,
    open,
    (library) => close(library),
  );
  return { ...work, limit: 4, warmUp: 2, each: count };
}

export const nothing = (): undefined => undefined;
