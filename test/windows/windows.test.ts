// The tests of test/exec, and those of test/windows/inside, in node.exe under wine: both hosts, two versions of Node.

import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { expectSuccess, type Outcome, runFile } from '../emulated/outcomes.ts';
import { isSkipped } from '../support/tool.ts';
import { DIFFERENT, FEW, FILES } from './selection.ts';
import { build, hasPackages, mingw, type NodeVersion, nodeExe, windowsPath, wine, wineEnvironment } from './tree.ts';

const { CI } = process.env;
const isMissing = isSkipped(wine) || isSkipped(mingw) || (!hasPackages && CI === undefined);
const why = isMissing ? ' (wine, mingw or .ci/windows-packages is missing)' : '';

describe.skipIf(isMissing)(`Windows x64 under wine${why}`, () => {
  let tree = '';
  let environment: Readonly<Record<string, string>> = {};

  beforeAll(() => {
    environment = wineEnvironment();
    tree = build();
  }, 600_000);

  afterAll(() => {
    spawnSync('wineserver', ['-k'], { env: { ...process.env, ...environment } });
    if (tree !== '') rmSync(tree, { recursive: true });
  }, 60_000);

  function run(file: string, version: NodeVersion, host: 'native' | 'koffi'): readonly Outcome[] {
    const env = {
      ...process.env,
      ...environment,
      INTERFIX_HOST: host,
      INTERFIX_BUILT: windowsPath(join(tree, 'src/index.js')),
      INTERFIX_CALLS_LIBRARY: windowsPath(join(tree, 'calls.dll')),
    };
    return runFile({ tree, command: ['wine', nodeExe(version)], env, skipped: DIFFERENT }, file);
  }

  test.each(['native', 'koffi'] as const)('Node 22 passes with the %s host', { timeout: 900_000 }, (host) => {
    const outcomes = FILES.flatMap((file) => run(file, '22', host));
    expectSuccess(outcomes, 500, DIFFERENT);
  });

  test.each(['native', 'koffi'] as const)('Node 20 passes with the %s host', { timeout: 900_000 }, (host) => {
    const outcomes = FEW.flatMap((file) => run(file, '20', host));
    expectSuccess(outcomes, 100);
  });
});
