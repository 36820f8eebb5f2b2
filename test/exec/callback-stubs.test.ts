// Callbacks come from blocks of stubs: no address is given out twice, blocks grow and go, and kinds do not mix.

import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { type Callback, callback } from '../../src/exec/callback.ts';
import { callbackMemory } from '../../src/exec/finalize.ts';
import { parseSignature } from '../../src/signature/parse.ts';
import { codeBytes } from '../support/code-memory.ts';
import { freeGarbage } from '../support/collect-garbage.ts';
import { type AnyFunction, bound, describeWithC } from '../support/fixture-library.ts';
import { refusal } from '../support/refusal.ts';
import { isNative } from '../support/threads-library.ts';

const SIGNATURE = '(int) -> int';
const same: AnyFunction = (value) => value;
const make = (fn: AnyFunction = same): Callback => callback<AnyFunction>(SIGNATURE, fn);
const caller = (): AnyFunction => bound('call_int32', '((int) -> int, int) -> int');

/** What all blocks together may hold that lead to tombstones: two of the largest size. */
const SLACK = 192 * 1024;

describeWithC('the address of a callback', () => {
  const count = isNative ? 1_000_000 : 100_000;

  test(`is never that of an earlier one, over ${count} of them`, () => {
    const seen = new Set<bigint>();
    for (let index = 0; index < count; index++) {
      const made = make();
      seen.add(made.address);
      made.dispose();
    }
    expect(seen.size).toBe(count);
  });

  test('is a multiple of 16, and stays the same', () => {
    using made = make();
    expect(made.address % 16n).toBe(0n);
    expect(made.address).toBe(made.address);
  });
});

describeWithC('callbacks of one kind, more than a block has', () => {
  const COUNT = 6000; // the five sizes of blocks have 5296 stubs

  test('each call their own function, first and last of each block too', () => {
    const call = caller();
    const all = Array.from({ length: COUNT }, (_, index) => make((value) => Number(value) + index));
    all.forEach((made, index) => {
      expect(call(made, 1)).toBe(index + 1);
    });
    for (const made of all) made.dispose();
  });

  test('go in any order', async () => {
    const call = caller();
    const all = Array.from({ length: COUNT }, (_, index) => make(() => index));
    const order = all.map((_, index) => (index * 3571) % COUNT); // 3571 is prime
    for (const index of order.slice(0, COUNT - 10)) all[index]?.dispose();
    for (let index = 0; index < 3000; index++) make().dispose();
    await nextTurn();
    for (const index of order.slice(COUNT - 10)) {
      const left = all[index] ?? expect.fail('all were made');
      expect(call(left, 0)).toBe(index);
      left.dispose();
      expect(() => left.address).toThrow(refusal('ERR_DISPOSED'));
    }
  });

  test('that are disposed of do not keep the memory of their blocks, without a turn of the event loop too', () => {
    const churn = (): void => {
      for (let index = 0; index < 50_000; index++) make().dispose();
    };
    expect(caller()(make(), 4)).toBe(4);
    churn();
    const before = codeBytes();
    churn();
    expect(codeBytes()).toBeLessThanOrEqual(before + SLACK);
  });

  test('are made and disposed of inside a callback of their kind, which goes on', async () => {
    const churn: AnyFunction = (value) => {
      own.dispose();
      for (let index = 0; index < 20_000; index++) make().dispose();
      return Number(value) + 1;
    };
    const own = make(churn);
    expect(caller()(own.address, 4)).toBe(5);
    await nextTurn();
    const before = codeBytes();
    for (let index = 0; index < 10_000; index++) make().dispose();
    expect(codeBytes()).toBeLessThanOrEqual(before + SLACK);
  });
});

describeWithC('callbacks of many kinds', () => {
  test('decode by their own signature, though their code is the same', () => {
    const first = callback<AnyFunction>('({l:int16, r:int16}) -> int', (pair) => (pair as { l: number }).l);
    const second = callback<AnyFunction>('({a:int16, b:int16}) -> int', (pair) => (pair as { b: number }).b);
    const call = bound('call_int32', '(*void, int) -> int');
    const both = 3 + (4 << 16);
    expect([call(first, both), call(second, both)]).toEqual([3, 4]);
    first.dispose();
    second.dispose();
  });

  test('with options of their own do not mix, and are checked each time', () => {
    const text = '(int64) -> int64';
    const seen: unknown[] = [];
    const note: AnyFunction = (value) => {
      seen.push(value);
      return value;
    };
    const call = bound('call_int64', '(*void, int64) -> int64');
    using number = callback<AnyFunction>(text, note, { int64: 'number' });
    using plain = callback<AnyFunction>(text, note);
    using again = callback<AnyFunction>(parseSignature(text), note, { int64: 'number' });
    for (const each of [number, plain, again]) call(each, 7n);
    expect(seen).toEqual([7, 7n, 7]);
    for (const wrong of [{ onError: 1 }, { onReport: 'x' }, { ref: 0 }, { thread: 'all' }]) {
      const options = wrong as object;
      expect(() => callback<AnyFunction>(text, note, options), JSON.stringify(wrong)).toThrow(refusal('ERR_OPTION'));
    }
  });

  test('of three thousand signatures take bounded memory', () => {
    const scalars = ['int8', 'uint16', 'int', 'float', 'int64', 'double', 'uint8', 'uint32', 'int16', 'bool'];
    const round = (): void => {
      for (let index = 0; index < 1500; index++) {
        const digits = [...String(index).padStart(4, '0')].map(Number);
        const text = `(${digits.map((digit) => scalars[digit]).join(', ')}) -> void`;
        callback<AnyFunction>(text, same).dispose();
      }
    };
    round();
    const before = callbackMemory().liveSlots;
    round();
    // A thousand kinds keep the rest of a block; of the others some still lead to tombstones.
    expect(callbackMemory().liveSlots).toBeLessThanOrEqual(Math.max(before, 1024) + 1100);
  });
});

describeWithC('a million callbacks', () => {
  test.skipIf(!isNative)(
    'live at once, and each takes less than 300 bytes of code and native memory',
    () => {
      const COUNT = 1_000_000;
      const call = caller();
      const last: Callback[] = [];
      freeGarbage();
      const heap = (): number => process.memoryUsage().heapTotal;
      const before = { rss: process.memoryUsage.rss(), heap: heap(), code: codeBytes() };
      const all: Callback[] = [];
      let index = 0;
      const own: AnyFunction = (value) => Number(value) + 1;
      for (; index < COUNT; index++) all.push(make(own));
      const code = (codeBytes() - before.code) / COUNT;
      const whole = (process.memoryUsage.rss() - before.rss) / COUNT;
      expect(code).toBeLessThan(20);
      // All there is but JavaScript's heap.
      expect(whole - (heap() - before.heap) / COUNT).toBeLessThan(300);
      for (const at of [0, 1, 5295, 5296, COUNT - 1]) last.push(all[at] ?? expect.fail('all were made'));
      for (const each of last) expect(call(each, 1)).toBe(2);
      for (const each of all) each.dispose();
    },
    60_000,
  );
});
