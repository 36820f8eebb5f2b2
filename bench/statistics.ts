// What becomes of the times of several rounds.

/** The middle of several measurements; `spread` is the distance between the quartiles as a share of it. */
export interface Summary {
  readonly median: number;
  readonly spread: number;
  readonly rounds: number;
}

/** The value below which a share of the sorted values lies, between two of them in proportion. */
function quantile(sorted: readonly number[], share: number): number {
  const place = share * (sorted.length - 1);
  const below = sorted[Math.floor(place)] ?? Number.NaN;
  const above = sorted[Math.ceil(place)] ?? Number.NaN;
  return below + (above - below) * (place - Math.floor(place));
}

/** Five digits: more than are known. */
const rounded = (value: number): number => Number(value.toPrecision(5));

export function summaryOf(samples: readonly number[]): Summary {
  if (samples.length === 0) throw new RangeError('nothing was measured');
  const sorted = samples.toSorted((a, b) => a - b);
  const median = quantile(sorted, 0.5);
  const between = quantile(sorted, 0.75) - quantile(sorted, 0.25);
  return { median: rounded(median), spread: rounded(median === 0 ? 0 : between / median), rounds: samples.length };
}
