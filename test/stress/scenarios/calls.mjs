// Asynchronous calls, very many at once: each has its own errno, those of one thread keep their order, and each is either
// run or cancelled, never both and never neither.
import { ASK, answer, check, checkEqual, range, settle } from '../stage.mjs';

const AT_ONCE = 64;

/** `fail_with` leaves an error number and returns: both must be the call's own, though a callback runs in between. */
const ownErrno = async (stage, turn) => {
  const fail = stage.func('fail_with', '(int, int) -> int', { errno: true });
  const asked = stage.interfix.callback(ASK, answer, { thread: 'block', timeout: 0 });
  const join = stage.func('ask_and_join', '(*void, int, int64) -> int64', { errno: true });
  const calls = range(AT_ONCE).map(async (index) => {
    const number = 1 + ((turn + index * 7) % 120);
    const { value, errno } = await fail.async(number, -index);
    check(value === -index && errno === number, `errno ${errno} of the call with ${number}`);
  });
  const joins = range(4).map(async () => checkEqual((await join.async(asked, 2, 5n)).value, 0n, 'missing results'));
  const { errno } = fail(99, 0);
  checkEqual(errno, 99, 'errno of a synchronous call among them');
  await Promise.all([...calls, ...joins]);
  asked.dispose();
};

const inOrder = async (stage) => {
  const thread = stage.interfix.callThread();
  const self = stage.func('thread_number', '() -> uint64').async.with({ thread });
  const ended = [];
  const numbers = await Promise.all(
    range(AT_ONCE).map(async (index) => {
      const number = await self();
      ended.push(index);
      return number;
    }),
  );
  thread.dispose();
  checkEqual(new Set(numbers).size, 1, 'threads');
  check(
    ended.every((index, place) => index === place),
    'calls of one thread end in the order of their beginning',
  );
};

/** While JavaScript runs the callback of one call, those behind it have not begun: they can be taken back, it cannot. */
const cancelled = async (stage, turn) => {
  const { callThread, callback } = stage.interfix;
  const thread = callThread();
  const last = turn % 20;
  const controllers = range(AT_ONCE).map(() => new AbortController());
  const isQuiet = (index) => index > last && (index + turn) % 3 === 0;
  let ran = 0;
  const counted = (number) => {
    if (ran++ === last) {
      for (const index of range(AT_ONCE)) if (!isQuiet(index)) controllers[index].abort(new Error(`reason ${index}`));
    }
    return number * 3n;
  };
  const made = callback(ASK, counted, { thread: 'block', timeout: 0 });
  const ask = stage.func('ask_here', '(*void, int64) -> int64');
  const calls = controllers.map(({ signal }, index) => ask.async.with({ thread, signal })(made, BigInt(index + 1)));
  thread.dispose();
  const outcomes = await Promise.allSettled(calls);
  outcomes.forEach(({ status, value, reason }, index) => {
    const runs = index <= last || isQuiet(index);
    checkEqual(status, runs ? 'fulfilled' : 'rejected', `call ${index} of ${last}`);
    if (runs) checkEqual(value, 3n * BigInt(index + 1), 'a result');
    else checkEqual(reason.message, `reason ${index}`, 'a reason');
  });
  const fulfilled = outcomes.filter(({ status }) => status === 'fulfilled').length;
  checkEqual(ran, fulfilled, 'calls that have run, and those that say so');
  made.dispose();
  return fulfilled;
};

export const run = async (stage) => {
  const rounds = stage.count(100);
  let fulfilled = 0;
  for (const turn of range(rounds)) {
    await ownErrno(stage, turn);
    await inOrder(stage);
    fulfilled += await cancelled(stage, turn);
  }
  await settle();
  return { rounds, calls: rounds * 3 * AT_ONCE, cancelled: rounds * AT_ONCE - fulfilled };
};
