// The scenarios of test/stress in node.exe under wine: Win32 threads call JavaScript, and JavaScript calls from them.

import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { closeSync, openSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { root } from '../emulated/tree.ts';
import { FLAGS } from '../stress/scenario.ts';
import { isSkipped, runTool } from '../support/tool.ts';
import { build, hasPackages, mingw, nodeExe, windowsPath, wine, wineEnvironment } from './tree.ts';

const { CI } = process.env;
const isMissing = isSkipped(wine) || isSkipped(mingw) || (!hasPackages && CI === undefined);
const why = isMissing ? ' (wine, mingw or .ci/windows-packages is missing)' : '';

/** How much of each, against its full size: wine asks its server for every wait, and for every view of code pages. */
const SCENARIOS: readonly (readonly [name: string, factor: number])[] = [
  ['volume:owner', 0.1],
  ['volume:posted', 0.05],
  ['volume:blocking', 0.02],
  ['volume:cycles', 0.02],
  ['volume:asynchronous', 0.02],
  ['nesting', 0.1],
  ['closing', 0.04],
  ['deadlock', 0.02],
  ['values', 0.05],
  ['calls', 0.05],
  ['exits', 0.1],
  ['workers', 0.02],
];

describe.skipIf(isMissing)(`threads on Windows x64 under wine${why}`, { timeout: 300_000 }, () => {
  let tree = '';
  let environment: Readonly<Record<string, string>> = {};

  beforeAll(() => {
    environment = wineEnvironment('prefix-threads');
    tree = build();
    const source = join(root, 'fixtures', 'native', 'abuse.c');
    const options = ['-std=gnu11', '-O1', '-Wno-psabi', '-shared', '-static-libgcc'];
    runTool(mingw, [...options, '-o', join(tree, 'abuse.dll'), source]);
  }, 600_000);

  afterAll(() => {
    spawnSync('wineserver', ['-k'], { env: { ...process.env, ...environment } });
    if (tree !== '') rmSync(tree, { recursive: true });
  }, 60_000);

  /** node.exe cannot write into a pipe of this machine. */
  function run(words: readonly string[]): SpawnSyncReturns<Buffer> & { readonly printed: string } {
    const path = join(tree, 'threads-log.txt');
    const log = openSync(path, 'w');
    const env = { ...process.env, ...environment, INTERFIX_HOST: 'native' };
    const ended = spawnSync('wine', [nodeExe('22'), ...words], { env, stdio: ['ignore', log, log], timeout: 240_000 });
    closeSync(log);
    return { ...ended, printed: readFileSync(path, 'utf8') };
  }

  test.each(SCENARIOS)('%s', (name, factor) => {
    const paths = [join(root, 'test', 'stress', 'run.mjs'), join(tree, 'src', 'index.js'), join(tree, 'abuse.dll')].map(
      windowsPath,
    );
    const { status, signal, printed } = run([...FLAGS, ...paths, name, String(factor)]);
    expect({ status, signal, printed }).toEqual({
      status: 0,
      signal: null,
      printed: expect.stringMatching(/^\{.*\}\s*$/),
    });
    expect(JSON.parse(printed)).toMatchObject({ scenario: name });
  });
});
