// What the host's ids lead to. Ids come in ranges, one for each block of callbacks, and are used again; a look-up is one
// element of an array.

import type { AnyFunction } from '../signature/infer.ts';
import type { CallbackReport } from './callback-options.ts';

/** Reads the arguments at `base`, calls `user`, and writes its result there. Callbacks of one kind share it. */
export type Decode = (base: number, user: AnyFunction) => void;

/** What an id leads to. */
export interface Endpoint {
  decode: Decode;
  user: AnyFunction;
  readonly onError: ((error: unknown) => void) | undefined;
  readonly onReport: ((kind: CallbackReport, message: string) => void) | undefined;
  /** For reports. */
  describe(): string;
}

/** By id. Has no holes: a look-up is quick in an array that is packed. */
export const endpoints: (Endpoint | undefined)[] = [];
/** The first ids of ranges that were given back, by their length. */
const free: Map<number, number[]> = new Map();

/** The first of `count` ids in a row, which lead to nothing yet. */
export function takeIds(count: number): number {
  const first = free.get(count)?.pop();
  if (first !== undefined) return first;
  const next = endpoints.length;
  for (let index = 0; index < count; index++) endpoints.push(undefined);
  return next;
}

/** The host has forgotten the ids. */
export function giveIds(first: number, count: number): void {
  endpoints.fill(undefined, first, first + count);
  const ranges = free.get(count);
  if (ranges === undefined) free.set(count, [first]);
  else ranges.push(first);
}
