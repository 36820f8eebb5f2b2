// Which known name a misspelt one was probably meant to be.

/** A longer name is not compared: nobody mistypes it by two letters, and the work stays bounded. */
const MAX_LENGTH = 48;
/** No more names than these are compared, the first ones of a large registry. */
const MAX_CANDIDATES = 2000;

export interface Suggestion {
  readonly name: string;
  /** Mistakes between it and what was written. */
  readonly distance: number;
}

/** The nearest of the candidates within two mistakes (one in a short name), or null. Of equally near ones the shortest. */
export function nearest(written: string, candidates: Iterable<string>): Suggestion | null {
  if (written.length > MAX_LENGTH) return null;
  const wanted = written.toLowerCase();
  let allowed = written.length < 3 ? 0 : written.length < 5 ? 1 : 2;
  let found: Suggestion | null = null;
  let compared = 0;
  for (const name of candidates) {
    if (++compared > MAX_CANDIDATES) break;
    if (Math.abs(name.length - written.length) > allowed) continue;
    const distance = distanceOf(wanted, name.toLowerCase());
    if (isNearer({ name, distance }, found, allowed)) found = { name, distance };
    allowed = found?.distance ?? allowed;
  }
  return found;
}

function isNearer({ name, distance }: Suggestion, found: Suggestion | null, allowed: number): boolean {
  if (found === null) return distance <= allowed;
  return distance < found.distance || (distance === found.distance && name.length < found.name.length);
}

/** How many letters are missing, added, replaced or swapped with their neighbour (Damerau and Levenshtein, restricted). */
export function distanceOf(one: string, other: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: other.length + 1 }, (_, column) => column);
  for (let row = 1; row <= one.length; row++) {
    const current = [row];
    for (let column = 1; column <= other.length; column++) {
      const same = one[row - 1] === other[column - 1];
      let best = Math.min(at(last, column) + 1, at(current, column - 1) + 1, at(last, column - 1) + (same ? 0 : 1));
      const isSwapped = one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1];
      if (row > 1 && column > 1 && isSwapped) best = Math.min(best, at(beforeLast, column - 2) + 1);
      current.push(best);
    }
    beforeLast = last;
    last = current;
  }
  return at(last, other.length);
}

const at = (row: readonly number[], column: number): number => row[column] ?? Number.POSITIVE_INFINITY;
