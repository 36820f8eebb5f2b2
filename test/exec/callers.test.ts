// Callbacks called by compiled C: in order, from other threads, and what they leave behind.

import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import type { Invoke } from '../../src/exec/host.ts';
import { host as selectHost } from '../../src/exec/select-host.ts';
import type { FrameLayout } from '../../src/plan/frame-layout.ts';
import { findTool, isSkipped, runTool, withTool } from '../support/tool.ts';
import { callable, place, reverse } from './machine-code.ts';

const folder = mkdtempSync(join(tmpdir(), 'interfix-'));
afterAll(() => rmSync(folder, { recursive: true }));

const source = fileURLToPath(new URL('../../fixtures/c/callers.c', import.meta.url));
const file = join(folder, 'callers.so');
const compiler = findTool('a C compiler', ['cc', 'gcc']);
if (!isSkipped(compiler)) runTool(compiler, ['-std=c11', '-O1', '-shared', '-fPIC', '-pthread', '-o', file, source]);
const host = selectHost();
const native = host.name === 'native';
/** koffi delivers such calls through the event loop and counts nothing; its skipped tests say so by name. */
const onNative = (rule: string): string => (native ? rule : `${rule} (native host only)`);

const SHAPE: FrameLayout = { size: 16, args: [{ offset: 0, size: 8 }], ret: { offset: 8, size: 8 } };
let handler: (argument: bigint) => bigint = () => 0n;
const records = new DataView(host.invocations);
const invoke: Invoke = (_, base) => {
  const result = handler(records.getBigInt64(base, true));
  records.setBigInt64(base + 8, result, true);
};
host.onInvoke(invoke);

const target = place(host, reverse(host.createContexts(0, 1, SHAPE).address, host.dispatcher));
const call = (name: string): bigint => callable(host, host.symbol(host.openLibrary(file), name))(target);

interface Counters {
  refused(): number;
  disordered(): number;
}
const counters = (): Counters =>
  createRequire(import.meta.url)('../../native-shim/build/Release/interfix.node') as Counters;

describe.skipIf(isSkipped(compiler))(withTool('callbacks called by compiled code', compiler), () => {
  test('arrive in order', () => {
    const seen: bigint[] = [];
    handler = (argument) => {
      seen.push(argument);
      return 10n * argument;
    };
    expect(call('call_three_times')).toBe(60n);
    expect(seen).toEqual([1n, 2n, 3n]);
  });

  test('run no JavaScript while an exception waits', () => {
    const seen: bigint[] = [];
    handler = (argument) => {
      seen.push(argument);
      if (argument === 2n) throw new Error('second');
      return 10n;
    };
    expect(() => call('call_three_times')).toThrow('second');
    expect(seen).toEqual([1n, 2n]);
  });

  test('a million of them keep neither memory nor records', { timeout: 60_000 }, () => {
    handler = () => 3n;
    call('call_a_million_times');
    const before = process.memoryUsage().rss;
    expect(call('call_a_million_times')).toBe(3n);
    expect(process.memoryUsage().rss - before).toBeLessThan(64 << 20);
  });

  // koffi delivers such a call through the event loop, which waits for the thread here: it would never end.
  test.skipIf(!native)(onNative('of a foreign thread are refused with zero, and counted'), () => {
    handler = () => expect.fail('JavaScript ran');
    const before = counters().refused();
    expect(call('call_on_thread')).toBe(0n);
    expect(counters().refused()).toBe(before + 1);
    handler = () => 5n;
    expect(call('call_three_times')).toBe(15n);
  });

  test.skipIf(!native)(onNative('none of this left the record stack in disorder'), () => {
    expect(counters().disordered()).toBe(0);
  });
});
