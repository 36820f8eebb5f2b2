// `npm run bench`: our calls beside koffi's, in one run. Prints; never judges.

import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { callRows } from './calls.ts';
import { creationRows } from './creation.ts';
import { type Measured, measure } from './measure.ts';
import { HEADER, jsonText, machineOf, machineText, rowText } from './report.ts';
import { loadSubjects, type Subjects } from './subjects.ts';

const { values } = parseArgs({ options: { json: { type: 'string' }, only: { type: 'string' } } });

/** Prints each row as soon as it is measured. */
async function run(subjects: Subjects): Promise<void> {
  const machine = machineOf(subjects);
  console.log(`${machineText(machine)}\n\n${HEADER}`);
  const rows = [...callRows(subjects), ...creationRows(subjects)];
  const measured: Measured[] = [];
  for (const row of rows.filter(({ name }) => name.includes(values.only ?? ''))) {
    const result = await measure(row);
    measured.push(result);
    console.log(rowText(result));
  }
  if (values.json !== undefined) writeFileSync(values.json, jsonText(machine, measured));
}

try {
  const subjects = await loadSubjects();
  try {
    await run(subjects);
  } finally {
    subjects.dispose();
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
