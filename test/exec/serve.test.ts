// `{ serve: true }`: C waits for a thread that calls JavaScript, and JavaScript waits for C.

import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { type Callback, callback } from '../../src/exec/callback.ts';
import { builtLibrary } from '../support/built-library.ts';
import { codeSlots } from '../support/code-memory.ts';
import { collectGarbage } from '../support/collect-garbage.ts';
import type { AnyFunction } from '../support/fixture-library.ts';
import { describeThreads, foreign, foreignPath, sleep } from '../support/foreign-library.ts';
import { refusal } from '../support/refusal.ts';

const CALL = '((int) -> int, int) -> int';
const serve = { serve: true } as const;

const range = (count: number): number[] => Array.from({ length: count }, (_, index) => index);
const refused = (): unknown => foreign('call_from_thread', CALL, serve);

async function withCallback(made: Callback, body: () => unknown): Promise<void> {
  try {
    await body();
  } finally {
    made.dispose();
  }
}

describeThreads('a function that is served', refused, () => {
  test('gives what it gives otherwise, on another thread', () => {
    const self = foreign('this_thread', '() -> uint64', serve);
    expect(self()).not.toBe(foreign('this_thread', '() -> uint64')());
    const type = '{values:[5:int64]}';
    const shifted = foreign('shifted_large', `(${type}, longdouble, *int8, float) -> ${type}`, serve);
    expect(shifted({ values: [1, 2, 3, 4, 5] }, 10, Int8Array.of(1), 4)).toEqual({ values: [16n, 17n, 18n, 19n, 20n] });
    expect([shifted.length, shifted.name]).toEqual([4, 'shifted_large']);
    expect(foreign('text_length_later', '(*char, int) -> size_t', serve)('größe', 1)).toBe(7n);
  });

  test('may wait for threads that call JavaScript', () => {
    const one = foreign('call_from_thread', CALL, serve);
    const eight = foreign('call_from_threads', CALL, serve);
    for (const turn of range(50)) {
      if (turn % 10 === 0) collectGarbage();
      expect(one((value: number) => value * 2, turn)).toBe(2 * turn);
      expect(eight((value: number) => value + turn, 8)).toBe(28 + 8 * turn);
    }
  });

  test('serves callbacks that block, and those that post', () => {
    const twice = callback('(int) -> int', (value) => 2 * value, { thread: 'block' });
    const seen: number[] = [];
    const post = callback('(int) -> void', (value) => seen.push(value), { thread: 'post' });
    return withCallback(twice, () =>
      withCallback(post, async () => {
        expect(foreign('call_from_thread', CALL, serve)(twice, 21)).toBe(42);
        expect(foreign('post_from_thread', '((int) -> void, int) -> int', serve)(post, 100)).toBe(100);
        expect(seen).toEqual(range(100));
      }),
    );
  });

  test('without that, the same is a deadlock, which ends with the timeout and is named', async () => {
    const reports: string[] = [];
    const onReport = (kind: string, message: string): unknown => reports.push(`${kind}: ${message}`);
    const made = callback<AnyFunction>('(int) -> int', () => 5, { thread: 'block', timeout: 50, onReport });
    await withCallback(made, async () => {
      expect(foreign('call_from_thread', CALL)(made, 1)).toBe(0);
      await sleep(20);
      expect(reports).toEqual([expect.stringMatching(/^timeout: .*did not serve.*serve: true/)]);
    });
  });

  test('may be called again from what it serves', () => {
    const call = foreign('call_from_thread', CALL, serve);
    const down = (depth: number): number => (depth === 0 ? 0 : depth + Number(call(down, depth - 1)));
    expect(call(down, 12)).toBe(78);
    const other = foreign('call_now', CALL);
    expect(call((value: number) => other((inner: number) => inner + 1, value), 5)).toBe(6);
  });

  test('throws what a function given to it throws, once C has returned', () => {
    const eight = foreign('call_from_threads', CALL, serve);
    const thrown = new Error('mine');
    let calls = 0;
    const fn = (): never => {
      calls++;
      throw thrown;
    };
    expect(() => eight(fn, 8)).toThrow(thrown);
    expect(calls).toBe(8);
    expect(() => eight(() => 'text', 2)).toThrow(refusal('ERR_ARGUMENT_KIND', 'result of the callback'));
    expect(eight(() => 1, 3)).toBe(3);
  });

  test('refuses wrong arguments before C is called', () => {
    const wait = foreign('wait_milliseconds', '(int, int) -> int', serve);
    expect(() => wait(1)).toThrow(refusal('ERR_ARGUMENT_COUNT'));
    expect(() => wait(1, '1')).toThrow(refusal('ERR_ARGUMENT_KIND'));
    expect(() => wait(1, 2 ** 31)).toThrow(refusal('ERR_ARGUMENT_RANGE'));
    // The second call is not prepared as the first is.
    expect(() => wait(1)).toThrow(refusal('ERR_ARGUMENT_COUNT', 'takes 2 arguments, got 1'));
    expect(() => wait(1, 2, 3)).toThrow(refusal('ERR_ARGUMENT_COUNT', 'takes 2 arguments, got 3'));
    const options = { serve: 'yes' as unknown as boolean };
    expect(() => foreign('wait_milliseconds', '(int, int) -> int', options)).toThrow(refusal('ERR_OPTION', 'serve'));
  });

  test('may be disposed of by what it serves, and also be called asynchronously', async () => {
    const slots = codeSlots();
    const call = foreign('call_from_thread', CALL, serve);
    const made = callback('(int) -> int', (value) => value, { thread: 'block' });
    await withCallback(made, async () => {
      expect(await call.async(made, 4)).toBe(4);
      const disposing = (value: number): number => {
        call.dispose();
        return value + 1;
      };
      expect(call(disposing, 8)).toBe(9);
      expect(() => call(made, 1)).toThrow(refusal('ERR_DISPOSED', 'call_from_thread'));
      await sleep(5);
    });
    // The two callbacks have become tombstones, which last for a while.
    expect(codeSlots()).toBeLessThanOrEqual(slots + 2);
  });

  test('in workers that are terminated in the middle of it, ends with zeros', { timeout: 60_000 }, async () => {
    const workerData = { url: builtLibrary(), path: foreignPath() };
    for (let turn = 0; turn < 5; turn++) {
      const workers = await Promise.all(
        range(4).map(async () => {
          const worker = new Worker(SERVING, { workerData });
          await new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject));
          return worker;
        }),
      );
      await sleep(turn * 3);
      await Promise.all(workers.map((worker) => worker.terminate()));
    }
    expect(foreign('call_from_threads', CALL, serve)((value: number) => value, 8)).toBe(28);
  });
});

/** Calls and is called back for ever. */
const SERVING = new URL(
  `data:text/javascript,${encodeURIComponent(`
    import { parentPort, workerData } from 'node:worker_threads';
    const { open } = await import(workerData.url);
    const call = open(workerData.path).func('call_from_threads', '((int) -> int, int) -> int', { serve: true });
    parentPort.postMessage('running');
    for (;;) if (call((value) => value + 1, 8) !== 36) throw new Error('wrong');
  `)}`,
);
