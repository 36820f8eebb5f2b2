// `fn.async.with({ thread, signal })`: who runs the calls, and which of them can be taken back.

import { expect, test } from 'vitest';
import { type CallThread, callThread } from '../../src/exec/call-thread.ts';
import { codeSlots } from '../support/code-memory.ts';
import { collectLeftovers } from '../support/collect-garbage.ts';
import { describeThreads, foreign, sleep, until } from '../support/foreign-library.ts';
import { refusal } from '../support/refusal.ts';

const WAIT = '(int, int) -> int';

const range = (count: number): number[] => Array.from({ length: count }, (_, index) => index);
const openGate = (): unknown => foreign('open_gate', '() -> void')();
const closeGate = (): unknown => foreign('close_gate', '() -> void')();
const entered = (): unknown => foreign('entered_gate', '() -> int')();

/** Runs `body` with a thread that is disposed of afterwards. */
async function withThread(body: (thread: CallThread) => Promise<void>): Promise<void> {
  const thread = callThread();
  try {
    await body(thread);
  } finally {
    thread.dispose();
  }
}

describeThreads('a thread for calls', callThread, () => {
  test('runs them one after another, in order, on itself', () =>
    withThread(async (thread) => {
      foreign('most_at_once', '() -> int')();
      const wait = foreign('wait_milliseconds', WAIT).async.with({ thread });
      const ended: unknown[] = [];
      const calls = range(10).map((n) => wait(10 - n, n).then((value) => ended.push(value)));
      await Promise.all(calls);
      expect(ended).toEqual(range(10));
      expect(foreign('most_at_once', '() -> int')()).toBe(1);
      const self = foreign('this_thread', '() -> uint64');
      const ids = await Promise.all(range(20).map(() => self.async.with({ thread })()));
      expect(new Set(ids).size).toBe(1);
      expect(ids[0]).not.toBe(self());
    }));

  test('is shared by functions, and not by threads', () =>
    withThread((one) =>
      withThread(async (other) => {
        const self = foreign('this_thread', '() -> uint64');
        const wait = foreign('wait_milliseconds', WAIT);
        foreign('most_at_once', '() -> int')();
        const waits = [one, other, one, other].map((thread, n) => wait.async.with({ thread })(50, n));
        const ids = await Promise.all([one, other, one].map((thread) => self.async.with({ thread })()));
        expect(await Promise.all(waits)).toEqual(range(4));
        expect(foreign('most_at_once', '() -> int')()).toBe(2);
        expect(ids[0]).toBe(ids[2]);
        expect(ids[0]).not.toBe(ids[1]);
      }),
    ));

  test('ends when it is disposed of, after the calls that it has', async () => {
    const thread = callThread();
    const wait = foreign('wait_milliseconds', WAIT).async.with({ thread });
    const calls = range(5).map((n) => wait(10, n));
    thread.dispose();
    thread.dispose();
    await expect(wait(0, 0)).rejects.toThrow(refusal('ERR_DISPOSED', 'thread'));
    expect(() => foreign('wait_milliseconds', WAIT).async.with({ thread })).toThrow(refusal('ERR_DISPOSED'));
    expect(await Promise.all(calls)).toEqual(range(5));
  });

  test('is made and ended many times', async () => {
    const wait = foreign('wait_milliseconds', WAIT);
    for (const n of range(200)) {
      const thread = callThread();
      const call = wait.async.with({ thread })(0, n);
      thread[Symbol.dispose]();
      expect(await call).toBe(n);
    }
  });

  test('is what callThread gives, and nothing else', () => {
    const { async } = foreign('wait_milliseconds', WAIT);
    for (const thread of [1, {}, null, { dispose() {} }])
      expect(() => async.with({ thread: thread as never })).toThrow(refusal('ERR_OPTION', 'callThread'));
    expect(() => async.with({ signal: {} as never })).toThrow(refusal('ERR_OPTION', 'AbortSignal'));
  });
});

describeThreads('an aborted call', callThread, () => {
  test('that has not begun never does, and its promise is rejected with the reason', () =>
    withThread(async (thread) => {
      closeGate();
      const pass = foreign('pass_gate', '(int) -> int');
      const before = Number(entered());
      const first = pass.async.with({ thread })(1);
      const aborting = new AbortController();
      const waiting = range(5).map((n) => pass.async.with({ thread, signal: aborting.signal })(n));
      const last = pass.async.with({ thread })(3);
      await until(() => entered() === before + 1);
      const reason = new Error('enough');
      aborting.abort(reason);
      const outcomes = await Promise.allSettled(waiting);
      expect(outcomes).toEqual(range(5).map(() => ({ status: 'rejected', reason })));
      openGate();
      expect(await Promise.all([first, last])).toEqual([1, 3]);
      expect(entered()).toBe(before + 2);
    }));

  test('that runs cannot be stopped: the promise waits for C, and has its result', async () => {
    closeGate();
    const aborting = new AbortController();
    const before = Number(entered());
    const call = foreign('pass_gate', '(int) -> int').async.with({ signal: aborting.signal })(8);
    await until(() => entered() === before + 1);
    let settled = false;
    const done = call.finally(() => {
      settled = true;
    });
    aborting.abort();
    await sleep(20);
    expect(settled).toBe(false);
    openGate();
    expect(await done).toBe(8);
  });

  test('whose signal was aborted before does not begin, whatever its arguments', async () => {
    const before = entered();
    const pass = foreign('pass_gate', '(int) -> int').async.with({ signal: AbortSignal.abort() });
    await expect(pass(1)).rejects.toThrow(expect.objectContaining({ name: 'AbortError' }));
    await expect(pass('text')).rejects.toThrow(expect.objectContaining({ name: 'AbortError' }));
    expect(entered()).toBe(before);
  });

  test('by a getter among its arguments does not begin', async () => {
    const aborting = new AbortController();
    const joined = foreign('joined_length_later', '({first:*char, second:*char}, int) -> int');
    const given = {
      first: '',
      get second(): string {
        aborting.abort();
        return '';
      },
    };
    const call = joined.async.with({ signal: aborting.signal })(given, 0);
    await expect(call).rejects.toThrow(expect.objectContaining({ name: 'AbortError' }));
  });

  test('leaves nothing behind: neither listeners nor code', async () => {
    await collectLeftovers();
    const pass = foreign('pass_gate', '(int) -> int');
    const [close, open] = [foreign('close_gate', '() -> void'), foreign('open_gate', '() -> void')];
    close();
    open();
    const slots = codeSlots();
    const wait = foreign('wait_milliseconds', WAIT);
    const aborting = new AbortController();
    let listeners = 0;
    const { signal } = aborting;
    const [add, remove] = [signal.addEventListener.bind(signal), signal.removeEventListener.bind(signal)];
    signal.addEventListener = (...args: Parameters<typeof add>): void => {
      listeners++;
      add(...args);
    };
    signal.removeEventListener = (...args: Parameters<typeof remove>): void => {
      listeners--;
      remove(...args);
    };
    await withThread(async (thread) => {
      close();
      const first = pass.async.with({ thread })(1);
      const calls = range(100).map((n) => wait.async.with({ signal, thread })(1, n));
      aborting.abort();
      open();
      const outcomes = await Promise.allSettled(calls);
      expect(outcomes.every(({ status }) => status === 'rejected')).toBe(true);
      await first;
    });
    expect(listeners).toBe(0);
    wait.dispose();
    await sleep(5);
    expect(codeSlots()).toBeLessThanOrEqual(slots + 1); // the forward code of `pass`
  });
});
