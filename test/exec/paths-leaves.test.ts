// Which call is a leaf: where V8 calls C itself, nothing is said around the call, and a callback asks which C function
// V8 is calling. The same C function may be bound both ways, and leaves may run within callbacks.

import { expect, test } from 'vitest';
import { callback } from '../../src/exec/callback.ts';
import { type AnyFunction, bound, describeWithC } from '../support/fixture-library.ts';
import { boundOn, callerOf, LEAF, optimize, WAYS, type Way } from '../support/paths.ts';

const DEFAULT: Way = { name: 'by default', options: {} };
const leafError = expect.objectContaining({ code: 'ERR_CALLBACK', rule: 'leaf' });

/** C calls what was kept: with a result, and as if it had none, where V8 may call the C function itself. */
const KEPT = ['(int) -> int', '(int) -> void'] as const;

function keep(run: (value: number) => number): Disposable {
  const made = callback('(int) -> int', (value) => run(value as number));
  bound('keep', '(*void) -> void')(made.address);
  return made;
}

const optimized = (fn: AnyFunction, values: readonly unknown[] = [1]): AnyFunction => {
  const caller = callerOf(fn, values.length, 'try { return CALL; } catch (error) { return error; }');
  optimize(caller, values, 2000);
  return caller;
};

describeWithC('a C function that is bound as a leaf and not as one', () => {
  test.each(KEPT)('calls JavaScript in the one, and not in the other: %s', (signature) => {
    let runs = 0;
    using _kept = keep((value) => {
      runs++;
      return value + 1;
    });
    const [leaf, other] = [LEAF, DEFAULT].map((way) => optimized(boundOn(way, 'call_kept', signature)));
    runs = 0;
    for (let time = 1; time <= 50; time++) {
      expect(leaf?.(1)).toEqual(leafError);
      expect(runs).toBe(time - 1);
      expect(other?.(1)).toBe(signature === '(int) -> int' ? 2 : undefined);
      expect(runs).toBe(time);
    }
  });

  test.each(KEPT)('calls it again when the leaf is gone: %s', (signature) => {
    using _kept = keep((value) => value);
    for (let time = 0; time < 3; time++) {
      const leaf = boundOn(LEAF, 'call_kept', signature);
      expect(optimized(leaf)(1)).toEqual(leafError);
      const second = optimized(boundOn(LEAF, 'call_kept', signature));
      leaf.dispose();
      expect(second(1)).toEqual(leafError); // one of two
      const other = boundOn(DEFAULT, 'call_kept', signature);
      expect(optimized(other)(5)).toBe(signature === '(int) -> int' ? 5 : undefined);
      other.dispose();
    }
  });
});

describeWithC('a leaf within a callback', () => {
  test.each(WAYS.slice(0, 2))('leaves what C calls next alone, $name', (way) => {
    const leaf = optimized(boundOn(LEAF, 'same_int32', '(int) -> int'));
    const lie = optimized(boundOn(LEAF, 'call_kept', '(int) -> int'));
    const seen: unknown[] = [];
    using made = callback('(int) -> int', (value) => {
      seen.push(leaf(value));
      if (value === 2) seen.push(lie(7));
      return value as number;
    });
    using _kept = keep(() => expect.fail('JavaScript ran within a leaf call'));
    const three = optimized(boundOn(way, 'call_three', '(*void) -> int'), [made.address]);
    for (let time = 0; time < 20; time++) {
      seen.length = 0;
      expect(three(made.address)).toBe(6);
      expect(seen).toEqual([1, 2, leafError, 3]);
    }
  });

  test('that is called slowly, from code that nobody has optimised', () => {
    using _kept = keep(() => expect.fail('JavaScript ran within a leaf call'));
    const seen: unknown[] = [];
    using made = callback('(int) -> int', () => {
      const fresh = boundOn(LEAF, 'call_kept', '(int) -> int');
      expect(() => fresh(1)).toThrow(leafError);
      seen.push(bound('same_int32', '(int) -> int')(4));
      return 4;
    });
    expect(bound('call_three', '(*void) -> int')(made.address)).toBe(12);
    expect(seen).toEqual([4, 4, 4]);
  });
});
