// The rows of `npm run bench:peers`: the same C library in every runtime, each in a process of its own.

import { compileAddons } from './addons.ts';
import { compileLibraries, compileLibrary, compilePrograms, root } from './build.ts';
import { thisMachine } from './machine.ts';
import { Table } from './measure.ts';
import { isWanted, type Options, populationOf, widerEffortOf } from './options.ts';
import { startable } from './own.ts';
import { absences, circumstances, plainText } from './report.ts';
import type { MeasuredRow, Results } from './results.ts';
import { rows } from './rows.ts';
import { peerColumns } from './runtimes.ts';
import { barTable, peerTable, versionTable } from './tables.ts';

export async function measurePeers(options: Options): Promise<Results> {
  compileLibrary();
  compilePrograms();
  for (const problem of compileAddons()) console.log(problem);
  using libraries = compileLibraries();
  const { library, many } = libraries;
  const inputs = { dist: new URL('dist/', root).href, library, many, population: populationOf(options) };
  const machine = thisMachine();
  const candidates = peerColumns();
  using table = await Table.start(startable(candidates), inputs, widerEffortOf(options));
  const about = table.about();
  const columns = candidates.map((each) => {
    const known = 'missing' in each ? { missing: each.missing } : (about[each.id] ?? {});
    return { id: each.id, name: each.name, about: known };
  });
  console.log(`${circumstances({ machine, columns })}\n`);
  const measured: MeasuredRow[] = [];
  for (const row of rows.filter((row) => row.common === true && isWanted(options, row))) {
    measured.push(await table.measure(row));
    process.stderr.write(`${row.name}\n`);
  }
  const results = { machine, columns, rows: measured };
  const tables = [peerTable(results), barTable(results), versionTable(results)];
  console.log([...tables.map(plainText), absences(results).join('\n')].join('\n\n'));
  return results;
}
