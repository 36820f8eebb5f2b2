// V8's fast calls, apart from the code that is generated for them: every type of value on both ways, in workers too, what
// happens when JavaScript runs inside, and where they are turned off.

import { expect, test } from 'vitest';
import { callback } from '../../src/exec/callback.ts';
import { host } from '../../src/exec/select-host.ts';
import { runInNode } from '../support/built-library.ts';
import type { Code } from './v8-code.ts';
import {
  builtCalls,
  callerOf,
  calls,
  counted,
  describeCalls,
  echoes,
  inWorker,
  isWide,
  OTHERS,
  optimize,
  reentrant,
  type Scalar,
  SUPPORTED,
  wide,
} from './v8-driver.ts';

const NUMBERS = [0, -0, 1, -1, 0.1, -1e300, 5e-324, Number.MAX_VALUE, Infinity, -Infinity, NaN];
const EDGES: Readonly<Record<string, readonly Scalar[]>> = {
  bool: [true, false],
  int8: [0, 1, -1, 127, -128],
  uint8: [0, 1, 128, 255],
  int16: [0, -1, 32767, -32768],
  uint16: [0, 32768, 65535],
  int32: [0, 1, -1, 2 ** 31 - 1, -(2 ** 31)],
  uint32: [0, 1, 2 ** 31, 2 ** 32 - 1],
  int64: [0n, 1n, -1n, 2n ** 53n + 1n, 2n ** 63n - 1n, -(2n ** 63n)],
  uint64: [0n, 1n, 2n ** 53n + 1n, 2n ** 63n, 2n ** 64n - 1n],
  float32: [...NUMBERS.map(Math.fround), Math.fround(0.1), 2 ** -149],
  float64: NUMBERS,
};

/** `sum += (i + 1) * argument i`, or 0.25 of none. */
const sumOf = (name: string, args: readonly string[]): Code => {
  const terms = args.map((_, i) => `${i + 1} * (double)a${i}`);
  return { name, args, result: 'float64', expression: terms.join(' + ') || '0.25' };
};

/** As many arguments of all types as can be: registers of both files, and the stack; and as many of one type. */
const MOST = 24;
const MIXED = SUPPORTED.filter((name) => name !== 'bool');
const sums: Code[] = [
  ...Array.from({ length: MOST + 1 }, (_, count) => {
    const args = Array.from({ length: count }, (_, i) => MIXED[(i * 5 + count) % MIXED.length] ?? 'int32');
    return sumOf(`sum${count}`, args);
  }),
  ...MIXED.map((name) => sumOf(`all_${name}`, Array<string>(MOST).fill(name))),
];

