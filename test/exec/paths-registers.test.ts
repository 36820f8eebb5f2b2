// C functions of scalars that call JavaScript before they give a result. Where V8 may run JavaScript inside a fast call, their
// arguments travel in registers and their result through the frame; on each other path the same comes out.

import { describe, expect, test } from 'vitest';
import type { BindOptions, BoundFunction } from '../../src/exec/bind.ts';
import { callback } from '../../src/exec/callback.ts';
import { executableMemory } from '../../src/exec/finalize.ts';
import { hostAbi } from '../../src/exec/host-abi.ts';
import { host } from '../../src/exec/select-host.ts';
import { v8Calls } from '../../src/exec/v8-calls.ts';
import { collectGarbage } from '../support/collect-garbage.ts';
import { type AnyFunction, bound, describeWithC, fixture } from '../support/fixture-library.ts';
import {
  ASSUMED,
  assumptions,
  callerOf,
  deoptimize,
  EVERY,
  optimize,
  slowCalls,
  type Way,
  warmUp,
} from '../support/paths.ts';
import { refusal } from '../support/refusal.ts';

interface Case {
  readonly name: string;
  readonly signature: string;
  readonly options?: BindOptions;
  /** Values of arguments, each with what C gives. The last argument but one of two is what the callback is given. */
  readonly calls: readonly (readonly [values: readonly unknown[], result: unknown])[];
}

const sum = (type: string, result: string, calls: Case['calls'], options: BindOptions = {}): Case => ({
  name: `${result}_after_kept`,
  signature: `(${type}, int) -> ${type}`,
  calls,
  options,
});

const TWELVE = Array.from({ length: 12 }, (_, index) => index + 0.5);
const WEIGHED = TWELVE.reduce((total, value, index) => total + value * (index + 1), 0);

/** Where the sum does not fit, C leaves the carry above the result. */
const CASES: readonly Case[] = [
  sum('int8', 'int8', [[[-128, 1], -127], [[100, 100], -56], [[-1, -255], 0], [[-100, -100], 56]]),
  sum('uint8', 'uint8', [[[255, 1], 0], [[255, 0], 255], [[200, 2 ** 30 + 100], 44], [[0, -1], 255]]),
  sum('int16', 'int16', [[[-32768, -1], 32767], [[-2, 1], -1], [[32767, 65536], 32767]]),
  sum('uint16', 'uint16', [[[65535, 1], 0], [[65535, 65536], 65535], [[0, -1], 65535]]),
  sum('int', 'int32', [[[-(2 ** 31), 0], -(2 ** 31)], [[2 ** 31 - 2, 1], 2 ** 31 - 1]]),
  sum('uint', 'uint32', [[[2 ** 32 - 1, 0], 2 ** 32 - 1], [[0, -1], 2 ** 32 - 1]]),
  sum('e:int8{OFF=0, ON=1}', 'int8', [[['ON', -1], 0], [['OFF', 1], 1], [[1, 127], -128]]),
  sum('bool', 'bool', [[[true, 1], true], [[true, 0], false], [[false, -5], true]]),
  sum('int64', 'int64', [[[-(2n ** 63n), 1], -(2n ** 63n) + 1n], [[2n ** 62n, -1], 2n ** 62n - 1n], [[5, 6], 11n]]),
  sum('uint64', 'uint64', [[[2n ** 64n - 1n, 0], 2n ** 64n - 1n], [[2n ** 63n, 1], 2n ** 63n + 1n]]),
  sum('int64', 'int64', [[[2 ** 53 - 2, 1], 2 ** 53 - 1], [[-7, 0], -7], [[2n ** 40n, 1], 2 ** 40 + 1]], { int64: 'number' }),
  sum('uint64', 'uint64', [[[2 ** 53 - 2, 1], 2 ** 53 - 1], [[0, 7], 7]], { int64: 'number' }),
  sum('float', 'float', [[[0.5, -3], -2.5], [[2 ** 100, 1], 2 ** 100], [[Number.NaN, 1], Number.NaN]]),
  sum('double', 'double', [[[0.1, 1], 1.1], [[-0, 0], 0], [[Number.POSITIVE_INFINITY, 1], Number.POSITIVE_INFINITY]]),
  {
    name: 'twelve_after_kept',
    signature: `(${Array(12).fill('double').join(', ')}) -> double`,
    calls: [
      [TWELVE, WEIGHED],
      [[...TWELVE.slice(0, 11), 0], WEIGHED - 12 * 11.5],
    ],
  },
]; // biome-ignore format: one row each

