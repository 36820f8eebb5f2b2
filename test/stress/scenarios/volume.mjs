// Very many callbacks and calls: every block that the shim allocates is given back, and the process grows no more in the
// second half than in the first.
import process from 'node:process';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { ASK, answer, check, checkEqual, collectGarbage, POST, range, settle, until } from '../stage.mjs';

const THREADS = 4;
/** Bytes that the allocator and the collector may keep for themselves. */
const SLACK = 24 * 2 ** 20;

const owner = (stage) => {
  const total = stage.count(1_000_000);
  let calls = 0;
  const counted = (number, thread) => {
    calls++;
    return answer(number, thread);
  };
  const made = stage.interfix.callback(ASK, counted);
  const ask = stage.func('ask_here', '(*void, int64) -> int64');
  return {
    half: () => {
      for (const end = calls + total / 2; calls < end; ) checkEqual(ask(made, 7n), 21n, 'a result');
    },
    end: () => {
      checkEqual(calls, total, 'callbacks');
      return { total };
    },
  };
};

const posted = (stage) => {
  const each = stage.count(1_000_000) / 2 / THREADS;
  const next = range(THREADS).map(() => 0);
  let calls = 0;
  // Nobody is lost, nobody comes twice, and each thread's order is kept.
  const counted = (thread, number) => {
    checkEqual(Number(number), next[thread], 'the next number of a thread');
    next[thread] = (next[thread] + 1) % each;
    calls++;
  };
  const made = stage.interfix.callback(POST, counted, { thread: 'post', whenFull: 'wait' });
  return {
    allocates: 1,
    half: async () => {
      const wanted = calls + each * THREADS;
      const crew = stage.crew('post', made, { threads: THREADS, calls: each });
      await until(() => calls === wanted, `${wanted} posted calls arrive`);
      crew.join();
    },
    end: () => {
      checkEqual(made.stats.dropped, 0, 'dropped calls');
      made.dispose();
      return { total: calls };
    },
  };
};

const blocking = (stage) => {
  const each = stage.count(100_000) / 2 / THREADS;
  let calls = 0;
  const counted = (number, thread) => {
    calls++;
    return answer(number, thread);
  };
  const made = stage.interfix.callback(ASK, counted, { thread: 'block', timeout: 60_000 });
  return {
    allocates: 1,
    half: async () => {
      const wanted = calls + each * THREADS;
      const crew = stage.crew('ask', made, { threads: THREADS, calls: each });
      await until(() => crew.made === each * THREADS, `${wanted} calls get their results`);
      checkEqual(crew.zero, 0, 'results that are missing');
      checkEqual(calls, wanted, 'callbacks');
      crew.join();
    },
    end: () => {
      checkEqual(made.stats.timedOut, 0, 'calls that timed out');
      made.dispose();
      return { total: calls };
    },
  };
};

/** Callbacks of one kind after which all their blocks are of the largest size: docs/callbacks.md, *Addresses and memory*. */
const GROWN = 5296;
/** Of that size: the callbacks, the bytes of code, and the allocations of the shim, one for contexts and one for pages. */
const BLOCK = { callbacks: 4032, code: 64 * 1024, allocations: 2 };
/** Of each kind a block is being filled, and one that is dead may still lead to tombstones. */
const KINDS = 2;

const cycles = (stage) => {
  const total = stage.count(100_000, 40_000);
  const ask = stage.func('ask_here', '(*void, int64) -> int64');
  const modes = ['owner', 'block', 'owner', 'block'];
  const cycle = (turn) => {
    const made = stage.interfix.callback(ASK, (number) => number + BigInt(turn), { thread: modes[turn % 4] });
    checkEqual(ask(made, 5n), 5n + BigInt(turn), 'a result');
    made.dispose();
  };
  const reserved = [];
  return {
    allocates: 1 / BLOCK.callbacks,
    spare: KINDS * BLOCK.allocations,
    before: () => {
      for (const turn of range(KINDS * GROWN)) cycle(turn);
    },
    half: async () => {
      for (const turn of range(total / 2)) {
        cycle(turn);
        if (turn % 1000 === 0) await nextTurn();
      }
      const { executableMemory, callbackMemory } = stage.interfix;
      reserved.push(executableMemory().reservedBytes + callbackMemory().reservedBytes);
    },
    end: () => {
      check(Math.abs(reserved[1] - reserved[0]) <= KINDS * BLOCK.code, `bytes of code pages: ${reserved}`);
      return { total };
    },
  };
};

const asynchronous = (stage) => {
  const total = stage.count(100_000);
  const fail = stage.func('fail_with', '(int, int) -> int', { errno: true }).async;
  const AT_ONCE = 8;
  const lane = async (turns) => {
    for (let turn = 1; turn <= turns; turn++) {
      const { value, errno } = await fail(turn, -turn);
      check(value === -turn && errno === turn, 'each call has its own result and its own errno');
    }
  };
  const lanes = (turns) => Promise.all(range(AT_ONCE).map(() => lane(turns)));
  return {
    allocates: 1,
    // Threads that stay idle for the next call.
    spare: 2 * AT_ONCE,
    before: () => lanes(10),
    half: () => lanes(total / 2 / AT_ONCE),
    end: () => ({ total }),
  };
};

const variants = { owner, posted, blocking, cycles, asynchronous };

const residentSet = async () => {
  await settle();
  collectGarbage();
  collectGarbage();
  return process.memoryUsage.rss();
};

export const run = async (stage, variant) => {
  const { half, end, before = () => {}, allocates = 0, spare = 0 } = variants[variant](stage);
  await before();
  await settle();
  const start = stage.allocations;
  await half();
  const middle = await residentSet();
  await half();
  const grown = (await residentSet()) - middle;
  const now = stage.allocations;
  check(grown < SLACK, `${grown} bytes are few`);
  if (now === null) return { ...end(), grown };
  const [made, kept] = [now.made - start.made, now.live - start.live];
  check(Math.abs(kept) <= spare, `what was allocated and not given back, ${kept} of ${made}, is at most ${spare}`);
  const figures = end();
  check(made >= figures.total * allocates, `${made} allocations in ${figures.total} turns are seen`);
  return { ...figures, grown, made, kept };
};
