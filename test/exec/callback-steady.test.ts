// Millions of callbacks take bounded memory: what is allocated for a call is given back.

import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { callback } from '../../src/exec/callback.ts';
import { codeBytes, codeSlots } from '../support/code-memory.ts';
import { freeGarbage } from '../support/collect-garbage.ts';
import { type AnyFunction, bound, describeWithC } from '../support/fixture-library.ts';
import { boundIn, describeWithThreads, isNative, loopUntil } from '../support/threads-library.ts';

/** Bytes that the allocator and the collector may keep for themselves. */
const SLACK = 24 * 2 ** 20;

const residentSet = (): number => {
  freeGarbage();
  return process.memoryUsage.rss();
};

/** The growth of the second of two equal halves. */
async function growth(half: () => Promise<void>): Promise<number> {
  await half();
  const before = residentSet();
  await half();
  return residentSet() - before;
}

describeWithC('memory stays where it was after', () => {
  // koffi allocates for each call, and is slower by more than ten times.
  const count = isNative ? 1_000_000 : 100_000;

  test(`${count} callbacks by the owner`, async () => {
    let calls = 0;
    const one: AnyFunction = (value) => {
      calls++;
      return value;
    };
    using made = callback<AnyFunction>('(int) -> int', one);
    const down = bound('count_down', '(int, (int) -> int) -> int');
    const grown = await growth(async () => {
      for (let index = 0; index < 10; index++) down(count / 20, made);
    });
    expect(calls).toBe(count);
    expect(grown).toBeLessThan(SLACK);
  });

  // What V8 keeps of each call until JavaScript's caller returns would be 48 MiB here, and is gone again behind it.
  test.runIf(isNative)('six million callbacks of one call, seen from the last one', () => {
    const calls = 6_000_000;
    let left = calls;
    let inside = 0;
    const one: AnyFunction = (value) => {
      if (--left === 0) inside = residentSet();
      return value;
    };
    using made = callback<AnyFunction>('(int) -> int', one);
    const down = bound('count_down', '(int, (int) -> int) -> int');
    down(1, () => 1);
    const before = residentSet();
    down(calls, made);
    expect(left).toBe(0);
    expect(inside - before).toBeLessThan(SLACK);
  });

  test(`${count / 10} callbacks that throw, each out of a call of its own`, async () => {
    using made = callback<AnyFunction>('(int) -> int', () => {
      throw 5;
    });
    const call = bound('call_int32', '((int) -> int, int) -> int');
    let caught = 0;
    const grown = await growth(async () => {
      for (let index = 0; index < count / 20; index++) {
        try {
          call(made, 1);
        } catch {
          caught++;
        }
      }
    });
    expect(caught).toBe(count / 10);
    expect(grown).toBeLessThan(SLACK);
  });

  test(`${count / 10} callbacks were made, called and disposed of`, async () => {
    const call = bound('call_int32', '((int) -> int, int) -> int');
    let sum = 0;
    const reserved: number[] = [];
    const grown = await growth(async () => {
      for (let index = 0; index < count / 20; index++) {
        using made = callback<AnyFunction>('(int) -> int', (value) => Number(value) + 1);
        sum += Number(call(made, 1));
        if (index % 1000 === 0) await nextTurn();
      }
      reserved.push(codeBytes());
    });
    expect(sum).toBe(count / 5);
    // Two blocks of the largest size more, or less, than when the first half ended.
    expect(reserved[1]).toBeLessThanOrEqual((reserved[0] ?? 0) + 128 * 1024);
    expect(grown).toBeLessThan(SLACK);
  });

  test('ten thousand were made and disposed of without a turn of the event loop', () => {
    const slots = codeSlots();
    for (let index = 0; index < 10_000; index++) callback<AnyFunction>('(int) -> int', () => 1).dispose();
    expect(codeSlots()).toBeLessThanOrEqual(slots + 1024);
  });
});

describeWithThreads('memory stays where it was after', () => {
  const POST =
    '(int, int64, uint64, double, float, *char, {number:int64, real:double, reals:[3:float], small:uint8}) -> void';
  const crewOf = (kind: string, fn: unknown, threads: number, calls: number): unknown =>
    boundIn('threads', `crew_${kind}`, '(*void, int, int64, int) -> *void')(fn, threads, calls, 0);
  const join = (crew: unknown): void => {
    expect(boundIn('threads', 'crew_join', '(*void) -> int64')(crew)).toBe(0n);
    expect(boundIn('threads', 'crew_zero', '(*void) -> int64')(crew)).toBe(0n);
    boundIn('threads', 'crew_free', '(*void) -> void')(crew);
  };

  test('a million posted callbacks', async () => {
    let calls = 0;
    using made = callback<AnyFunction>(POST, () => calls++, { thread: 'post', whenFull: 'wait' });
    let wanted = 0;
    const grown = await growth(async () => {
      wanted += 500_000;
      const crew = crewOf('post', made, 4, 125_000);
      await loopUntil(() => calls === wanted);
      join(crew);
    });
    expect([calls, made.stats.dropped]).toEqual([1_000_000, 0]);
    expect(grown).toBeLessThan(SLACK);
  });

  test('a hundred thousand blocking callbacks', async () => {
    let calls = 0;
    const triple: AnyFunction = (number, thread) => {
      calls++;
      return (number as bigint) * 3n + BigInt(thread as number);
    };
    using made = callback<AnyFunction>('(int64, double) -> int64', triple, { thread: 'block' });
    const grown = await growth(async () => {
      const crew = crewOf('ask', made, 4, 12_500);
      const made4 = boundIn('threads', 'crew_made', '(*void) -> int64');
      await loopUntil(() => made4(crew) === 50_000n);
      join(crew);
    });
    expect([calls, made.stats.timedOut]).toEqual([100_000, 0]);
    expect(grown).toBeLessThan(SLACK);
  });
});
