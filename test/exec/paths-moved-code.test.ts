// Garbage is collected while C runs, and moves code: that of the functions which wait for C to return, too. V8 has to change
// the addresses that C returns to, and cannot do that everywhere where it lets JavaScript run.

import { expect, test } from 'vitest';
import { runInNode } from '../support/built-library.ts';
import { describeWithC, fixturePath } from '../support/fixture-library.ts';

const body = `
  const library = interfix.open(path);
  const collect = globalThis.gc;
  const optimizeNext = new Function('fn', 'return %OptimizeFunctionOnNextCall(fn);');
  const prepare = new Function('fn', 'return %PrepareFunctionForOptimization(fn);');
  let work = () => {};
  const kept = interfix.callback('(int) -> int', () => { work(); return 0; });
  library.func('keep', '(*void) -> void')(kept.address);
  let right = 0;
  for (let round = 0; round < 12; round++) {
    const fn = library.func('int32_after_kept', '(int, int) -> int');
    const caller = new Function('fn', '/* ' + round + ' */ return function caller(a, b) { return fn(a, b); }')(fn);
    work = () => {};
    prepare(caller);
    for (let i = 0; i < 3000; i++) caller(i, 1);
    optimizeNext(caller);
    for (let i = 0; i < 20000; i++) caller(i, 1);
    work = () => { collect(); collect(); };
    for (let i = 0; i < 3; i++) right += caller(round, i) === round + i ? 1 : 0;
  }
  console.log(right);
  kept.dispose();
`;

describeWithC('while C calls JavaScript', () => {
  test.each([
    ['every full collection compacts', ['--compact-on-every-full-gc']],
    ['and everything moves', ['--compact-on-every-full-gc', '--stress-compaction']],
  ])('the code of its callers may move: %s', (_, flags) => {
    const all = ['--expose-gc', '--allow-natives-syntax', ...flags];
    expect(runInNode(body, fixturePath(), all)).toEqual({ status: 0, signal: null, output: '36\n' });
  });
});
