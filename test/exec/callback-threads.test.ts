// Calls from foreign threads: who may, who waits, what is refused, dropped and given up, and what is said about it.

import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, test, vi } from 'vitest';
import { type CallbackOptions, type CallbackReport, callback } from '../../src/exec/callback.ts';
import { collectGarbage } from '../support/collect-garbage.ts';
import type { AnyFunction } from '../support/fixture-library.ts';
import { boundIn, describeWithThreads, loopUntil } from '../support/threads-library.ts';

const MIXED = '{number:int64, real:double, reals:[3:float], small:uint8}';
const POST = `(int, int64, uint64, double, float, *char, ${MIXED}) -> void`;
const ASK = '(int64, double) -> int64';
const ASK_MIXED = `(${MIXED}, int) -> ${MIXED}`;

interface Mixed {
  readonly number: bigint;
  readonly real: number;
  readonly reals: readonly number[];
  readonly small: number;
}

const inThreads = (name: string, signature: string): AnyFunction => boundIn('threads', name, signature);

/** Threads that call; see fixtures/native/threads.c. */
class Crew {
  readonly #pointer: unknown;

  constructor(kind: 'post' | 'ask' | 'ask_mixed', fn: unknown, threads: number, calls: number, pause = 0) {
    this.#pointer = inThreads(`crew_${kind}`, '(*void, int, int64, int) -> *void')(fn, threads, calls, pause);
  }

