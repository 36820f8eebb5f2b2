// The addon in workers: what a worker owns goes with it, and nothing of anybody else's.

import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { describe, expect, test } from 'vitest';
import { host as selectHost } from '../../src/exec/select-host.ts';
import { callable, callOne, place, reverse, store42 } from './machine-code.ts';

const host = selectHost();
const mappings = (): string[] => readFileSync('/proc/self/maps', 'utf8').match(/^.*memfd:interfix.*$/gm) ?? [];
const openFiles = (): number => readdirSync('/proc/self/fd').length;

/** Everything an environment can own, by way of the addon itself: a worker of Node 20 cannot import TypeScript. */
const BODY = `
const { parentPort, workerData: { addonPath, callOne, reverse, mode } } = require('node:worker_threads');
const addon = require(addonPath);
const patch = (code, ...literals) => {
  const bytes = code.slice();
  new BigUint64Array(bytes.buffer, bytes.length - 8 * literals.length).set(literals);
  return bytes;
};
const place = (bytes) => {
  const region = addon.reserve(addon.pageSize);
  addon.write(region, 0, bytes);
  return addon.regionAddress(region);
};
const records = new DataView(addon.invocations);
const header = new Int32Array(addon.invocations, 0, 2);
let handler = (x) => 2n * x;
addon.onInvoke(() => {
  const base = header[1];
  records.setBigInt64(base + 8, handler(records.getBigInt64(base, true)), true);
});
for (let i = 0; i < 100; i++) addon.createContexts(i, 1, 16, Uint32Array.of(8, 8, 0, 8), 0, 1, 0, 0);
const context = addon.createContexts(0, 1, 16, Uint32Array.of(8, 8, 0, 8), 0, 1, 0, 0);
const frame = new BigInt64Array(2);
const target = place(patch(reverse, addon.contextsAddress(context), addon.dispatcher));
const enter = addon.entry(place(patch(callOne, addon.addressOf(new Uint8Array(frame.buffer)), target)));
for (let i = 0n; i < 1000n; i++) {
  frame[0] = i;
  enter();
  if (frame[1] !== 2n * i) throw new Error('wrong result');
}
parentPort.postMessage(target);
if (mode === 'released') {
  for (let i = 0; i <= 100; i++) addon.releaseContexts(i);
} else if (mode === 'inside') {
  handler = () => { for (;;); };
  enter();
} else if (mode === 'calling') {
  for (;;) enter();
} else if (mode === 'waiting') {
  setInterval(() => {}, 1000);
}
`;

interface Started {
  readonly worker: Worker;
  readonly exit: Promise<number>;
  /** The address of its callback. */
  readonly target: bigint;
}

const start = async (mode: 'ending' | 'released' | 'waiting' | 'calling' | 'inside'): Promise<Started> => {
  const addonPath = fileURLToPath(new URL('../../native-shim/build/Release/interfix.node', import.meta.url));
  const workerData = { addonPath, callOne: callOne(0n, 0n), reverse: reverse(0n, 0n), mode };
  const worker = new Worker(BODY, { eval: true, workerData });
  // From the beginning: a worker that ends by itself may be gone before anyone asks.
  const exit = new Promise<number>((resolve) => worker.once('exit', resolve));
  const target = await new Promise<bigint>((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
  });
  return { worker, exit, target };
};

describe.skipIf(host.name !== 'native')(
  'workers (the native shim keeps their state apart)',
  { timeout: 60_000 },
  () => {
    // Two regions each: an entry and a callback. The callback's pointer may still be anywhere in C.
    test.each(['waiting', 'calling', 'inside'] as const)(
      'two that are terminated while %s leave callbacks that give zero',
      async (mode) => {
        await (await start('released')).exit;
        const cell = new Int32Array(1);
        const enter = host.entry(place(host, store42(host.addressOf(cell.buffer))));
        const before = mappings().length;
        const workers = await Promise.all([start(mode), start(mode)]);
        // A moment inside the loop: termination must strike there, not at the message.
        await new Promise((resolve) => setTimeout(resolve, 50));
        await Promise.all(workers.map(({ worker }) => worker.terminate()));
        expect(mappings().length).toBe(before + 4);
        for (const { target } of workers) expect(callable(host, target)(21n)).toBe(0n);
        enter();
        expect(cell[0]).toBe(42);
      },
    );

    test('one that ends by itself does so with success, and leaves nothing if C has nothing of it', async () => {
      const before = [openFiles(), mappings().length];
      const { exit } = await start('released');
      expect(await exit).toBe(0);
      expect(mappings().length).toBe(before[1]);
      expect(openFiles()).toBeLessThanOrEqual(before[0] ?? 0);
    });

    test('of a hundred no more than the last 64 keep their callbacks', async () => {
      const before = mappings().length;
      for (let i = 0; i < 25; i++)
        await Promise.all(Array.from({ length: 4 }, async () => (await start('ending')).exit));
      expect(mappings().length).toBeGreaterThan(before);
      const full = mappings().length;
      await (await start('ending')).exit;
      expect(mappings().length).toBe(full);
    });

    test('the main thread calls back as before', () => {
      const records = new DataView(host.invocations);
      host.onInvoke((_, base) => records.setBigInt64(base + 8, 9n, true));
      const shape = { size: 16, args: [{ offset: 0, size: 8 }], ret: { offset: 8, size: 8 } };
      const target = place(host, reverse(host.createContexts(0, 1, shape).address, host.dispatcher));
      expect(callable(host, target)(1n)).toBe(9n);
    });
  },
);
