// Other threads call JavaScript: threads of C11 that wait for its result, and a timer whose thread does not.
import { alloc, callback, host, open, read, write } from '../src/index.ts';

const libc = open('libc.so.6');

/** C's threads each run this; only ever on the thread of JavaScript, one after the other. */
const square = (argument: bigint): number => Number(argument) ** 2;

/** A synchronous call that waits for such a thread has to serve it meanwhile; see docs/callbacks.md. */
function threads(): void {
  using main = callback('(*void) -> int', square, { thread: 'block' });
  const create = libc.func('thrd_create', '(thread: *ulong, main: (*void) -> int, argument: *void) -> int');
  const join = libc.func('thrd_join', '(thread: ulong, result: *int) -> int', { serve: true });
  const results = [2n, 3n, 4n].map((argument) => {
    const thread = alloc('ulong');
    const result = alloc('int');
    create(thread, main, argument);
    join(read(thread, 'ulong'), result);
    return read(result, 'int');
  });
  console.log(`squares from three threads: ${results.join(' ')}`);
}

const EVENT = '{value: *void, signal: int, notify: int, run: (*void) -> void, attributes: *void, unused: [4:int64]}';
const TIMES = '{interval: {seconds: int64, nanoseconds: int64}, first: {seconds: int64, nanoseconds: int64}}';
const CLOCK_MONOTONIC = 1;
const SIGEV_THREAD = 2;

/** The C library calls back from a thread of its own, which goes on at once. `tick` keeps the process alive. */
function ticks(): Promise<void> {
  const remove = libc.func('timer_delete', '(*void) -> int');
  return new Promise((resolve) => {
    let count = 0;
    const ticked = (value: bigint): void => {
      console.log(`tick ${++count}, value ${value}`);
      if (count < 3) return;
      remove(read(timer, '*void'));
      tick.dispose();
      resolve();
    };
    const tick = callback('(*void) -> void', ticked, { thread: 'post', queue: 16 });
    const timer = alloc('*void');
    const event = alloc(EVENT);
    const unused = [0, 0, 0, 0];
    write(event, EVENT, { value: 7n, signal: 0, notify: SIGEV_THREAD, run: tick, attributes: null, unused });
    const times = alloc(TIMES);
    const span = { seconds: 0, nanoseconds: 10_000_000 };
    write(times, TIMES, { interval: span, first: span });
    libc.func('timer_create', '(int, *void, *void) -> int')(CLOCK_MONOTONIC, event, timer);
    libc.func('timer_settime', '(*void, int, *void, *void) -> int')(read(timer, '*void'), 0, times, null);
  });
}

if (host().name === 'native') {
  threads();
  await ticks();
} else {
  // Refused by name when the callback is made.
  try {
    threads();
  } catch (error) {
    console.log(String(error));
  }
}
