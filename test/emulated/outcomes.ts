// Test files in the Node of an emulated machine: started, reported, judged.

import { spawnSync } from 'node:child_process';
import { closeSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';

/** A test that is left out on a machine, and why. */
export interface Difference {
  readonly reason: string;
  /** Patterns of the tests' full names. */
  readonly tests: readonly RegExp[];
}

export interface Outcome {
  readonly name: string;
  readonly state: 'pass' | 'fail' | 'skip';
  readonly errors: readonly string[];
}

/** How a machine's Node is started in the tree. */
export interface Start {
  readonly tree: string;
  /** The emulator, or a script that calls it, and the words before Node's own. */
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly skipped: readonly Difference[];
  /** What starts Node from inside, where that is not the program itself. */
  readonly node?: string;
}

/** Runs one file in a process of its own. A crash leaves no report: the last line of its output says where. */
export function runFile({ tree, command, env, skipped, node }: Start, file: string): readonly Outcome[] {
  const at = (name: string): string => join(tree, name);
  const patterns = skipped.flatMap(({ tests }) => tests.map(({ source }) => source));
  const files = [file.replace(/\.ts$/, '.js')];
  writeFileSync(at('job.json'), JSON.stringify({ report: 'report.json', files, skipped: patterns, node }));
  rmSync(at('report.json'), { force: true });
  const log = openSync(at('log.txt'), 'w');
  const [program = '', ...words] = command;
  const args = [...words, '--expose-gc', 'run.mjs', 'job.json'];
  const { status, signal } = spawnSync(program, args, {
    cwd: tree,
    env,
    stdio: ['ignore', log, log],
    timeout: 300_000,
  });
  closeSync(log);
  if (status !== 0) {
    const printed = readFileSync(at('log.txt'), 'utf8').slice(-2000);
    throw new Error(`${file} ended with status ${status ?? signal}: ${printed}`);
  }
  return JSON.parse(readFileSync(at('report.json'), 'utf8')) as Outcome[];
}

/** No test failed, enough of them ran, and every pattern of what is left out fits a test. */
export function expectSuccess(
  outcomes: readonly Outcome[],
  atLeast: number,
  skipped: readonly Difference[] = [],
): void {
  const failed = outcomes.filter(({ state }) => state === 'fail');
  expect(failed.map(({ name, errors }) => [name, errors])).toEqual([]);
  expect(outcomes.filter(({ state }) => state === 'pass').length).toBeGreaterThan(atLeast);
  const names = outcomes.filter(({ state }) => state === 'skip').map(({ name }) => name);
  const unused = skipped.flatMap(({ tests }) => tests).filter((pattern) => !names.some((name) => pattern.test(name)));
  expect(unused).toEqual([]);
}
