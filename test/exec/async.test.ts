// `fn.async`: values, lifetimes and errors of calls that run on other threads.

import { copyFileSync, readFileSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { describe, expect, test } from 'vitest';
import { bind } from '../../src/exec/bind.ts';
import { callback } from '../../src/exec/callback.ts';
import { hostAbi } from '../../src/exec/host-abi.ts';
import { open } from '../../src/exec/library.ts';
import { builtLibrary, runInNode } from '../support/built-library.ts';
import { codeSlots } from '../support/code-memory.ts';
import { collectGarbage, collectLeftovers, collectUntil } from '../support/collect-garbage.ts';
import { describeThreads, foreign, foreignPath, sleep, until } from '../support/foreign-library.ts';
import { refusal } from '../support/refusal.ts';

const LARGE = '{values:[5:int64]}';
const WAIT = '(int, int) -> int';

const liveSlots = (): number => codeSlots();
const refused = (): unknown => foreign('leave_errno', '(int, int) -> int').async(0, 1);
const range = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

describeThreads('an asynchronous call', refused, () => {
  test('gives what a synchronous one gives, for every way of passing', async () => {
    const shifted = foreign('shifted_large', `(${LARGE}, longdouble, *int8, float) -> ${LARGE}`);
    const args = [{ values: [1, 2n, 3, 4, -(2 ** 40)] }, 2, Int8Array.of(-3), 100.5] as const;
    expect(await shifted.async(...args)).toEqual(shifted(...args));
    expect(shifted(...args)).toEqual({ values: [100n, 101n, 102n, 103n, 99n - 2n ** 40n] });
    const half = foreign('leave_errno_double', '(int, double) -> double');
    expect(await half.async(0, -0)).toBe(-0);
    expect(await foreign('leave_errno_void', '(int) -> void').async(0)).toBeUndefined();
  });

  // AArch64 has no vectors of 32 bytes.
  test.skipIf(process.arch !== 'x64')('keeps what wants 32 bytes aligned, in arguments and result', async () => {
    const doubled = foreign('doubled_aligned', '({lanes:v[4:double], tag:char}) -> {lanes:v[4:double], tag:char}');
    for (const turn of range(20)) {
      const lanes = range(4).map((lane) => turn + lane / 8);
      const expected = { lanes: lanes.map((lane) => 2 * lane), tag: 'a'.charCodeAt(0) };
      expect(await doubled.async({ lanes, tag: 0 })).toEqual(expected);
    }
  });

  test.skipIf(hostAbi() !== 'sysv-x64')('crosses conventions', async () => {
    const signature = `(int, double, int, double, ${LARGE}, *char) -> double`;
    const weigh = foreign('weigh_ms', signature, { abi: 'win-x64' });
    const served = foreign('weigh_ms', signature, { abi: 'win-x64', serve: true });
    const args = [1, 0.5, 10, 0.25, { values: [9, 9, 9, 9, 100] }, 'A'] as const;
    expect(await weigh.async(...args)).toBe(1 + 1 + 30 + 1 + 500 + 6 * 65);
    expect(served(...args)).toBe(weigh(...args));
  });

  test('runs on another thread, while the event loop goes on', async () => {
    const thread = foreign('this_thread', '() -> uint64');
    expect(await thread.async()).not.toBe(thread());
    foreign('close_gate', '() -> void')();
    const passed = foreign('pass_gate', '(int) -> int').async(7);
    let turns = 0;
    const timer = setInterval(() => turns++, 1);
    await until(() => turns > 5);
    clearInterval(timer);
    foreign('open_gate', '() -> void')();
    expect(await passed).toBe(7);
  });

  test('runs beside others, each with values of its own', async () => {
    foreign('close_gate', '() -> void')();
    const [pass, entered] = [foreign('pass_gate', '(int) -> int'), foreign('entered_gate', '() -> int')];
    const before = Number(entered());
    const calls = range(12).map((n) => pass.async(n));
    await until(() => Number(entered()) === before + 12);
    foreign('open_gate', '() -> void')();
    expect(await Promise.all(calls)).toEqual(range(12));
  });

  test('leaves nothing behind, 40 000 times', { timeout: 120_000 }, async () => {
    const wait = foreign('wait_milliseconds', WAIT);
    const length = foreign('text_length_later', '(*char, int) -> size_t');
    const round = async (): Promise<number> => {
      for (let batch = 0; batch < 100; batch++) {
        const values = await Promise.all(range(50).map((n) => wait.async(0, n)));
        expect(values).toEqual(range(50));
        const lengths = await Promise.all(range(50).map((n) => length.async('x'.repeat(100 * n), 0)));
        expect(lengths).toEqual(range(50).map((n) => BigInt(100 * n)));
      }
      collectGarbage();
      await sleep(10);
      collectGarbage();
      return process.memoryUsage().rss;
    };
    await collectLeftovers();
    await round();
    const slots = liveSlots();
    const before = await round();
    const later = [await round(), await round()];
    expect(Math.min(...later) - before).toBeLessThan(8 * 2 ** 20);
    expect(liveSlots()).toBe(slots);
  });

  test('is a function of its own, with name and length', () => {
    const wait = foreign('wait_milliseconds', WAIT);
    expect(wait.async).toBe(wait.async);
    expect([wait.async.name, wait.async.length]).toEqual(['async wait_milliseconds', 2]);
    expect(wait.async.with({}).length).toBe(2);
  });

  test('may begin in a callback', async () => {
    const wait = foreign('wait_milliseconds', WAIT);
    const begun: Promise<unknown>[] = [];
    const times = foreign('call_many', '((int, double) -> double, int) -> double')((index: number) => {
      begun.push(wait.async(1, index));
      return 1;
    }, 5);
    expect([times, await Promise.all(begun)]).toEqual([5, range(5)]);
  });
});

describeThreads('what an asynchronous call points to', refused, () => {
  const churn = async (): Promise<void> => {
    for (let turn = 0; turn < 5; turn++) {
      collectGarbage();
      await sleep(4);
    }
  };

  test('stays until it has ended: text', async () => {
    const length = foreign('text_length_later', '(*char, int) -> size_t');
    const calls = range(50).map((n) => length.async('ü'.repeat(n * 20) + String.fromCharCode(65 + n), 20));
    await churn();
    expect(await Promise.all(calls)).toEqual(range(50).map((n) => BigInt(40 * n + 1)));
    const joined = foreign('joined_length_later', '({first:*char, second:*char}, int) -> int');
    const pairs = range(20).map((n) => joined.async({ first: 'a'.repeat(n), second: 'b'.repeat(2 * n) }, 20));
    await churn();
    expect(await Promise.all(pairs)).toEqual(range(20).map((n) => 3 * n));
  });

  test('stays until it has ended: typed arrays, even those that only a getter knows', async () => {
    const sum = foreign('sum_later', '(*int, int, int) -> int64');
    const calls = range(50).map((n) => sum.async(new Int32Array(1000).fill(n), 1000, 20));
    await churn();
    expect(await Promise.all(calls)).toEqual(range(50).map((n) => BigInt(1000 * n)));
    const joined = foreign('joined_length_later', '({first:*char, second:*char}, int) -> int');
    const made = range(30).map((n) =>
      joined.async(
        {
          get first(): Uint8Array {
            return new Uint8Array(20).fill(65, 0, n % 20);
          },
          second: '',
        },
        20,
      ),
    );
    await churn();
    expect(await Promise.all(made)).toEqual(range(30).map((n) => n % 20));
  });

  test('is not mixed up when a getter begins another call', async () => {
    const joined = foreign('joined_length_later', '({first:*char, second:*char}, int) -> int');
    const inner: Promise<unknown>[] = [];
    const outer = joined.async(
      {
        first: 'outer',
        get second(): string {
          inner.push(joined.async({ first: 'inner one', second: '' }, 5));
          return '!';
        },
      },
      10,
    );
    expect(await outer).toBe(6);
    expect(await Promise.all(inner)).toEqual([9]);
  });
});

describeThreads('a wrong asynchronous call', refused, () => {
  const count = (): unknown => foreign('entered_gate', '() -> int')();

  test.each([
    ['too few arguments', [], 'ERR_ARGUMENT_COUNT'],
    ['an argument of the wrong kind', ['1'], 'ERR_ARGUMENT_KIND'],
    ['an argument out of range', [2 ** 31], 'ERR_ARGUMENT_RANGE'],
  ])('rejects, and C is not called: %s', async (_, args, code) => {
    const before = count();
    foreign('open_gate', '() -> void')();
    await expect(foreign('pass_gate', '(int) -> int').async(...args)).rejects.toThrow(refusal(code));
    expect(count()).toBe(before);
  });

  test('rejects with what a getter throws', async () => {
    const large = foreign('shifted_large', `(${LARGE}, longdouble, *int8, float) -> ${LARGE}`);
    const thrown = new Error('mine');
    const given = {
      get values(): number[] {
        throw thrown;
      },
    };
    await expect(large.async(given, 0, null, 0)).rejects.toBe(thrown);
  });

  test('rejects after disposal, also when a getter disposes', async () => {
    const wait = foreign('wait_milliseconds', WAIT);
    const { async } = wait;
    wait.dispose();
    await expect(wait.async(0, 0)).rejects.toThrow(refusal('ERR_DISPOSED', 'wait_milliseconds'));
    await expect(async(0, 0)).rejects.toThrow(refusal('ERR_DISPOSED'));
    const joined = foreign('joined_length_later', '({first:*char, second:*char}, int) -> int');
    const given = {
      first: 'text',
      get second(): string {
        joined.dispose();
        return '';
      },
    };
    await expect(joined.async(given, 0)).rejects.toThrow(refusal('ERR_DISPOSED'));
  });
});

describeThreads('disposal while asynchronous calls run', refused, () => {
  test('of the function lets them end, and frees the code then', async () => {
    await collectLeftovers();
    const [openGate, closeGate] = [foreign('open_gate', '() -> void'), foreign('close_gate', '() -> void')];
    openGate();
    closeGate();
    const before = liveSlots();
    const pass = foreign('pass_gate', '(int) -> int');
    const calls = [pass.async(1), pass.async(2)];
    expect(liveSlots()).toBe(before + 1);
    pass.dispose();
    await sleep(20);
    expect(liveSlots()).toBe(before + 1);
    openGate();
    expect(await Promise.all(calls)).toEqual([1, 2]);
    expect(liveSlots()).toBe(before);
  });

  test.skipIf(process.platform !== 'linux')('of the library lets them end, and unloads it then', async () => {
    const path = `${foreignPath()}.copy`;
    copyFileSync(foreignPath(), path);
    const isLoaded = (): boolean => readFileSync('/proc/self/maps', 'utf8').includes(path);
    const library = open(path);
    // Bound by its address it is not ended with the library: the gate of the copy is shut as it is loaded.
    const openGate = bind<() => void>(library.symbol('open_gate'), '() -> void');
    const pass = library.func('pass_gate', '(int) -> int');
    const call = pass.async(3);
    library.close();
    await expect(pass.async(0)).rejects.toThrow(refusal('ERR_CLOSED'));
    await sleep(20);
    expect(isLoaded()).toBe(true);
    openGate();
    expect(await call).toBe(3);
    await until(() => !isLoaded());
  });

  test('and collection of the function, too', async () => {
    await collectLeftovers();
    const before = liveSlots();
    const begin = (): Promise<unknown> => foreign('wait_milliseconds', WAIT).async(60, 9);
    const call = begin();
    for (let turn = 0; turn < 5; turn++) {
      collectGarbage();
      await sleep(4);
    }
    expect(await call).toBe(9);
    await collectUntil(() => liveSlots() <= before);
    expect(liveSlots()).toBeLessThanOrEqual(before);
  });

  test('an asynchronous function alone keeps the library callable, and lets it be closed', async () => {
    const library = open(foreignPath());
    const { async } = library.func('wait_milliseconds', '(int, int) -> int');
    await collectUntil(() => false, 5);
    expect(await async(0, 4)).toBe(4);
    library.close();
    await expect(async(0, 4)).rejects.toThrow(refusal('ERR_CLOSED'));
  });
});

describeThreads('callbacks of an asynchronous call', refused, () => {
  test('run on the JavaScript thread: a function given as an argument', async () => {
    const many = foreign('call_many', '((int, double) -> double, int) -> double');
    expect(await many.async((index: number, half: number) => index + half, 100)).toBe(4950 * 1.5);
    const calls = range(10).map((n) => many.async((index: number) => index * n, 10));
    expect(await Promise.all(calls)).toEqual(range(10).map((n) => 45 * n));
  });

  test('run on the JavaScript thread: of a callback that may be called from any', async () => {
    using twice = callback('(int) -> int', (value) => 2 * value, { thread: 'block' });
    const call = foreign('call_from_threads', '((int) -> int, int) -> int');
    expect(await call.async(twice, 8)).toBe(56);
  });

  test.each([
    ['throws', () => raise('mine'), 'mine'],
    ['gives what C cannot hold', () => 2 ** 40, 'out of range'],
    ['gives a promise', async () => 1, 'promise'],
  ])('reject the promise when a function given as an argument %s', async (_, fn, message) => {
    const call = foreign('call_now', '((int) -> int, int) -> int');
    const around = foreign('call_many', '((int, double) -> double, int) -> double');
    const fine = around.async(() => 1, 20);
    await expect(call.async(fn, 1)).rejects.toThrow(message);
    expect(await fine).toBe(20);
    expect(await call.async((value: number) => value, 5)).toBe(5);
  });

  test('throw into their own call, when a getter has begun another', async () => {
    const call = foreign('call_with_point', '({x:double, y:double}, (int) -> int) -> int');
    const inner: Promise<unknown>[] = [];
    const given = {
      x: 1,
      get y(): number {
        inner.push(call.async({ x: 3, y: 4 }, (value: number) => value));
        return 2;
      },
    };
    await expect(call.async(given, (value: number) => raise(`of ${value}`))).rejects.toThrow('of 3');
    expect(await Promise.all(inner)).toEqual([7]);
  });

  test('end with it, 5000 times', async () => {
    await collectLeftovers();
    const call = foreign('call_now', '((int) -> int, int) -> int');
    const before = liveSlots();
    for (let batch = 0; batch < 100; batch++) {
      const values = await Promise.all(range(50).map((n) => call.async((value: number) => value + 1, n)));
      expect(values).toEqual(range(50).map((n) => n + 1));
    }
    expect(liveSlots()).toBeLessThan(before + 1200); // tombstones; see docs/callbacks.md
  });

  test('of which several throw give the first error', async () => {
    const many = foreign('call_many', '((int, double) -> double, int) -> double');
    await expect(many.async((index: number) => raise(`number ${index}`), 5)).rejects.toThrow('number 0');
  });
});

function raise(message: string): never {
  throw new Error(message);
}

describeThreads('the process', refused, () => {
  const started = `
    const wait = interfix.open(path).func('wait_milliseconds', '(int, int) -> int');
    setTimeout(() => { throw new Error('still here'); }, 30_000).unref();`;

  test('stays alive until asynchronous calls have ended, and no longer', () => {
    const body = `${started} wait.async(200, 5).then((value) => console.log('ended', value));`;
    expect(runInNode(body, foreignPath())).toEqual({ status: 0, signal: null, output: 'ended 5\n' });
  });

  test('is not kept alive by the functions that were given to calls', () => {
    const body = `${started} const now = interfix.open(path).func('call_now', '((int) -> int, int) -> int');
      const served = interfix.open(path).func('call_from_thread', '((int) -> int, int) -> int', { serve: true });
      now.async((value) => value + 1, served((value) => value, 4)).then((value) => console.log('ended', value));`;
    expect(runInNode(body, foreignPath())).toEqual({ status: 0, signal: null, output: 'ended 5\n' });
  });

  test('is not kept alive by a thread without calls', () => {
    const body = `${started} const thread = interfix.callThread();
      wait.async.with({ thread })(10, 5).then((value) => console.log('ended', value));`;
    expect(runInNode(body, foreignPath())).toEqual({ status: 0, signal: null, output: 'ended 5\n' });
  });

  test('may exit while they run', () => {
    const body = `${started} wait.async(60_000, 5); setTimeout(() => process.exit(7), 50);`;
    expect(runInNode(body, foreignPath())).toMatchObject({ status: 7, signal: null });
  });

  test('waits for the calls of a worker that is terminated', async () => {
    const workerData = { url: builtLibrary(), path: foreignPath() };
    const entered = foreign('entered_gate', '() -> int');
    for (let turn = 0; turn < 3; turn++) {
      foreign('close_gate', '() -> void')();
      const before = Number(entered());
      const worker = new Worker(WAITING, { workerData });
      worker.once('error', (error) => {
        throw error;
      });
      await until(() => Number(entered()) === before + 2);
      let hasEnded = false;
      const ended = worker.terminate().then(() => {
        hasEnded = true;
      });
      await sleep(50);
      expect(hasEnded).toBe(false);
      foreign('open_gate', '() -> void')();
      await ended;
      expect(entered()).toBe(before + 2);
    }
  });
});

/** Two calls that run, and ten that wait for the thread of one of them, which are dropped. */
const WAITING = new URL(
  `data:text/javascript,${encodeURIComponent(`
    import { workerData } from 'node:worker_threads';
    const { open, callThread } = await import(workerData.url);
    const pass = open(workerData.path).func('pass_gate', '(int) -> int');
    pass.async(1);
    const thread = callThread();
    for (let index = 0; index < 11; index++) pass.async.with({ thread })(2);
  `)}`,
);

describe('bound functions', () => {
  test('that are never called asynchronously make nothing for it', () => {
    const wait = foreign('wait_milliseconds', WAIT);
    const before = liveSlots();
    expect(wait(0, 1)).toBe(1);
    expect(liveSlots()).toBe(before + (wait.path === 'v8-registers' ? 2 : 1));
    wait.dispose();
  });
});
