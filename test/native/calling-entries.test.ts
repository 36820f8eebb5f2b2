// Without V8's own call, callbacks of one bound call share the handle of the function behind them, and the first thousand have
// no scope of their own (native-shim/entering.c). They lose no handle of others, and keep no more than these of theirs.

import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type BoundFunction, bind } from '../../src/exec/bind.ts';
import { callback } from '../../src/exec/callback.ts';
import { type Library, open } from '../../src/exec/library.ts';
import { host } from '../../src/exec/select-host.ts';
import { v8Calls } from '../../src/exec/v8-calls.ts';
import { collectGarbage } from '../support/collect-garbage.ts';
import type { AnyFunction } from '../support/fixture-library.ts';
import { isSkipped, withTool } from '../support/tool.ts';
import { compile, gcc, nodeHeaders, root } from './build.ts';

process.env['INTERFIX_CALLS'] = 'node-api';

/** An addon and a library at once: its functions hold handles of their own while they call back. */
function addon(): Library {
  const source = join(root, 'fixtures', 'native', 'handles.c');
  const path = compile('handles.node', ['-shared', '-fPIC', '-fvisibility=hidden', `-I${nodeHeaders}`], [source]);
  process.dlopen({ exports: {} }, path);
  return open(path);
}

/** Callbacks of one call: few, around the last one without a scope, and many. */
const COUNTS = [1, 40, 999, 1000, 1001, 1500] as const;

/** Objects that move and die between callbacks. */
function litter(value: number, calls: number): number {
  const made = Array.from({ length: 20 }, (_, index) => ({ index: index + value }));
  if (calls % 500 === 17) collectGarbage();
  return made.length;
}

describe.skipIf(isSkipped(gcc))(withTool('callbacks of one bound call, through Node-API', gcc), () => {
  const library = isSkipped(gcc) ? null : addon();
  const bound = (name: string, signature: string): BoundFunction<AnyFunction> =>
    library?.func<AnyFunction>(name, signature) ?? expect.fail('nothing was compiled');
  const functionNamed = (name: string): BoundFunction<AnyFunction> => bound(name, '((int) -> int, int) -> int');
  const allocated = (): number => Number(bound('allocated', '() -> size_t')());

  test('go through Node-API here', () => {
    expect(v8Calls()).toBe(null);
    expect(functionNamed('none').path).toBe('node-api');
  });

  test('have an address, like every entry', () => {
    expect(() => host().entry(0n, true)).toThrow(TypeError);
  });

  test.each([
    'one_before',
    'one_after_a_few',
    'one_after_many',
    'one_each',
    'in_a_scope',
    'in_a_scope_each',
    'around_an_empty_scope',
    'after_an_empty_scope',
  ])('leave the handles that C holds alone: %s', (name) => {
    const fn = functionNamed(name);
    for (const count of COUNTS) {
      let calls = 0;
      expect(
        fn((value: number) => litter(value, calls++), count),
        `${count} callbacks`,
      ).toBe(0);
      expect(calls).toBeGreaterThanOrEqual(count);
    }
  });

  test.each(COUNTS)('throw out of the call what number %i has thrown, and no callback runs behind it', (count) => {
    const fn = functionNamed('none');
    for (const more of [0, 1, 40, 100]) {
      let calls = 0;
      const throwing = (): number => {
        if (++calls === count) throw new RangeError(`at ${count}`);
        return 1;
      };
      expect(() => fn(throwing, count + more)).toThrow(`at ${count}`);
      expect(calls).toBe(count);
      expect(fn(() => 1, 100)).toBe(0);
    }
  });

  // Each level has a call of its own, with what it keeps.
  test('nest, and go on where they were', () => {
    const names = ['none', 'one_before', 'one_each', 'none'];
    const seen = names.map(() => 0);
    const run = (depth: number): void => {
      const body = (value: number): number => {
        seen[depth] = (seen[depth] ?? 0) + 1;
        const isDeeper = value % 550 === 549 && depth + 1 < names.length;
        if (isDeeper) run(depth + 1);
        return depth === 2 ? litter(value, value) : value;
      };
      expect(functionNamed(names[depth] ?? '')(body, 1100)).toBe(0);
    };
    run(0);
    expect(seen).toEqual([1100, 2 * 1100, 4 * 1100, 8 * 1100]);
  });

  // JavaScript below a callback may come to C by a function that expects no callbacks.
  test('of a function that expects none, within a callback of one that does', () => {
    let inner = 0;
    using made = callback('(int) -> int', (value) => {
      inner++;
      return value;
    });
    const address = functionNamed('in_a_scope').address;
    const plain = bind<AnyFunction>(address, '(*void, int) -> int');
    const outer = (value: number): number => {
      if (value % 10 === 9) expect(plain(made.address, 40)).toBe(0);
      return litter(value, value);
    };
    expect(functionNamed('one_before')(outer, 200)).toBe(0);
    expect(inner).toBe(20 * 120);
  });

  test('of a function that expects none, behind a call of one that does', () => {
    const fn = functionNamed('none');
    const plain = bind<AnyFunction>(functionNamed('one_each').address, '(*void, int) -> int');
    let calls = 0;
    using made = callback('(int) -> int', (value) => litter(value, calls++));
    const again = (depth: number): void => {
      expect(fn(() => 1, 10)).toBe(0);
      expect(plain(made.address, 100)).toBe(0);
      if (depth > 0) again(depth - 1);
    };
    again(20);
    expect(calls).toBe(21 * 100);
  });

  // What V8 would keep of each callback until the call returns: 16 MiB.
  test.each([
    { rule: 'a plain loop', name: 'none', first: () => 0 },
    { rule: 'handles of C', name: 'one_after_a_few', first: () => 0 },
    {
      rule: 'other calls within',
      name: 'none',
      first: (address: bigint, plain: AnyFunction) => plain(address, 100),
    },
  ])('keep no handles beyond the first thousand: $rule', ({ name, first }) => {
    const fn = functionNamed(name);
    const plain = bind<AnyFunction>(functionNamed('none').address, '(*void, int) -> int');
    using made = callback('(int) -> int', (value) => value);
    let left = 2_000_000;
    let before = 0;
    let after = 0;
    const body = (): number => {
      left--;
      if (left === 1_999_000) first(made.address, plain);
      if (left === 1_990_000) before = allocated();
      if (left === 0) after = allocated();
      return 1;
    };
    fn(body, left);
    expect(before).toBeGreaterThan(0);
    expect(after - before).toBeLessThan(2 ** 20);
  });
});
