// Which columns stand beside which: the tables of each benchmark, out of its results.

import { cellText, noteOf, ratioText, spreadText, type TextTable } from './report.ts';
import { bestOf, type MeasuredRow, medianOf, type Results, ratioOf } from './results.ts';
import { rows as known } from './rows.ts';

const FAST = 'interfix';
const DEFAULT = 'interfix-default';
const SLOW = 'interfix-slow';
const KOFFI = 'koffi';

const barsOf = (id: string): { readonly bar: string; readonly slowBar: string } => {
  const { bar = '', slowBar = '' } = known.find((row) => row.id === id) ?? {};
  return { bar, slowBar };
};

/** The columns of `npm run bench`, and how wide each is on a terminal: rows are printed as they come. */
const OWN = [
  ['median', 44],
  ['leaf', 9],
  ['', 4],
  ['default', 9],
  ['', 4],
  ['Node-API', 9],
  ['', 4],
  ['koffi', 9],
  ['', 4],
  ['ratio', 6],
  ['bar', 7],
  ['Node-API', 8],
  ['bar', 4],
  ['path', 12],
] as const;
export const ownHead: readonly string[] = OWN.map(([heading]) => heading);
export const ownWidths: readonly number[] = OWN.map(([, width]) => width);

export function ownRow(row: MeasuredRow): string[] {
  const { bar, slowBar } = barsOf(row.id);
  const cells = [FAST, DEFAULT, SLOW, KOFFI].flatMap((id) => [
    cellText(row.cells[id], row.unit),
    spreadText(row.cells[id]),
  ]);
  const ratios = [ratioText(ratioOf(row, FAST, KOFFI)), bar, ratioText(ratioOf(row, SLOW, KOFFI)), slowBar];
  return [row.name, ...cells, ...ratios, noteOf(row, FAST)];
}

/** What `npm run bench` prints, for the documentation: rows of some groups. */
export function ownTable({ rows }: Results, groups: readonly string[]): TextTable {
  const wanted = new Set(known.filter(({ group }) => groups.includes(group)).map(({ id }) => id));
  return {
    head: ['', 'leaf', 'Node-API', 'koffi', 'koffi ÷ leaf', 'koffi ÷ Node-API'],
    rows: rows
      .filter(({ id }) => wanted.has(id))
      .map((row) => [
        row.name,
        ...[FAST, SLOW, KOFFI].map((id) => cellText(row.cells[id], row.unit)),
        ratioText(ratioOf(row, FAST, KOFFI)),
        ratioText(ratioOf(row, SLOW, KOFFI)),
      ]),
  };
}

/** The columns of the newest Node, with the peers that are not Node. */
export const NEWEST = [
  'interfix-26',
  'interfix-default-26',
  'interfix-slow-26',
  'v8-26',
  'koffi-26',
  'node-ffi',
  'deno',
  'bun',
] as const;
/** Of these, what a user can choose. */
export const CHARTED: readonly (typeof NEWEST)[number][] = NEWEST.filter((id) => id !== 'v8-26');
const PEERS = ['koffi-26', 'node-ffi', 'deno', 'bun'] as const;

export function peerTable({ columns, rows }: Results): TextTable {
  const nameOf = (id: string): string => columns.find((column) => column.id === id)?.name ?? id;
  return {
    head: ['', ...NEWEST.map(nameOf), 'best peer', 'it ÷ leaf'],
    rows: rows.map((row) => {
      const best = bestOf(row, PEERS);
      const own = medianOf(row, NEWEST[0]);
      const ratio = best === null || own === null ? null : best.median / own;
      const cells = NEWEST.map((id) => cellText(row.cells[id], row.unit));
      return [row.name, ...cells, best === null ? '–' : nameOf(best.id), ratioText(ratio)];
    }),
  };
}

/** Every peer's time divided by ours, in the same Node where it is one. */
export function ratioTable({ rows }: Results): TextTable {
  const pairs = [20, 22, 24, 26].map((major) => [`interfix-${major}`, `koffi-${major}`] as const);
  const others = ['node-ffi', 'deno', 'bun'].map((id) => [NEWEST[0], id] as const);
  return {
    head: ['time ÷ leaf’s', 'koffi 20', 'koffi 22', 'koffi 24', 'koffi 26', 'node:ffi', 'Deno', 'Bun'],
    rows: rows.map((row) => [row.name, ...[...pairs, ...others].map(([own, id]) => ratioText(ratioOf(row, own, id)))]),
  };
}

/** The same, with what the project asks of itself. */
export function barTable(results: Results): TextTable {
  const { head, rows } = ratioTable(results);
  const bars = results.rows.map(({ id }) => known.find((row) => row.id === id)?.peerBar ?? '');
  return { head: [...head, 'bar'], rows: rows.map((row, index) => [...row, bars[index] ?? '']) };
}

/** This library in every Node, on both paths. */
export function versionTable({ rows }: Results): TextTable {
  const ids = ['interfix', 'interfix-slow'].flatMap((id) => [20, 22, 24, 26].map((major) => `${id}-${major}`));
  const heads = ['leaf', 'Node-API'].flatMap((path) => [20, 22, 24, 26].map((major) => `${path} ${major}`));
  return {
    head: ['Node', ...heads],
    rows: rows.map((row) => [row.name, ...ids.map((id) => cellText(row.cells[id], row.unit))]),
  };
}

/** Instructions and time of generated code. */
export function nativeTable({ columns, rows }: Results): TextTable {
  return {
    head: ['', ...columns.map(({ name }) => name)],
    rows: rows.map((row) => [row.name, ...columns.map(({ id }) => cellText(row.cells[id], row.unit))]),
  };
}

/** How many times a direct call's: instructions and time. */
export function overDirectTable({ columns, rows }: Results): TextTable {
  const others = columns.filter(({ id }) => id !== 'direct');
  return {
    head: ['÷ direct call', ...others.map(({ name }) => name)],
    rows: rows.map((row) => [row.name, ...others.map(({ id }) => ratioText(ratioOf(row, 'direct', id)))]),
  };
}
