// Calls with an error number, with JavaScript functions as arguments, and on threads other than JavaScript's own.
import { constants } from 'node:os';
import { callThread, host, open, read } from '../src/index.ts';

const libc = open('libc.so.6');

// `errno` is that of this very call: nothing can come between.
const openFile = libc.func('open', '(*char, int) -> int', { errno: true });
const { value, errno } = openFile('/no/such/file', 0);
console.log(`open gave ${value}, no such file: ${errno === constants.errno.ENOENT}`);

// A function given where C takes a function pointer is a callback for the time of the call.
const qsort = libc.func('qsort', '(*void, size_t, size_t, (*int, *int) -> int) -> void');
const numbers = Int32Array.of(31, -5, 8, 0, 12);
qsort(numbers, numbers.length, numbers.BYTES_PER_ELEMENT, (a, b) => read(a, 'int') - read(b, 'int'));
console.log(numbers.join(' '));

// `poll` without files only waits.
const poll = libc.func('poll', '(*void, ulong, int) -> int');

async function elsewhere(): Promise<void> {
  const begun = Date.now();
  await Promise.all([200, 200, 200, 200].map((milliseconds) => poll.async(null, 0, milliseconds)));
  console.log(`four waits at once: ${Date.now() - begun < 600}`);

  // One thread runs its calls one after another; one that has not begun can be taken back.
  const thread = callThread();
  const stop = new AbortController();
  const first = poll.async.with({ thread })(null, 0, 50);
  const second = poll.async.with({ thread, signal: stop.signal })(null, 0, 50);
  stop.abort();
  const [ended, taken] = await Promise.allSettled([first, second]);
  console.log(`first: ${ended.status}, second: ${taken.status === 'rejected' && taken.reason.name}`);
  thread.dispose();
}

// Other threads need the native shim; the koffi host refuses them by name.
if (host().name === 'native') await elsewhere();
else await poll.async(null, 0, 1).catch((error: Error) => console.log(String(error)));

libc.close();