describeCalls("V8's fast calls", 'v8-calls', [...echoes, ...sums, ...OTHERS], ({ code, made }) => {
  test.each(SUPPORTED)('%s: every value comes back, from optimised code and from the rest', (name) => {
    const fn = made(name);
    const edges = EDGES[name] ?? [];
    expect(edges.length).toBeGreaterThan(1);
    const caller = callerOf(fn, 1);
    expect(counted(() => edges.map((value) => caller(value)))).toEqual({ result: edges, slow: edges.length });
    for (const value of edges) optimize(caller, [value]);
    expect(counted(() => edges.map((value) => caller(value)))).toEqual({ result: edges, slow: 0 });
    calls().release(fn);
  });

  test.each(sums)('$args.length arguments: $name', ({ name, args }) => {
    const count = args.length;
    const values = args.map((type, i) => (isWide(type) ? BigInt(i + 3) : i + 3));
    const expected = count === 0 ? 0.25 : values.reduce<number>((sum, value, i) => sum + (i + 1) * Number(value), 0);
    const fn = made(name);
    const caller = callerOf(fn, count);
    expect(counted(() => caller(...values))).toEqual({ result: expected, slow: 1 });
    optimize(caller, values);
    expect(counted(() => caller(...values))).toEqual({ result: expected, slow: 0 });
    calls().release(fn);
  });

  test('code of kind entry runs, whoever calls it', () => {
    const fn = calls().entry(code().symbol('enter_count'));
    const read = made('counted');
    const before = read() as number;
    const caller = callerOf(fn, 0);
    expect(caller()).toBe(undefined);
    optimize(caller, []);
    expect(caller()).toBe(undefined);
    expect((read() as number) - before).toBe(1 + 11 + 1);
    for (const each of [fn, read]) calls().release(each);
  });

  test('values of 64 bits do not travel in registers on Node 20', () => {
    const { wideResults } = calls();
    expect(wideResults).toBe(wide);
    for (const type of ['int64', 'uint64'] as const) {
      expect(calls().takes({ args: [], result: type })).toBe(wide);
      expect(calls().takes({ args: ['int32', type], result: 'void' })).toBe(wide);
    }
  });

  test('a worker has functions of its own', async () => {
    const before = calls().slowCalls();
    const ran = await inWorker(
      `const fn = v8Calls().registers(data);
       const loop = (n) => { let s = 0; for (let i = 0; i < n; i++) s = fn(s, i); return s; };
       const first = fn(-(2 ** 31), -1);
       const counted = () => {
         const before = v8Calls().slowCalls();
         return { last: loop(1000), slow: v8Calls().slowCalls() - before };
       };
       const atFirst = counted().slow > 0;
       const end = Date.now() + 5000; // V8 optimises the loop in the background
       let ran = counted();
       while (ran.slow > 0 && Date.now() < end) ran = counted();
       post({ first, atFirst, ...ran });`,
      code().call('add'),
    );
    expect(ran).toEqual({ first: 2 ** 31 - 1, atFirst: true, last: 499500, slow: 0 });
    expect(calls().slowCalls()).toBe(before);
  });

  test.skipIf(!reentrant)('code that a callback has invalidated is left at the call', () => {
    const constant = { value: 1 };
    const fn = made('invoke');
    const text = 'return function caller(x) { const old = constant.value; fn(x); return [old, constant.value]; }';
    const caller = new Function('fn', 'constant', text)(fn, constant) as (...values: Scalar[]) => unknown;
    let change = false;
    using changing = callback('() -> void', () => {
      if (change) constant.value = 2;
    });
    new BigUint64Array(host().view(code().symbol('invoked'), 8))[0] = changing.address;
    optimize(caller, [1]);
    expect(counted(() => caller(1))).toEqual({ result: [1, 1], slow: 0 });
    change = true;
    expect(counted(() => caller(1))).toEqual({ result: [1, 2], slow: 0 });
    calls().release(fn);
  });

  test.each([
    ["process.env.INTERFIX_CALLS = 'node-api';", 'null'],
    ["process.env.INTERFIX_CALLS = 'v8';", 'object'],
    ["process.env.INTERFIX_CALLS = '';", 'object'],
    ["process.env.INTERFIX_CALLS = 'V8';", 'ERR_OPTION'],
    ["process.env.INTERFIX_HOST = 'koffi';", 'null'],
    ["process.env.INTERFIX_HOST = 'koffi'; process.env.INTERFIX_CALLS = 'v8';", 'ERR_HOST'],
    ["Object.defineProperty(process, 'platform', { value: 'darwin' });", 'null'],
    ["Object.defineProperty(process, 'platform', { value: 'darwin' }); process.env.INTERFIX_CALLS = 'v8';", 'object'],
    ["Object.defineProperty(process.versions, 'modules', { value: '131' });", 'null'],
    ["Object.defineProperty(process.versions, 'v8', { value: '15.0.1' });", 'null'],
    [
      "Object.defineProperty(process.versions, 'modules', { value: '131' }); process.env.INTERFIX_CALLS = 'v8';",
      'ERR_HOST',
    ],
  ])('%s gives %s', (setting, expected) => {
    const body = `delete process.env.INTERFIX_HOST; delete process.env.INTERFIX_CALLS; ${setting}
      const { v8Calls } = await import(path);
      const seen = () => { try { return v8Calls() === null ? 'null' : 'object'; } catch (error) { return error.code; } };
      console.log(seen(), seen());`;
    expect(runInNode(body, builtCalls()).output.trim()).toBe(`${expected} ${expected}`);
  });
});
