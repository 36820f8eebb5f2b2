// Eight workers that do everything at once, terminated in the middle of it: nobody else notices, the threads that still
// have their pointers get zeros, and what they used is given back.
import { readFileSync } from 'node:fs';
import process from 'node:process';
import { Worker } from 'node:worker_threads';
import { ASK, answer, check, checkEqual, collectGarbage, range, settle, sleep, until } from '../stage.mjs';

const AT_ONCE = 8;
/** As many ended environments keep answering: docs/callbacks.md. */
const QUARANTINE = 64;
const SLACK = 48 * 2 ** 20;
const BUSY = new URL('../busy-worker.mjs', import.meta.url);
const QUIET = new URL('../quiet-worker.mjs', import.meta.url);

/** An error of a worker is one of this process: nobody else listens. */
const message = (worker) => new Promise((resolve) => worker.once('message', resolve));

const start = async ({ index, path }, turn) => {
  const worker = new Worker(BUSY, { workerData: { index, path, turn } });
  return { worker, crews: await message(worker) };
};

const begin = ({ worker }) => {
  const busy = message(worker);
  worker.postMessage('begin');
  return busy;
};

/** Stops a worker's threads. Until then they have gone on calling. */
const stop = async (stage, crew, index) => {
  const number = (what) => Number(stage.func(`crew_${what}`, '(*void) -> int64')(crew));
  // In this order: each call counts its result first, and itself then.
  const before = { zero: number('zero'), made: number('made') };
  await until(() => number('made') > before.made + 5, 'threads go on after the end of their worker');
  // Only the first two have results.
  if (index < 2) check(number('zero') > before.zero, 'they get zeros');
  stage.func('crew_stop', '(*void) -> void')(crew);
  checkEqual(stage.func('crew_join', '(*void) -> int64')(crew), 0n, 'wrong results');
  stage.func('crew_free', '(*void) -> void')(crew);
};

const round = async (stage, made, turn) => {
  const ask = stage.func('ask_here', '(*void, int64) -> int64');
  const workers = await Promise.all(range(AT_ONCE).map((n) => start(stage, turn * AT_ONCE + n)));
  await Promise.all(workers.map(begin));
  // The main thread goes on as if they were not there.
  for (const end = performance.now() + (turn % 7) * 3; performance.now() < end; await sleep(0))
    checkEqual(ask(made, 14n), 42n, 'a result of the main thread');
  await Promise.all(workers.map(({ worker }) => worker.terminate()));
  for (const { crews } of workers) await Promise.all(crews.map((crew, index) => stop(stage, crew, index)));
};

const codeMappings = () =>
  process.platform === 'linux' ? (readFileSync('/proc/self/maps', 'utf8').match(/memfd:interfix/g)?.length ?? 0) : 0;

/** Drives the busy ones out of the quarantine: what is left of them then is a leak. */
const fillQuarantine = async ({ index }) => {
  const quiet = () =>
    new Promise((resolve, reject) =>
      new Worker(QUIET, { workerData: { index } }).once('exit', resolve).once('error', reject),
    );
  for (let ended = 0; ended < QUARANTINE; ended += AT_ONCE) await Promise.all(range(AT_ONCE).map(quiet));
};

const measure = async (stage) => {
  await fillQuarantine(stage);
  await settle();
  collectGarbage();
  await settle();
  return { mappings: codeMappings(), live: stage.allocations?.live ?? 0, rss: process.memoryUsage.rss() };
};

export const run = async (stage) => {
  const rounds = stage.count(100, 2);
  const half = Math.ceil(rounds / 2);
  const made = stage.interfix.callback(ASK, answer);
  const figures = { rounds, workers: rounds * AT_ONCE };
  for (const turn of range(half)) await round(stage, made, turn);
  // Not for a few rounds: it takes as long as 16 of them.
  const before = rounds < 50 ? null : await measure(stage);
  for (const turn of range(rounds - half)) await round(stage, made, half + turn);
  if (before === null) return figures;
  const after = await measure(stage);
  const grown = Object.fromEntries(Object.entries(after).map(([what, now]) => [what, now - before[what]]));
  checkEqual(grown.live, 0, 'blocks that are left of as many workers');
  checkEqual(grown.mappings, 0, 'mappings of code that are left of them');
  check(grown.rss < SLACK, `${grown.rss} bytes are few`);
  return { ...figures, ...before, grown };
};
