// Every request of the shim for memory, a mapping, a file, a thread, a lock or a condition fails once, in a Node of its
// own: each run ends with errors that have a code, or with the results that are documented for the case, never with a
// crash. faults.c makes them fail, scripted-run.mjs judges.

import { spawn } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { isSkipped, withTool } from '../support/tool.ts';
import { compile, gcc, type Installed, install, scriptedRun, testSource } from './build.ts';

interface Run {
  readonly status: number | null;
  readonly output: string;
  /** How many requests the shim made. */
  readonly requests: number;
}

const runWith = (preload: string, { index, addon, fixture }: Installed, fault: number): Promise<Run> =>
  new Promise((resolve) => {
    const env = { ...process.env, INTERFIX_HOST: 'native', LD_PRELOAD: preload, FAULT: String(fault) };
    const child = spawn(process.execPath, [scriptedRun, index, addon, fixture, '2'], { env, timeout: 60_000 });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
    child.once('close', (status) => {
      resolve({ status, output, requests: Number(/requests: (\d+)/.exec(output)?.[1] ?? -1) });
    });
  });

describe.skipIf(process.platform !== 'linux' || isSkipped(gcc))(
  withTool('a request that fails', gcc),
  { timeout: 600_000 },
  () => {
    test('ends in an error or a defined result, whichever it is', async () => {
      const preload = compile('faults.so', ['-shared', '-fPIC'], [testSource('faults.c')]);
      const installed = install('faulty', ['-O2']);
      const wrong: string[] = [];
      let next = 1;
      let passed = false;
      let withErrors = 0;
      const runSome = async (): Promise<void> => {
        while (!passed) {
          const fault = next++;
          const { status, output, requests } = await runWith(preload, installed, fault);
          // The first run in which there was no n-th request: all have failed once.
          if (requests >= 0 && requests < fault) passed = true;
          if (status !== 0 || requests < 0) wrong.push(`${fault}: status ${status}\n${output}`);
          if (/: (E[A-Z_]+|errno \d+)$/m.test(output)) withErrors++;
        }
      };
      await Promise.all([runSome(), runSome()]);
      expect(wrong).toEqual([]);
      // Far fewer would mean that the library does not find the addon; most end in an error that the script saw.
      expect(next).toBeGreaterThan(100);
      expect(withErrors).toBeGreaterThan(50);
    });
  },
);
