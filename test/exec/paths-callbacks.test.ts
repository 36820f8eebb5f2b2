// C calls JavaScript on each path of call-path.ts: what optimised callers then believe, what is thrown, what is disposed of,
// collected and nested meanwhile.

import { describe, expect, test } from 'vitest';
import type { BoundFunction } from '../../src/exec/bind.ts';
import { callback } from '../../src/exec/callback.ts';
import { view } from '../../src/exec/memory.ts';
import { host } from '../../src/exec/select-host.ts';
import { v8Calls } from '../../src/exec/v8-calls.ts';
import { collectGarbage } from '../support/collect-garbage.ts';
import { type AnyFunction, describeWithC, withCallback } from '../support/fixture-library.ts';
import { ASSUMED, assumptions, boundOn, callerOf, EVERY, optimize, type Way } from '../support/paths.ts';
import { refusal } from '../support/refusal.ts';

const INT = '((int) -> int, int) -> int';
const PLAIN = '(() -> void) -> void';
const LEAVES: readonly Way[] = [
  { name: 'by a fast call', options: { leaf: true } },
  { name: 'without fast calls', options: { leaf: true, fast: false } },
];

/** With a result, and without: V8's fast calls differ there. */
const CALLERS = [
  { name: 'call_plain', signature: PLAIN, parameters: 1, type: '() -> void', values: [] },
  { name: 'call_int32', signature: INT, parameters: 2, type: '(int) -> int', values: [5] },
] as const;

const isFast = ({ options }: Way): boolean => options.fast !== false && v8Calls()?.reentrant === true;

describeWithC('a C function that calls JavaScript', () => {
  test.each(EVERY)('is reached as this version of V8 allows it, $name', (way) => {
    const other = host().name === 'koffi' ? 'koffi' : 'node-api';
    expect(boundOn(way, 'call_int32', INT).path).toMatch(isFast(way) ? /^v8-/ : new RegExp(`^${other}$`));
  });

  const both = EVERY.flatMap((way) => CALLERS.map((each) => ({ way, ...each, title: `${each.name}, ${way.name}` })));
  describe.each(both)('$title', ({ way, name, signature, parameters, type, values }) => {
    const call = (): BoundFunction<AnyFunction> => boundOn(way, name, signature);

    test('leaves no optimised caller with values that the callback has changed', () => {
      using assumed = assumptions();
      let work = (): void => {};
      const around = `const a = ${ASSUMED.text}; CALL; return [a, ${ASSUMED.list}];`;
      const run = (): number => {
        work();
        return 0;
      };
      withCallback(type, run, (made) => {
        const caller = callerOf(call(), parameters, around, assumed.free);
        optimize(caller, [made, ...values], 3000);
        expect(caller(made, ...values)).toEqual(['oldoldold', 'old', 'old', 'old']);
        work = assumed.change;
        expect(caller(made, ...values)).toEqual(['oldoldold', 'new', 'new', 'new']);
        expect(caller(made, ...values)).toEqual(['newnewnew', 'new', 'new', 'new']);
      });
    });

    test('throws what the callback has thrown, to optimised callers too', () => {
      const error = { not: 'an Error' };
      let fails = false;
      const caller = callerOf(call(), parameters);
      const run = (): number => {
        if (fails) throw error;
        return 3;
      };
      withCallback(type, run, (made) => {
        optimize(caller, [made, ...values], 3000);
        for (let time = 0; time < 100; time++) {
          fails = true;
          let caught: unknown;
          try {
            caller(made, ...values);
          } catch (thrown) {
            caught = thrown;
          }
          expect(caught).toBe(error);
          fails = false;
          expect(caller(made, ...values)).toBe(type === '(int) -> int' ? 3 : undefined);
        }
      });
    });

    test('may be disposed of by the callback', () => {
      const fn = call();
      const caller = callerOf(fn, parameters);
      let isLast = false;
      const run = (): number => {
        if (isLast) fn.dispose();
        return 4;
      };
      withCallback(type, run, (made) => {
        optimize(caller, [made, ...values], 3000);
        isLast = true;
        expect(caller(made, ...values)).toBe(type === '(int) -> int' ? 4 : undefined);
        expect(() => caller(made, ...values)).toThrow(refusal('ERR_DISPOSED'));
      });
    });

    test('may dispose of the callback that it runs', () => {
      const caller = callerOf(call(), parameters);
      optimize(caller, [callback(type, () => 0), ...values], 3000);
      for (let time = 0; time < 10; time++) {
        const made = callback(type, () => {
          made.dispose();
          return 6;
        });
        expect(caller(made, ...values)).toBe(type === '(int) -> int' ? 6 : undefined);
        expect(() => caller(made, ...values)).toThrow(refusal('ERR_DISPOSED'));
      }
    });
  });

  test.each(EVERY)('keeps a buffer alive that nobody else has, $name', (way) => {
    const call = boundOn(way, 'call_pointer', '((*void) -> *void, *void) -> *void');
    let seen: number[] = [];
    let collects = false;
    const look = (address: unknown): unknown => {
      if (collects) {
        for (let time = 0; time < 3; time++) collectGarbage();
        seen = [...view(address as bigint, 4)];
      }
      return address;
    };
    withCallback('(*void) -> *void', look, (made) => {
      const caller = callerOf(call, 1, 'return fn(a0, new Uint8Array(100_000).fill(0x5a));');
      optimize(caller, [made], 1000);
      collects = true;
      for (let time = 0; time < 5; time++) {
        seen = [];
        caller(made);
        expect(seen).toEqual([0x5a, 0x5a, 0x5a, 0x5a]);
      }
    });
  });

  test('nests 50 deep, by turns with and without fast calls, and throws through all of them', () => {
    const ways = EVERY.map((way) => boundOn(way, 'call_int32', INT));
    let bottom: () => number = () => 0;
    const left: number[] = [];
    const down = (level: unknown): number => {
      if (level === 50) return bottom();
      try {
        return (ways[(level as number) % ways.length]?.(made, (level as number) + 1) as number) + 1;
      } finally {
        left.push(level as number);
      }
    };
    using made = callback('(int) -> int', down);
    for (let time = 0; time < 300; time++) expect(down(0)).toBe(50);
    left.length = 0;
    const error = new RangeError('bottom');
    bottom = () => {
      throw error;
    };
    expect(() => down(0)).toThrow(error);
    expect(left).toEqual(Array.from({ length: 50 }, (_, index) => 49 - index));
    bottom = () => 7;
    expect(down(0)).toBe(57);
    host().rethrow(); // nothing is left to be thrown
  });

  test.each(EVERY)('gives a stack overflow like any other, and works again, $name', (way) => {
    const call = boundOn(way, 'call_int32', INT);
    const forever = (level: unknown): number => call(made, ((level as number) + 1) | 0) as number;
    using made = callback('(int) -> int', forever);
    for (let time = 0; time < 5; time++) expect(() => forever(0)).toThrow(RangeError);
    expect(
      withCallback(
        '(int) -> int',
        (value) => (value as number) * 2,
        (twice) => call(twice, 21),
      ),
    ).toBe(42);
  });
});

