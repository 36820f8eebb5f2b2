// Bound functions that are called again while they run: by callbacks, by getters, and by their own disposal.

import { copyFileSync, readFileSync } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { callback } from '../../src/exec/callback.ts';
import { open } from '../../src/exec/library.ts';
import { collectGarbage } from '../support/collect-garbage.ts';
import { type AnyFunction, bound, describeWithC, fixturePath, withCallback } from '../support/fixture-library.ts';

const POINT = '{x:double, y:double}';
const REPORT = '{depth:int64, trace:[4:double], mark:[11:uint8]}';

/** koffi's own frames are large: it nests about 150 callbacks in Node's default stack. */
const DEPTH = 100;

interface Report {
  readonly depth: bigint;
  readonly trace: readonly number[];
  readonly mark: readonly number[];
}

const disposed: object = expect.objectContaining({ code: 'ERR_DISPOSED' });

describeWithC(`a function called again from its own callback, ${DEPTH} deep`, () => {
  test('gives each level its own scalar result', () => {
    const descend = bound('descend', '(int, double, (int) -> int64) -> int64');
    const results = new Map<number, unknown>();
    const down: AnyFunction = (level) => {
      const depth = Number(level);
      if (depth === DEPTH) return 2n ** 60n;
      const result = descend(depth + 1, (depth + 1) / 2, made);
      results.set(depth, result);
      return result;
    };
    using made = callback<AnyFunction>('(int) -> int64', down);
    results.set(-1, descend(0, 0, made));
    expect(results.size).toBe(DEPTH + 1);
    for (const [depth, result] of results) {
      let expected = 2n ** 60n;
      for (let level = depth + 1; level <= DEPTH; level++) expected += BigInt(Math.trunc((level * level) / 2));
      expect(result, `level ${depth}`).toBe(expected);
    }
  });

  test('gives each level its own struct by hidden pointer, though garbage is collected inside', () => {
    const descend = bound('descend_report', `(int, ${REPORT}, (int) -> ${REPORT}) -> ${REPORT}`);
    const valueAt = (depth: number): Report => ({
      depth: BigInt(depth) * 2n ** 40n,
      trace: [depth, -depth, depth / 2, 1],
      mark: Array(11).fill(depth),
    });
    const results: Report[] = [];
    const down: AnyFunction = (level) => {
      const depth = Number(level);
      if (depth % 10 === 0) collectGarbage();
      if (depth === DEPTH) return valueAt(1000 % 256);
      const result = descend(depth + 1, valueAt(depth + 1), made) as Report;
      if (depth % 10 === 5) collectGarbage();
      results[depth] = result;
      return result;
    };
    using made = callback<AnyFunction>(`(int) -> ${REPORT}`, down);
    descend(0, valueAt(0), made);
    expect(results).toHaveLength(DEPTH);
    const bottom = valueAt(1000 % 256);
    results.forEach((result, depth) => {
      const levels = Array.from({ length: DEPTH - depth }, (_, index) => depth + 1 + index);
      const sum = levels.reduce((total, level) => total + level, 0);
      const mark = Array<number>(11).fill(depth + 1);
      mark[(depth + 1) % 11] = depth + 2;
      expect(result, `level ${depth}`).toEqual({
        depth: bottom.depth + BigInt(sum) * 2n ** 40n,
        trace: [sum + 232, -sum - 232, sum / 2 + 116, levels.length + 1],
        mark,
      });
    });
  });

  test('keeps the text and the struct argument of each level', () => {
    const descend = bound('descend_point', `(${POINT}, *char, (int) -> ${POINT}) -> ${POINT}`);
    const down: AnyFunction = (level) => {
      const depth = Number(level);
      if (depth === DEPTH) return { x: 0.5, y: 0.25 };
      return descend({ x: depth + 1, y: depth + 1 }, 'ß'.repeat(depth + 1), made);
    };
    using made = callback<AnyFunction>(`(int) -> ${POINT}`, down);
    const levels = (DEPTH * (DEPTH + 1)) / 2;
    expect(descend({ x: 0, y: 0 }, '', made)).toEqual({ x: 0.5 + levels, y: 0.25 + 2 * levels });
  });

  test('and other functions in between mix nothing up', () => {
    const [make, weigh] = [
      bound('make_point', `(double, double) -> ${POINT}`),
      bound('same_int64', '(int64) -> int64'),
    ];
    const call = bound('call_int32', '((int) -> int, int) -> int');
    const down: AnyFunction = (level) => {
      const depth = Number(level);
      expect(weigh(-BigInt(depth))).toBe(-BigInt(depth));
      const below = depth === 0 ? 0 : Number(call(made, depth - 1));
      expect(make(depth, below)).toEqual({ x: depth, y: below });
      return below + depth;
    };
    using made = callback<AnyFunction>('(int) -> int', down);
    expect(call(made, DEPTH)).toBe(5050);
  });
});

describeWithC('recursion without end', () => {
  test('is an error in JavaScript, and the process lives', () => {
    const call = bound('call_int32', '((int) -> int, int) -> int');
    let deepest = 0;
    const down: AnyFunction = (level) => {
      deepest = Math.max(deepest, Number(level));
      return call(made, Number(level) + 1);
    };
    using made = callback<AnyFunction>('(int) -> int', down);
    expect(() => call(made, 0)).toThrow(/call stack|nested too deeply/);
    expect(deepest).toBeGreaterThan(DEPTH);
    expect(
      withCallback(
        '(int) -> int',
        (value) => value,
        (same) => call(same, 7),
      ),
    ).toBe(7);
  });
});

