// Everything the native shim does, once, in an order that never changes: what the sanitizers, valgrind and the fault
// injection watch. Each step gives a right result, or an error with a code, or the default that is documented for it;
// anything else ends the process with status 1.
//
//   node scripted-run.mjs <interfix index.js> <interfix.node> <the library of fixtures/native/threads.c> [calls] [overread]
//
// With `overread` the generated code is made to read behind an allocation: what a watcher must find.
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { isMainThread, Worker } from 'node:worker_threads';
import { Bench, check } from './bench.mjs';

const [, , index, addonPath, fixture, calls = '20', defect] = process.argv;
const interfix = await import(index);
const CALLS = Number(calls);
const PATIENCE = 20_000;

const step = async (name, run) => {
  try {
    await run();
    console.log(`${name}: done`);
  } catch (error) {
    console.log(`${name}: ${error.code ?? error.stack}`);
    if (typeof error.code !== 'string' || error.code === 'ERR_ASSERTION') process.exit(1);
  }
};

const until = async (condition, what) => {
  for (const end = Date.now() + PATIENCE; !condition(); await new Promise((next) => setTimeout(next, 1)))
    check(Date.now() < end, what);
};

/** The library as its users have it. */
const publicSurface = async () => {
  await step('strings', () => {
    const strlen = interfix.open(null).func('strlen', '(*char) -> size_t');
    check(strlen('interfix') === 8n, 'strlen');
    strlen.dispose();
  });
  await step('memory', () => {
    const memory = interfix.alloc(64);
    interfix.write(memory.address, '{a:int, b:double}', { a: 1, b: 2 });
    check(interfix.read(memory.address, '{a:int, b:double}').b === 2, 'read');
  });
  await step('symbols', () => {
    const library = interfix.open(fixture);
    try {
      library.symbol('no_such_symbol');
      check(false, 'no such symbol');
    } catch (error) {
      if (error.code !== 'ERR_SYMBOL') throw error;
    }
    library.close();
  });
  for (let i = 0; i < 3; i++) {
    await step('callback', () => {
      const ask = interfix.open(fixture).func('ask_here', '(*void, int64) -> int64');
      const twice = interfix.callback('(int64, double) -> int64', (number) => 2n * number);
      check([42n, 0n].includes(ask(twice.address, 21n)), 'a callback gives its result, or zero');
      twice.dispose();
      ask.dispose();
    });
  }
};

const MIXED = '{number:int64, real:double, reals:[3:float], small:uint8}';
const SIGNATURES = {
  post: `(int32, int64, uint64, double, float, *char, ${MIXED}) -> void`,
  ask: '(int64, double) -> int64',
  askMixed: `(${MIXED}, int32) -> ${MIXED}`,
};

const ask = (records, base, { args, ret }) => {
  const number = records.getBigInt64(base + args[0].offset, true);
  const real = records.getFloat64(base + args[1].offset, true);
  records.setBigInt64(base + ret.offset, 3n * number + BigInt(real), true);
};

const REVERSED = [2, 1, 0];

const askMixed = (records, base, { args, ret }) => {
  const from = base + args[0].offset;
  const to = base + ret.offset;
  const step = records.getInt32(base + args[1].offset, true);
  records.setBigInt64(to, records.getBigInt64(from, true) + BigInt(step), true);
  records.setFloat64(to + 8, records.getFloat64(from + 8, true) * 2, true);
  REVERSED.forEach((source, i) => {
    records.setFloat32(to + 16 + 4 * i, records.getFloat32(from + 16 + 4 * source, true), true);
  });
  records.setUint8(to + 28, records.getUint8(from + 28));
};

const HIRE = '(*void, int32, int64, int32) -> *void';
const THREADS = 2n;

