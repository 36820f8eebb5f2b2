// The functions of fixtures/c/foreign.c, for calls that run on other threads.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { InterfixError } from '../../src/errors.ts';
import type { BindOptions, BoundFunction } from '../../src/exec/bind.ts';
import { type Library, open } from '../../src/exec/library.ts';
import { host } from '../../src/exec/select-host.ts';
import { codeSlots } from './code-memory.ts';
import { collectLeftovers, collectUntil } from './collect-garbage.ts';
import type { AnyFunction } from './fixture-library.ts';
import { findTool, isSkipped, runTool, withTool } from './tool.ts';

const compiler = findTool('gcc', ['gcc', 'cc']);
const source = fileURLToPath(new URL('../../fixtures/c/foreign.c', import.meta.url));
let directory: string | undefined;
let library: Library | undefined;

afterAll(() => {
  if (directory !== undefined) rmSync(directory, { recursive: true });
  directory = undefined;
});

/** Path of the shared library. */
export function foreignPath(): string {
  if (directory === undefined) {
    directory = mkdtempSync(join(tmpdir(), 'interfix-foreign-'));
    const options = ['-std=gnu11', '-O1', '-Wno-psabi', '-shared', '-fPIC', '-pthread'];
    runTool(compiler, [...options, '-o', join(directory, 'foreign.so'), source]);
  }
  return join(directory, 'foreign.so');
}

/** Binds a function of the library. */
export function foreign(name: string, signature: string, options: BindOptions = {}): BoundFunction<AnyFunction> {
  library ??= open(foreignPath());
  return library.func<AnyFunction>(name, signature, options);
}

/** A suite that calls the library: skipped, with the reason in its name, where nothing can compile it. */
export function describeForeign(rule: string, body: () => void): void {
  describe.skipIf(isSkipped(compiler))(withTool(rule, compiler), body);
}

/** A suite about other threads, which only the native shim has; of koffi, that it says so. */
export function describeThreads(rule: string, refused: () => unknown, body: () => void): void {
  if (host().name === 'native') return describeForeign(rule, body);
  describeForeign(rule, () => {
    test('is refused by the koffi host, by name, and nothing is left behind', async () => {
      await collectLeftovers();
      const slots = codeSlots();
      // Only the text is kept: an error refers to the functions of its stack.
      const said = await (async () => refused())().then(
        () => 'nothing',
        (error: unknown) => (error instanceof InterfixError ? `${error.code}: ${error.message}` : `${error}`),
      );
      expect(said).toMatch(/^ERR_HOST: .*koffi.*native shim/);
      await collectUntil(() => codeSlots() <= slots);
      expect(codeSlots()).toBeLessThanOrEqual(slots);
    });
  });
}

export const sleep = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Waits until `done`; fails after ten seconds. */
export async function until(done: () => boolean): Promise<void> {
  for (const end = Date.now() + 10_000; !done(); ) {
    if (Date.now() > end) throw new Error('waited in vain');
    await sleep(1);
  }
}
