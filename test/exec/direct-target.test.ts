// Where the values of a call are in their places already, V8 calls the C function itself: no adapter stands between.

import { describe, expect, test } from 'vitest';
import type { ConventionId } from '../../src/abi/convention.ts';
import { isJump } from '../../src/exec/entered-call.ts';
import { executableMemory } from '../../src/exec/finalize.ts';
import { hostAbi } from '../../src/exec/host-abi.ts';
import { imageOf } from '../../src/exec/images.ts';
import { open } from '../../src/exec/library.ts';
import { v8Calls } from '../../src/exec/v8-calls.ts';
import type { AnyFunction } from '../support/fixture-library.ts';
import { callerOf, optimize, slowCalls, warmUp } from '../support/paths.ts';

const adapter = (text: string, abi: ConventionId = hostAbi()): boolean =>
  isJump(imageOf(text, 'adapter', { abi, vectors: 'sse', registry: undefined, receiver: true }));

test.each(['() -> void', '(double, double) -> double', '() -> int'])('%s needs no code in front', (text) => {
  expect(adapter(text)).toBe(true);
});

test.each(['(int) -> int', '(double, bool) -> void'])('%s does: V8 gives a receiver', (text) => {
  expect(adapter(text)).toBe(false);
});

test.runIf(hostAbi() === 'sysv-x64')('neither is it left out where the callee wants home space', () => {
  expect(adapter('() -> void', 'win-x64')).toBe(false);
});

describe.runIf(v8Calls() !== null)('a function called by V8 itself', () => {
  test('gets its values in optimised code, and there is one piece of code less', () => {
    const { liveSlots } = executableMemory();
    const fn = open('libm.so.6').func<AnyFunction>('fmin', '(double, double) -> double', { leaf: true });
    const caller = callerOf(fn, 2);
    optimize(caller, [1.5, 2.25], 1000);
    warmUp(() => caller(1, 2));
    const before = slowCalls();
    expect(caller(-1, 0.5)).toBe(-1);
    expect(slowCalls()).toBe(before);
    expect(executableMemory().liveSlots).toBe(liveSlots + 1);
    fn.dispose();
    expect(() => caller(1, 2)).toThrow(expect.objectContaining({ code: 'ERR_DISPOSED' }));
  });

  test('two of one C function do not share what slow calls need', () => {
    const make = () => open('libm.so.6').func<AnyFunction>('fmin', '(double, double) -> double', { leaf: true });
    const [one, other] = [make(), make()];
    expect([one(1, 2), other(3, 4), one(5, 6)]).toEqual([1, 3, 5]);
    one.dispose();
    expect([other(7, 8), make()(9, 10)]).toEqual([7, 9]);
  });
});
