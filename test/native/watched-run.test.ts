// Everything the shim does, once, in a Node of its own: under AddressSanitizer and UndefinedBehaviorSanitizer, and under
// valgrind, which sees what generated code reads and writes too. Each watcher is shown a defect first.

import { type SpawnSyncOptionsWithStringEncoding, spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { findTool, isSkipped, withTool } from '../support/tool.ts';
import { type Defect, gcc, type Installed, install, libraryOfGcc, scriptedRun } from './build.ts';

const onLinux = process.platform === 'linux';
const valgrind = findTool('valgrind', ['valgrind']);

interface Run {
  readonly status: number | null;
  readonly output: string;
}

const run = (
  command: readonly string[],
  { index, addon, fixture }: Installed,
  more: readonly string[],
  env = {},
): Run => {
  const [program = process.execPath, ...options] = command;
  const args = [...options, scriptedRun, index, addon, fixture, ...more];
  const spawned: SpawnSyncOptionsWithStringEncoding = {
    encoding: 'utf8',
    timeout: 280_000,
    env: { ...process.env, INTERFIX_HOST: 'native', ...env },
  };
  const { status, stdout, stderr } = spawnSync(program, args, spawned);
  return { status, output: stdout + stderr };
};

/** Nothing went wrong: every step ended well, and nobody else said anything. */
const expectQuiet = ({ status, output }: Run): void => {
  const lines = output.trim().split('\n');
  expect(lines.filter((line) => !line.endsWith(': done'))).toEqual([]);
  expect(lines.length).toBeGreaterThan(15);
  expect(status).toBe(0);
};

describe.skipIf(!onLinux || isSkipped(gcc))(withTool('the shim under sanitizers', gcc), () => {
  const OPTIONS = ['-fsanitize=address,undefined', '-fno-sanitize-recover=undefined', '-fno-omit-frame-pointer'];
  const sanitized = (name: string, defect: Defect | null): Run => {
    const libraries = ['libasan.so', 'libubsan.so'].map(libraryOfGcc).join(' ');
    // Leaks are counted elsewhere: V8 frees nothing at its end.
    return run([process.execPath], install(name, OPTIONS, defect), [], {
      LD_PRELOAD: libraries,
      ASAN_OPTIONS: 'detect_leaks=0',
    });
  };

  test('has no error of memory and nothing undefined', () => {
    expectQuiet(sanitized('sanitized', null));
  });

  test.each([
    [
      'short',
      'a record that is a byte too short',
      { file: 'records.c', text: 'sizeof *record + size)', replacement: 'sizeof *record + size - 1)' },
      'heap-buffer-overflow',
    ],
    [
      'early',
      'a record that is released too early',
      { file: 'queue.c', text: '    record->references++;\n', replacement: '' },
      'heap-use-after-free',
    ],
  ] as const)('%s: the sanitizer finds %s', (name, _, defect, finding) => {
    const { status, output } = sanitized(name, defect);
    expect(status).not.toBe(0);
    expect(output).toContain(finding);
  });
});

describe.skipIf(!onLinux || isSkipped(gcc) || isSkipped(valgrind))(
  withTool('the shim and generated code under valgrind', valgrind),
  { timeout: 300_000 },
  () => {
    // Generated code replaces what was at its address before.
    const COMMAND = ['valgrind', '--smc-check=all-non-file', '--error-exitcode=99', '-q', process.execPath];

    test('have no error of memory', () => {
      expectQuiet(run(COMMAND, install('plain', []), ['2']));
    });

    test('valgrind finds a read behind an allocation that generated code makes', () => {
      const { status, output } = run(COMMAND, install('overread', []), ['2', 'overread']);
      expect(status).toBe(99);
      expect(output).toMatch(/Invalid read of size [48]/);
    });
  },
);
