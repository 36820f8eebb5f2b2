// The rows of `npm run bench`: this library on both paths beside koffi, in this Node.

import { compileLibraries, compileLibrary, compilePrograms, root } from './build.ts';
import { thisMachine } from './machine.ts';
import { Table } from './measure.ts';
import { effortOf, isWanted, type Options, populationOf } from './options.ts';
import { absences, circumstances, lineText } from './report.ts';
import type { MeasuredRow, Results } from './results.ts';
import { rows } from './rows.ts';
import { type Candidate, type Column, ownColumns } from './runtimes.ts';
import { ownHead, ownRow, ownWidths } from './tables.ts';

/** Those that can be started. */
export const startable = (candidates: readonly Candidate[]): Column[] =>
  candidates.filter((candidate): candidate is Column => 'command' in candidate);

/** Prints each row as soon as it is measured. */
export async function measureOwn(options: Options): Promise<Results> {
  compileLibrary();
  compilePrograms();
  using libraries = compileLibraries();
  const { library, many } = libraries;
  const inputs = { dist: new URL('dist/', root).href, library, many, population: populationOf(options) };
  const machine = thisMachine();
  const candidates = ownColumns();
  using table = await Table.start(startable(candidates), inputs, effortOf(options));
  const about = table.about();
  const columns = candidates.map(({ id, name }) => ({ id, name, about: about[id] ?? {} }));
  console.log(`${circumstances({ machine, columns })}\n\n${lineText(ownHead, ownWidths)}`);
  const measured: MeasuredRow[] = [];
  for (const row of rows.filter((row) => isWanted(options, row))) {
    const result = await table.measure(row);
    measured.push(result);
    console.log(lineText(ownRow(result), ownWidths));
  }
  const results = { machine, columns, rows: measured };
  for (const line of absences(results)) console.log(line);
  return results;
}
