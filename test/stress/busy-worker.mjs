// One of the workers of scenarios/workers.mjs: calls and is called in every way at once, checks what it gets, and never
// ends by itself. Its first message is the threads that go on calling its callbacks; it begins when all workers are there.
import { parentPort, workerData } from 'node:worker_threads';
import { ASK, answer, check, checkEqual, POST } from './stage.mjs';

const { index, path, turn } = workerData;
const { open, callback, callThread } = await import(index);
const library = open(path);
const func = (name, signature, options) => library.func(name, signature, options);

const quiet = { onReport: () => {} };
const asked = callback(ASK, answer, { thread: 'block', timeout: 0, ...quiet });
const owned = callback(ASK, answer, quiet);
let posts = 0;
const posted = callback(POST, () => posts++, { thread: 'post', queue: 100, ...quiet });
const waiting = callback(POST, () => posts++, { thread: 'post', queue: 5, whenFull: 'wait', ...quiet });

const ask = func('ask_here', '(*void, int64) -> int64');
// Most threads pause between two calls: they must leave the processors to their own workers.
const pause = turn % 8 === 0 ? 0 : 1;
const hire = (kind, fn) => func(`crew_${kind}`, '(*void, int, int64, int) -> *void')(fn, 1, 0n, pause);
const crews = [hire('ask', asked), hire('ask', owned), hire('post', posted), hire('post', waiting)];

const thread = callThread();
const fail = func('fail_with', '(int, int) -> int', { errno: true });
const join = func('ask_and_join', '(*void, int, int64) -> int64', { serve: true });

/** Calls that run when the worker ends are waited for: they return soon. */
const asynchronously = async () => {
  for (let n = 1; ; n = (n % 100) + 1) {
    const [one, other] = await Promise.all([fail.async(n, -n), fail.async.with({ thread })(n + 1, n)]);
    check(one.value === -n && one.errno === n && other.errno === n + 1, 'an asynchronous call');
  }
};

const synchronously = () => {
  const made = callback(ASK, (number) => number + 5n);
  checkEqual(ask(made, 1n), 6n, 'a callback');
  made.dispose();
  checkEqual(ask(owned, 4n), 12n, 'a callback of the owner');
  checkEqual(
    func('ask_here', `(${ASK}, int64) -> int64`)((number) => number * 2n, 8n),
    16n,
    'a function for one call',
  );
};

/** What a worker is in the middle of. */
const ENDLESS = [
  // C calls JavaScript, which calls C, and never returns.
  () => {
    const inside = callback(ASK, () => {
      for (;;) checkEqual(ask(owned, 5n), 15n, 'a callback inside a callback');
    });
    ask(inside, 1n);
  },
  // JavaScript sleeps in C, and serves threads.
  () => {
    for (;;) checkEqual(join(asked, 2, 3n), 0n, 'missing results of a served call');
  },
  // In a callback of another thread.
  () => {
    const busy = callback(
      ASK,
      () => {
        for (;;) synchronously();
      },
      { thread: 'block', timeout: 0 },
    );
    func('crew_ask', '(*void, int, int64, int) -> *void')(busy, 1, 1n, 0);
  },
  // In its event loop.
  () => {
    const again = () => {
      synchronously();
      setImmediate(again);
    };
    again();
  },
];

parentPort.postMessage(crews);
parentPort.once('message', () => {
  parentPort.postMessage('busy');
  asynchronously();
  ENDLESS[turn % ENDLESS.length]();
});
