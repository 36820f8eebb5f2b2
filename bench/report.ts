// Results as text: tables for the terminal, and for Markdown. Every figure in the documentation is written by this file.

import { NOT_POSSIBLE } from './protocol.ts';
import type { Cell, Machine, MeasuredRow, ResultColumn, Results, Unit } from './results.ts';

/** A table before it has a form: a heading for each column, the first one is that of the names. */
export interface TextTable {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** Three digits, in the unit that fits. */
export function quantity(value: number, unit: Unit): string {
  if (unit === 'instructions') return value.toFixed(value < 100 ? 1 : 0);
  if (unit === 'bytes') return Math.abs(value) < 10_000 ? `${value.toFixed(0)} B` : `${(value / 1024).toFixed(1)} KiB`;
  if (value < 100) return `${value.toFixed(1)} ns`;
  if (value < 1000) return `${value.toFixed(0)} ns`;
  if (value < 1e6) return `${(value / 1e3).toFixed(value < 1e5 ? 1 : 0)} µs`;
  return `${(value / 1e6).toFixed(1)} ms`;
}

export const ratioText = (ratio: number | null): string =>
  ratio === null ? '–' : `${ratio.toFixed(ratio < 9.95 ? 2 : 1)}×`;

export const cellText = (cell: Cell | undefined, unit: Unit): string =>
  cell === undefined || 'missing' in cell ? '–' : quantity(cell.median, unit);

/** Half the distance between the quartiles. */
export const spreadText = (cell: Cell | undefined): string =>
  cell === undefined || 'missing' in cell ? '' : `±${(50 * cell.spread).toFixed(0)}%`;

export const noteOf = (row: MeasuredRow, column: string): string => {
  const cell = row.cells[column];
  return cell === undefined || 'missing' in cell ? '' : (cell.note ?? '');
};

/** Why cells are empty, where the runtime said more than that it has no such thing. */
export function absences({ columns, rows }: Results): string[] {
  return rows.flatMap(({ name, cells }) =>
    columns.flatMap((column) => {
      const cell = cells[column.id];
      if (cell === undefined || !('missing' in cell) || ['', NOT_POSSIBLE].includes(cell.missing)) return [];
      return column.about['missing'] === undefined ? [`${column.name}, ${name}: ${cell.missing}`] : [];
    }),
  );
}

/** What broke: a process that ended, a row that failed. A runtime that is not to be had here is no such thing. */
export const breakages = (results: Results): string[] =>
  [...results.columns.map(({ about }) => about['missing'] ?? ''), ...absences(results)].filter((line) =>
    /failed:|ended:/.test(line),
  );

export function throwIfBroken(results: readonly Results[], consequence = 'something broke'): void {
  const broken = results.flatMap(breakages);
  if (broken.length > 0) throw new Error(`${consequence}:\n${broken.join('\n')}`);
}

const widthsOf = ({ head, rows }: TextTable): number[] =>
  head.map((heading, index) => Math.max(heading.length, ...rows.map((row) => (row[index] ?? '').length)));

/** One line of a terminal's table. */
export const lineText = (cells: readonly string[], widths: readonly number[]): string =>
  cells
    .map((cell, index) => (index === 0 ? cell.padEnd(widths[index] ?? 0) : cell.padStart(widths[index] ?? 0)))
    .join('  ')
    .trimEnd();

export function plainText(table: TextTable): string {
  const widths = widthsOf(table);
  return [table.head, ...table.rows].map((row) => lineText(row, widths)).join('\n');
}

export function markdown({ head, rows }: TextTable): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const rule = `|${head.map((_, index) => (index === 0 ? '---|' : '--:|')).join('')}`;
  return [line(head), rule, ...rows.map(line)].join('\n');
}

const versionsOf = ({ name, about }: ResultColumn): string => {
  const { missing, name: _, ...versions } = about;
  if (missing !== undefined) return `${name}: left out, ${missing}`;
  const words = Object.entries(versions).map(([key, value]) => `${key} ${value}`);
  return `${name}: ${words.join(', ')}`;
};

const machineLines = ({ cpu, system, load, date }: Machine): string[] => [
  `machine: ${cpu}`,
  `system: ${system}`,
  `load: ${load}, ${date}`,
];

/** Where and with what the numbers were taken, for the terminal. */
export const circumstances = ({ machine, columns }: Pick<Results, 'machine' | 'columns'>): string =>
  [...machineLines(machine), ...columns.map(versionsOf)].join('\n');

/** The same as one paragraph, for Markdown: versions that several columns share are said once. */
export function circumstancesMarkdown({ machine, columns }: Pick<Results, 'machine' | 'columns'>): string {
  const versions = new Map<string, Set<string>>();
  const missing: string[] = [];
  for (const { name, about } of columns) {
    if (about['missing'] !== undefined) missing.push(`${name} (${about['missing']})`);
    for (const key of ['node', 'koffi', 'deno', 'bun', 'gcc', 'libffi']) {
      const version = about[key];
      if (version !== undefined) versions.set(key, (versions.get(key) ?? new Set()).add(version));
    }
  }
  const names: Readonly<Record<string, string>> = { node: 'Node', deno: 'Deno', bun: 'Bun' };
  const words = [...versions].map(([key, set]) => `${names[key] ?? key} ${[...set].join(', ')}`);
  const without = missing.length === 0 ? '' : ` Left out: ${missing.join(', ')}.`;
  return `${machine.cpu}; ${machine.system}; ${machine.date}. ${words.join('; ')}.${without}`;
}

export const jsonText = (results: Results): string => `${JSON.stringify(results, null, 2)}\n`;
