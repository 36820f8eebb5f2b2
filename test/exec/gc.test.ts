// What garbage collection frees, and what it must leave alone.

import { expect, test } from 'vitest';
import { callback } from '../../src/exec/callback.ts';
import { open } from '../../src/exec/library.ts';
import { alloc } from '../../src/exec/memory.ts';
import { codeBytes, codeSlots } from '../support/code-memory.ts';
import { collectGarbage, collectLeftovers, collectUntil } from '../support/collect-garbage.ts';
import { type AnyFunction, bound, describeWithC, fixturePath, withCallback } from '../support/fixture-library.ts';

const liveSlots = (): number => codeSlots();
/** An adapter lies beside the entry where values travel in registers. */
const slotsEach = (): number => (bound('same_int32', '(int) -> int').path === 'v8-registers' ? 2 : 1);
const bindMany = (count: number): void => {
  for (let index = 0; index < count; index++) expect(bound('same_int32', '(int) -> int')(index)).toBe(index);
};

describeWithC('bound functions', () => {
  test('that are collected free their code', async () => {
    await collectLeftovers();
    const before = liveSlots();
    bindMany(500);
    expect(liveSlots()).toBe(before + 500 * slotsEach());
    await collectUntil(() => liveSlots() <= before);
    expect(liveSlots()).toBeLessThanOrEqual(before);
  });

  test('that are reachable keep theirs', async () => {
    const kept = Array.from({ length: 50 }, () => bound('same_int32', '(int) -> int'));
    bindMany(200);
    await collectUntil(() => false, 5);
    kept.forEach((same, index) => {
      expect(same(index)).toBe(index);
    });
  });

  test('that are disposed of and then collected free their code once', async () => {
    await collectLeftovers();
    const before = liveSlots();
    for (let index = 0; index < 100; index++) bound('same_int32', '(int) -> int').dispose();
    await collectUntil(() => false, 5);
    expect(liveSlots()).toBe(before);
  });

  test('ten thousand of them, one after another, take bounded memory', async () => {
    const most = 1000 * slotsEach() + 100;
    const round = async (): Promise<void> => {
      for (let turn = 0; turn < 10; turn++) {
        bindMany(1000);
        await collectUntil(() => liveSlots() < most);
      }
    };
    await round();
    const reservedBytes = codeBytes();
    await round();
    expect(codeBytes()).toBeLessThanOrEqual(reservedBytes + 128 * 1024);
    expect(liveSlots()).toBeLessThan(most);
  });

  test('of a library are forgotten by it too', async () => {
    using library = open(fixturePath());
    const functions: WeakRef<AnyFunction>[] = [];
    for (let index = 0; index < 1000; index++) {
      functions.push(new WeakRef<AnyFunction>(library.func<AnyFunction>('same_int32', '(int) -> int')));
    }
    const alive = (): number => functions.filter((each) => each.deref() !== undefined).length;
    await collectUntil(() => alive() === 0);
    expect(alive()).toBe(0);
  });

  test('called in the expression that binds them are not collected under the call', () => {
    const seen: unknown[] = [];
    const churn: AnyFunction = (value) => {
      collectGarbage();
      seen.push(value);
      return Number(value) + 1;
    };
    withCallback('(int) -> int', churn, (made) => {
      for (let index = 0; index < 20; index++) {
        expect(bound('call_int32', '((int) -> int, int) -> int')(made, index)).toBe(index + 1);
      }
    });
    expect(seen).toHaveLength(20);
  });
});

describeWithC('callbacks', () => {
  test('live until they are disposed of, reachable or not', async () => {
    const call = bound('call_int32', '((int) -> int, int) -> int');
    const addresses = Array.from({ length: 100 }, (_, index) => callback('(int) -> int', () => index).address);
    await collectUntil(() => false, 5);
    addresses.forEach((address, index) => {
      expect(call(address, 0)).toBe(index);
    });
  });

  test('that are disposed of let go of their function', async () => {
    const functions: WeakRef<AnyFunction>[] = [];
    const make = (index: number): void => {
      const fn: AnyFunction = () => index;
      functions.push(new WeakRef(fn));
      callback<AnyFunction>('(int) -> int', fn).dispose();
    };
    for (let index = 0; index < 100; index++) make(index);
    const alive = (): number => functions.filter((each) => each.deref() !== undefined).length;
    await collectUntil(() => alive() === 0);
    expect(alive()).toBe(0);
  });
});

describeWithC('memory', () => {
  test('that nothing refers to is given back', async () => {
    const blocks: WeakRef<object>[] = [];
    for (let index = 0; index < 100; index++) blocks.push(new WeakRef(alloc(1 << 20).buffer));
    const alive = (): number => blocks.filter((each) => each.deref() !== undefined).length;
    await collectUntil(() => alive() === 0);
    expect(alive()).toBe(0);
  });
});
