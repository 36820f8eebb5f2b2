// C calls JavaScript calls C calls …: every level with a result type of its own, and garbage collected in between.

import { expect, test } from 'vitest';
import { callback } from '../../src/exec/callback.ts';
import { host } from '../../src/exec/select-host.ts';
import { collectGarbage } from '../support/collect-garbage.ts';
import { type AnyFunction, bound, describeWithC } from '../support/fixture-library.ts';

/** koffi's own frames are large: it nests about 150 callbacks in Node's default stack. */
const DEPTH = host().name === 'native' ? 240 : 100;

interface Level {
  readonly type: string;
  readonly name: string;
  /** What a level of that depth gives, whatever is below. */
  readonly valueAt: (depth: number) => unknown;
}

const levels: readonly Level[] = [
  { type: 'int', name: 'int32', valueAt: (depth) => 5 - depth },
  { type: '{x:double, y:double}', name: 'point', valueAt: (depth) => ({ x: depth / 2, y: -depth }) },
  { type: 'uint64', name: 'uint64', valueAt: (depth) => 2n ** 64n - 1n - BigInt(depth) },
  {
    type: '{values:[128:int64]}',
    name: 'large',
    valueAt: (depth) => ({ values: Array.from({ length: 128 }, (_, index) => BigInt(index * depth)) }),
  },
  { type: 'float', name: 'float', valueAt: (depth) => depth / 4 },
  { type: '{a:float, b:float, c:float}', name: 'floats', valueAt: (depth) => ({ a: depth, b: 1, c: -depth }) },
  { type: 'bool', name: 'bool', valueAt: (depth) => depth % 2 === 0 },
  { type: '{bytes:[3:uint8]}', name: 'triple', valueAt: (depth) => ({ bytes: [depth & 255, 7, 255] }) },
  { type: '*void', name: 'pointer', valueAt: (depth) => BigInt(depth) << 40n },
  { type: '{whole:int64, part:double}', name: 'split', valueAt: (depth) => ({ whole: -BigInt(depth), part: depth }) },
];

describeWithC(`callbacks and calls, ${DEPTH} deep`, () => {
  test('of ten result types give each level its own, though garbage is collected inside', () => {
    const results = new Map<number, { readonly got: unknown; readonly given: unknown }>();
    const calls = levels.map(({ name, type }) => bound(`call_${name}`, `((${type}) -> ${type}, ${type}) -> ${type}`));
    const run = (depth: number): unknown => {
      const { valueAt, type } = levels[depth % levels.length] as Level;
      const call = calls[depth % levels.length] as AnyFunction;
      const given: unknown[] = [];
      const below: AnyFunction = (value) => {
        given.push(value);
        if (depth < DEPTH) run(depth + 1);
        if (depth % 20 === 7) collectGarbage();
        return valueAt(depth);
      };
      using made = callback<AnyFunction>(`(${type}) -> ${type}`, below);
      const got = call(made, valueAt(depth + 1000));
      results.set(depth, { got, given: given[0] });
      return got;
    };
    run(0);
    expect(results.size).toBe(DEPTH + 1);
    for (const [depth, { got, given }] of results) {
      const { valueAt } = levels[depth % levels.length] as Level;
      expect(got, `result of level ${depth}`).toEqual(valueAt(depth));
      expect(given, `argument of level ${depth}`).toEqual(valueAt(depth + 1000));
    }
  });

  test('of one callback and one function do the same', () => {
    const call = bound('call_report', reportSignature);
    const type = '{depth:int64, trace:[4:double], mark:[11:uint8]}';
    const valueAt = (depth: number): object => ({
      depth: BigInt(depth),
      trace: [depth, 1, 2, 3],
      mark: Array(11).fill(depth % 251),
    });
    const results: unknown[] = [];
    const down: AnyFunction = (value) => {
      const depth = Number((value as { depth: bigint }).depth);
      if (depth % 50 === 3) collectGarbage();
      if (depth < DEPTH) results[depth] = call(made, valueAt(depth + 1));
      return valueAt(depth + 5000);
    };
    using made = callback<AnyFunction>(`(${type}) -> ${type}`, down);
    expect(call(made, valueAt(0))).toEqual(valueAt(5000));
    expect(results).toHaveLength(DEPTH);
    results.forEach((result, depth) => {
      expect(result, `level ${depth}`).toEqual(valueAt(depth + 1 + 5000));
    });
  });

  test('unwind by an exception from below that every level but the first passes on', () => {
    const call = bound('call_int32', '((int) -> int, int) -> int');
    const passed: number[] = [];
    const down: AnyFunction = (value) => {
      const depth = Number(value);
      if (depth === DEPTH) throw new Error('bottom');
      try {
        return call(made, depth + 1);
      } finally {
        passed.push(depth);
      }
    };
    using made = callback<AnyFunction>('(int) -> int', down);
    expect(() => call(made, 0)).toThrow('bottom');
    expect(passed).toEqual(Array.from({ length: DEPTH }, (_, index) => DEPTH - 1 - index));
    using other = callback<AnyFunction>('(int) -> int', (value) => value);
    expect(call(other, 8)).toBe(8);
  });
});

const reportSignature =
  '(({depth:int64, trace:[4:double], mark:[11:uint8]}) -> {depth:int64, trace:[4:double], mark:[11:uint8]}, ' +
  '{depth:int64, trace:[4:double], mark:[11:uint8]}) -> {depth:int64, trace:[4:double], mark:[11:uint8]}';
