// The command line of the benchmarks.

import { parseArgs } from 'node:util';
import type { Effort } from './measure.ts';

export interface Options {
  /** Where the results go as JSON. */
  readonly json: string | undefined;
  /** Rows with one of these words in their name or id. */
  readonly only: readonly string[];
  /** A glance instead of a measurement: to see that everything runs. */
  readonly quick: boolean;
}

export function givenOptions(): Options {
  const { values } = parseArgs({
    options: {
      json: { type: 'string' },
      only: { type: 'string', multiple: true },
      quick: { type: 'boolean' },
    },
  });
  return { json: values.json, only: values.only ?? [], quick: values.quick ?? false };
}

export const isWanted = ({ only }: Options, { id, name }: { readonly id: string; readonly name: string }): boolean =>
  only.length === 0 || only.some((word) => name.includes(word) || id.includes(word));

const QUICK: Effort = { pace: { warmUp: 2, round: 1 }, rounds: 1, processes: 1 };

/** For two or three columns: half a second for each row and column. */
export const effortOf = ({ quick }: Options): Effort =>
  quick ? QUICK : { pace: { warmUp: 250, round: 25 }, rounds: 9, processes: 3 };

/** For a dozen of columns. */
export const widerEffortOf = ({ quick }: Options): Effort =>
  quick ? QUICK : { pace: { warmUp: 220, round: 14 }, rounds: 9, processes: 3 };

/** How many things live at once when memory is measured. */
export const populationOf = ({ quick }: Options): number => (quick ? 500 : 20_000);
