// Functions of V8's: when they are used again, and what the addon refuses although JavaScript should have checked it.

import { createRequire } from 'node:module';
import { describe, expect, test } from 'vitest';
import type { RegisterFunction } from '../../src/exec/v8-calls.ts';
import { VALUES } from './v8-code.ts';
import {
  callerOf,
  calls,
  counted,
  describeCalls,
  echoes,
  inWorker,
  modules,
  OTHERS,
  optimize,
  type Scalar,
  SUPPORTED,
  wide,
} from './v8-driver.ts';

/** What the addon exports, so far as it is called past src/exec/v8-calls.ts here. */
interface Addon {
  count(): number;
  entry(address: bigint): unknown;
  registers(index: number, adapter: bigint, types: Uint8Array, leaf: boolean): RegisterFunction;
  invoker(fn: unknown, leaf: unknown): readonly bigint[];
  assign(index: number, entry: bigint, frame: bigint, size: number, fields: Uint32Array): void;
  clear(index: number): void;
}

/** V8's numbers of the types. */
const CODES: Readonly<Record<string, number>> = {
  bool: 1,
  int32: 3,
  uint32: 4,
  int64: 5,
  uint64: 6,
  float32: 7,
  float64: 8,
};

const addonPath = `../../native-shim/v8/build/Release/interfix_v8_${modules}.node`;
const addon = (): Addon => createRequire(import.meta.url)(addonPath) as Addon;

