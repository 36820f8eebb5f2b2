// Every type in and out of callbacks, called by their own thread and by others, through the conventions of this machine.
// What needs registers of several files (long double, complex, __int128, vectors) is checked against gcc's own code.

import { expect, test } from 'vitest';
import { bind } from '../../src/exec/bind.ts';
import { callback } from '../../src/exec/callback.ts';
import type { AnyFunction } from '../support/fixture-library.ts';
import { recordCases } from '../support/record-values.ts';
import { scalarCases } from '../support/scalar-values.ts';
import { boundIn, describeWithLibraries, describeWithThreads, loopUntil } from '../support/threads-library.ts';

const identity: AnyFunction = (value) => value;

interface TypeCase {
  readonly name: string;
  readonly type: string;
  /** As given, and as it arrives. */
  readonly values: readonly (readonly [given: unknown, got: unknown])[];
}

const same = (...values: unknown[]): TypeCase['values'] => values.map((value) => [value, value]);
const lanes = { lanes: [1, 2, 3, -4], tag: -(2n ** 60n) };

const wideCases: readonly TypeCase[] = [
  { name: 'longdouble', type: 'long double', values: same(0.1, -0, 2 ** 1000, Number.NaN, -Infinity, 5e-324) },
  { name: 'cfloat', type: 'c[float]', values: same({ re: 1.5, im: -0 }, { re: -Infinity, im: 2 ** -149 }) },
  { name: 'cdouble', type: 'c[double]', values: same({ re: 0.1, im: -0.2 }, { re: Number.NaN, im: 0 }) },
  { name: 'clongdouble', type: 'c[long double]', values: same({ re: 0.1, im: -0.2 }) },
  { name: 'int128', type: 'int128', values: same(-1n, 2n ** 127n - 1n, -(2n ** 127n), 2n ** 64n + 5n) },
  { name: 'uint128', type: 'uint128', values: same(0n, 2n ** 128n - 1n, 2n ** 64n) },
  { name: 'v4float', type: 'v[4:float]', values: same([1, -2, 3.5, -0]) },
  { name: 'v2double', type: 'v[2:double]', values: same([0.1, -0.2]) },
  { name: 'v8int16', type: 'v[8:int16]', values: same([1, -2, 3, -32768, 32767, 6, 7, 8]) },
  { name: 'tagged_lanes', type: '{lanes:v[4:float], tag:int64}', values: same(lanes) },
  { name: 'tagged_extended', type: '{value:long double, tag:int}', values: same({ value: 0.1, tag: -7 }) },
];

const cases: readonly TypeCase[] = [
  ...scalarCases.map(({ name, type, passages }) => ({
    name,
    type,
    values: passages.map(({ given, got }): [unknown, unknown] => [given, got]),
  })),
  ...recordCases.map(({ name, type, given, got }): TypeCase => ({ name, type, values: [[given, got]] })),
  ...wideCases,
];

describeWithLibraries('a callback, called by its own thread', () => {
  test.each(wideCases)('takes and gives $type', ({ name, type, values }) => {
    const call = boundIn('deliveries', `call_${name}`, `((${type}) -> ${type}, ${type}) -> ${type}`);
    const seen: unknown[] = [];
    const remember: AnyFunction = (value) => {
      seen.push(value);
      return value;
    };
    using made = callback<AnyFunction>(`(${type}) -> ${type}`, remember);
    for (const [given, got] of values) expect(call(made, given)).toEqual(got);
    expect(seen).toEqual(values.map(([, got]) => got));
  });

  test('takes a union with a long double in it, which x86-64 passes in memory', () => {
    const type = '<value:long double, bytes:[16:uint8]>';
    const call = boundIn('deliveries', 'call_extended', `((${type}) -> ${type}, ${type}) -> ${type}`);
    const halve: AnyFunction = (given) => ({ value: (given as { value: number }).value / 2 });
    using made = callback<AnyFunction>(`(${type}) -> ${type}`, halve);
    expect(call(made, { value: 0.25 })).toMatchObject({ value: 0.125 });
  });

  // Nothing else has vectors of 32 bytes in registers.
  test.skipIf(process.arch !== 'x64')('takes and gives vectors of 32 bytes, compiled for AVX', () => {
    const type = 'v[8:float]';
    const { address } = boundIn('deliveries', 'call_v8float', '() -> void');
    const signature: string = `((${type}) -> ${type}, ${type}) -> ${type}`;
    const call = bind<AnyFunction>(address, signature, { vectors: 'avx' });
    const value = [1, 2, 3, 4, 5, 6, 7, -8];
    using made = callback<AnyFunction>(`(${type}) -> ${type}`, identity, { vectors: 'avx' });
    expect(call(made, value)).toEqual(value);
  });
});

