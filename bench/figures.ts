// Everything that the documentation shows of the benchmarks, out of the three files of results.

import { type Chart, svgOf } from './chart.ts';
import { circumstancesMarkdown, markdown, quantity } from './report.ts';
import { medianOf, type Results } from './results.ts';
import { rows as known } from './rows.ts';
import { CHARTED, nativeTable, overDirectTable, ownTable, peerTable, ratioTable, versionTable } from './tables.ts';

/** The results of one run of each benchmark. */
export interface Published {
  readonly own: Results;
  readonly peers: Results;
  readonly native: Results;
}

/** Where each stands, from the root of the project. */
export const RESULT_FILES: Readonly<Record<keyof Published, string>> = {
  own: 'docs/performance/own.json',
  peers: 'docs/performance/peers.json',
  native: 'docs/performance/native.json',
};
export const CHART_FILE = 'docs/performance/peers.svg';

/** The pages that have blocks of figures. */
export const PAGES = ['docs/performance.md', 'docs/calls.md', 'docs/callbacks.md', 'README.md'] as const;

const under = (table: string, results: Results): string => `${table}\n\n${circumstancesMarkdown(results)}`;

const rowsOfGroups = (results: Results, groups: readonly string[]): Results => {
  const wanted = new Set(known.filter(({ group }) => groups.includes(group)).map(({ id }) => id));
  return { ...results, rows: results.rows.filter(({ id }) => wanted.has(id)) };
};

/** Block → its content. */
export function blocksOf({ own, peers, native }: Published): ReadonlyMap<string, string> {
  return new Map([
    ['circumstances', circumstancesMarkdown(own)],
    ['own-calls', markdown(ownTable(own, ['calls', 'called', 'callbacks']))],
    ['own-creation', markdown(ownTable(own, ['creation']))],
    ['own-memory', markdown(ownTable(own, ['memory']))],
    ['peers', under(markdown(peerTable(peers)), peers)],
    ['peers-ratios', markdown(ratioTable(peers))],
    ['versions', markdown(versionTable(rowsOfGroups(peers, ['calls', 'called'])))],
    ['native', under(markdown(nativeTable(native)), native)],
    ['native-ratios', markdown(overDirectTable(native))],
  ]);
}

/** A chart is seen without the page around it. */
const CHART_NAMES: Readonly<Record<string, string>> = {
  'interfix-26': 'interfix, leaf',
  'interfix-default-26': 'interfix',
  'interfix-slow-26': 'by Node-API',
  'koffi-26': 'koffi',
};

export function chartOf(peers: Results): string {
  const rows = rowsOfGroups(peers, ['calls', 'called']).rows;
  const nameOf = (id: string): string =>
    CHART_NAMES[id] ?? peers.columns.find((column) => column.id === id)?.name ?? id;
  const shown: readonly string[] = CHARTED;
  const chart: Chart = {
    title: 'One call of the same C function, nanoseconds, logarithmic: shorter is faster',
    subtitle: circumstancesMarkdown({ ...peers, columns: peers.columns.filter(({ id }) => shown.includes(id)) }),
    series: CHARTED.map((id) => ({ id, name: nameOf(id) })),
    groups: rows.map((row) => ({
      name: row.name,
      values: Object.fromEntries(
        CHARTED.flatMap((id) => {
          const median = medianOf(row, id);
          return median === null ? [] : [[id, median] as const];
        }),
      ),
    })),
    label: (value) => quantity(value, 'ns').replace('.0 ', ' '),
  };
  return svgOf(chart);
}
