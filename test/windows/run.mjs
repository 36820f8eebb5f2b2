// Runs compiled test files inside the node.exe under test, and writes what became of each test to a file: wine gives
// node.exe no pipe that it could print to.
//
//   node.exe run.mjs <job.json>      { report: a path, files: compiled tests, skipped: patterns of full names }

import { readFileSync, writeFileSync, writeSync } from 'node:fs';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { startTests } from '@vitest/runner';

const { report, files, skipped } = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const patterns = skipped.map((pattern) => new RegExp(pattern));

const config = {
  root: process.cwd(),
  setupFiles: [],
  passWithNoTests: false,
  allowOnly: false,
  sequence: { shuffle: false, concurrent: false, seed: 0, hooks: 'stack', setupFiles: 'list' },
  chaiConfig: {},
  maxConcurrency: 1,
  testTimeout: 120_000,
  hookTimeout: 120_000,
  retry: 0,
  includeTaskLocation: false,
  diffOptions: {},
  tags: [],
  tagsFilter: undefined,
  strictTags: false,
};

const skip = (task) => {
  if (patterns.some((pattern) => pattern.test(task.fullName))) task.mode = 'skip';
  for (const inner of task.tasks ?? []) skip(inner);
};

const runner = {
  config,
  pool: 'forks',
  viteEnvironment: undefined,
  onCollected: (collected) => collected.forEach(skip),
  // After a crash, the last of these lines is the test that crashed.
  onBeforeRunTask: ({ fullName }) => writeSync(1, `${fullName}\n`),
  importFile: (file) => import(pathToFileURL(file).href),
  getImportDurations: () => ({}),
};

/** One line of the report for each test: `state` is pass, fail or skip. */
const flatten = (task, names) => {
  const here = [...names, task.name];
  const { state = task.mode, errors = [] } = task.result ?? {};
  const own = { name: here.join(' > '), state, errors: errors.map(({ message, stack }) => stack ?? message) };
  if (task.type === 'test') return [own];
  // A file that cannot be imported has no tests, and one error of its own.
  const inner = task.tasks.flatMap((each) => flatten(each, here));
  return state === 'fail' && errors.length > 0 ? [own, ...inner] : inner;
};

const done = await startTests(files, runner);
writeFileSync(report, JSON.stringify(done.flatMap((file) => flatten(file, []))));
process.exit(0);
