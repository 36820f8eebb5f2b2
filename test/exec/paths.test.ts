// The same C function on each path of call-path.ts: the same results and the same errors, in the interpreter, in optimised
// code, and after that has been thrown away.

import { describe, expect, test } from 'vitest';
import { InterfixError } from '../../src/errors.ts';
import { host } from '../../src/exec/select-host.ts';
import { v8Calls } from '../../src/exec/v8-calls.ts';
import { type AnyFunction, describeWithC } from '../support/fixture-library.ts';
import { boundOn, callerOf, deoptimize, EVERY, LEAF, optimize, slowCalls, WAYS, warmUp } from '../support/paths.ts';

const calls = v8Calls();
const POINT = '{x:double, y:double}';
const bytes = Uint8Array.of(7, 8, 9);

interface Case {
  readonly name: string;
  readonly signature: string;
  /** Values of arguments, each with what C gives. */
  readonly good: readonly (readonly [readonly unknown[], unknown])[];
  /** Refused, each with its code. */
  readonly bad: readonly (readonly [readonly unknown[], string])[];
  /** Whether all values are scalars, which travel in registers; on Node 20 no integers of 64 bits do. */
  readonly travels: 'registers' | 'wide' | 'frame';
}

const MIXED = 'int8, double, uint16, float, int, double, int64, float, uint8, double, uint64, bool, int16';
const mixed = [-1, 0.5, 3, 0.25, -5, 6, -7n, 8, 9, 10, 11n, true, -13];
const WEIGHED = -1 + 1 + 9 + 1 - 25 + 36 - 49 + 64 + 81 + 100 + 121 + 12 - 169;

const CASES: readonly Case[] = [
  {
    name: 'same_int32',
    signature: '(int) -> int',
    good: [5, -1, 0, 2 ** 31 - 1, -(2 ** 31)].map((value) => [[value], value]),
    bad: [
      [['5'], 'ERR_ARGUMENT_KIND'],
      [[5n], 'ERR_ARGUMENT_KIND'],
      [[2 ** 31], 'ERR_ARGUMENT_RANGE'],
      [[0.5], 'ERR_ARGUMENT_RANGE'],
      [[Number.NaN], 'ERR_ARGUMENT_RANGE'],
      [[undefined], 'ERR_ARGUMENT_KIND'],
      [[], 'ERR_ARGUMENT_COUNT'],
      [[1, 2], 'ERR_ARGUMENT_COUNT'],
    ],
    travels: 'registers',
  },
  {
    name: 'same_uint8',
    signature: '(uint8) -> uint8',
    good: [0, 255, 128].map((value) => [[value], value]),
    bad: [
      [[256], 'ERR_ARGUMENT_RANGE'],
      [[-1], 'ERR_ARGUMENT_RANGE'],
      [[null], 'ERR_ARGUMENT_KIND'],
    ],
    travels: 'registers',
  },
  {
    name: 'same_bool',
    signature: '(bool) -> bool',
    good: [true, false].map((value) => [[value], value]),
    bad: [
      [[1], 'ERR_ARGUMENT_KIND'],
      [[undefined], 'ERR_ARGUMENT_KIND'],
    ],
    travels: 'registers',
  },
  {
    name: 'weigh_doubles',
    signature: `(${Array(12).fill('double').join(', ')}) -> double`,
    good: [
      [[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12], 650],
      [[...Array(11).fill(0), 0.5], 6],
      [[-0, ...Array(11).fill(0)], 0],
    ],
    bad: [
      [[...Array(11).fill(0), '0'], 'ERR_ARGUMENT_KIND'],
      [Array(11).fill(0), 'ERR_ARGUMENT_COUNT'],
    ],
    travels: 'registers',
  },
  {
    name: 'same_int64',
    signature: '(int64) -> int64',
    good: [-1n, 2n ** 63n - 1n, -(2n ** 63n), 0n].map((value) => [[value], value]),
    bad: [
      [[2n ** 63n], 'ERR_ARGUMENT_RANGE'],
      [[-(2n ** 63n) - 1n], 'ERR_ARGUMENT_RANGE'],
      [[2n ** 64n], 'ERR_ARGUMENT_RANGE'],
      [[-(2n ** 200n)], 'ERR_ARGUMENT_RANGE'],
      [[2 ** 53], 'ERR_ARGUMENT_RANGE'],
      [['1'], 'ERR_ARGUMENT_KIND'],
    ],
    travels: 'wide',
  },
  {
    name: 'weigh_mixed',
    signature: `(${MIXED}) -> double`,
    good: [[mixed, WEIGHED]],
    bad: [
      [mixed.with(11, 1), 'ERR_ARGUMENT_KIND'],
      [mixed.with(12, 40_000), 'ERR_ARGUMENT_RANGE'],
    ],
    travels: 'wide',
  },
  {
    name: 'make_point',
    signature: `(double, double) -> ${POINT}`,
    good: [[[1.5, -2], { x: 1.5, y: -2 }]],
    bad: [[[1.5, '2'], 'ERR_ARGUMENT_KIND']],
    travels: 'frame',
  },
  {
    name: 'cross',
    signature: `(${POINT}, ${POINT}) -> double`,
    good: [
      [
        [
          { x: 1, y: 2 },
          { x: 3, y: 5 },
        ],
        -1,
      ],
    ],
    bad: [
      [[{ x: 1, y: 2 }, { x: 3 }], 'ERR_ARGUMENT_KIND'],
      [
        [
          { x: 1, y: 2, z: 0 },
          { x: 3, y: 5 },
        ],
        'ERR_ARGUMENT_KIND',
      ],
      [[null, { x: 3, y: 5 }], 'ERR_ARGUMENT_KIND'],
    ],
    travels: 'frame',
  },
  {
    name: 'text_length',
    signature: '(*char) -> size_t',
    good: [
      [['hello world'], 11n],
      [['grüße'], 7n],
      [['x'.repeat(5000)], 5000n],
    ],
    bad: [
      [['a\0b'], 'ERR_ARGUMENT_RANGE'],
      [['\ud800'], 'ERR_ARGUMENT_RANGE'],
      [[7], 'ERR_ARGUMENT_KIND'],
    ],
    travels: 'frame',
  },
  {
    name: 'weigh_bytes',
    signature: '(*uint8, size_t) -> int64',
    good: [
      [[bytes, 3], 7n + 16n + 27n],
      [[bytes.subarray(1), 1n], 8n],
    ],
    bad: [
      [[[7, 8, 9], 3], 'ERR_ARGUMENT_KIND'],
      [[bytes, -1], 'ERR_ARGUMENT_RANGE'],
    ],
    travels: 'frame',
  },
];

