// The process that scenarios/exits.mjs starts: `<how>-<where>`. Two threads call each of its callbacks for ever.
import process from 'node:process';
import { Worker } from 'node:worker_threads';
import { ASK, answer, check, checkEqual, POST, range, until } from '../stage.mjs';

const BLOCK = { thread: 'block', timeout: 0 };

const hammered = (stage) => {
  const { callback } = stage.interfix;
  const quiet = { onReport: () => {} };
  const callbacks = [
    { kind: 'ask', made: callback(ASK, answer, { ...BLOCK, ...quiet }) },
    { kind: 'ask', made: callback(ASK, answer, quiet) },
    { kind: 'post', made: callback(POST, () => {}, { thread: 'post', queue: 50, ...quiet }) },
    { kind: 'post', made: callback(POST, () => {}, { thread: 'post', queue: 2, whenFull: 'wait', ...quiet }) },
  ];
  const crews = callbacks.map(({ kind, made }) => stage.crew(kind, made, { threads: 2, calls: 0 }));
  return { callbacks, crews };
};

/** Calls that run, wait and call back when the process ends, none of them for long. */
const callAsynchronously = (stage) => {
  const sleep = stage.func('sleep_milliseconds', '(int) -> void');
  const thread = stage.interfix.callThread();
  for (const index of range(12))
    sleep.async
      .with({ thread: index % 2 === 0 ? thread : undefined })(5)
      .catch(() => {});
};

/** Somewhere below C, or not. */
const PLACES = {
  loop: (_, leave) => leave(),
  callback: (stage, leave) => {
    const made = stage.interfix.callback(ASK, (number) => {
      leave();
      return number;
    });
    stage.func('ask_here', '(*void, int64) -> int64')(made, 1n);
  },
  posted: (stage, leave) => {
    const made = stage.interfix.callback(POST, leave, { thread: 'post', ref: false });
    stage.func('post_and_join', '(*void, int, int64) -> int64')(made, 1, 1n);
  },
  blocking: (stage, leave) => {
    const made = stage.interfix.callback(ASK, leaving(leave), { ...BLOCK, ref: false });
    stage.crew('ask', made, { threads: 1, calls: 1 });
  },
  served: (stage, leave) => {
    stage.func('ask_and_join', `(${ASK}, int, int64) -> int64`, { serve: true })(leaving(leave), 2, 1n);
  },
  // It goes on working until the process takes it along.
  worker: (stage, leave) => {
    const workerData = { index: stage.index, path: stage.path, turn: 3 };
    const worker = new Worker(new URL('../busy-worker.mjs', import.meta.url), { workerData });
    worker.unref();
    worker.once('message', () => {
      worker.postMessage('begin');
      worker.once('message', leave);
    });
    // Keeps the loop until then.
    const waiting = setInterval(() => {}, 1000);
    worker.once('message', () => setTimeout(() => clearInterval(waiting), 500));
  },
};

const leaving = (leave) => (number, thread) => {
  leave();
  return answer(number, thread);
};

const HOWS = {
  naturally: ({ callbacks }) => {
    for (const { made } of callbacks) made.unref();
  },
  exit: () => process.exit(7),
  exception: () => {
    throw new Error('the end');
  },
};

export const run = async (stage, variant) => {
  const [how, where] = variant.split('-');
  const made = hammered(stage);
  await until(() => made.crews.every((crew) => crew.made > 5), 'every thread calls');
  checkEqual(made.crews[0].zero, 0, 'missing results');
  callAsynchronously(stage);
  let left = 0;
  const leave = () => {
    if (left++ === 0) HOWS[how](made);
  };
  setTimeout(() => PLACES[where](stage, leave), 5);
  check(left === 0, 'nobody has left yet');
  return {};
};
