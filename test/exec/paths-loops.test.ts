// Loops around calls whose result is a double. What such a wrapper rarely does is hidden from V8, so that it can take the loop
// apart and keep the double in a register: it has to be done all the same.

import { describe, expect, test } from 'vitest';
import type { BoundFunction } from '../../src/exec/bind.ts';
import { v8Calls } from '../../src/exec/v8-calls.ts';
import { collectUntil } from '../support/collect-garbage.ts';
import { type AnyFunction, describeWithC } from '../support/fixture-library.ts';
import { boundOn, LEAF, seenAtCalls, tellsCalls, WAYS } from '../support/paths.ts';
import { refusal } from '../support/refusal.ts';

const same = (way: (typeof WAYS)[number]): BoundFunction<AnyFunction> =>
  boundOn(way, 'same_double', '(double) -> double');

type Loop = (count: number) => unknown;

let loops = 0;

/** A loop of its own, in which the last result is all that is carried. */
const loopOf = (fn: AnyFunction, call: string): Loop =>
  new Function(
    'fn',
    `return (count) => { let last; for (let i = 0; i < count; i++) last = ${call}; return last; }; // ${loops++}`,
  )(fn) as Loop;

const ROUNDS = 20_000;

/** Of the heap, for each round; the median, because the collector and the compiler work meanwhile. */
function bytesPerRound(loop: Loop): number {
  for (let time = 0; time < 60; time++) loop(ROUNDS);
  const taken = Array.from({ length: 9 }, () => {
    const before = process.memoryUsage().heapUsed;
    loop(ROUNDS);
    return (process.memoryUsage().heapUsed - before) / ROUNDS;
  });
  return taken.sort((a, b) => a - b)[4] ?? Number.NaN;
}

const peels = v8Calls() !== null && Number.parseInt(process.versions.v8, 10) >= 13;

describeWithC('a loop over calls that V8 makes itself, and peels (13.6 and later)', () => {
  test.skipIf(!peels).each(['fn(0.5)', 'fn(i + 0.5)'])('makes no object for each double: %s', (call) => {
    const fn = same(LEAF);
    expect(fn.path).toBe('v8-registers');
    expect(bytesPerRound(loopOf(fn, call))).toBeLessThan(4);
    // The measurement sees the objects that come of a way out which V8 has not seen taken.
    const source = 'return (i) => { if (state[0] !== 0) state.fill(0); return fn(i); };';
    const guarded = new Function('fn', 'state', source)(fn, new Int32Array(1)) as AnyFunction;
    expect(bytesPerRound(loopOf(guarded, call))).toBeGreaterThan(12);
  });
});

describeWithC('functions with equally many parameters', () => {
  // They share their text, and V8 may know from one that it is called often before another is called at all.
  test.skipIf(!tellsCalls)('lead to one function each, as V8 sees it (13.6 and later tell)', () => {
    for (let made = 0; made < 3; made++) {
      const fn = same(LEAF);
      for (let time = 0; time < ROUNDS; time++) fn(time);
      expect(seenAtCalls(fn)).toEqual(['MONOMORPHIC']);
    }
  });
});

/** Calls in a hot loop, with one value that is not like the others. */
const oddOneOut = (fn: AnyFunction): ((odd: readonly unknown[], at: number) => unknown) =>
  new Function(
    'fn',
    `return (odd, at) => {
      let last;
      for (let i = 0; i < ${ROUNDS}; i++) last = i === at ? fn(...odd) : fn(i);
      return last;
    }; // ${loops++}`,
  )(fn) as (odd: readonly unknown[], at: number) => unknown;

describeWithC('what a loop over doubles rarely meets', () => {
  describe.each(WAYS)('$name', (way) => {
    test('is refused, first or late, with its place and cause, and the loop is right afterwards', () => {
      const loop = oddOneOut(same(way));
      for (let time = 0; time < 20; time++) expect(loop([0.5], -1)).toBe(ROUNDS - 1);
      for (const at of [0, 1, ROUNDS - 1]) {
        for (const [odd, code, message] of [
          [['text'], 'ERR_ARGUMENT_KIND', 'argument 0: "text" is not a value for double'],
          [[undefined], 'ERR_ARGUMENT_KIND', 'argument 0: undefined is not a value for double'],
          [[1n], 'ERR_ARGUMENT_KIND', 'argument 0: 1n is not a value for double'],
          [[], 'ERR_ARGUMENT_COUNT', 'the function takes 1 argument, got 0'],
          [[1, undefined], 'ERR_ARGUMENT_COUNT', 'the function takes 1 argument, got 2'],
        ] as const)
          expect(() => loop(odd, at)).toThrow(refusal(code, message));
        expect(loop([0.5], at)).toBe(at === ROUNDS - 1 ? 0.5 : ROUNDS - 1);
      }
    });

    test('is refused whatever objects have inherited meanwhile', () => {
      const fn = same(way);
      expect(fn(2)).toBe(2);
      const inherited = Object.prototype as { [Symbol.toPrimitive]?: unknown };
      const thrown: unknown[] = [];
      let first: unknown;
      inherited[Symbol.toPrimitive] = () => 'inherited';
      try {
        for (const args of [['text'], []]) {
          try {
            thrown.push(fn(...args));
          } catch (error) {
            thrown.push(error);
          }
        }
        first = same(way)(3);
      } finally {
        delete inherited[Symbol.toPrimitive];
      }
      expect(thrown).toEqual([refusal('ERR_ARGUMENT_KIND'), refusal('ERR_ARGUMENT_COUNT')]);
      expect(first).toBe(3);
    });

    test('is not kept once it is refused', async () => {
      const fn = same(way);
      const weak = ((): WeakRef<object> => {
        const value = {};
        expect(() => fn(value as never)).toThrow(refusal('ERR_ARGUMENT_KIND'));
        return new WeakRef(value);
      })();
      await collectUntil(() => weak.deref() === undefined);
      expect(weak.deref()).toBeUndefined();
    });
  });
});
