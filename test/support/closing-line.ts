// A vitest reporter whose only output is the last line of the run: `N passed, N failed, N skipped`.

import type { Reporter, TestModule, Vitest } from 'vitest/node';

interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** Test cases by outcome; a file or suite that failed outside its tests counts as one failed. */
function countModule(module: TestModule): Counts {
  const counts = { passed: 0, failed: module.errors().length > 0 ? 1 : 0, skipped: 0 };
  for (const suite of module.children.allSuites()) if (suite.errors().length > 0) counts.failed++;
  for (const { state } of [...module.children.allTests()].map((test) => test.result())) {
    counts[state === 'pending' ? 'skipped' : state]++;
  }
  return counts;
}

const add = (a: Counts, b: Counts): Counts => ({
  passed: a.passed + b.passed,
  failed: a.failed + b.failed,
  skipped: a.skipped + b.skipped,
});

const NOTHING: Counts = { passed: 0, failed: 0, skipped: 0 };

/** Vitest asks for the default export of a reporter's file. */
export default class ClosingLine implements Reporter {
  #counts: Counts = NOTHING;
  #watching = false;

  onInit(vitest: Vitest): void {
    this.#watching = vitest.config.watch;
    // Reporters are not called in an order that can be relied on; nothing prints behind `exit`.
    if (!this.#watching) process.once('exit', (code) => this.#print(code !== 0));
  }

  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    const unhandled = { ...NOTHING, failed: unhandledErrors.length };
    this.#counts = modules.map(countModule).reduce(add, unhandled);
    if (this.#watching) this.#print(false);
  }

  /** A run that fails without a failed test (no tests found, a broken set-up) does not say `0 failed`. */
  #print(runFailed: boolean): void {
    const { passed, failed, skipped } = this.#counts;
    const shown = runFailed ? Math.max(1, failed) : failed;
    process.stdout.write(`${passed} passed, ${shown} failed, ${skipped} skipped\n`);
  }
}
