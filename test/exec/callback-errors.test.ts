// Where the errors of callbacks go: up, to onError, or to the process.

import { expect, test } from 'vitest';
import { callback } from '../../src/exec/callback.ts';
import { runInNode } from '../support/built-library.ts';
import { type AnyFunction, bound, describeWithC, seenBytes } from '../support/fixture-library.ts';
import { boundIn, describeWithThreads, loopUntil, threadsLibraryPath } from '../support/threads-library.ts';

const ASK = '(int64, double) -> int64';

const throwing =
  (error: unknown): AnyFunction =>
  () => {
    throw error;
  };

describeWithC('onError', () => {
  const call = (made: unknown, value: unknown): unknown =>
    bound('call_int32', '((int) -> int, int) -> int')(made, value);

  test('gets what the function throws; C gets zero, and the bound call goes on', () => {
    const errors: unknown[] = [];
    const onError = (error: unknown): unknown => errors.push(error);
    for (const thrown of [new Error('mine'), undefined, 'text']) {
      using made = callback<AnyFunction>('(int) -> int', throwing(thrown), { onError });
      expect(call(made, 5)).toBe(0);
      expect(seenBytes(5)).toEqual([0, 0, 0, 0, 0xee]);
    }
    expect(errors).toEqual([new Error('mine'), undefined, 'text']);
  });

  test.each([
    ['the wrong kind', 'five', 'ERR_ARGUMENT_KIND', undefined],
    ['out of range', 2 ** 31, 'ERR_ARGUMENT_RANGE', undefined],
    ['a promise', Promise.resolve(5), 'ERR_CALLBACK', 'promise'],
  ])('gets what is wrong with the result: %s', (_, result, code, rule) => {
    const errors: unknown[] = [];
    using made = callback<AnyFunction>('(int) -> int', () => result, { onError: (error) => errors.push(error) });
    expect(call(made, 5)).toBe(0);
    expect(errors).toEqual([expect.objectContaining({ name: 'InterfixError', code, rule })]);
  });

  test('that throws makes the bound call throw that', () => {
    const onError = (): never => {
      throw new Error('from onError');
    };
    using made = callback<AnyFunction>('(int) -> int', throwing(new Error('first')), { onError });
    expect(() => call(made, 5)).toThrow('from onError');
    expect(seenBytes(5)).toEqual([0, 0, 0, 0, 0xee]);
    using other = callback<AnyFunction>('(int) -> int', (value) => value, { onError });
    expect(call(other, 6)).toBe(6);
  });

  test('gets the call of a disposed callback', () => {
    const errors: unknown[] = [];
    const made = callback<AnyFunction>('(int) -> int', () => 1, { onError: (error) => errors.push(error) });
    const { address } = made;
    made.dispose();
    expect(call(address, 5)).toBe(0);
    expect(errors).toEqual([expect.objectContaining({ code: 'ERR_DISPOSED' })]);
  });

  test('of an inner callback leaves the outer call alone', () => {
    const errors: unknown[] = [];
    using inner = callback<AnyFunction>('(int) -> int', throwing('inner'), { onError: (error) => errors.push(error) });
    using outer = callback<AnyFunction>('(int) -> int', (value) => Number(call(inner, value)) + 7);
    expect(call(outer, 5)).toBe(7);
    expect(errors).toEqual(['inner']);
  });
});

describeWithThreads('an error in a callback that another thread called', () => {
  const start = (made: unknown, calls: number): unknown =>
    boundIn('threads', 'crew_ask', '(*void, int, int64, int) -> *void')(made, 1, calls, 0);
  const made = (crew: unknown): unknown => boundIn('threads', 'crew_made', '(*void) -> int64')(crew);
  const zero = (crew: unknown): unknown => boundIn('threads', 'crew_zero', '(*void) -> int64')(crew);
  const join = (crew: unknown): unknown => boundIn('threads', 'crew_join', '(*void) -> int64')(crew);

  test('goes to onError, and the thread gets zero', async () => {
    const errors: unknown[] = [];
    const moody: AnyFunction = (number) => {
      if ((number as bigint) % 2n === 0n) throw new Error(`at ${number}`);
      return (number as bigint) * 3n;
    };
    using fn = callback<AnyFunction>(ASK, moody, { thread: 'block', onError: (error) => errors.push(error) });
    const crew = start(fn, 6);
    await loopUntil(() => made(crew) === 6n);
    expect([zero(crew), join(crew)]).toEqual([3n, 0n]);
    expect(errors).toEqual([2, 4, 6].map((number) => new Error(`at ${number}`)));
  });

  test('goes to onError, if the result is a promise', async () => {
    const errors: unknown[] = [];
    using fn = callback<AnyFunction>(ASK, async () => 5n, { thread: 'block', onError: (error) => errors.push(error) });
    const crew = start(fn, 1);
    await loopUntil(() => made(crew) === 1n);
    expect([zero(crew), join(crew)]).toEqual([1n, 0n]);
    expect(errors).toEqual([expect.objectContaining({ code: 'ERR_CALLBACK', rule: 'promise' })]);
  });

  const BODY = `
    const library = interfix.open(path);
    const { THREAD, END } = process.env;
    const error = new Error('from the callback');
    process.on('uncaughtException', (caught) => console.log('caught', caught === error));
    const made = interfix.callback(THREAD === 'post' ? '(int64, double) -> void' : '${ASK}', () => { throw error; }, {
      thread: THREAD,
      onError: END === 'onError' ? () => { throw error; } : undefined,
    });
    const crew = library.func('crew_ask', '(*void, int, int64, int) -> *void')(made, 1, 3n, 0);
    setTimeout(() => {
      library.func('crew_join', '(*void) -> int64')(crew);
      if (THREAD === 'block') console.log('zero', library.func('crew_zero', '(*void) -> int64')(crew));
      made.dispose();
    }, 200);`;

  test.each([
    ['block', ''],
    ['post', ''],
    ['block', 'onError'],
    ['post', 'onError'],
  ])('of thread: %s is an uncaught exception of the process otherwise %s', (thread, end) => {
    const body = BODY.replace('process.env', JSON.stringify({ THREAD: thread, END: end }));
    const { status, output } = runInNode(body, threadsLibraryPath('threads'));
    const zeros = thread === 'block' ? 'zero 3n\n' : '';
    expect({ status, output }).toEqual({ status: 0, output: `caught true\ncaught true\ncaught true\n${zeros}` });
  });

  test('served inside a bound call leaves that call alone', () => {
    const body = `
      const library = interfix.open(path);
      process.on('uncaughtException', (caught) => console.log('uncaught', caught.message));
      const asked = interfix.callback('${ASK}', () => { throw new Error('from elsewhere'); }, { thread: 'block' });
      const plain = interfix.callback('${ASK}', () => 1n);
      const crew = library.func('crew_ask', '(*void, int, int64, int) -> *void')(asked, 1, 1n, 0);
      const made = library.func('crew_made', '(*void) -> int64');
      const here = library.func('ask_here', '(*void, int64) -> int64');
      while (made(crew) === 0n) here(plain, 1n);
      console.log('never thrown here');
      library.func('crew_join', '(*void) -> int64')(crew);
      asked.dispose();`;
    const { status, output } = runInNode(body, threadsLibraryPath('threads'));
    expect({ status, output }).toEqual({ status: 0, output: 'never thrown here\nuncaught from elsewhere\n' });
  });
});
