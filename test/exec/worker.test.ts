// The whole library in worker threads: each has its own functions, callbacks and code.

import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { builtLibrary } from '../support/built-library.ts';
import { bound, describeWithC, fixturePath, withCallback } from '../support/fixture-library.ts';

const BODY = `
const { parentPort, workerData: { url, path, mode } } = require('node:worker_threads');
import(url).then(({ open, callback, bind, alloc, read, write }) => {
  const library = open(path);
  const point = '{x:double, y:double}';
  const make = library.func('make_point', '(double, double) -> ' + point);
  const length = library.func('text_length', '(*char) -> size_t');
  const call = library.func('call_int32', '((int) -> int, int) -> int');
  const down = callback('(int) -> int', (depth) => (depth === 0 ? 0 : call(down, depth - 1) + 1));
  const work = () => {
    const { x, y } = make(1.5, -2);
    const memory = alloc('int');
    write(memory, 'int', 7);
    return x === 1.5 && y === -2 && length('grüße') === 7n && call(down, 20) === 20 && read(memory, 'int') === 7;
  };
  for (let index = 0; index < 2000; index++) if (!work()) throw new Error('wrong result');
  if (mode === 'failing') call(callback('(int) -> int', () => { throw new Error('from the callback'); }), 1);
  parentPort.postMessage('ready');
  if (mode === 'working') for (;;) work();
  if (mode === 'inside') call(callback('(int) -> int', () => { for (;;); }), 1);
}).catch((error) => setImmediate(() => { throw error; }));
`;

interface Started {
  readonly worker: Worker;
  readonly ready: Promise<void>;
  readonly exit: Promise<number>;
}

const start = (mode: 'ending' | 'working' | 'inside' | 'failing'): Started => {
  const workerData = { url: builtLibrary(), path: fixturePath(), mode };
  const worker = new Worker(BODY, { eval: true, workerData });
  const exit = new Promise<number>((resolve) => worker.once('exit', resolve));
  const ready = new Promise<void>((resolve, reject) => {
    worker.once('message', () => resolve());
    worker.once('error', reject);
  });
  ready.catch(() => {});
  return { worker, exit, ready };
};

/** What the main thread does meanwhile. */
const mainWorks = (): void => {
  const call = bound('call_three', '((int) -> int) -> int');
  const result = withCallback(
    '(int) -> int',
    (value) => Number(value) * 2,
    (made) => call(made),
  );
  expect(result).toBe(12);
  expect(bound('text_length', '(*char) -> size_t')('main')).toBe(4n);
};

describeWithC('workers', () => {
  test('two at once get their own results and end by themselves, while the main thread works', async () => {
    const workers = [start('ending'), start('ending')];
    for (let index = 0; index < 1000; index++) mainWorks();
    await Promise.all(workers.map(({ ready }) => ready));
    expect(await Promise.all(workers.map(({ exit }) => exit))).toEqual([0, 0]);
    mainWorks();
  });

  test.each(['working', 'inside'] as const)(
    'two that are terminated while %s leave the main thread alone',
    async (mode) => {
      const workers = [start(mode), start(mode)];
      await Promise.all(workers.map(({ ready }) => ready));
      mainWorks();
      await new Promise((resolve) => setTimeout(resolve, 50));
      await Promise.all(workers.map(({ worker }) => worker.terminate()));
      for (let index = 0; index < 100; index++) mainWorks();
    },
  );

  test('that fail in a callback report its exception', async () => {
    const { ready, exit } = start('failing');
    await expect(ready).rejects.toThrow('from the callback');
    expect(await exit).toBe(1);
    mainWorks();
  });

  test('one after another may use what an earlier one used', async () => {
    for (let index = 0; index < 5; index++) {
      const { ready, exit } = start('ending');
      await ready;
      expect(await exit).toBe(0);
    }
    mainWorks();
  });
});
