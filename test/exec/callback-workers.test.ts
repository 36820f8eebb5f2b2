// Workers that are terminated while C calls into them, on their own thread and on others: nobody else notices, and the
// pointers that C still has give zero.

import { readFileSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { builtLibrary } from '../support/built-library.ts';
import { freeGarbage } from '../support/collect-garbage.ts';
import { bound, withCallback } from '../support/fixture-library.ts';
import { boundIn, describeWithThreads, loopUntil, threadsLibraryPath } from '../support/threads-library.ts';

/** Posts the crews that go on calling after its end: whoever gets them stops them. */
const BODY = `
const { parentPort, workerData: { url, path, mode } } = require('node:worker_threads');
import(url).then(({ open, callback }) => {
  const library = open(path);
  const options = { onReport: () => {} };
  const answer = (number, thread) => number * 3n + BigInt(thread);
  const asked = callback('(int64, double) -> int64', answer, { thread: 'block', ...options });
  const owned = callback('(int64, double) -> int64', answer, options);
  const post = '(int, int64, uint64, double, float, *char, {number:int64, real:double, reals:[3:float], small:uint8}) -> void';
  const posted = callback(post, () => {}, { thread: 'post', queue: 100, ...options });
  const waiting = callback(post, () => {}, { thread: 'post', whenFull: 'wait', queue: 5, ...options });
  const start = (kind, fn) => library.func('crew_' + kind, '(*void, int, int64, int) -> *void')(fn, 1, 0n, kind === 'post' ? 1 : 0);
  const here = library.func('ask_here', '(*void, int64) -> int64');
  const crews = [start('ask', asked), start('ask', owned), start('post', posted), start('post', waiting)];
  parentPort.postMessage(crews);
  if (mode === 'inside') {
    const inside = callback('(int64, double) -> int64', () => { for (;;) here(owned, 1n); });
    here(inside, 1n);
  } else if (mode === 'calling') {
    for (;;) if (here(owned, 5n) !== 15n) throw new Error('wrong result');
  } else if (mode === 'ending') {
    setTimeout(() => { for (const fn of [asked, posted, waiting]) fn.unref(); }, 20);
  }
}).catch((error) => setImmediate(() => { throw error; }));
`;

const MODES = ['inside', 'calling', 'serving', 'ending'] as const;

interface Started {
  readonly worker: Worker;
  readonly crews: readonly bigint[];
  readonly exit: Promise<number>;
}

async function start(mode: (typeof MODES)[number]): Promise<Started> {
  const workerData = { url: builtLibrary(), path: threadsLibraryPath('threads'), mode };
  const worker = new Worker(BODY, { eval: true, workerData });
  const exit = new Promise<number>((resolve) => worker.once('exit', resolve));
  const crews = await new Promise<readonly bigint[]>((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
  });
  return { worker, crews, exit };
}

const inThreads = (name: string, signature: string): ((crew: bigint) => unknown) =>
  boundIn('threads', `crew_${name}`, signature);

/** The threads still call, with nobody behind the pointer: results are zero and never wrong. The first two have results. */
async function stopped(crew: bigint, index: number): Promise<void> {
  const [made, zero] = [inThreads('made', '(*void) -> int64'), inThreads('zero', '(*void) -> int64')];
  const zeros = zero(crew) as bigint; // in front of the other: every call that is made from here on adds to both
  const calls = made(crew) as bigint;
  await loopUntil(() => (made(crew) as bigint) > calls + 3n);
  if (index < 2) expect(zero(crew)).toBeGreaterThan(zeros);
  inThreads('stop', '(*void) -> void')(crew);
  expect(inThreads('join', '(*void) -> int64')(crew)).toBe(0n);
  inThreads('free', '(*void) -> void')(crew);
}

const mappings = (): number => readFileSync('/proc/self/maps', 'utf8').match(/memfd:interfix/g)?.length ?? 0;

const mainWorks = (): void => {
  const call = bound('call_three', '((int) -> int) -> int');
  expect(
    withCallback(
      '(int) -> int',
      (value) => Number(value) * 2,
      (made) => call(made),
    ),
  ).toBe(12);
};

/** Eight at once, two of each mode. */
async function round(): Promise<number> {
  const workers = await Promise.all([...MODES, ...MODES].map(start));
  await new Promise((resolve) => setTimeout(resolve, 20));
  mainWorks();
  await Promise.all(workers.map(({ worker }) => worker.terminate()));
  for (const { crews } of workers) await Promise.all(crews.map(stopped));
  mainWorks();
  return workers.length;
}

describeWithThreads('eight workers at once, terminated while C calls into them,', () => {
  test('a hundred workers in all, harm nobody and leave no more than the quarantine of their pointers', {
    timeout: 600_000,
  }, async () => {
    let terminated = 0;
    while (terminated < 64) terminated += await round();
    freeGarbage();
    const before = { mappings: mappings(), rss: process.memoryUsage.rss() };
    while (terminated < 104) terminated += await round();
    freeGarbage();
    expect(terminated).toBe(104);
    expect(mappings()).toBeLessThanOrEqual(before.mappings + 8);
    expect(process.memoryUsage.rss() - before.rss).toBeLessThan(48 * 2 ** 20);
  });
});