describeWithC('a function that was said to be a leaf, and calls JavaScript all the same', () => {
  test.each(LEAVES)('gives C zeros and throws, and nothing of JavaScript runs, $name', (way) => {
    let runs = 0;
    const count = (): number => ++runs;
    const calls = CALLERS.map(({ name, signature, type, values }) => ({
      fn: boundOn(way, name, signature),
      type,
      values,
    }));
    for (const { fn, type, values } of calls) {
      withCallback(type, count, (made) => {
        const caller = callerOf(fn, 1 + values.length);
        const again = (): unknown => caller(made, ...values);
        for (let time = 0; time < 3000; time++) {
          const error = refusal('ERR_CALLBACK', 'leaf: true');
          if (time % 500 === 0) expect(again).toThrow(error);
          else {
            try {
              again();
            } catch {}
          }
        }
        expect(again).toThrow(expect.objectContaining({ rule: 'leaf' }));
      });
    }
    expect(runs).toBe(0);
    expect(
      withCallback('(int) -> int', count, (made) => boundOn({ name: '', options: {} }, 'call_int32', INT)(made, 1)),
    ).toBe(1);
  });

  test.each(LEAVES)('may be one inside a callback, whose own calls go on, $name', (way) => {
    const lie = boundOn(way, 'call_int32', INT);
    const call = boundOn({ name: '', options: {} }, 'call_int32', INT);
    using inner = callback('(int) -> int', () => 9);
    const run = (value: unknown): number => {
      expect(() => lie(inner, 1)).toThrow(refusal('ERR_CALLBACK', 'leaf: true'));
      return (call(inner, 1) as number) + (value as number);
    };
    using outer = callback('(int) -> int', run);
    expect(call(outer, 100)).toBe(109);
  });
});
