// The JavaScript thread waits in C for threads that wait for it: named after the timeout, and cured by `serve` and by
// `.async`.
import { ASK, answer, check, checkEqual, until } from '../stage.mjs';

const THREADS = 3;
const TIMEOUT = 200;
const JOIN = '(*void, int, int64) -> int64';

export const run = async (stage) => {
  const reports = [];
  let calls = 0;
  const counted = (number, thread) => {
    calls++;
    return answer(number, thread);
  };
  const onReport = (kind, message) => reports.push({ kind, message });
  const asked = stage.interfix.callback(ASK, counted, { thread: 'block', timeout: TIMEOUT, onReport });
  // One call each: what they get is zero, or wrong.
  const join = stage.func('ask_and_join', JOIN);

  const started = performance.now();
  checkEqual(join(asked, THREADS, 1n), BigInt(THREADS), 'threads that got zero');
  const waited = performance.now() - started;
  check(waited > 0.9 * TIMEOUT, `${waited} ms are the whole timeout`);
  await until(() => reports.length > 0, 'the report');
  checkEqual(reports.length, 1, 'reports');
  checkEqual(reports[0].kind, 'timeout', 'the report');
  check(/did not serve callbacks for 200 ms.*serve: true.*\.async/.test(reports[0].message), reports[0].message);
  checkEqual(calls, 0, 'calls that were given up and run all the same');
  checkEqual(asked.stats.timedOut, THREADS, 'timeouts');

  const many = stage.count(2000);
  const patient = stage.interfix.callback(ASK, counted, { thread: 'block', timeout: 0 });
  const served = stage.func('ask_and_join', JOIN, { serve: true });
  checkEqual(served(patient, THREADS, BigInt(many)), 0n, 'wrong or missing results when served');
  checkEqual(calls, THREADS * many, 'callbacks');
  checkEqual(await join.async(patient, THREADS, BigInt(many)), 0n, 'wrong or missing results of an asynchronous call');
  checkEqual(calls, 2 * THREADS * many, 'callbacks');
  // A function that is given to the call waits as long as C does, without a choice of its own.
  const direct = stage.func('ask_and_join', `(${ASK}, int, int64) -> int64`, { serve: true });
  checkEqual(direct(answer, THREADS, BigInt(many)), 0n, 'wrong or missing results of a function given to the call');
  checkEqual(patient.stats.timedOut, 0, 'timeouts');
  asked.dispose();
  patient.dispose();
  return { waited: Math.round(waited), calls };
};