describeCalls("V8's functions", 'v8-functions', [...echoes, ...OTHERS], ({ code, made }) => {
  describe('functions are used again', () => {
    test('by the next code at the same place with the same types', () => {
      const first = made('add');
      const { made: count } = calls();
      const caller = callerOf(first, 2);
      optimize(caller, [1, 2]);
      calls().release(first);
      for (let i = 0; i < 1000; i++) calls().release(made('add'));
      const again = calls().registers({ ...code().call('negate'), adapter: code().call('add').adapter });
      expect([again === first, calls().made - count]).toEqual([true, 0]);
      // The old optimised code leads to what lies at the place, and the slow way to the new entry.
      expect([counted(() => caller(1, 2)), again(1, 2)]).toEqual([{ result: 3, slow: 0 }, -3]);
      calls().release(again);
      const entry = calls().entry(code().symbol('enter_count'));
      calls().release(entry);
      expect(calls().entry(code().symbol('enter_count'))).toBe(entry);
      calls().release(entry);
    });

    test('not while they live, and not with other types', () => {
      const [first, second] = [made('add'), made('add')];
      expect(second).not.toBe(first);
      calls().release(first);
      const types = { args: ['int32', 'uint32'], result: 'int32' } as const;
      const other = calls().registers({ ...code().call('add'), types });
      expect([first, second]).not.toContain(other);
      for (const each of [second, other]) calls().release(each);
    });

    test('and no more are made when too many were for nothing', async () => {
      const ran = await inWorker(
        `const v8 = v8Calls();
         const types = data.types;
         const make = (i) => v8.registers({ ...data, adapter: data.adapter + BigInt(i) });
         let i = 0;
         while (v8.takes(types) && i < 20000) v8.release(make(i++));
         const live = [make(0), make(1)];
         const grown = v8.takes(types);
         for (const each of live) v8.release(each);
         post({ count: i, made: v8.made, grown });`,
        code().call('add'),
      );
      // One lived at a time, then two: room for two more.
      expect(ran).toEqual({ count: 10_003, made: 10_003, grown: true });
    });

    test('and lead nowhere in between', () => {
      const fn = made('add');
      calls().release(fn);
      expect(() => fn(1, 2)).toThrow('leads nowhere');
      expect(() => calls().release(fn)).toThrow(expect.objectContaining({ code: 'ERR_INTERNAL' }));
    });
  });

  describe('what JavaScript should have checked is refused', () => {
    test.each<[string, string, readonly unknown[]]>([
      ['a string for an integer', 'int32', ['1']],
      ['nothing', 'int32', []],
      ['an object with code of its own', 'float64', [{ valueOf: () => 1 }]],
      ['a bigint for a double', 'float64', [1n]],
      ['a number for a boolean', 'bool', [1]],
      ...(wide ? ([['a number for 64 bits', 'int64', [1]]] satisfies [string, string, unknown[]][]) : []),
    ])('%s', (_, name, values) => {
      const fn = made(name);
      expect(() => fn(...(values as Scalar[]))).toThrow(TypeError);
      calls().release(fn);
    });

    test.each<[string, (make: Addon, address: bigint) => unknown]>([
      ['an entry at zero', (make) => make.entry(0n)],
      ['an entry that is no address', (make) => make.entry(1 as unknown as bigint)],
      ['an address of more than 64 bits', (make) => make.entry(2n ** 64n + 1n)],
      ['an index out of order', (make, address) => make.registers(make.count() + 1, address, Uint8Array.of(0), true)],
      ['no types', (make, address) => make.registers(make.count(), address, new Uint8Array(), true)],
      ['a void argument', (make, address) => make.registers(make.count(), address, Uint8Array.of(3, 0), true)],
      ['a type that is none', (make, address) => make.registers(make.count(), address, Uint8Array.of(3, 9), true)],
      ['a string', (make, address) => make.registers(make.count(), address, Uint8Array.of(3, 11), true)],
      ['a function that there is not', (make, address) => make.assign(1e6, address, address, 16, Uint32Array.of(0, 0))],
      ['nothing to clear', (make) => make.clear(1e6)],
      [
        'no word about a leaf',
        (make, address) => make.registers(make.count(), address, Uint8Array.of(0), 1 as unknown as boolean),
      ],
      ['no function to invoke', (make) => make.invoker({}, new Int32Array(1))],
      ['no word to set', (make) => make.invoker(() => {}, undefined)],
      ['a word of another kind', (make) => make.invoker(() => {}, new Uint32Array(1))],
      ['two words', (make) => make.invoker(() => {}, new Int32Array(2))],
    ])('%s', (_, wrong) => {
      expect(() => wrong(addon(), code().symbol('enter_count'))).toThrow(TypeError);
    });

    test.each<[string, readonly number[]]>([
      ['a result behind the frame', [16, 4, 0, 4]],
      ['an argument across its end', [0, 4, 14, 4]],
      ['an offset that overflows', [0, 4, 0xffffffff, 4]],
      ['a size of another type', [0, 8, 8, 4]],
      ['a field too few', [0, 4]],
      ['a field too many', [0, 4, 4, 4, 8, 4]],
    ])('%s', (_, fields) => {
      const index = addon().count();
      addon().registers(index, code().symbol('call_int32'), Uint8Array.of(3, 3), false);
      const { entry, frame } = code().call('int32');
      expect(() => addon().assign(index, entry, frame, 16, Uint32Array.from(fields))).toThrow(TypeError);
      addon().assign(index, entry, frame, 16, Uint32Array.of(0, 4, 8, 4));
    });

    test.each(SUPPORTED)('fields of %s that have another size', (name) => {
      const { type, size } = VALUES[name] ?? { type: 'void', size: 0 };
      const sizes = type === 'int32' || type === 'uint32' ? [1, 2, 4] : [size];
      const kind = CODES[type] ?? 0;
      const index = addon().count();
      addon().registers(index, code().symbol('call_count'), Uint8Array.of(kind, kind), false);
      const takes = (result: number, argument: number): boolean => {
        try {
          addon().assign(index, 1n, 1n, 16, Uint32Array.of(0, result, 8, argument));
          return true;
        } catch (error) {
          if (error instanceof TypeError) return false;
          throw error;
        }
      };
      const right = sizes[0] ?? 0;
      expect([0, 1, 2, 3, 4, 8].filter((each) => takes(each, right))).toEqual(sizes);
      expect([0, 1, 2, 3, 4, 8].filter((each) => takes(right, each))).toEqual(sizes);
      addon().clear(index);
    });

    test.skipIf(wide)('64 bits on Node 20', () => {
      for (const types of [Uint8Array.of(5), Uint8Array.of(0, 6)])
        expect(() => addon().registers(addon().count(), 1n, types, false)).toThrow('do not travel');
    });
  });

  test('24 arguments are the most', () => {
    const types = (count: number) => ({ args: Array<'int32'>(count).fill('int32'), result: 'void' as const });
    expect([calls().takes(types(24)), calls().takes(types(25))]).toEqual([true, false]);
    const fn = addon().registers(addon().count(), code().symbol('call_count'), new Uint8Array(25).fill(3), false);
    const caller = callerOf(fn, 24);
    expect(() => caller(...Array<number>(24).fill(1))).toThrow('leads nowhere');
    expect(() =>
      addon().registers(addon().count(), code().symbol('call_count'), new Uint8Array(26).fill(3), false),
    ).toThrow('do not travel');
  });
});