const isFast = ({ options }: Way): boolean => options.fast !== false && v8Calls()?.reentrant === true;

/** Apple packs narrow arguments on the stack, and V8 does not: call-path.ts. */
const fitsRegisters = ({ calls }: Case): boolean => hostAbi() !== 'aapcs64-apple' || (calls[0]?.[0].length ?? 0) < 8;

function pathOn(way: Way, each: Case): string {
  if (host().name === 'koffi') return 'koffi';
  if (!isFast(way)) return 'node-api';
  return fitsRegisters(each) ? 'v8-registers' : 'v8-frame';
}

const made = (way: Way, { name, signature, options }: Case): BoundFunction<AnyFunction> =>
  fixture().func<AnyFunction>(name, signature, { ...way.options, ...options });

let keep: AnyFunction | undefined;

/** Runs `body` while C calls `fn`. */
function whileKept(fn: (value: number) => void, body: () => void): void {
  const run = (value: unknown): number => {
    fn(value as number);
    return 0;
  };
  using kept = callback('(int) -> int', run);
  keep ??= bound('keep', '(*void) -> void');
  keep(kept.address);
  body();
}

/** `run`, which must not make a slow call where there are fast ones. */
function fast<T>(way: Way, run: () => T): T {
  const before = slowCalls();
  const result = run();
  if (isFast(way)) expect(slowCalls()).toBe(before);
  return result;
}

/** Calls until optimised code takes the fast way. */
function optimized(way: Way, caller: AnyFunction, values: readonly unknown[]): AnyFunction {
  optimize(caller, values, 3000);
  if (isFast(way)) {
    warmUp(() => {
      for (let time = 0; time < 1000; time++) caller(...values);
    });
  }
  return caller;
}

const rows = EVERY.flatMap((way) =>
  CASES.map((each) => ({
    way,
    each,
    title: `${each.signature}${each.options?.int64 === 'number' ? ' as numbers' : ''}, ${way.name}`,
  })),
);

