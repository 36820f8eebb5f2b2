// JavaScript functions given where a bound function takes a function pointer: callbacks that live for the call.

import { expect, test } from 'vitest';
import { callback } from '../../src/exec/callback.ts';
import { collectGarbage } from '../support/collect-garbage.ts';
import type { AnyFunction } from '../support/fixture-library.ts';
import { describeForeign, foreign } from '../support/foreign-library.ts';
import { refusal } from '../support/refusal.ts';

const CALL = '((int) -> int, int) -> int';
const POINT = '{x:double, y:double}';

describeForeign('a JavaScript function as an argument', () => {
  test('is called by C, with values of its types', () => {
    expect(foreign('call_now', CALL)((value: number) => value * 3, 14)).toBe(42);
    const point = foreign('call_point', `((${POINT}) -> ${POINT}, ${POINT}) -> ${POINT}`);
    const swap = ({ x, y }: { x: number; y: number }): unknown => ({ x: y, y: x });
    expect(point(swap, { x: 1, y: 2.5 })).toEqual({ x: 5, y: 2 });
    const many = foreign('call_many', '((int, double) -> double, int) -> double');
    expect(many((index: number, half: number) => index + half, 100)).toBe(4950 * 1.5);
  });

  test('stands beside others', () => {
    const both = foreign('call_both', '((int) -> int, (int64, *char) -> int64, int) -> int');
    const second = (value: bigint, text: bigint): bigint => {
      expect([typeof value, typeof text]).toEqual(['bigint', 'bigint']);
      return value - 1n;
    };
    expect(both((value: number) => value, second, 5)).toBe(5004);
  });

  test('of which nested calls each have their own, while garbage is collected', () => {
    const call = foreign('call_now', CALL);
    const at = (depth: number): number =>
      Number(
        call((value: number) => {
          if (depth % 10 === 0) collectGarbage();
          expect(value).toBe(depth);
          return depth === 40 ? 0 : at(depth + 1) + depth;
        }, depth),
      );
    expect(at(0)).toBe(780);
  });

  test.each([
    ['returned', (value: number) => value],
    [
      'thrown',
      () => {
        throw new Error('mine');
      },
    ],
  ])('is over when the call has %s: a later call of the pointer gives zero', (_, fn) => {
    const keep = foreign('call_and_keep', CALL);
    try {
      expect(keep(fn, 7)).toBe(7);
    } catch (error) {
      expect(error).toMatchObject({ message: 'mine' });
    }
    const later = foreign('call_kept', '(int) -> int');
    expect(() => later(5)).toThrow(refusal('ERR_DISPOSED'));
  });

  test('is over also when a later argument is wrong, and C is not called', () => {
    const call = foreign('call_now', CALL);
    let calls = 0;
    const fn = (): number => ++calls;
    expect(() => call(fn, '1')).toThrow(refusal('ERR_ARGUMENT_KIND'));
    expect(calls).toBe(0);
    expect(call(fn, 1)).toBe(1);
  });

  test('throws through C, out of the call', () => {
    const many = foreign('call_many', '((int, double) -> double, int) -> double');
    const thrown = new Error('mine');
    let calls = 0;
    const fn = (index: number): number => {
      calls++;
      if (index === 2) throw thrown;
      return index;
    };
    expect(() => many(fn, 10)).toThrow(thrown);
    expect(calls).toBe(3);
    expect(() => many(() => 'text', 1)).toThrow(refusal('ERR_ARGUMENT_KIND', 'result of the callback'));
  });

  test('is not the only thing that may be given', () => {
    const call = foreign('call_now', CALL);
    const made = callback<AnyFunction>('(int) -> int', (value) => value);
    expect([call(made, 1), call(made.address, 2)]).toEqual([1, 2]);
    made.dispose();
    const isNull = foreign('is_null', '((int) -> int) -> int');
    expect([isNull(null), isNull(0n), isNull(() => 1)]).toEqual([1, 1, 0]);
    // A bound function has an address of its own: C calls C.
    expect(foreign('call_with', '(int, (int) -> int) -> int')(-3, foreign('negated', '(int) -> int'))).toBe(3);
    for (const wrong of [1, 'text', {}, undefined, true])
      expect(() => call(wrong, 1)).toThrow(refusal('ERR_ARGUMENT_KIND'));
  });

  test('takes integers of 64 bits as the options of the bound function say', () => {
    const seen: unknown[] = [];
    const second = (value: unknown): number => {
      seen.push(value);
      return 1;
    };
    const signature = '((int) -> int, (int64, *char) -> int64, int) -> int';
    foreign('call_both', signature, { int64: 'number' })(() => 1, second, 5);
    foreign('call_both', signature)(() => 1, second, 5);
    expect(seen).toEqual([5, 5n]);
  });
});
