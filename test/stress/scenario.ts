// Starts a scenario in a Node of its own, with everything it needs compiled, and says how it ended.

import { type SpawnSyncOptionsWithStringEncoding, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { compile } from '../native/build.ts';
import { builtLibrary } from '../support/built-library.ts';

const { INTERFIX_STRESS } = process.env;

/** How much of it: 1 is a million callbacks, and so on. Without INTERFIX_STRESS, what a developer can wait for. */
export const isFull: boolean = INTERFIX_STRESS !== undefined;
export const factor: number = Number(INTERFIX_STRESS ?? 0.02);

export const fixtureSource = (name: string): string =>
  fileURLToPath(new URL(`../../fixtures/native/${name}.c`, import.meta.url));

const SHARED = ['-shared', '-fPIC', '-Wno-psabi'];
const libraries = new Map<string, string>();

/** The path of a library of fixtures/native. */
function library(name: 'abuse' | 'allocations'): string {
  const path = libraries.get(name) ?? compile(`${name}.so`, SHARED, [fixtureSource(name)]);
  libraries.set(name, path);
  return path;
}

/** V8 enlarges the young generation as it sees fit: a fixed one leaves what stays to be measured. */
export const FLAGS: readonly string[] = ['--max-semi-space-size=8'];

export interface Ran {
  readonly status: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A scenario at `share`, by the library as it is built here, or by that at `copy`, which has no addon for V8's calls. */
export function runScenario(name: string, share: number, copy: string | null = null): Ran {
  const index = copy ?? fileURLToPath(builtLibrary());
  const withoutAddon = copy === null ? {} : { INTERFIX_CALLS: 'node-api' };
  const script = fileURLToPath(new URL('run.mjs', import.meta.url));
  const options: SpawnSyncOptionsWithStringEncoding = {
    encoding: 'utf8',
    timeout: 600_000,
    env: { ...process.env, ...withoutAddon, INTERFIX_HOST: 'native', ...(process.platform === 'linux' && watched()) },
  };
  const { status, signal, stdout, stderr } = spawnSync(
    process.execPath,
    [...FLAGS, script, index, library('abuse'), name, String(share)],
    options,
  );
  return { status, signal, stdout, stderr };
}

const watched = (): Readonly<Record<string, string>> => ({ LD_PRELOAD: library('allocations') });

/** What the scenario has counted. */
export function expectHeld({ status, signal, stdout, stderr }: Ran): Readonly<Record<string, unknown>> {
  expect({ status, signal, stderr }).toEqual({ status: 0, signal: null, stderr: '' });
  return JSON.parse(stdout) as Readonly<Record<string, unknown>>;
}
