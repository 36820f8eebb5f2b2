// The library as JavaScript, as `npm run build` makes it: for workers and child processes, where Node 20 cannot import
// TypeScript. Built once per test process, into a directory that is removed at its end.

import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
let directory: string | undefined;

afterAll(() => {
  if (directory !== undefined) rmSync(directory, { recursive: true });
  directory = undefined;
});

/** A tree that looks like the installed package. */
function build(): string {
  const made = mkdtempSync(join(tmpdir(), 'interfix-built-'));
  directory = made;
  writeFileSync(join(made, 'package.json'), '{ "type": "module" }');
  for (const name of ['native-shim', 'node_modules']) symlinkSync(join(root, name), join(made, name));
  mkdirSync(join(made, 'dist'));
  const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const options = ['-p', join(root, 'tsconfig.build.json'), '--outDir', join(made, 'dist'), '--noCheck'];
  const { status, stdout } = spawnSync(process.execPath, [compiler, ...options], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`the library does not compile:\n${stdout.slice(0, 4000)}`);
  return made;
}

/** Where test/windows runs these tests, it has built the library beforehand. */
const { INTERFIX_BUILT } = process.env;

/** What to import: the built `index.js`. */
export const builtLibrary = (): string =>
  pathToFileURL(INTERFIX_BUILT ?? join(directory ?? build(), 'dist', 'index.js')).href;

export interface Ended {
  readonly status: number | null;
  readonly signal: string | null;
  readonly output: string;
}

/** Runs an ECMAScript module in a Node of its own; `interfix` is the built library, `path` an argument for it. */
export function runInNode(body: string, path: string, flags: readonly string[] = []): Ended {
  const source = `import * as interfix from ${JSON.stringify(builtLibrary())};\nconst path = process.argv[1];\n${body}`;
  const args = [...flags, '--input-type=module', '--eval', source, path];
  const { status, signal, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', timeout: 60_000 });
  return { status, signal, output: stdout + stderr };
}
