// Threads hammer a callback while it is disposed of: from the event loop, by itself, in a call that serves. They get zeros
// from then on, never a wrong result and never another callback's, and nothing of theirs starts after dispose returned.
import { ASK, answer, check, checkEqual, collectGarbage, POST, range, settle, until } from '../stage.mjs';

const BLOCK = { thread: 'block', timeout: 0 };
const SUBJECTS = [
  { kind: 'ask', signature: ASK, options: { thread: 'owner' }, arrives: false },
  { kind: 'ask', signature: ASK, options: BLOCK, arrives: true },
  { kind: 'post', signature: POST, options: { thread: 'post', queue: 64 }, arrives: true },
  { kind: 'post', signature: POST, options: { thread: 'post', queue: 4, whenFull: 'wait' }, arrives: true },
];
const CALLS_BEFORE = 20;

/** Who disposes, and when. */
const ENDS = {
  fromTheLoop: async (_, { calls, crew, arrives, made }) => {
    await until(() => (arrives ? calls() : crew.made) >= CALLS_BEFORE, 'the threads call');
    made.dispose();
  },
  byItself: async (_, { arrives, disposed, made }) => {
    if (!arrives) made.dispose();
    await until(disposed, 'the callback disposes of itself');
  },
  whileServing: async (stage, { crew, made }) => {
    const ask = stage.func('ask_here', '(*void, int64) -> int64', { serve: true });
    // Its thread is not this one.
    const disposing = (number) => {
      made.dispose();
      return number;
    };
    const inside = stage.interfix.callback(ASK, disposing, BLOCK);
    checkEqual(ask(inside, 9n), 9n, 'the result of the callback that disposes of another');
    inside.dispose();
    await until(() => crew.made > 0, 'the threads call');
  },
};

const round = async (stage, { kind, signature, options, arrives }, end, threads) => {
  const { callback } = stage.interfix;
  const state = { calls: 0, disposed: false, after: 0 };
  const hammered = (...args) => {
    state.calls++;
    if (state.disposed) state.after++;
    if (end === 'byItself' && state.calls === CALLS_BEFORE) dispose();
    return kind === 'ask' ? answer(...args) : undefined;
  };
  const callee = callback(signature, hammered, { ...options, onReport: () => {} });
  const dispose = () => {
    callee.dispose();
    state.disposed = true;
  };
  const crew = stage.crew(kind, callee, { threads, calls: 0 });
  const made = { dispose };
  await ENDS[end](stage, { calls: () => state.calls, disposed: () => state.disposed, crew, arrives, made });
  // Their code comes where there is room; never where C still has a pointer.
  let strays = 0;
  const stray = () => {
    strays++;
    return 1n;
  };
  const others = range(20).map(() => callback(ASK, stray, BLOCK));
  if (threads > 4) collectGarbage();
  const before = crew.made;
  await until(() => crew.made > before + 10 * threads, 'the threads go on after the disposal');
  crew.stop();
  await crew.joinLater();
  await settle();
  for (const other of others) other.dispose();
  checkEqual(state.after, 0, 'calls that began after the disposal');
  checkEqual(strays, 0, 'calls that came to another callback');
  check(callee.stats.late > 0, 'calls after the disposal are counted');
  check(arrives || state.calls === 0, 'a callback of one thread is never called by another');
};

export const run = async (stage) => {
  const rounds = stage.count(25);
  let hammered = 0;
  for (const turn of range(rounds)) {
    for (const subject of SUBJECTS) {
      for (const end of Object.keys(ENDS)) {
        await round(stage, subject, end, [2, 3, 8][turn % 3]);
        hammered++;
      }
    }
  }
  return { rounds, hammered };
};