describeWithC('C calls JavaScript and then gives a result:', () => {
  describe.each(rows)('$title', ({ way, each }) => {
    const { calls } = each;
    const [first = [], expected] = calls[0] ?? [];
    const parameters = first.length;

    test('takes that path, and gives the same in optimised code and outside', () => {
      const fn = made(way, each);
      expect(fn.path).toBe(pathOn(way, each));
      const given: number[] = [];
      let kept = false;
      whileKept(
        (value) => void (kept && given.push(value)),
        () => {
          const caller = callerOf(fn, parameters);
          const check = (call: AnyFunction): void => {
            for (const [values, result] of calls) expect(call(...values)).toEqual(result);
          };
          check(fn);
          optimized(way, caller, first);
          fast(way, () => expect(caller(...first)).toEqual(expected));
          check(caller);
          deoptimize(caller);
          kept = true;
          check(caller);
        },
      );
      expect(given).toEqual(
        calls.map(([values]) => (values.length === 2 ? values[1] : Math.trunc(values[0] as number))),
      );
    });

    test('leaves no optimised caller with values that have changed meanwhile, and gives it its result', () => {
      using assumed = assumptions();
      let work = (): void => {};
      const around = `const a = ${ASSUMED.text}; const r = CALL; return [a, r, ${ASSUMED.list}];`;
      whileKept(
        () => work(),
        () => {
          const caller = callerOf(made(way, each), parameters, around, assumed.free);
          optimized(way, caller, first);
          const call = (): unknown => fast(way, () => caller(...first));
          expect(call()).toEqual(['oldoldold', expected, 'old', 'old', 'old']);
          work = assumed.change;
          expect(call()).toEqual(['oldoldold', expected, 'new', 'new', 'new']);
          expect(caller(...first)).toEqual(['newnewnew', expected, 'new', 'new', 'new']);
        },
      );
    });

    test('is optimised again after the wrapper itself was given up inside', () => {
      const fn = made(way, each);
      let work = (): void => {};
      whileKept(
        () => work(),
        () => {
          const caller = optimized(way, callerOf(fn, parameters), first);
          for (let time = 0; time < 3; time++) {
            work = () => {
              deoptimize(caller);
              deoptimize(fn);
            };
            expect(caller(...first)).toEqual(expected);
            work = () => {};
            optimized(way, caller, first);
            expect(fast(way, () => caller(...first))).toEqual(expected);
          }
        },
      );
    });

    test('gives the outer call its own result, whatever the same function gave inside', () => {
      const fn = made(way, each);
      const caller = callerOf(fn, parameters);
      const inner = calls[1] ?? [first, expected];
      let depth = 0;
      const seen: unknown[] = [];
      const nested = (): void => {
        if (depth === 0) return;
        depth--;
        seen.push(caller(...inner[0]));
      };
      whileKept(nested, () => {
        for (const [values] of [inner, [first]]) optimized(way, caller, values);
        for (const levels of [1, 5]) {
          depth = levels;
          seen.length = 0;
          expect(fast(way, () => caller(...first))).toEqual(expected);
          expect(seen).toEqual(Array(levels).fill(inner[1]));
        }
      });
    });

    test('throws what was thrown inside, and gives no result then', () => {
      const error = { not: 'an Error' };
      let fails = false;
      const run = (): void => {
        if (fails) throw error;
      };
      whileKept(run, () => {
        const caller = optimized(way, callerOf(made(way, each), parameters), first);
        for (let time = 0; time < 20; time++) {
          fails = true;
          let caught: unknown;
          try {
            caller(...first);
          } catch (thrown) {
            caught = thrown;
          }
          expect(caught).toBe(error);
          fails = false;
          expect(caller(...first)).toEqual(expected);
        }
      });
    });

    test('may be disposed of and collected inside: its code and its frame stay until it has returned', async () => {
      const memory = executableMemory();
      const fn = made(way, each);
      let ends = false;
      let before = 0;
      let inside = 0;
      const end = (): void => {
        if (!ends) return;
        fn.dispose();
        for (let time = 0; time < 2; time++) collectGarbage();
        inside = memory.liveSlots;
      };
      const caller = callerOf(fn, parameters);
      whileKept(end, () => {
        before = memory.liveSlots;
        optimized(way, caller, first);
        ends = true;
        expect(fast(way, () => caller(...first))).toEqual(expected);
        expect(() => caller(...first)).toThrow(refusal('ERR_DISPOSED'));
      });
      expect(inside).toBe(before + (fn.path === 'v8-registers' ? 2 : 1));
      await new Promise((resolve) => setImmediate(resolve));
      expect(memory.liveSlots).toBeLessThanOrEqual(before);
    });
  });

  test('as a leaf the same function gives no result', () => {
    for (const each of CASES) {
      const fn = fixture().func<AnyFunction>(each.name, each.signature, { ...each.options, leaf: true });
      whileKept(
        () => expect.fail('JavaScript ran within a leaf call'),
        () => {
          const [values = []] = each.calls[0] ?? [];
          expect(() => fn(...values)).toThrow(expect.objectContaining({ code: 'ERR_CALLBACK', rule: 'leaf' }));
        },
      );
    }
  });
});
