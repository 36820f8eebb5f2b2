// Exceptions that callbacks throw, on their way through C.

import { expect, test } from 'vitest';
import { callback } from '../../src/exec/callback.ts';
import { type AnyFunction, bound, describeWithC, withCallback } from '../support/fixture-library.ts';

describeWithC('an exception', () => {
  const call = (made: unknown): unknown => bound('call_three', '((int) -> int) -> int')(made);
  const results = (): unknown[] => [0, 1, 2].map((index) => bound('result_of_three', '(int) -> int')(index));

  test('comes out of the bound call as the very object that was thrown', () => {
    for (const thrown of [new Error('mine'), 'text', undefined, null, 0, Object.freeze({})]) {
      let caught: unknown = 'nothing';
      const thrower = (): never => {
        throw thrown;
      };
      try {
        withCallback('(int) -> int', thrower, call);
      } catch (error) {
        caught = error;
      }
      expect(caught).toBe(thrown);
    }
  });

  test('gives C zero, for this callback and for all later ones of the same call', () => {
    const seen: unknown[] = [];
    const second: AnyFunction = (value) => {
      seen.push(value);
      if (value === 2) throw new Error('second');
      return 7;
    };
    expect(() => withCallback('(int) -> int', second, call)).toThrow('second');
    expect(seen).toEqual([1, 2]);
    expect(results()).toEqual([7, 0, 0]);
    expect(withCallback('(int) -> int', (value) => value, call)).toBe(6);
    expect(results()).toEqual([1, 2, 3]);
  });

  test('passes through three levels of C, and each level may look at it', () => {
    const passed: string[] = [];
    const level =
      (depth: number): AnyFunction =>
      (value) => {
        if (depth === 3) throw new Error('from below');
        try {
          return withCallback('(int) -> int', level(depth + 1), call);
        } catch (error) {
          passed.push(`${depth}:${value}`);
          throw error;
        }
      };
    expect(() => withCallback('(int) -> int', level(0), call)).toThrow('from below');
    expect(passed).toEqual(['2:1', '1:1', '0:1']);
  });

  test('that is caught in the middle goes no further', () => {
    const thrower = (): never => {
      throw new Error('inner');
    };
    const catcher: AnyFunction = (value) => {
      expect(() => withCallback('(int) -> int', thrower, call)).toThrow('inner');
      return Number(value) * 100;
    };
    expect(withCallback('(int) -> int', catcher, call)).toBe(600);
    expect(results()).toEqual([100, 200, 300]);
  });

  test('leaves everything working, ten thousand times', () => {
    const callThree = bound('call_three', '((int) -> int) -> int');
    let turn = 0;
    const moody: AnyFunction = (value) => {
      if (turn++ % 2 === 0) throw new RangeError('moody');
      return value;
    };
    using made = callback<AnyFunction>('(int) -> int', moody);
    for (let index = 0; index < 10_000; index++) expect(() => callThree(made)).toThrow('moody');
    turn = 1;
    expect(
      withCallback(
        '(int) -> int',
        (value) => value,
        (same) => callThree(same),
      ),
    ).toBe(6);
  });
});
