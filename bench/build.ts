// Everything that is measured, compiled: this library as it is shipped (running src/ through a TypeScript loader would
// measure the loader too: it wraps inner functions), the programs that measure, and the C libraries that all sides call.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root: URL = new URL('../', import.meta.url);
export const rootPath: string = fileURLToPath(root);

/** Where the programs stand that measure. */
export const programs: string = join(rootPath, 'build/bench');

/** gcc 12 would add two pairs of doubles through the stack, and wait for them there: slower than the call itself. */
export const LIBRARY_FLAGS: readonly string[] = ['-std=c11', '-O2', '-fno-tree-slp-vectorize', '-shared', '-fPIC'];

/** Functions of the library that is opened as a whole. */
const MANY = 1000;

export interface Libraries extends Disposable {
  /** A folder for whatever else is compiled. */
  readonly folder: string;
  /** fixtures/c/bench.c */
  readonly library: string;
  readonly many: { readonly path: string; readonly count: number };
}

export function runTool(command: string, args: readonly string[]): string {
  const options = { cwd: rootPath, encoding: 'utf8', maxBuffer: 1 << 28 } as const;
  const { status, stdout, stderr, error } = spawnSync(command, args, options);
  if (error !== undefined) throw new Error(`the benchmark needs ${command}: ${error.message}`);
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} ended with status ${status}\n${stdout}${stderr}`);
  return stdout;
}

function tsc(...args: string[]): void {
  const manifest = createRequire(import.meta.url).resolve('typescript/package.json');
  runTool(process.execPath, [join(manifest, '../bin/tsc'), ...args]);
}

/** `src/` to `dist/`. */
export function compileLibrary(): void {
  tsc('-p', 'tsconfig.build.json', '--noCheck');
}

/** What the measured runtimes run: plain JavaScript, which Node 20 can read too. */
export function compilePrograms(): void {
  const options = ['--noCheck', '--noResolve', '--ignoreConfig', '--module', 'nodenext', '--target', 'es2023'];
  const sources = [
    ...readdirSync(join(rootPath, 'bench/peers')).map((name) => `bench/peers/${name}`),
    ...['calls', 'protocol', 'work'].map((name) => `bench/${name}.ts`),
  ];
  tsc(...options, '--rewriteRelativeImportExtensions', '--rootDir', 'bench', '--outDir', programs, ...sources);
}

/** `gcc` makes each a shared library, in a folder that goes with the result. */
export function compileLibraries(): Libraries {
  const folder = mkdtempSync(join(tmpdir(), 'interfix-bench-'));
  const dispose = (): void => rmSync(folder, { recursive: true });
  try {
    const library = join(folder, 'bench.so');
    runTool('gcc', [...LIBRARY_FLAGS, '-o', library, 'fixtures/c/bench.c']);
    const many = join(folder, 'many.so');
    const source = Array.from({ length: MANY }, (_, i) => `int f${i}(int a, int b) { return a + b + ${i}; }\n`);
    writeFileSync(join(folder, 'many.c'), source.join(''));
    runTool('gcc', [...LIBRARY_FLAGS, '-o', many, join(folder, 'many.c')]);
    return { folder, library, many: { path: many, count: MANY }, [Symbol.dispose]: dispose };
  } catch (error) {
    dispose();
    throw error;
  }
}
