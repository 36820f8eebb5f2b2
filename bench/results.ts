// What a benchmark found, as it stands in the JSON files.

import type { About } from './protocol.ts';
import type { Summary } from './statistics.ts';

/** What was measured, or why it was not. A note says which path was taken, or what was done by hand. */
export type Cell = (Summary & { readonly note?: string }) | { readonly missing: string };

export type Unit = 'ns' | 'bytes' | 'instructions';

export interface MeasuredRow {
  readonly id: string;
  readonly name: string;
  readonly unit: Unit;
  /** By column. */
  readonly cells: Readonly<Record<string, Cell>>;
}

export interface ResultColumn {
  readonly id: string;
  readonly name: string;
  /** Versions and the like, or `missing` with the reason. */
  readonly about: About;
}

/** What the numbers depend on. */
export interface Machine {
  readonly cpu: string;
  readonly system: string;
  /** One, five and fifteen minutes, before the run. */
  readonly load: string;
  readonly date: string;
}

export interface Results {
  readonly machine: Machine;
  readonly columns: readonly ResultColumn[];
  readonly rows: readonly MeasuredRow[];
}

/** The median, or null where there is none. */
export function medianOf(row: MeasuredRow, column: string): number | null {
  const cell = row.cells[column];
  return cell === undefined || 'missing' in cell ? null : cell.median;
}

/** How many times as long `other` takes: above 1, `column` is faster. None of what memory that shrank would give. */
export function ratioOf(row: MeasuredRow, column: string, other: string): number | null {
  const [own, theirs] = [medianOf(row, column), medianOf(row, other)];
  return own === null || theirs === null || own <= 0 || theirs < 0 ? null : theirs / own;
}

/** The least of some columns, with its id. */
export function bestOf(row: MeasuredRow, columns: readonly string[]): { id: string; median: number } | null {
  let best: { id: string; median: number } | null = null;
  for (const id of columns) {
    const median = medianOf(row, id);
    if (median !== null && (best === null || median < best.median)) best = { id, median };
  }
  return best;
}
