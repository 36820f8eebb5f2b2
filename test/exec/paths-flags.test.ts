// Calls on each path in a Node whose engine is pushed about: it compiles everything or nothing, throws its code away, or
// collects garbage all the time. Whatever it does, the results are the same.

import { expect, test } from 'vitest';
import { host } from '../../src/exec/select-host.ts';
import { v8Calls } from '../../src/exec/v8-calls.ts';
import { builtLibrary, runInNode } from '../support/built-library.ts';
import { OPTIMISES_AT_ONCE } from '../support/engine-flags.ts';
import { describeWithC, fixturePath } from '../support/fixture-library.ts';

/** Runs as often as the third argument says; a function of its own for each path, so that each has its own call sites. */
const WORK = `(library, callback, options, rounds) => {
  const point = '{x:double, y:double}';
  const bind = (name, signature) => library.func(name, signature, options);
  const same = bind('same_int32', '(int) -> int');
  const wide = bind('same_int64', '(int64) -> int64');
  const weigh = bind('weigh_doubles', '(' + Array(12).fill('double') + ') -> double');
  const make = bind('make_point', '(double, double) -> ' + point);
  const cross = bind('cross', '(' + point + ', ' + point + ') -> double');
  const length = bind('text_length', '(*char) -> size_t');
  const bytes = bind('weigh_bytes', '(*uint8, size_t) -> int64');
  const call = bind('call_int32', '((int) -> int, int) -> int');
  const after = bind('int32_after_kept', '(int, int) -> int');
  const garbage = [];
  const twice = callback('(int) -> int', (value) => {
    garbage[value % 50] = { of: Array(20).fill(value) };
    if (value % 97 === 96) throw new Error('from ' + value);
    return 2 * value;
  });
  library.func('keep', '(*void) -> void')(twice.address);
  const errors = {};
  const count = (code) => { errors[code] = (errors[code] ?? 0) + 1; };
  let sum = 0;
  let big = 0n;
  for (let i = 0; i < rounds; i++) {
    sum += same(i) + weigh(i, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12.5);
    big += wide(BigInt(i) << 40n) + bytes(Uint8Array.of(i, i + 1, i + 2), 3n) + length('x'.repeat(i % 40) + 'ü');
    const p = make(i, 0.5);
    sum += cross(p, { x: p.y, y: 2 });
    if (i % 100 === 99) {
      try { same('x' + i); } catch ({ code }) { count(code); }
      try { cross(p, { x: 1 }); } catch ({ code }) { count(code); }
    }
    if (options.leaf) continue;
    try { sum += call(twice, i); } catch ({ message }) { count(message); }
    try { sum += after(i, i); } catch ({ message }) { count(message); }
  }
  twice.dispose();
  return JSON.stringify([sum, String(big), errors]);
}`;

const body = (rounds: number, isFast: boolean): string => `
  const { v8Calls } = await import(${JSON.stringify(new URL('./exec/v8-calls.js', builtLibrary()).href)});
  const library = interfix.open(path);
  const work = () => (0, eval)(${JSON.stringify(WORK)});
  for (const options of [{ fast: false }, {}, { leaf: true }])
    console.log(work()(library, interfix.callback, options, ${rounds}));
  const leaf = library.func('same_int32', '(int) -> int', { leaf: true });
  const end = Date.now() + ${isFast ? 5000 : 0};
  // A function that is called again and again: V8 may stay in its second compiler's code for a loop that never ends.
  const thousand = () => { for (let i = 0; i < 1000; i++) leaf(i); };
  let slow = 1000;
  while (slow >= 500 && Date.now() < end) {
    const before = v8Calls()?.slowCalls();
    thousand();
    slow = v8Calls()?.slowCalls() - before;
  }
  console.log('slow', slow);
`;

const SOON = [...OPTIMISES_AT_ONCE];
/** Node 20 has no second optimising compiler yet. */
const OTHER_COMPILER = process.versions.modules === '115' ? '--always-turbofan' : '--stress-maglev';

interface Pushed {
  readonly by: string;
  readonly flags: readonly string[];
  readonly rounds: number;
  /** Whether V8 has optimised code in the end, and nearly all calls are fast ones then. */
  readonly isFast: boolean;
}

const PUSHED: readonly Pushed[] = [
  { by: 'nothing', flags: [], rounds: 10_000, isFast: true },
  { by: 'optimising at once', flags: SOON, rounds: 1000, isFast: true },
  { by: 'never optimising', flags: ['--no-opt'], rounds: 1000, isFast: false },
  { by: 'making no code', flags: ['--jitless'], rounds: 500, isFast: false },
  { by: 'another compiler', flags: [OTHER_COMPILER], rounds: 1000, isFast: false },
  { by: 'throwing code away', flags: ['--deopt-every-n-times=500'], rounds: 2000, isFast: false },
  {
    by: 'moving every object',
    flags: [...SOON, '--stress-compaction', '--max-semi-space-size=1'],
    rounds: 300,
    isFast: true,
  },
  { by: 'marking all the time', flags: [...SOON, '--stress-incremental-marking'], rounds: 200, isFast: true },
  { by: 'collecting all the time', flags: [...SOON, '--gc-interval=500'], rounds: 300, isFast: true },
  { by: 'flushing code', flags: [...SOON, '--stress-flush-code'], rounds: 500, isFast: true },
];

/** What the work gives, calculated without C. */
function expected(rounds: number, isLeaf: boolean): string {
  const errors: Record<string, number> = {};
  const count = (code: string): void => {
    errors[code] = (errors[code] ?? 0) + 1;
  };
  let sum = 0;
  let big = 0n;
  for (let i = 0; i < rounds; i++) {
    const weights = [i, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12.5];
    sum += i + weights.reduce((total, value, index) => total + value * (index + 1), 0);
    const [a = 0, b = 0, c = 0] = Uint8Array.of(i, i + 1, i + 2);
    big += (BigInt(i) << 40n) + BigInt(a + 2 * b + 3 * c) + BigInt((i % 40) + 2);
    sum += i * 2 - 0.5 * 0.5;
    if (i % 100 === 99) {
      count('ERR_ARGUMENT_KIND');
      count('ERR_ARGUMENT_KIND');
    }
    if (isLeaf) continue;
    // Two functions, and each calls back.
    for (let time = 0; time < 2; time++) {
      if (i % 97 === 96) count(`from ${i}`);
      else sum += 2 * i;
    }
  }
  return JSON.stringify([sum, String(big), errors]);
}

describeWithC('a Node that is pushed about', () => {
  test.each(PUSHED)('by $by gives the same', ({ flags, rounds, isFast }) => {
    const { status, signal, output } = runInNode(body(rounds, isFast), fixturePath(), flags);
    const lines = output.trim().split('\n');
    const all = expected(rounds, false);
    expect(lines.slice(0, 3)).toEqual([all, all, expected(rounds, true)]);
    expect({ status, signal }).toEqual({ status: 0, signal: null });
    if (host().name === 'native' && v8Calls() !== null && isFast)
      expect(Number(lines[3]?.replace('slow ', ''))).toBeLessThan(500);
  });
});
