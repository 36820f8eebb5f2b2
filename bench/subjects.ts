// What is measured: this library as it is shipped (compiled by tsc, on the native host), koffi, and one C library that
// both call. Running src/ through tsx would measure tsx too: it wraps every inner function to keep its name.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type koffiModule from 'koffi';

export type Interfix = typeof import('../src/index.ts') & Pick<typeof import('../src/exec/images.ts'), 'imageOf'>;
export type Koffi = typeof koffiModule;

export interface Subjects {
  readonly interfix: Interfix;
  /** Null where koffi is not installed. */
  readonly koffi: Koffi | null;
  /** Path of the C library. */
  readonly library: string;
  dispose(): void;
}

const root = new URL('../', import.meta.url);

function runTool(command: string, args: readonly string[]): void {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd: fileURLToPath(root), encoding: 'utf8' });
  if (error !== undefined) throw new Error(`the benchmark needs ${command}: ${error.message}`);
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} ended with status ${status}\n${stdout}${stderr}`);
}

async function loadInterfix(): Promise<Interfix> {
  const manifest = createRequire(import.meta.url).resolve('typescript/package.json');
  runTool(process.execPath, [join(manifest, '../bin/tsc'), '-p', 'tsconfig.build.json', '--noCheck']);
  Object.assign(process.env, { INTERFIX_HOST: 'native' });
  const load = (path: string): Promise<unknown> => import(new URL(`dist/${path}`, root).href);
  const interfix = {
    ...((await load('index.js')) as object),
    ...((await load('exec/images.js')) as object),
  } as Interfix;
  try {
    interfix.host();
  } catch (cause) {
    throw new Error('the benchmark measures the native host, which is not built: run `npm run build:native`', {
      cause,
    });
  }
  return interfix;
}

async function loadKoffi(): Promise<Koffi | null> {
  try {
    return (await import('koffi')).default;
  } catch {
    return null;
  }
}

/** Compiles and loads everything. Throws an `Error` that says what is missing. */
export async function loadSubjects(): Promise<Subjects> {
  const [interfix, koffi] = [await loadInterfix(), await loadKoffi()];
  const folder = mkdtempSync(join(tmpdir(), 'interfix-bench-'));
  const dispose = (): void => rmSync(folder, { recursive: true });
  const library = join(folder, 'bench.so');
  try {
    runTool('gcc', ['-std=c11', '-O2', '-shared', '-fPIC', '-o', library, 'fixtures/c/bench.c']);
  } catch (error) {
    dispose();
    throw error;
  }
  return { interfix, koffi, library, dispose };
}
