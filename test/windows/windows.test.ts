// The tests of test/exec, and those of test/windows/inside, in node.exe under wine: both hosts, two versions of Node.

import { spawnSync } from 'node:child_process';
import { closeSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isSkipped } from '../support/tool.ts';
import { DIFFERENT, FEW, FILES } from './selection.ts';
import {
  buildTree,
  hasPackages,
  mingw,
  type NodeVersion,
  nodeExe,
  windowsPath,
  wine,
  wineEnvironment,
} from './tree.ts';

const { CI } = process.env;
const isMissing = isSkipped(wine) || isSkipped(mingw) || (!hasPackages && CI === undefined);
const why = isMissing ? ' (wine, mingw or .ci/windows-packages is missing)' : '';

interface Outcome {
  readonly name: string;
  readonly state: 'pass' | 'fail' | 'skip';
  readonly errors: readonly string[];
}

describe.skipIf(isMissing)(`Windows x64 under wine${why}`, () => {
  let tree = '';
  let environment: Readonly<Record<string, string>> = {};

  beforeAll(() => {
    environment = wineEnvironment();
    tree = buildTree();
  }, 600_000);

  afterAll(() => {
    spawnSync('wineserver', ['-k'], { env: { ...process.env, ...environment } });
    if (tree !== '') rmSync(tree, { recursive: true });
  }, 60_000);

  /** One file in a process of its own. A crash leaves no report: the last line of its output says where. */
  function run(file: string, version: NodeVersion, host: 'native' | 'koffi'): readonly Outcome[] {
    const at = (name: string): string => join(tree, name);
    const skipped = DIFFERENT.flatMap(({ tests }) => tests.map(({ source }) => source));
    const files = [file.replace(/\.ts$/, '.js')];
    writeFileSync(at('job.json'), JSON.stringify({ report: 'report.json', files, skipped }));
    const env = {
      ...process.env,
      ...environment,
      INTERFIX_HOST: host,
      INTERFIX_BUILT: windowsPath(at('src/index.js')),
      INTERFIX_CALLS_LIBRARY: windowsPath(at('calls.dll')),
    };
    rmSync(at('report.json'), { force: true });
    const log = openSync(at('log.txt'), 'w');
    const args = [nodeExe(version), '--expose-gc', 'run.mjs', 'job.json'];
    const { status } = spawnSync('wine', args, { cwd: tree, env, stdio: ['ignore', log, log], timeout: 180_000 });
    closeSync(log);
    if (status !== 0)
      throw new Error(`${file} ended with status ${status}: ${readFileSync(at('log.txt'), 'utf8').slice(-2000)}`);
    return JSON.parse(readFileSync(at('report.json'), 'utf8')) as Outcome[];
  }

  const failures = (outcomes: readonly Outcome[]): unknown[] =>
    outcomes.filter(({ state }) => state === 'fail').map(({ name, errors }) => [name, errors]);

  test.each(['native', 'koffi'] as const)('Node 22 passes with the %s host', { timeout: 900_000 }, (host) => {
    const outcomes = FILES.flatMap((file) => run(file, '22', host));
    expect(failures(outcomes)).toEqual([]);
    expect(outcomes.filter(({ state }) => state === 'pass').length).toBeGreaterThan(500);
    // A pattern that fits no test is one that nobody would miss.
    const names = outcomes.filter(({ state }) => state === 'skip').map(({ name }) => name);
    for (const pattern of DIFFERENT.flatMap(({ tests }) => tests)) {
      expect(
        names.some((name) => pattern.test(name)),
        `${pattern}`,
      ).toBe(true);
    }
  });

  test.each(['native', 'koffi'] as const)('Node 20 passes with the %s host', { timeout: 900_000 }, (host) => {
    const outcomes = FEW.flatMap((file) => run(file, '20', host));
    expect(failures(outcomes)).toEqual([]);
    expect(outcomes.filter(({ state }) => state === 'pass').length).toBeGreaterThan(100);
  });
});