describeWithC('a getter that calls the same function while its arguments are taken', () => {
  test('changes nothing in the outer call', () => {
    const cross = bound('cross', `(${POINT}, ${POINT}) -> double`);
    const inner: unknown[] = [];
    const value = {
      get x(): number {
        inner.push(cross({ x: 100, y: 200 }, { x: 300, y: 500 }));
        return 3;
      },
      y: 4,
    };
    expect(cross({ x: 1, y: 2 }, value)).toBe(-2);
    expect(inner).toEqual([-10_000]);
  });

  test('leaves text, unions and long arrays of the outer call alone', () => {
    const join = bound('join_members', '(*void, {first:*char, between:int, second:*char}) -> void');
    const [outer, scratch] = [new Uint8Array(64), new Uint8Array(64)];
    const calls = { count: 0 };
    join(outer, {
      first: 'outer ',
      get between(): number {
        calls.count++;
        join(scratch, { first: 'x'.repeat(20), between: 0, second: 'inner' });
        return 1;
      },
      second: 'stays',
    });
    expect(Buffer.from(outer).toString('latin1', 0, 12)).toBe('outer stays\0');
    const type = '{tag:int, value:<whole:int64, bytes:[8:uint8]>}';
    const tagged = bound('same_tagged', `(${type}) -> ${type}`);
    const value = {
      get whole(): bigint {
        calls.count++;
        tagged({ tag: 9, value: { bytes: Array(8).fill(9) } });
        return -2n;
      },
    };
    expect(tagged({ tag: 1, value })).toMatchObject({ tag: 1, value: { whole: -2n } });
    const large = bound('same_large', '({values:[128:int64]}) -> {values:[128:int64]}');
    const zeros = { values: Array(128).fill(0n) };
    const getLast = (): bigint => {
      large(zeros);
      return 6n;
    };
    const tail = Object.defineProperty(Array(128).fill(5n), 127, { get: getLast });
    expect(large({ values: tail })).toEqual({ values: [...Array(127).fill(5n), 6n] });
    expect(calls.count).toBeGreaterThanOrEqual(2);
  });

  test('in the result of a callback changes nothing in the outer invocation', () => {
    const call = bound('call_point', `((${POINT}) -> ${POINT}, ${POINT}) -> ${POINT}`);
    const swap: AnyFunction = (given) => {
      const { x, y } = given as { x: number; y: number };
      if (x < 0) return { x: -100, y: -200 };
      return {
        x: y,
        get y(): number {
          expect(call(made, { x: -1, y: -2 })).toEqual({ x: -100, y: -200 });
          return x;
        },
      };
    };
    using made = callback<AnyFunction>(`(${POINT}) -> ${POINT}`, swap);
    expect(call(made, { x: 1, y: 2 })).toEqual({ x: 2, y: 1 });
  });

  test('may dispose of the function: the call throws ERR_DISPOSED and C is not called', () => {
    const cross = bound('same_point', `(${POINT}) -> ${POINT}`);
    const count = bound('call_count', '() -> int');
    const before = count();
    const value = {
      get x(): number {
        cross.dispose();
        return 1;
      },
      y: 1,
    };
    expect(() => cross(value)).toThrow(disposed);
    expect(count()).toBe(before);
  });
});

describeWithC('disposal while it runs', () => {
  test('of a function, from its own callback, lets the call end', async () => {
    const call = bound('call_point', `((${POINT}) -> ${POINT}, ${POINT}) -> ${POINT}`);
    const end: AnyFunction = (point) => {
      call.dispose();
      collectGarbage();
      for (let index = 0; index < 50; index++) bound('same_int32', '(int) -> int').dispose();
      expect(() => call(made, point)).toThrow(disposed);
      return { x: 5, y: 6 };
    };
    using made = callback<AnyFunction>(`(${POINT}) -> ${POINT}`, end);
    expect(call(made, { x: 1, y: 2 })).toEqual({ x: 5, y: 6 });
    await nextTurn();
    expect(() => call(made, { x: 1, y: 2 })).toThrow(disposed);
  });

  test('of a library, from a callback, lets the call end before the code goes', async () => {
    // A file of its own, which nothing else keeps loaded.
    const copy = `${fixturePath()}.copy`;
    copyFileSync(fixturePath(), copy);
    const library = open(copy);
    const call = library.func<AnyFunction>('call_three', '((int) -> int) -> int');
    const closed: object = expect.objectContaining({ code: 'ERR_CLOSED' });
    const close: AnyFunction = (value) => {
      library.close();
      expect(() => call(made)).toThrow(closed);
      return Number(value) * 10;
    };
    using made = callback<AnyFunction>('(int) -> int', close);
    expect(call(made)).toBe(60);
    expect(readFileSync('/proc/self/maps', 'utf8')).toContain(copy);
    await nextTurn();
    expect(readFileSync('/proc/self/maps', 'utf8')).not.toContain(copy);
    expect(() => call(made)).toThrow(closed);
  });

  test('of a callback, by itself, lets this call end and gives the next zero', () => {
    const call = bound('call_three', '((int) -> int) -> int');
    const resultOf = bound('result_of_three', '(int) -> int');
    const once: AnyFunction = (value) => {
      made.dispose();
      return Number(value) + 40;
    };
    const made = callback<AnyFunction>('(int) -> int', once);
    expect(() => call(made)).toThrow(disposed);
    expect([0, 1, 2].map((index) => resultOf(index))).toEqual([41, 0, 0]);
  });
});
