// The queue and the call threads of the shim, alone, under ThreadSanitizer.

import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { isSkipped, withTool } from '../support/tool.ts';
import { compile, gcc, sources, testSource } from './build.ts';

const FILES = ['queue.c', 'records.c', 'reports.c', 'calls.c', 'table.c', 'sync_posix.c'];
const WATCHED = ['-fsanitize=thread'];
const WITHOUT_LOCKS = [...WATCHED, '-Wl,--wrap=mutex_lock,--wrap=mutex_unlock'];

interface Run {
  readonly status: number | null;
  readonly output: string;
}

const run = (program: string, what: string): Run => {
  const options = {
    encoding: 'utf8',
    timeout: 60_000,
    env: { ...process.env, TSAN_OPTIONS: 'halt_on_error=1' },
  } as const;
  const { status, stdout, stderr } = spawnSync(program, [what], options);
  return { status, output: stdout + stderr };
};

const build = (name: string, options: readonly string[]): string =>
  compile(name, options, [
    testSource('threads-harness.c'),
    testSource('calls-harness.c'),
    ...sources(`${name}-shim`, FILES),
  ]);

describe.skipIf(process.platform !== 'linux' || isSkipped(gcc))(
  withTool('threads of the shim under ThreadSanitizer', gcc),
  () => {
    test('have no race, lose nothing, keep their order, and end', () => {
      const program = build('watched', WATCHED);
      for (const what of ['queue', 'posts', 'calls'])
        expect(run(program, what), what).toEqual({ status: 0, output: '0 failures\n' });
    });

    test('the sanitizer finds the races of a build without locks', () => {
      const { status, output } = run(build('unlocked', WITHOUT_LOCKS), 'posts');
      expect(status).not.toBe(0);
      expect(output).toContain('WARNING: ThreadSanitizer: data race');
    });
  },
);
