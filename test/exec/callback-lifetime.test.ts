// How long a callback can be called, what calls give afterwards, and what it leaves behind.

import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { callback } from '../../src/exec/callback.ts';
import { codeBytes, codeSlots } from '../support/code-memory.ts';
import { collectGarbage } from '../support/collect-garbage.ts';
import { type AnyFunction, bound, describeWithC, seenBytes, withCallback } from '../support/fixture-library.ts';
import { refusal } from '../support/refusal.ts';

const identity: AnyFunction = (value) => value;

describeWithC('a callback after dispose', () => {
  test('gives C zero and makes the bound call throw ERR_DISPOSED', () => {
    const call = bound('call_int32', '((int) -> int, int) -> int');
    const made = callback('(int) -> int', () => expect.fail('called'));
    const { address } = made;
    made.dispose();
    expect(() => call(address, 5)).toThrow(refusal('ERR_DISPOSED', /C called a callback after its disposal/));
    expect(seenBytes(5)).toEqual([0, 0, 0, 0, 0xee]);
  });

  test('has no address in JavaScript any more', () => {
    const call = bound('call_int32', '((int) -> int, int) -> int');
    const made = callback<AnyFunction>('(int) -> int', identity);
    made.dispose();
    expect(() => made.address).toThrow(refusal('ERR_DISPOSED'));
    expect(() => call(made, 5)).toThrow(refusal('ERR_DISPOSED'));
  });

  test('gives C zero long after: a turn and a thousand disposals later', async () => {
    const call = bound('call_int32', '((int) -> int, int) -> int');
    const made = callback<AnyFunction>('(int) -> int', identity);
    const { address } = made;
    made.dispose();
    for (let index = 0; index < 1000; index++) callback<AnyFunction>('(int) -> int', identity).dispose();
    await nextTurn();
    expect(() => call(address, 5)).toThrow(refusal('ERR_DISPOSED'));
  });

  test('may be disposed of twice, and by `using`', () => {
    const made = callback<AnyFunction>('(int) -> int', identity);
    made.dispose();
    made.dispose();
    made[Symbol.dispose]();
    const call = bound('call_int32', '((int) -> int, int) -> int');
    expect(withCallback('(int) -> int', identity, (other) => call(other, 3))).toBe(3);
  });
});

describeWithC('many callbacks', () => {
  test('of ten thousand that are made and disposed of take bounded memory', async () => {
    const call = bound('call_int32', '((int) -> int, int) -> int');
    const cycle = async (): Promise<void> => {
      for (let index = 0; index < 10_000; index++) {
        const made = callback<AnyFunction>('(int) -> int', identity);
        if (index % 100 === 0) expect(call(made, index)).toBe(index);
        made.dispose();
        if (index % 500 === 0) await nextTurn();
      }
    };
    await cycle();
    const before = codeBytes();
    const slots = codeSlots();
    await cycle();
    expect(codeBytes()).toBeLessThanOrEqual(before + 128 * 1024);
    expect(codeSlots()).toBeLessThanOrEqual(slots + 1024);
  });

  test('that live at once each call their own function', () => {
    const call = bound('call_int32', '((int) -> int, int) -> int');
    const all = Array.from({ length: 2000 }, (_, index) => callback('(int) -> int', (value) => Number(value) + index));
    expect(new Set(all.map(({ address }) => address)).size).toBe(2000);
    all.forEach((made, index) => {
      expect(call(made, 1)).toBe(index + 1);
    });
    for (const made of all) made.dispose();
  });

  test('whose function is the same are independent', () => {
    const call = bound('call_int32', '((int) -> int, int) -> int');
    const [first, second] = [
      callback<AnyFunction>('(int) -> int', identity),
      callback<AnyFunction>('(int) -> int', identity),
    ];
    first.dispose();
    expect(call(second, 4)).toBe(4);
    second.dispose();
  });
});

describeWithC('a callback that only C knows', () => {
  test('survives garbage collection', async () => {
    const keep = bound('keep', '((int) -> int) -> void');
    const reached: unknown[] = [];
    keep(callback('(int) -> int', (value) => reached.push(value)));
    for (let turn = 0; turn < 5; turn++) {
      collectGarbage();
      await nextTurn();
    }
    const call = bound('call_kept', '(int) -> int');
    expect(call(5)).toBe(1);
    expect(call(6)).toBe(2);
    expect(reached).toEqual([5, 6]);
  });
});