const foreignThreads = async (bench) => {
  const crew = (kind, callback) => bench.serve(kind, HIRE, [callback.address, THREADS, BigInt(CALLS), 0n]).result;
  const number = (name, members) => Number(bench.serve(name, '(*void) -> int64', [members]).result);
  const all = Number(THREADS) * CALLS;

  const end = (members) => {
    // Whatever fails here, the threads must be gone before what they call is.
    for (let tries = 0; ; tries++) {
      try {
        bench.serve('crew_join', '(*void) -> int64', [members]);
        break;
      } catch (error) {
        if (tries > 3) throw error;
      }
    }
  };

  await step('owner', async () => {
    const owner = bench.callback(SIGNATURES.ask, ask);
    const members = crew('crew_ask', owner);
    end(members);
    check(number('crew_zero', members) === all, 'a foreign thread gets zeros');
    check(owner.stats()[0] === all, 'and is counted');
    owner.free();
  });
  await step('post', async () => {
    let got = 0;
    const post = bench.callback(SIGNATURES.post, () => got++, { mode: 1, limit: 64, wait: 1 });
    const members = crew('crew_post', post);
    bench.addon.holdLoop(true);
    await until(() => got + post.stats()[1] === all, 'every post arrives, or is counted');
    bench.addon.holdLoop(false);
    end(members);
    post.free();
  });
  for (const [kind, signature, handler] of [
    ['crew_ask', SIGNATURES.ask, ask],
    ['crew_ask_mixed', SIGNATURES.askMixed, askMixed],
  ]) {
    await step(kind, async () => {
      const block = bench.callback(signature, handler, { mode: 2, timeout: PATIENCE });
      const members = crew(kind, block);
      end(members);
      check(number('crew_wrong', members) === 0, 'no result is wrong');
      check(number('crew_zero', members) === block.stats()[1], 'no result is zero that was not dropped');
      block.free();
    });
  }
  await step('a deadlock', async () => {
    const block = bench.callback(SIGNATURES.ask, ask, { mode: 2, timeout: 20 });
    const members = crew('crew_ask', block);
    const deadline = Date.now() + 60;
    while (Date.now() < deadline);
    await until(() => number('crew_made', members) === all, 'the threads go on');
    end(members);
    const [, dropped, timedOut] = block.stats();
    check(number('crew_zero', members) === dropped + timedOut, 'who waited in vain has zero');
    block.free();
  });
  await step('close', async () => {
    const block = bench.callback(SIGNATURES.ask, ask, { mode: 2, timeout: PATIENCE });
    const members = bench.serve('crew_ask', HIRE, [block.address, THREADS, 0n, 1n]).result;
    block.close();
    await until(() => block.stats()[3] > 1, 'late calls are counted');
    for (let done = false; !done; ) {
      try {
        bench.serve('crew_stop', '(*void) -> void', [members]);
        done = true;
      } catch {}
    }
    end(members);
    block.free();
  });
};

const asynchronousCalls = async (bench) => {
  const FAIL = '(int32, int32) -> int32';
  await step('async', async () => {
    const made = [1n, 2n, 3n].map((n) => bench.call('fail_with', FAIL, [n, 10n * n]));
    const taken = made.map(({ call }, i) => bench.addon.callAsync(call, 0, 100 + i) === 0);
    const ran = taken.flatMap((is, i) => (is ? [i] : []));
    await until(() => ran.every((i) => bench.settled.has(100 + i)), 'every call returns');
    for (const i of ran) {
      check(bench.settled.get(100 + i) === i + 1, 'errno of its own');
      check(Number(made[i].result() & 0xffffffffn) === 10 * (i + 1), 'a result of its own');
    }
  });
  await step('a thread', async () => {
    const thread = bench.addon.createThread();
    if (thread < 0) throw Object.assign(new Error('createThread'), { code: `errno ${-thread}` });
    const sleep = bench.call('sleep_milliseconds', '(int32) -> void', [30n]);
    const fail = bench.call('fail_with', FAIL, [4n, 5n]);
    const first = bench.addon.callAsync(sleep.call, thread, 200) === 0;
    const second = bench.addon.callAsync(fail.call, thread, 201) === 0;
    if (first && second) check(bench.addon.cancelCall(201), 'a call that waits can be cancelled');
    check(bench.addon.endThread(thread) && !bench.addon.endThread(thread), 'a thread ends once');
    await until(() => !first || bench.settled.has(200), 'the first call returns');
    check(!(first && bench.settled.has(201)), 'the cancelled one does not');
    if (first || second) await until(() => first || bench.settled.has(201), 'what was taken returns');
  });
};

const overread = (bench) => {
  const behind = interfix.open(null).func('malloc', '(size_t) -> *void')(8n) + 8n;
  const made = bench.call('fail_with', '(int32, int32) -> int32', [0n, 0n]);
  made.frame[4] = behind;
  bench.addon.serveCall(made.call);
};

const native = async () => {
  let bench;
  await step('addon', () => {
    bench = new Bench(interfix, addonPath, fixture);
  });
  if (bench === undefined) return;
  if (defect === 'overread') overread(bench);
  await foreignThreads(bench);
  await asynchronousCalls(bench);
  await step('contexts', () => {
    const made = Array.from({ length: 40 }, (_, i) =>
      bench.addon.createContexts(i, 1 + i, 16, Uint32Array.of(0, 8), 0, 1, 0, 0),
    );
    for (const contexts of made) bench.addon.releaseContexts(contexts);
  });
  // Left alive: the environment ends, and goes to the quarantine.
  await step('left', () => bench.callback(SIGNATURES.ask, ask, { mode: 2 }));
};

if (isMainThread) {
  await publicSurface();
  const worker = new Worker(fileURLToPath(import.meta.url), { argv: process.argv.slice(2) });
  const status = await new Promise((resolve, reject) => worker.once('exit', resolve).once('error', reject));
  if (status !== 0) process.exit(1);
} else {
  await native();
}
