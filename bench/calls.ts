// The rows for calls: the same C function, called with the same JavaScript values by every runtime that can.
// Node, Deno and Bun run this file.

import type { Work } from './work.ts';

/** The types of the C functions; each runtime has its own names for them. */
export type FfiType = 'void' | 'int' | 'double' | 'int64' | 'string' | 'bytes' | 'function';

export interface Call {
  readonly id: string;
  readonly symbol: string;
  /** As this library reads it. */
  readonly signature: string;
  /** As koffi reads it. */
  readonly declaration: string;
  /** For the runtimes that know scalars and pointers only; null where those are not enough. */
  readonly scalars: { readonly args: readonly FfiType[]; readonly result: FfiType } | null;
  /** Only for this library: its option of that name. */
  readonly reuse?: true;
  /** The call, as source: `f` is the function, `i` the round, `v` the values below. */
  readonly call: string;
}

const letters = ['l', 'm', 'n', 'o', 'p', 'q', 'r', 's'] as const;

interface Values {
  readonly big: bigint;
  readonly p: Readonly<Record<'x' | 'y', number>>;
  readonly q: Readonly<Record<'x' | 'y', number>>;
  readonly texts: readonly string[];
  readonly longer: readonly string[];
  readonly bytes: Uint8Array;
  readonly arrays: readonly Uint8Array[];
}

export const values: Values = {
  big: 2n ** 60n,
  p: { x: 1, y: 2 },
  q: { x: 3, y: 4 },
  /** Several, so that nothing can be remembered about the last one. */
  texts: letters.map((letter) => `${letter}ello world`),
  longer: letters.map((letter) => `${letter}ello world, hello once more!`),
  bytes: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8),
  arrays: letters.map((_, index) => Uint8Array.of(index, 2, 3, 4, 5, 6, 7, 8)),
};

const repeated = (text: string, count: number): string => Array.from({ length: count }, () => text).join(', ');
const POINT = '{x:double, y:double}';

const ints = (count: number, symbol: string, call: string): Call => ({
  id: `ints-${count}`,
  symbol,
  signature: `(${repeated('int', count)}) -> int`,
  declaration: `int ${symbol}(${repeated('int', count)})`,
  scalars: { args: Array.from({ length: count }, () => 'int'), result: 'int' },
  call,
});

const longs = (id: string, call: string): Call => ({
  id,
  symbol: 'add_longs',
  signature: '(int64, int64) -> int64',
  declaration: 'int64_t add_longs(int64_t, int64_t)',
  scalars: { args: ['int64', 'int64'], result: 'int64' },
  call,
});

const structs = (id: string, call: string): Call => ({
  id,
  symbol: 'add_points',
  signature: `(${POINT}, ${POINT}) -> ${POINT}`,
  declaration: 'BenchPoint add_points(BenchPoint, BenchPoint)',
  scalars: null,
  call,
});

const strings = (id: string, call: string): Call => ({
  id,
  symbol: 'first_char',
  signature: '(*char) -> int',
  declaration: 'int first_char(const char *)',
  scalars: { args: ['string'], result: 'int' },
  call,
});

export const calls: readonly Call[] = [
  {
    id: 'void',
    symbol: 'do_nothing',
    signature: '() -> void',
    declaration: 'void do_nothing()',
    scalars: { args: [], result: 'void' },
    call: 'f()',
  },
  ints(1, 'negate_int', 'f(i)'),
  ints(2, 'add_ints', 'f(i, 3)'),
  ints(4, 'add_4_ints', 'f(i, 2, 3, 4)'),
  ints(8, 'add_8_ints', 'f(i, 2, 3, 4, 5, 6, 7, 8)'),
  {
    id: 'doubles-2',
    symbol: 'add_doubles',
    signature: '(double, double) -> double',
    declaration: 'double add_doubles(double, double)',
    scalars: { args: ['double', 'double'], result: 'double' },
    call: 'f(i, 0.5)',
  },
  {
    id: 'doubles-12',
    symbol: 'add_12_doubles',
    signature: `(${repeated('double', 12)}) -> double`,
    declaration: `double add_12_doubles(${repeated('double', 12)})`,
    scalars: { args: Array.from({ length: 12 }, () => 'double'), result: 'double' },
    call: 'f(i, 2.5, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12)',
  },
  longs('longs-numbers', 'f(i, 3)'),
  longs('longs-bigints', 'f(v.big, 3n)'),
  structs('struct', 'f(v.p, v.q)'),
  structs('struct-literals', 'f({ x: i, y: 2 }, { x: 3, y: i })'),
  { ...structs('struct-reuse', 'f(v.p, v.q)'), reuse: true },
  strings('string', 'f(v.texts[i & 7])'),
  strings('string-30', 'f(v.longer[i & 7])'),
  {
    id: 'bytes',
    symbol: 'first_byte',
    signature: '(*uint8) -> int',
    declaration: 'int first_byte(const uint8_t *)',
    scalars: { args: ['bytes'], result: 'int' },
    call: 'f(v.bytes)',
  },
  {
    id: 'bytes-turns',
    symbol: 'first_byte',
    signature: '(*uint8) -> int',
    declaration: 'int first_byte(const uint8_t *)',
    scalars: { args: ['bytes'], result: 'int' },
    call: 'f(v.arrays[i & 7])',
  },
];

/** C calls JavaScript in a loop; what is counted is the calls of the callback. */
export const callback = {
  id: 'callback',
  symbol: 'call_back',
  args: ['function', 'int'],
  result: 'int',
  callbackArgs: ['int', 'int'],
  callbackResult: 'int',
} as const;

type Loop = (count: number) => unknown;

/**
 * In how many places of memory a loop is measured. Where an engine happens to put the few instructions of a call moves
 * its time by a nanosecond either way (observed: AMD EPYC, V8 14.6), which is as much as differs between libraries.
 */
const PLACES = 8;

/**
 * Loops of its own for every row, so that no call site sees two functions. `f` is called as in `call`, an equal share
 * of the times in each place.
 */
export function loopOf(call: string, f: unknown, v: object = values): Work {
  const loops = Array.from({ length: PLACES }, (_, place) => loopAt(place, call, f, v));
  const run = (count: number): void => {
    let left = count;
    loops.forEach((loop, index) => {
      const share = Math.floor(left / (PLACES - index));
      loop(share);
      left -= share;
    });
  };
  return { run, warmUp: 3 };
}

/** Makes every text one of its own: V8 keeps one memory of types for loops that are made from equal texts. */
let made = 0;

/** Statements that never run push the loop to another place. */
function loopAt(place: number, call: string, f: unknown, v: object): Loop {
  const before = Array.from({ length: place }, (_, index) => `if (count === ${-1 - index}) v = ${index};`).join(' ');
  const loop = `for (let i = 0; i < count; i++) last = ${call};`;
  const source = `return (count) => { let last; ${before} ${loop} return last; }; // ${made++}`;
  const make = new Function('f', 'v', source) as (f: unknown, v: object) => Loop;
  return make(f, v);
}

/** What the callback is: a new function each time, so that it is not shared by two rows. */
export const adder = (): ((a: number, b: number) => number) =>
  new Function('return (a, b) => (a + b) | 0')() as (a: number, b: number) => number;