describeWithThreads("a callback with thread: 'block', called by another thread", () => {
  test.each(cases)('takes and gives $type ($name)', async ({ name, type, values }) => {
    const start = boundIn('deliveries', `start_${name}`, `((${type}) -> ${type}, ${type}) -> *void`);
    const finish = boundIn('deliveries', `finish_${name}`, `(*void) -> ${type}`);
    const isDone = boundIn('deliveries', 'job_is_done', '(*void) -> int');
    const seen: unknown[] = [];
    const remember: AnyFunction = (value) => {
      seen.push(value);
      return value;
    };
    using made = callback<AnyFunction>(`(${type}) -> ${type}`, remember, { thread: 'block' });
    for (const [given, got] of values) {
      const job = start(made, given);
      await loopUntil(() => isDone(job) === 1);
      expect(finish(job)).toEqual(got);
    }
    expect(seen).toEqual(values.map(([, got]) => got));
  });
});

describeWithThreads("a callback with thread: 'post', called by another thread", () => {
  test.each(cases)('takes $type ($name), as it was when C called', async ({ name, type, values }) => {
    const post = boundIn('deliveries', `post_${name}`, `((${type}, int) -> void, ${type}) -> void`);
    const seen: unknown[] = [];
    using made = callback<AnyFunction>(`(${type}, int) -> void`, (...args) => seen.push(args), { thread: 'post' });
    for (const [given] of values) post(made, given);
    expect(seen).toEqual([]);
    await loopUntil(() => seen.length === 2 * values.length);
    expect(seen).toEqual(
      values.flatMap(([, got]) => [
        [got, 0],
        [got, 1],
      ]),
    );
  });
});

const windowsNames = ['bool', 'int8', 'uint16', 'int32', 'int64', 'uint64', 'float', 'double', 'pointer', 'point'];
const windowsWide = ['floats', 'triple', 'large', 'cfloat', 'cdouble', 'int128', 'v4float'];
const windowsCases = cases.filter(({ name }) => [...windowsNames, ...windowsWide].includes(name));

describeWithLibraries("a callback by Windows' convention, in a process of another", () => {
  // A trampoline joins two conventions of one processor.
  const onX64 = test.skipIf(process.arch !== 'x64');
  onX64.each(windowsCases)('takes and gives $type ($name), as gcc ms_abi passes it', ({ name, type, values }) => {
    const call = boundIn('deliveries', `windows_${name}`, `(*void, ${type}) -> ${type}`);
    const seen: unknown[] = [];
    const remember: AnyFunction = (value, number) => {
      seen.push(value, number);
      return value;
    };
    using made = callback<AnyFunction>(`(${type}, int) -> ${type}`, remember, { abi: 'win-x64' });
    for (const [given, got] of values) expect(call(made, given)).toEqual(got);
    expect(seen).toEqual(values.flatMap(([, got]) => [got, 77]));
  });

  test('there are as many cases as functions', () => {
    expect(windowsCases).toHaveLength(windowsNames.length + windowsWide.length);
  });
});
