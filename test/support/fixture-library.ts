// The functions of fixtures/c/calls.c, compiled once per test process into a directory that is removed at its end.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe } from 'vitest';
import type { BoundFunction } from '../../src/exec/bind.ts';
import { type Callback, callback } from '../../src/exec/callback.ts';
import { type Library, open } from '../../src/exec/library.ts';
import { view } from '../../src/exec/memory.ts';
import { findTool, isSkipped, runTool, withTool } from './tool.ts';

/** A C function whose types a test states in its signature only. */
export type AnyFunction = (...args: unknown[]) => unknown;

/** Where test/windows runs these tests, it has compiled the library beforehand. */
const { INTERFIX_CALLS_LIBRARY } = process.env;
const compiler = INTERFIX_CALLS_LIBRARY === undefined ? findTool('gcc', ['gcc', 'cc']) : null;
const source = fileURLToPath(new URL('../../fixtures/c/calls.c', import.meta.url));
let directory: string | undefined;
let library: Library | undefined;

afterAll(() => {
  if (directory !== undefined) rmSync(directory, { recursive: true });
  directory = undefined;
});

/** Path of the shared library. */
export function fixturePath(): string {
  if (compiler === null) return INTERFIX_CALLS_LIBRARY ?? '';
  if (directory === undefined) {
    directory = mkdtempSync(join(tmpdir(), 'interfix-calls-'));
    runTool(compiler, ['-std=c11', '-O1', '-shared', '-fPIC', '-o', join(directory, 'calls.so'), source]);
  }
  return join(directory, 'calls.so');
}

export function fixture(): Library {
  library ??= open(fixturePath());
  return library;
}

/** Binds a function of the library. */
export const bound = (name: string, signature: string): BoundFunction<AnyFunction> =>
  fixture().func<AnyFunction>(name, signature);

/** How many of its counting functions were called. */
export const callCount = (): unknown => bound('call_count', '() -> int')();

/** The bytes of the last callback result, as C got them. */
export const seenBytes = (length: number): number[] => [
  ...view(bound('seen_bytes', '() -> *void')() as bigint, length),
];

/** A suite that calls the library: skipped, with the reason in its name, where nothing can compile it. */
export function describeWithC(rule: string, body: () => void): void {
  if (compiler === null) describe(rule, body);
  else describe.skipIf(isSkipped(compiler))(withTool(rule, compiler), body);
}

/** Runs `body` with a callback that is disposed of afterwards. */
export function withCallback<T>(signature: string, fn: AnyFunction, body: (callback: Callback) => T): T {
  using made = callback(signature, fn);
  return body(made);
}
