// The rows for calls: the same C function, called with the same JavaScript values.

import type { Row, Work } from './measure.ts';
import type { Subjects } from './subjects.ts';

interface Call {
  readonly name: string;
  readonly symbol: string;
  readonly signature: string;
  /** The declaration as koffi reads it. */
  readonly declaration: string;
  /** The call, as source: `f` is the function, `i` the round, `v` the values below. */
  readonly call: string;
}

const values = {
  big: 2n ** 60n,
  p: { x: 1, y: 2 },
  q: { x: 3, y: 4 },
  text: 'hello world',
  bytes: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8),
} as const;

const repeated = (text: string, count: number): string => Array.from({ length: count }, () => text).join(', ');
const POINT = '{x:double, y:double}';

const calls: readonly Call[] = [
  {
    name: 'void()',
    symbol: 'do_nothing',
    signature: '() -> void',
    declaration: 'void do_nothing()',
    call: 'f()',
  },
  {
    name: 'int(int, int)',
    symbol: 'add_ints',
    signature: '(int, int) -> int',
    declaration: 'int add_ints(int, int)',
    call: 'f(i, 3)',
  },
  {
    name: 'double(double, double)',
    symbol: 'add_doubles',
    signature: '(double, double) -> double',
    declaration: 'double add_doubles(double, double)',
    call: 'f(i, 0.5)',
  },
  {
    name: 'int64(int64, int64), numbers in',
    symbol: 'add_longs',
    signature: '(int64, int64) -> int64',
    declaration: 'int64_t add_longs(int64_t, int64_t)',
    call: 'f(i, 3)',
  },
  {
    name: 'int64(int64, int64), bigints in',
    symbol: 'add_longs',
    signature: '(int64, int64) -> int64',
    declaration: 'int64_t add_longs(int64_t, int64_t)',
    call: 'f(v.big, 3n)',
  },
  {
    name: 'int(int × 8)',
    symbol: 'add_8_ints',
    signature: `(${repeated('int', 8)}) -> int`,
    declaration: `int add_8_ints(${repeated('int', 8)})`,
    call: 'f(i, 2, 3, 4, 5, 6, 7, 8)',
  },
  {
    name: 'double(double × 12)',
    symbol: 'add_12_doubles',
    signature: `(${repeated('double', 12)}) -> double`,
    declaration: `double add_12_doubles(${repeated('double', 12)})`,
    call: 'f(i, 2.5, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12)',
  },
  {
    name: '{double, double} × 2 in, one out',
    symbol: 'add_points',
    signature: `(${POINT}, ${POINT}) -> ${POINT}`,
    declaration: 'BenchPoint add_points(BenchPoint, BenchPoint)',
    call: 'f(v.p, v.q)',
  },
  {
    name: 'string in, 11 characters',
    symbol: 'first_char',
    signature: '(*char) -> int',
    declaration: 'int first_char(const char *)',
    call: 'f(v.text)',
  },
  {
    name: 'Uint8Array in',
    symbol: 'first_byte',
    signature: '(*uint8) -> int',
    declaration: 'int first_byte(const uint8_t *)',
    call: 'f(v.bytes)',
  },
];

type Loop = (count: number) => unknown;

/** A loop of its own for every row and side, so that no call site sees two functions. */
function loopOf(call: string, f: unknown): Work {
  const source = `return (count) => { let last; for (let i = 0; i < count; i++) last = ${call}; return last; };`;
  const make = new Function('f', 'v', source) as (f: unknown, v: typeof values) => Loop;
  return { run: make(f, values) };
}

/** Rows for calls into C, and one for calls from C. */
export function callRows({ interfix, koffi, library }: Subjects): Row[] {
  const ours = interfix.open(library);
  const theirs = koffi?.load(library);
  koffi?.struct('BenchPoint', { x: 'double', y: 'double' });
  const rows = calls.map(({ name, symbol, signature, declaration, call }) => ({
    name,
    ours: loopOf(call, ours.func(symbol, signature)),
    koffi: theirs === undefined ? null : loopOf(call, theirs.func(declaration)),
  }));
  return [...rows, callbackRow({ interfix, koffi, library })];
}

/** A loop in C calls JavaScript; what is counted is the calls of the callback. */
function callbackRow({ interfix, koffi, library }: Omit<Subjects, 'dispose'>): Row {
  const adder = (): ((a: number, b: number) => number) =>
    new Function('return (a, b) => (a + b) | 0')() as (a: number, b: number) => number;
  type CallBack = (fn: unknown, count: number) => number;
  const signature = '((int, int) -> int, int) -> int';
  const ours = interfix.open(library).func<CallBack>('call_back', signature);
  const callback = interfix.callback('(int, int) -> int', adder());
  const row = {
    name: 'callback int(int, int), per call',
    ours: { run: (count: number) => void ours(callback, count) },
  };
  if (koffi === null) return { ...row, koffi: null };
  const type = koffi.pointer(koffi.proto('int BenchAdder(int, int)'));
  const theirs = koffi.load(library).func('int call_back(BenchAdder *, int)') as CallBack;
  const registered = koffi.register(adder(), type);
  return { ...row, koffi: { run: (count) => void theirs(registered, count) } };
}
