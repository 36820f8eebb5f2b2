// `{ errno: true }`: the error number of the very call, whatever happened before and happens after.

import { constants } from 'node:os';
import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { open } from '../../src/exec/library.ts';
import { host } from '../../src/exec/select-host.ts';
import { builtLibrary } from '../support/built-library.ts';
import { collectGarbage } from '../support/collect-garbage.ts';
import { describeForeign, foreign, foreignPath } from '../support/foreign-library.ts';
import { refusal } from '../support/refusal.ts';

const { ENOENT, ERANGE } = constants.errno;
const LARGE = '{values:[5:int64]}';
const kept = { errno: true } as const;

describeForeign('the error number of a call', () => {
  test('comes with a result of every shape', () => {
    expect(foreign('leave_errno', '(int, int) -> int', kept)(5, -7)).toEqual({ value: -7, errno: 5 });
    expect(foreign('leave_errno_double', '(int, double) -> double', kept)(133, 0.5)).toEqual({
      value: 0.5,
      errno: 133,
    });
    const values = [1n, 2n, 3n, 4n, 5n];
    expect(foreign('leave_errno_large', `(int, int64) -> ${LARGE}`, kept)(1, 1)).toEqual({
      value: { values },
      errno: 1,
    });
    expect(foreign('leave_errno_void', '(int) -> void', kept)(2)).toEqual({ value: undefined, errno: 2 });
  });

  test('is an int, with its sign', () => {
    const leave = foreign('leave_errno_void', '(int) -> void', kept);
    const numbers = [1, 2 ** 31 - 1, -1, -(2 ** 31)];
    expect(numbers.map((number) => leave(number))).toEqual(numbers.map((errno) => ({ value: undefined, errno })));
  });

  test('is zero where C set none, whatever an earlier call has left', () => {
    const leave = foreign('leave_errno', '(int, int) -> int', kept);
    const plain = foreign('leave_errno', '(int, int) -> int');
    for (let turn = 0; turn < 2000; turn++) {
      expect(plain(turn, 1)).toBe(1);
      if (turn % 500 === 0) collectGarbage();
      expect(leave(0, turn)).toEqual({ value: turn, errno: 0 });
      expect(leave(turn, 1)).toEqual({ value: 1, errno: turn });
    }
  });

  test('is its own in nested calls', () => {
    const around = foreign('errno_around', '(int, (int) -> int, int) -> int', kept);
    const inner: unknown[] = [];
    const descend = (depth: number): unknown =>
      around(
        100 + depth,
        (given: number) => {
          expect(given).toBe(100 + depth);
          if (depth < 20) inner.push(descend(depth + 1));
          return depth;
        },
        200 + depth,
      );
    expect(descend(0)).toEqual({ value: 0, errno: 200 });
    expect(inner).toEqual(Array.from({ length: 20 }, (_, index) => ({ value: 20 - index, errno: 220 - index })));
  });

  test('is asked for per binding, of one function', () => {
    const [without, asked] = [false, true].map((errno) => foreign('leave_errno', '(int, int) -> int', { errno }));
    expect(without?.(5, 6)).toBe(6);
    expect(asked?.(5, 6)).toEqual({ value: 6, errno: 5 });
  });

  test('is that of the thread that called', async () => {
    const body = `import { parentPort, workerData } from 'node:worker_threads';
      import(workerData.url).then(({ open }) => {
        const leave = open(workerData.path).func('leave_errno', '(int, int) -> int', { errno: true });
        let wrong = 0;
        for (let turn = 1; turn <= 20_000; turn++) if (leave(turn, 1).errno !== turn) wrong++;
        parentPort.postMessage(wrong);
      });`;
    const workerData = { url: builtLibrary(), path: foreignPath() };
    const answers = [1, 2].map(
      () =>
        new Promise((resolve, reject) => {
          const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(body)}`), { workerData });
          worker.once('message', resolve).once('error', reject);
        }),
    );
    const leave = foreign('leave_errno_void', '(int) -> void', kept);
    let wrong = 0;
    for (let turn = 1; turn <= 20_000; turn++) if ((leave(-turn) as { errno: number }).errno !== -turn) wrong++;
    expect([wrong, ...(await Promise.all(answers))]).toEqual([0, 0, 0]);
  });

  test('can only be asked for with true or false', () => {
    const options = { errno: 1 as unknown as boolean };
    expect(() => foreign('leave_errno', '(int, int) -> int', options)).toThrow(refusal('ERR_OPTION', 'errno'));
  });
});

if (host().name === 'native') {
  describeForeign('the error number of an asynchronous call', () => {
    test('is its own among many, and zero where C set none', async () => {
      const leave = foreign('leave_errno', '(int, int) -> int', kept);
      const numbers = Array.from({ length: 200 }, (_, index) => (index % 3 === 0 ? 0 : index));
      const ended = await Promise.all(numbers.map((number) => leave.async(number, number)));
      expect(ended).toEqual(numbers.map((number) => ({ value: number, errno: number })));
      expect(await leave.async(-11, 3)).toEqual({ value: 3, errno: -11 });
    });

    test('and of a served one', () => {
      const leave = foreign('leave_errno', '(int, int) -> int', { errno: true, serve: true });
      const around = foreign('errno_around', '(int, (int) -> int, int) -> int', { errno: true, serve: true });
      for (const number of [0, 5, -11, -12, 2 ** 31 - 1]) {
        expect(leave(number, 8)).toEqual({ value: 8, errno: number });
        expect(around(1, () => leave(2, 9) && 4, number)).toEqual({ value: 4, errno: number });
      }
    });
  });
}

test.skipIf(process.platform !== 'linux')(
  'the C library says why a file cannot be opened, and that text overflows',
  () => {
    const libc = open('libc.so.6');
    const openFile = libc.func('open', '(*char, int) -> int', kept);
    expect(openFile('/no/such/file', 0)).toEqual({ value: -1, errno: ENOENT });
    const toLong = libc.func('strtol', '(*char, *void, int) -> long', kept);
    expect(toLong('9'.repeat(30), null, 10)).toEqual({ value: 2n ** 63n - 1n, errno: ERANGE });
    expect(toLong(`${2n ** 63n - 1n}`, null, 10)).toEqual({ value: 2n ** 63n - 1n, errno: 0 });
    libc.close();
  },
);