/** What a call throws. */
function thrown(call: () => unknown): Pick<InterfixError, 'code' | 'message' | 'rule'> {
  try {
    call();
  } catch (error) {
    if (error instanceof InterfixError) return { code: error.code, message: error.message, rule: error.rule };
    throw error;
  }
  throw new Error('it throws nothing');
}

const leafPath = (travels: Case['travels']): string => {
  if (calls === null) return host().name === 'koffi' ? 'koffi' : 'node-api';
  const inRegisters = travels === 'registers' || (travels === 'wide' && calls.wideResults);
  return inRegisters ? 'v8-registers' : 'v8-frame';
};

describeWithC('a function', () => {
  describe.each(CASES)('$name', ({ name, signature, good, bad, travels }) => {
    const first = good[0]?.[0] ?? [];
    const check = (call: AnyFunction): void => {
      for (const [values, result] of good) expect(call(...values)).toEqual(result);
    };

    test.each(WAYS)('gives the same in optimised code and outside, $name', (way) => {
      const fn = boundOn(way, name, signature);
      check(fn);
      const caller = callerOf(fn, first.length);
      optimize(caller, first);
      check(caller);
      deoptimize(caller);
      check(caller);
    });

    test('travels in registers as a leaf where it can, and optimised code then takes the fast way', () => {
      const fn = boundOn(LEAF, name, signature);
      const caller = callerOf(fn, first.length, 'for (let i = 0; i < 1000; i++) CALL;');
      expect(fn.path).toBe(leafPath(travels));
      if (fn.path !== 'v8-registers') return;
      const before = slowCalls();
      fn(...first);
      expect(slowCalls()).toBe(before + 1);
      warmUp(() => caller(...first));
    });

    test.each(WAYS)('refuses the same, and works again after each refusal, $name', (way) => {
      const reference = boundOn({ name: '', options: { fast: false } }, name, signature);
      const fn = boundOn(way, name, signature);
      for (const [values, code] of bad) {
        const caller = callerOf((...args) => fn(...args), values.length);
        const expected = thrown(() => reference(...values));
        expect(expected.code).toBe(code);
        expect(thrown(() => fn(...values))).toEqual(expected);
        optimize(callerOf(fn, first.length), first);
        expect(thrown(() => caller(...values))).toEqual(expected);
        check(fn);
      }
    });

    test.each(WAYS)('survives a wrong value in the middle of optimised code, $name', (way) => {
      const fn = boundOn(way, name, signature);
      const caller = callerOf(fn, first.length);
      for (const [values] of bad.filter(([values]) => values.length === first.length)) {
        optimize(caller, first);
        const expected = thrown(() => fn(...values));
        expect(thrown(() => caller(...values))).toEqual(expected);
        check(caller);
        optimize(caller, first);
        check(caller);
      }
    });
  });

  test.each(EVERY)('is refused alike after its disposal, in optimised code too, $name', (way) => {
    const fn = boundOn(way, 'same_int32', '(int) -> int');
    const caller = callerOf(fn, 1);
    optimize(caller, [1]);
    fn.dispose();
    expect(thrown(() => caller(1))).toEqual({
      code: 'ERR_DISPOSED',
      message: 'same_int32 was disposed',
      rule: undefined,
    });
  });
});
