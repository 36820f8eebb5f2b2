// `npm run bench:publish`: all three benchmarks, their results as JSON, the chart, and the tables of the documentation.
// With --render only the last two, from the results that are there; with --quick everything runs, and nothing is written.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { rootPath } from './build.ts';
import { withBlocks } from './documents.ts';
import { blocksOf, CHART_FILE, chartOf, PAGES, type Published, RESULT_FILES } from './figures.ts';
import { measureNative } from './machine-code.ts';
import { measureOwn } from './own.ts';
import { jsonText, throwIfBroken } from './report.ts';
import type { Results } from './results.ts';
import { measurePeers } from './wide.ts';

const place = (path: string): string => join(rootPath, path);
const kept = (path: string): Results => JSON.parse(readFileSync(place(path), 'utf8')) as Results;

async function measured(quick: boolean): Promise<Published> {
  const options = { json: undefined, only: [], quick };
  const native = measureNative(options);
  const own = await measureOwn(options);
  const peers = await measurePeers(options);
  return { own, peers, native };
}

/** A runtime that broke is no result: such a run is not kept. */
function keep({ own, peers, native }: Published): void {
  throwIfBroken([own, peers, native], 'nothing was written, because something broke');
  mkdirSync(dirname(place(RESULT_FILES.own)), { recursive: true });
  writeFileSync(place(RESULT_FILES.own), jsonText(own));
  writeFileSync(place(RESULT_FILES.peers), jsonText(peers));
  writeFileSync(place(RESULT_FILES.native), jsonText(native));
}

/** The chart and the pages, as they are or should be. */
function documentation(results: Published): ReadonlyMap<string, string> {
  const blocks = blocksOf(results);
  const pages = PAGES.filter((page) => existsSync(place(page)));
  return new Map([
    [CHART_FILE, chartOf(results.peers)],
    ...pages.map((page) => [page, withBlocks(readFileSync(place(page), 'utf8'), blocks)] as const),
  ]);
}

try {
  const { values } = parseArgs({ options: { render: { type: 'boolean' }, quick: { type: 'boolean' } } });
  const { own, peers, native } = RESULT_FILES;
  const isKept = values.render === true;
  const isQuick = values.quick === true;
  const results = isKept ? { own: kept(own), peers: kept(peers), native: kept(native) } : await measured(isQuick);
  const texts = documentation(results);
  if (!isKept && !isQuick) keep(results);
  if (!isQuick) for (const [path, text] of texts) writeFileSync(place(path), text);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
