// The options of a callback: what is refused when it is made, on both hosts.

import { describe, expect, test } from 'vitest';
import { type CallbackOptions, callback } from '../../src/exec/callback.ts';
import { host } from '../../src/exec/select-host.ts';
import { codeSlots } from '../support/code-memory.ts';
import { refusal } from '../support/refusal.ts';

const isNative = host().name === 'native';

/** Options as JavaScript may give them. */
const make = (options: Readonly<Record<string, unknown>>, signature = '() -> void'): void =>
  callback<(...args: never[]) => unknown>(signature, () => {}, options as CallbackOptions).dispose();

const refusedWith = (code: string, options: Readonly<Record<string, unknown>>, signature?: string): void => {
  const slots = codeSlots();
  expect(() => make(options, signature), JSON.stringify(options)).toThrow(refusal(code));
  expect(codeSlots()).toBe(slots);
};

describe('a callback is not made with', () => {
  test.each([
    ['a thread that is none', [{ thread: 'any' }, { thread: 1 }, { thread: null }, { thread: 'POST' }]],
    ['a queue without room', [0, -1, 1.5, Number.NaN, 2 ** 40, '5', null].map((queue) => ({ thread: 'post', queue }))],
    [
      'a rule for a full queue that is none',
      [
        { thread: 'post', whenFull: 'throw' },
        { thread: 'post', whenFull: 0 },
      ],
    ],
    ['a timeout that is none', [-1, 0.5, 2 ** 31, Infinity, '1'].map((timeout) => ({ thread: 'block', timeout }))],
    ['a ref that is neither true nor false', [{ ref: 1 }, { ref: null }]],
    ['an onError that is no function', [{ onError: 'log' }, { onError: {} }]],
    ['an onReport that is no function', [{ onReport: true }]],
    ['an int64 that is none', [{ int64: 'double' }, { int64: true }]],
    ['options of other threads', [{ queue: 5 }, { timeout: 5 }, { whenFull: 'wait' }, { thread: 'block', queue: 5 }]],
    [
      'a timeout where nobody waits',
      [
        { thread: 'post', timeout: 5 },
        { thread: 'owner', timeout: 5 },
      ],
    ],
  ])('%s', (_, all) => {
    for (const options of all) refusedWith('ERR_OPTION', options);
  });

  test.each(['int', '*void', '{x:double}', 'bool', 'int64'])("thread: 'post' and a result of type %s", (type) => {
    refusedWith('ERR_CALLBACK', { thread: 'post' }, `() -> ${type}`);
    expect(() => make({ thread: 'post' }, `() -> ${type}`)).toThrow(/threadsafe 'post' callbacks return void/);
  });

  test.runIf(!isNative).each(['post', 'block'])('thread: %s on the koffi host', (thread) => {
    refusedWith('ERR_HOST', { thread });
    expect(() => make({ thread })).toThrow(/koffi host .*needs the native shim/);
  });
});

describe('a callback is made with', () => {
  test.each([
    {},
    { thread: 'owner', ref: true },
    { onError: (): void => {}, onReport: (): void => {}, int64: 'number' },
    { int64: 'bigint', ref: false },
  ])('%o', (options) => {
    make(options);
  });

  test
    .runIf(isNative)
    .each([
      { thread: 'post' },
      { thread: 'post', queue: 1, whenFull: 'drop' },
      { thread: 'post', queue: 2 ** 24, whenFull: 'wait', timeout: 5 },
      { thread: 'block', timeout: 0 },
      { thread: 'block', timeout: 2 ** 31 - 1, ref: false },
    ])('%o, where there is the native shim', (options) => {
    make(options);
  });

  test('nothing that has happened to it yet', () => {
    using made = callback('() -> void', () => {});
    expect(made.stats).toEqual({ refused: 0, dropped: 0, timedOut: 0, late: 0 });
  });

  test('stats that can be asked for after its disposal', () => {
    const made = callback('() -> void', () => {});
    made.dispose();
    expect(made.stats).toEqual({ refused: 0, dropped: 0, timedOut: 0, late: 0 });
  });
});
