// What every scenario stands on: the library as its users have it, the C side, and how a claim is checked. Written for any
// Node that the library runs on, without a test framework: a crash must end the process, and nothing else.
import { setImmediate as nextTurn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
export const collectGarbage = runInNewContext('gc');

export const MIXED = '{number:int64, real:double, reals:[3:float], small:uint8}';
export const POST = `(int, int64, uint64, double, float, *char, ${MIXED}) -> void`;
export const ASK = '(int64, double) -> int64';
export const ASK_MIXED = `(${MIXED}, int) -> ${MIXED}`;
/** What fixtures/native/threads.c expects of whom it asks. */
export const answer = (number, thread) => number * 3n + BigInt(thread);

export const check = (holds, what) => {
  if (!holds) throw new Error(`does not hold: ${what}`);
};

export const checkEqual = (got, wanted, what) => check(got === wanted, `${what}: ${got} is ${wanted}`);

export const range = (count) => Array.from({ length: count }, (_, index) => index);

export const sleep = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Under wine, on a machine with other work, a second is short. */
const PATIENCE = 120_000;

/** Lets the event loop run until `done`. */
export const until = async (done, what, patience = PATIENCE) => {
  for (const end = performance.now() + patience; !done(); await sleep(1))
    check(performance.now() < end, `${what} within ${patience} ms`);
};

/** Lets what has been asked for come: reports, freed records, finalizers. */
export const settle = async () => {
  for (let turn = 0; turn < 3; turn++) await nextTurn();
};

/** Threads that call; see fixtures/native/threads.c. */
class Crew {
  #stage;
  #pointer;

  constructor(stage, kind, fn, { threads, calls, pause = 0 }) {
    this.#stage = stage;
    this.#pointer = stage.func(`crew_${kind}`, '(*void, int, int64, int) -> *void')(fn, threads, calls, pause);
    check(this.#pointer !== 0n, 'the system gives threads');
  }

  #number(what) {
    return Number(this.#stage.func(`crew_${what}`, '(*void) -> int64')(this.#pointer));
  }

  get pointer() {
    return this.#pointer;
  }

  get made() {
    return this.#number('made');
  }

  get zero() {
    return this.#number('zero');
  }

  get wrong() {
    return this.#number('wrong');
  }

  /** No further calls. Those that wait in a queue are still served. */
  stop() {
    this.#stage.func('crew_stop', '(*void) -> void')(this.#pointer);
  }

  /** Of threads that are about to end without this one. No result was wrong. */
  join() {
    const wrong = this.#stage.func('crew_join', '(*void) -> int64')(this.#pointer);
    this.#end(wrong);
  }

  /** Of threads that may still wait for this one. */
  async joinLater() {
    const wrong = await this.#stage.func('crew_join', '(*void) -> int64').async(this.#pointer);
    this.#end(wrong);
  }

  #end(wrong) {
    this.#stage.func('crew_free', '(*void) -> void')(this.#pointer);
    checkEqual(wrong, 0n, 'no result is wrong');
  }
}

export class Stage {
  #functions = new Map();
  #factor;

  constructor(interfix, { index, path, factor }) {
    this.interfix = interfix;
    this.index = index;
    this.path = path;
    this.#factor = factor;
    this.library = interfix.open(path);
  }

  /** So many of what is done `full` times at factor 1; at least `least`. */
  count(full, least = 1) {
    return Math.max(least, Math.ceil(full * this.#factor));
  }

  get factor() {
    return this.#factor;
  }

  func(name, signature, options = {}) {
    const key = `${name}${signature}${JSON.stringify(options)}`;
    const known = this.#functions.get(key);
    if (known !== undefined) return known;
    const made = this.library.func(name, signature, options);
    this.#functions.set(key, made);
    return made;
  }

  crew(kind, fn, how) {
    return new Crew(this, kind, fn, how);
  }

  /** Blocks that the shim has allocated, and given back, if this process runs with fixtures/native/allocations.c. */
  get allocations() {
    const { open, bind } = this.interfix;
    try {
      this.counters ??= ['made', 'released'].map((what) =>
        bind(open(null).symbol(`allocations_${what}`), '() -> int64', { int64: 'number' }),
      );
    } catch (error) {
      if (error.code !== 'ERR_SYMBOL') throw error;
      this.counters = null;
    }
    const [made, released] = this.counters?.map((read) => read()) ?? [];
    return made === undefined ? null : { made, released, live: made - released };
  }
}