  #count(what: string): number {
    return Number(inThreads(`crew_${what}`, '(*void) -> int64')(this.#pointer));
  }

  get made(): number {
    return this.#count('made');
  }

  get zero(): number {
    return this.#count('zero');
  }

  stop(): void {
    inThreads('crew_stop', '(*void) -> void')(this.#pointer);
  }

  /** Waits for threads that have ended, or are about to; how many results were wrong. */
  join(): number {
    const wrong = this.#count('join');
    inThreads('crew_free', '(*void) -> void')(this.#pointer);
    return wrong;
  }
}

const triple: AnyFunction = (number, thread) => (number as bigint) * 3n + BigInt(thread as number);

/** Collects what is reported instead of warned. */
const reporting = (): {
  readonly reports: [CallbackReport, string][];
  readonly onReport: NonNullable<CallbackOptions['onReport']>;
} => {
  const reports: [CallbackReport, string][] = [];
  return { reports, onReport: (kind, message): unknown => reports.push([kind, message]) };
};

describeWithThreads("thread: 'owner'", () => {
  test('refuses every other thread, gives it zero, counts, and reports once', async () => {
    const { reports, onReport } = reporting();
    using made = callback<AnyFunction>(ASK, () => expect.fail('called'), { onReport });
    const crew = new Crew('ask', made, 4, 1000);
    await loopUntil(() => crew.made === 4000);
    expect([crew.zero, crew.join()]).toEqual([4000, 0]);
    expect(made.stats).toEqual({ refused: 4000, dropped: 0, timedOut: 0, late: 0 });
    await loopUntil(() => reports.length > 0);
    expect(reports).toEqual([['refused', expect.stringContaining("thread: 'post' or 'block'")]]);
  });

  test('says so in a warning of the process that has a name', async () => {
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
    using made = callback<AnyFunction>(ASK, function onNumber() {});
    const crew = new Crew('ask', made, 1, 3);
    await loopUntil(() => warn.mock.calls.length > 0);
    expect(crew.join()).toBe(0);
    const message = expect.stringMatching(/^the callback onNumber of \(int64, double\) -> int64: called from a thread/);
    expect(warn.mock.calls).toEqual([[message, { type: 'InterfixWarning', code: 'INTERFIX_CALLBACK' }]]);
    warn.mockRestore();
  });

  test('still takes the calls of its own thread', () => {
    using made = callback<AnyFunction>(ASK, triple);
    expect(inThreads('ask_here', '(*void, int64) -> int64')(made, 14n)).toBe(42n);
  });
});

describeWithThreads("thread: 'post'", () => {
  test('delivers every call of four threads, each thread in its order, with its bits as they were', async () => {
    const next = [0n, 0n, 0n, 0n];
    const check: AnyFunction = (thread, number, bits, real, small, text, mixed) => {
      const n = number as bigint;
      expect(n).toBe(next[thread as number]);
      next[thread as number] = n + 1n;
      expect(bits).toBe(2n ** 64n - 1n - n);
      expect([real, small]).toEqual([Number(n) / 2, Number(n % 1024n)]);
      expect(typeof text).toBe('bigint');
      expect(mixed).toEqual({
        number: -n,
        real: Number(n) / 4,
        reals: [1, 2, Number(n % 1024n)],
        small: Number(n & 255n),
      });
      if (n % 500n === 0n) collectGarbage();
    };
    using made = callback<AnyFunction>(POST, check, { thread: 'post', whenFull: 'wait' });
    const crew = new Crew('post', made, 4, 2000);
    await loopUntil(() => next.every((n) => n === 2000n));
    expect(crew.join()).toBe(0);
    expect(made.stats).toEqual({ refused: 0, dropped: 0, timedOut: 0, late: 0 });
  });

  test('delivers the same numbers under int64, whatever the thread', async () => {
    const seen = new Set<string>();
    using made = callback<AnyFunction>(POST, (...[, number, bits]) => seen.add(`${typeof number} ${typeof bits}`), {
      thread: 'post',
      int64: 'number',
    });
    const crew = new Crew('post', made, 1, 10);
    await loopUntil(() => crew.made === 10 && seen.size > 0);
    crew.join();
    expect([...seen]).toEqual(['number bigint']);
  });

  test('drops what finds the queue full, counts it, and reports it once', async () => {
    const { reports, onReport } = reporting();
    let calls = 0;
    using made = callback<AnyFunction>(POST, () => calls++, { thread: 'post', queue: 10, onReport });
    // Joined at once: nothing is served meanwhile.
    expect(inThreads('post_and_join', '(*void, int, int64) -> int64')(made, 2, 500n)).toBe(1000n);
    expect([calls, made.stats.dropped]).toEqual([0, 990]);
    await loopUntil(() => calls === 10 && reports.length > 0);
    await nextTurn();
    expect(calls).toBe(10);
    expect(reports).toEqual([['dropped', expect.stringContaining('dropped')]]);
  });

  test('lets the thread wait for room, if it is told to', async () => {
    let calls = 0;
    using made = callback<AnyFunction>(POST, () => calls++, { thread: 'post', queue: 3, whenFull: 'wait' });
    const crew = new Crew('post', made, 3, 300);
    await loopUntil(() => calls === 900);
    expect([crew.join(), made.stats.dropped]).toEqual([0, 0]);
  });

  test('lets it wait for so long, and no longer', () => {
    using made = callback<AnyFunction>(POST, () => {}, {
      thread: 'post',
      queue: 1,
      whenFull: 'wait',
      timeout: 30,
      onReport: () => {},
    });
    const start = performance.now();
    expect(inThreads('post_and_join', '(*void, int, int64) -> int64')(made, 1, 3n)).toBe(3n);
    expect(performance.now() - start).toBeGreaterThan(50);
    expect(made.stats).toMatchObject({ dropped: 2, timedOut: 0 });
  });

  test('runs the calls of its own thread at once', () => {
    const seen: unknown[] = [];
    using made = callback<AnyFunction>('(int64, double) -> void', (...args) => seen.push(args), { thread: 'post' });
    inThreads('ask_here', '(*void, int64) -> void')(made, 7n);
    expect(seen).toEqual([[7n, 0]]);
  });

  test('lets promises go on between two calls', async () => {
    const order: string[] = [];
    const work: AnyFunction = (_, number) => {
      order.push(`call ${number}`);
      queueMicrotask(() => order.push(`after ${number}`));
    };
    using made = callback<AnyFunction>(POST, work, { thread: 'post' });
    inThreads('post_and_join', '(*void, int, int64) -> int64')(made, 1, 3n);
    await loopUntil(() => order.length === 6);
    expect(order).toEqual(['call 0', 'after 0', 'call 1', 'after 1', 'call 2', 'after 2']);
  });
});

describeWithThreads("thread: 'block'", () => {
  test('gives four threads their results', async () => {
    using made = callback<AnyFunction>(ASK, triple, { thread: 'block' });
    const crew = new Crew('ask', made, 4, 1000);
    await loopUntil(() => crew.made === 4000);
    expect([crew.zero, crew.join()]).toEqual([0, 0]);
  });

  test('takes and gives structs, though garbage is collected inside', async () => {
    const turn: AnyFunction = (given, step) => {
      const { number, real, reals, small } = given as Mixed;
      if (number % 100n === 0n) collectGarbage();
      return { number: number + BigInt(step as number), real: real * 2, reals: [...reals].reverse(), small };
    };
    using made = callback<AnyFunction>(ASK_MIXED, turn, { thread: 'block' });
    const crew = new Crew('ask_mixed', made, 3, 500);
    await loopUntil(() => crew.made === 1500);
    expect([crew.zero, crew.join()]).toEqual([0, 0]);
  });

  test('gives zero after the timeout, and names the deadlock', async () => {
    const { reports, onReport } = reporting();
    let calls = 0;
    using made = callback<AnyFunction>(ASK, () => BigInt(++calls), { thread: 'block', timeout: 40, onReport });
    // This thread waits for those that wait for it.
    expect(inThreads('ask_and_join', '(*void, int, int64) -> int64')(made, 2, 1n)).toBe(2n);
    expect(made.stats.timedOut).toBe(2);
    await loopUntil(() => reports.length > 0);
    expect(reports).toEqual([
      ['timeout', expect.stringMatching(/did not serve callbacks for 40 ms.*serve: true.*\.async/)],
    ]);
    // What was given up never runs.
    await nextTurn();
    expect(calls).toBe(0);
  });

  test('gives zero after the timeout though JavaScript is about to answer, and drops the answer', async () => {
    const { reports, onReport } = reporting();
    const slow: AnyFunction = () => {
      inThreads('sleep_milliseconds', '(int) -> void')(150);
      return 5n;
    };
    using made = callback<AnyFunction>(ASK, slow, { thread: 'block', timeout: 50, onReport });
    const crew = new Crew('ask', made, 1, 1);
    await loopUntil(() => crew.made === 1 && reports.length > 0);
    expect([crew.zero, crew.join()]).toEqual([1, 0]);
    expect(made.stats.timedOut).toBe(1);
    expect(reports[0]?.[0]).toBe('timeout');
  });

  test('is served inside other callbacks, before they run and after', async () => {
    using made = callback<AnyFunction>(ASK, triple, { thread: 'block', timeout: 30_000 });
    using plain = callback<AnyFunction>(ASK, () => 1n);
    const crew = new Crew('ask', made, 2, 50);
    const here = inThreads('ask_here', '(*void, int64) -> int64');
    // The event loop is never reached.
    const end = performance.now() + 20_000;
    while (crew.made < 100 && performance.now() < end) here(plain, 1n);
    expect([crew.made, crew.join()]).toEqual([100, 0]);
  });

  test('keeps an earlier post of the same thread in front', async () => {
    const order: string[] = [];
    using posted = callback<AnyFunction>(POST, () => order.push('post'), { thread: 'post' });
    using asked = callback<AnyFunction>(ASK, () => BigInt(order.push('ask')), { thread: 'block' });
    inThreads('post_and_join', '(*void, int, int64) -> int64')(posted, 1, 2n);
    const crew = new Crew('ask', asked, 1, 1);
    await loopUntil(() => crew.made === 1);
    crew.join();
    expect(order).toEqual(['post', 'post', 'ask']);
  });
});

describeWithThreads('disposal while threads call', () => {
  test.each(['owner', 'block'] as const)("of thread: '%s' gives them zero, and the process lives", async (thread) => {
    for (let round = 0; round < 20; round++) {
      const made = callback<AnyFunction>(ASK, triple, { thread, onReport: () => {} });
      const crew = new Crew('ask', made, 3, 0);
      await loopUntil(() => crew.made > 10);
      made.dispose();
      const before = crew.made;
      await loopUntil(() => crew.made > before + 10);
      crew.stop();
      await loopUntil(() => made.stats.late > 0);
      expect(crew.join()).toBe(0);
    }
  });

  test("of thread: 'post' drops what waits, and nothing starts any more", async () => {
    for (let round = 0; round < 20; round++) {
      let disposed = false;
      let [calls, after] = [0, 0];
      const count: AnyFunction = () => {
        calls++;
        if (disposed) after++;
      };
      const made = callback<AnyFunction>(POST, count, { thread: 'post', queue: 100, onReport: () => {} });
      const crew = new Crew('post', made, 3, 0);
      await loopUntil(() => calls > 10);
      made.dispose();
      disposed = true;
      const before = crew.made;
      await loopUntil(() => crew.made > before + 10);
      crew.stop();
      crew.join();
      expect(after).toBe(0);
      expect(made.stats.dropped + made.stats.late).toBeGreaterThan(0);
    }
  });

  test('is reported once as late, unless it is for the owner to hear', async () => {
    const { reports, onReport } = reporting();
    const made = callback<AnyFunction>(ASK, triple, { thread: 'block', onReport });
    const { address } = made;
    made.dispose();
    const crew = new Crew('ask', address, 2, 5);
    await loopUntil(() => crew.made === 10 && reports.length > 0);
    expect([crew.zero, crew.join(), made.stats.late]).toEqual([10, 0, 10]);
    expect(reports).toEqual([['late', expect.stringContaining('after its disposal')]]);
    const here = inThreads('ask_here', '(*void, int64) -> int64');
    expect(() => here(address, 1n)).toThrow(expect.objectContaining({ code: 'ERR_DISPOSED' }));
  });

  test('by the function itself lets this call give its result, and the next zero', async () => {
    const made = callback<AnyFunction>(
      ASK,
      (number) => {
        made.dispose();
        return (number as bigint) * 3n;
      },
      { thread: 'block', onReport: () => {} },
    );
    const crew = new Crew('ask', made, 1, 4);
    await loopUntil(() => crew.made === 4);
    expect([crew.zero, crew.join()]).toEqual([3, 0]);
  });
});
