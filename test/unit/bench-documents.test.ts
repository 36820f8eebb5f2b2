// No figure in the documentation that the benchmark did not print: its tables and its chart are those of the results
// that lie beside them, and the text around them has none.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { blocksIn, withBlocks, withoutBlocks } from '../../bench/documents.ts';
import { blocksOf, CHART_FILE, chartOf, PAGES, RESULT_FILES } from '../../bench/figures.ts';
import type { Results } from '../../bench/results.ts';
import { rows } from '../../bench/rows.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const textOf = (path: string): string => readFileSync(root + path, 'utf8');
const resultsOf = (path: string): Results => JSON.parse(textOf(path)) as Results;

describe('blocks', () => {
  const text =
    'before\n<!-- bench: a -->\nold\n<!-- end of bench -->\nbetween $& 5\n<!-- bench: b -->\n<!-- end of bench -->\n';

  test('are written anew, and the rest stays', () => {
    const blocks = new Map([
      ['a', '| $& |'],
      ['b', 'new'],
    ]);
    expect(withBlocks(text, blocks)).toBe(
      'before\n<!-- bench: a -->\n| $& |\n<!-- end of bench -->\nbetween $& 5\n<!-- bench: b -->\nnew\n<!-- end of bench -->\n',
    );
  });

  test('writing them twice changes nothing', () => {
    const blocks = new Map([
      ['a', '1'],
      ['b', '2'],
    ]);
    expect(withBlocks(withBlocks(text, blocks), blocks)).toBe(withBlocks(text, blocks));
  });

  test('one that nobody writes is an error', () => {
    expect(() => withBlocks(text, new Map([['a', '1']]))).toThrow("no benchmark writes the block 'b'");
  });

  test('one without an end is an error', () => {
    expect(() => withBlocks('<!-- bench: a -->\n| 1 |\n', new Map([['a', '1']]))).toThrow(
      '1 blocks of figures begin, 0',
    );
  });

  test('are named, and can be left out', () => {
    expect(blocksIn(text)).toEqual(['a', 'b']);
    expect(withoutBlocks(text)).toBe('before\n\nbetween $& 5\n\n');
  });
});

const published = {
  own: resultsOf(RESULT_FILES.own),
  peers: resultsOf(RESULT_FILES.peers),
  native: resultsOf(RESULT_FILES.native),
};

describe('the documentation', () => {
  const blocks = blocksOf(published);

  test.each(PAGES.filter((page) => existsSync(root + page)))('%s shows the results that are kept', (page) => {
    expect(withBlocks(textOf(page), blocks), 'npm run bench:publish -- --render').toBe(textOf(page));
  });

  test('docs/performance.md shows every table', () => {
    expect(new Set(blocksIn(textOf('docs/performance.md')))).toEqual(new Set(blocks.keys()));
  });

  test('the chart is that of the results', () => {
    expect(chartOf(published.peers), 'npm run bench:publish -- --render').toBe(textOf(CHART_FILE));
  });

  const pages = [
    'README.md',
    ...readdirSync(`${root}docs`, { recursive: true, encoding: 'utf8' }).map((name) => `docs/${name}`),
  ];
  test.each(pages.filter((page) => page.endsWith('.md')))('%s has no other figures', (page) => {
    const figures = withoutBlocks(textOf(page)).match(/\d[\d.,]*\s?(?:ns|µs|×|times as (?:fast|slow|long))(?!\w)/g);
    expect(figures ?? []).toEqual([]);
  });
});

describe('the results that are kept', () => {
  test('have every row', () => {
    expect(published.own.rows.map(({ id }) => id)).toEqual(rows.map(({ id }) => id));
    const common = rows.filter((row) => row.common === true);
    expect(published.peers.rows.map(({ id }) => id)).toEqual(common.map(({ id }) => id));
  });

  test('are medians of at least five rounds', () => {
    const timed = [...published.own.rows, ...published.peers.rows].filter(({ unit }) => unit === 'ns');
    const rounds = timed
      .flatMap(({ cells }) => Object.values(cells))
      .flatMap((cell) => ('rounds' in cell ? [cell.rounds] : []));
    expect(rounds.length).toBeGreaterThan(100);
    expect(Math.min(...rounds)).toBeGreaterThanOrEqual(5);
  });

  test('have gaps only where a runtime has no such thing', () => {
    const all = [...published.own.rows, ...published.peers.rows, ...published.native.rows];
    const reasons = all.flatMap(({ name, cells }) =>
      Object.values(cells).flatMap((cell) => ('missing' in cell ? [{ name, reason: cell.missing }] : [])),
    );
    const known = [
      ...['not possible', 'no structs', 'int64 takes bigints only', 'refused'],
      ...['V8 takes bigints only', 'not in registers'],
    ];
    expect(reasons.filter(({ reason }) => !known.includes(reason))).toEqual([]);
  });

  test('have every runtime', () => {
    const columns = [...published.own.columns, ...published.peers.columns, ...published.native.columns];
    expect(columns.filter(({ about }) => about['missing'] !== undefined)).toEqual([]);
    expect(columns.map(({ id }) => id)).toEqual(
      expect.arrayContaining(['koffi', 'node-ffi', 'deno', 'bun', 'ffi_call']),
    );
  });
});
