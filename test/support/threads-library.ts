// The libraries of fixtures/native with threads of their own, compiled once per test process into a directory that is
// removed at its end.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe } from 'vitest';
import type { BoundFunction } from '../../src/exec/bind.ts';
import { type Library, open } from '../../src/exec/library.ts';
import { host } from '../../src/exec/select-host.ts';
import type { AnyFunction } from './fixture-library.ts';
import { findTool, isSkipped, runTool, withTool } from './tool.ts';

export type ThreadsLibraryName = 'threads' | 'deliveries';

const compiler = findTool('gcc', ['gcc', 'cc']);
const FLAGS = ['-std=gnu11', '-O1', '-shared', '-fPIC', '-pthread', '-Wno-psabi'];
const libraries = new Map<ThreadsLibraryName, Library>();
let directory: string | undefined;

afterAll(() => {
  if (directory !== undefined) rmSync(directory, { recursive: true });
  directory = undefined;
  libraries.clear();
});

/** Path of the shared library. */
export function threadsLibraryPath(name: ThreadsLibraryName): string {
  directory ??= mkdtempSync(join(tmpdir(), 'interfix-threads-'));
  const path = join(directory, `${name}.so`);
  if (libraries.has(name)) return path;
  const source = fileURLToPath(new URL(`../../fixtures/native/${name}.c`, import.meta.url));
  runTool(compiler, [...FLAGS, '-o', path, source]);
  libraries.set(name, open(path));
  return path;
}

/** Binds a function of one of the libraries. */
export function boundIn(name: ThreadsLibraryName, symbol: string, signature: string): BoundFunction<AnyFunction> {
  threadsLibraryPath(name);
  const library = libraries.get(name);
  if (library === undefined) throw new Error(`${name} is not loaded`);
  return library.func<AnyFunction>(symbol, signature);
}

export const isNative: boolean = host().name === 'native';

/** A suite that needs the libraries, but calls them on this thread only. */
export function describeWithLibraries(rule: string, body: () => void): void {
  describe.skipIf(process.platform === 'win32' || isSkipped(compiler))(withTool(rule, compiler), body);
}

/** A suite whose C side calls from other threads: only the native shim takes such calls. */
export function describeWithThreads(rule: string, body: () => void): void {
  const title = isNative ? rule : `${rule} (the koffi host takes no calls from other threads)`;
  const isAbsent = !isNative || process.platform === 'win32' || isSkipped(compiler);
  describe.skipIf(isAbsent)(withTool(title, compiler), { timeout: 120_000 }, body);
}

/** Lets the event loop run until `done`. */
export async function loopUntil(done: () => boolean, milliseconds = 60_000): Promise<void> {
  const end = performance.now() + milliseconds;
  while (!done()) {
    if (performance.now() > end) throw new Error(`nothing came in ${milliseconds} ms`);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}
