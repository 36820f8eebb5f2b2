// Whether a callback keeps the process alive, and how processes end that threads still call.

import { expect, test } from 'vitest';
import { runInNode } from '../support/built-library.ts';
import { describeWithThreads, threadsLibraryPath } from '../support/threads-library.ts';

const ASK = '(int64, double) -> int64';

/** Runs a module body with a library, a callback `fn`, and threads that call it. */
const run = (
  body: string,
): { readonly status: number | null; readonly signal: string | null; readonly output: string } =>
  runInNode(
    `const library = interfix.open(path);
     const start = (fn, threads, calls, pause) =>
       library.func('crew_ask', '(*void, int, int64, int) -> *void')(fn, threads, BigInt(calls), pause);
     const answer = (number, thread) => number * 3n + BigInt(thread);
     ${body}`,
    threadsLibraryPath('threads'),
  );

describeWithThreads('the process', () => {
  test("stays alive for a callback with thread: 'block' until it is disposed of", () => {
    const ended = run(`
      let calls = 0;
      const fn = interfix.callback('${ASK}', (number, thread) => {
        if (++calls === 5) { console.log('fifth'); fn.dispose(); }
        return answer(number, thread);
      }, { thread: 'block' });
      start(fn, 1, 5, 30);`);
    expect(ended).toEqual({ status: 0, signal: null, output: 'fifth\n' });
  });

  test.each(["{ thread: 'block', ref: false }", "{ thread: 'block' }).unref(", "{ thread: 'owner' }"])(
    'does not stay for a callback with %s',
    (options) => {
      const ended = run(`
        interfix.callback('${ASK}', answer, ${options});
        process.on('exit', () => console.log('ends'));`);
      expect(ended).toEqual({ status: 0, signal: null, output: 'ends\n' });
    },
  );

  test('stays for one that was let go and is held again, once', () => {
    const ended = run(`
      const fn = interfix.callback('${ASK}', answer, { thread: 'block' });
      fn.unref(); fn.unref(); fn.ref(); fn.ref();
      setTimeout(() => { console.log('alive'); fn.unref(); }, 100).unref();`);
    expect(ended).toEqual({ status: 0, signal: null, output: 'alive\n' });
  });

  test('is not held by a callback that is gone', () => {
    const ended = run(`
      const fn = interfix.callback('${ASK}', answer, { thread: 'block' });
      fn.dispose(); fn.ref(); fn[Symbol.dispose]();
      const other = interfix.callback('${ASK}', answer, { ref: true });
      setTimeout(() => { console.log('alive'); other.dispose(); }, 50).unref();`);
    expect(ended).toEqual({ status: 0, signal: null, output: 'alive\n' });
  });
});

describeWithThreads('a process that threads still call', () => {
  const threads = `
    const asked = interfix.callback('${ASK}', answer, { thread: 'block', onReport: () => {} });
    const owned = interfix.callback('${ASK}', answer, { onReport: () => {} });
    const posted = interfix.callback('(int64, double) -> void', () => {}, { thread: 'post', queue: 50, onReport: () => {} });
    const waiting = interfix.callback('(int64, double) -> void', () => {}, { thread: 'post', queue: 2, whenFull: 'wait' });
    for (const fn of [asked, owned, posted, waiting]) start(fn, 2, 0, 0);`;

  test('ends by process.exit', () => {
    const ended = run(`${threads} setTimeout(() => process.exit(7), 100);`);
    expect(ended).toEqual({ status: 7, signal: null, output: '' });
  });

  test('ends by an exception', () => {
    const ended = run(`${threads} setTimeout(() => { throw new Error('the end'); }, 100);`);
    expect(ended).toMatchObject({ status: 1, signal: null, output: expect.stringContaining('the end') });
  });

  test('ends by itself, with nothing to hold it', () => {
    const ended = run(
      `${threads} for (const fn of [asked, owned, posted, waiting]) fn.unref(); setTimeout(() => {}, 100);`,
    );
    expect(ended).toEqual({ status: 0, signal: null, output: '' });
  });
});
