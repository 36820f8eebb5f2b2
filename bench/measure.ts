// How time is taken: both sides of a row in turn, several rounds, the median. Knows nothing of what runs.

/** Something that can be done many times. */
export interface Work {
  /** Not timed: what the next `run` needs. */
  readonly before?: (count: number) => void;
  readonly run: (count: number) => void;
  /** Not timed: gives back what `run` made. */
  readonly after?: () => void;
  /** The most that one `run` may do, where each time takes memory. */
  readonly limit?: number;
  /** Milliseconds until the code behind it is optimised; more for much code. */
  readonly warmUp?: number;
}

export interface Row {
  readonly name: string;
  readonly ours: Work;
  readonly koffi: Work | null;
}

/** Nanoseconds for one time; `spread` is the distance between the quartiles as a share of the median. */
export interface Timing {
  readonly median: number;
  readonly spread: number;
}

export interface Measured {
  readonly name: string;
  readonly ours: Timing;
  readonly koffi: Timing | null;
}

const ROUNDS = 9;
/** Milliseconds of one round. */
const ROUND = 40;

/** From the event loop: finalizers and deferred releases of the last run are done then. */
const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Milliseconds. */
async function time({ before, run, after }: Work, count: number): Promise<number> {
  before?.(count);
  const start = process.hrtime.bigint();
  run(count);
  const elapsed = Number(process.hrtime.bigint() - start) / 1e6;
  after?.();
  await nextTurn();
  return elapsed;
}

/** Runs the work until it is optimised, and finds out how often it fits into a round. */
async function ready(work: Work): Promise<number> {
  const { limit = Number.MAX_SAFE_INTEGER, warmUp = 150 } = work;
  let count = 16;
  for (let spent = 0; spent < warmUp; ) {
    const elapsed = await time(work, count);
    spent += elapsed;
    if (elapsed < ROUND / 2) count = Math.min(limit, count * 2);
  }
  const elapsed = await time(work, count);
  return Math.max(1, Math.min(limit, Math.round((count * ROUND) / elapsed)));
}

function summary(times: readonly number[]): Timing {
  const sorted = [...times].sort((a, b) => a - b);
  const at = (share: number): number => sorted[Math.round(share * (sorted.length - 1))] ?? 0;
  return { median: at(0.5), spread: (at(0.75) - at(0.25)) / at(0.5) };
}

export async function measure({ name, ours, koffi }: Row): Promise<Measured> {
  const sides = (koffi === null ? [ours] : [ours, koffi]).map((work) => ({ work, times: [] as number[] }));
  const counted: { readonly work: Work; readonly times: number[]; readonly count: number }[] = [];
  for (const side of sides) counted.push({ ...side, count: await ready(side.work) });
  for (let round = 0; round < ROUNDS; round++) {
    // Each side begins every other round, so that a slow moment of the machine does not always meet the same one.
    for (const { work, times, count } of round % 2 === 0 ? counted : counted.toReversed()) {
      times.push((1e6 * (await time(work, count))) / count);
    }
  }
  const [first, second] = sides.map(({ times }) => summary(times));
  if (first === undefined) throw new Error('no side was measured');
  return { name, ours: first, koffi: second ?? null };
}
