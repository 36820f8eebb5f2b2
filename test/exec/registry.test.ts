// Named types and C declarations, from their text to a call: what a registry means to bind, callback, read and write.

import { expect, test } from 'vitest';
import {
  alloc,
  callback,
  createRegistry,
  hostAbi,
  layoutOf,
  open,
  parseDeclarations,
  read,
  sizeOf,
  write,
} from '../../src/index.ts';
import { refusal } from '../support/refusal.ts';

const libc = open('libc.so.6');
type Quotient = (numerator: number, denominator: number) => unknown;

test('a named struct travels by value', () => {
  const registry = createRegistry().define('@Div = {quot:int, rem:int};');
  const div = libc.func<Quotient>('div', '(int, int) -> @Div', { registry });
  expect(div(17, 5)).toEqual({ quot: 3, rem: 2 });
});

test('the same text means each registry its own type, also when it was seen before', () => {
  const one = createRegistry().define('@Div = {quot:int, rem:int};');
  const other = createRegistry().define('@Div = {q:int, r:int};');
  const third = createRegistry().define('@Div = {int, int};');
  const results = [one, other, third, one].map((registry) =>
    libc.func<Quotient>('div', '(int, int) -> @Div', { registry })(17, 5),
  );
  expect(results).toEqual([{ quot: 3, rem: 2 }, { q: 3, r: 2 }, [3, 2], { quot: 3, rem: 2 }]);
  const memory = alloc('@T', 1, { registry: createRegistry().define('@T = int64;') });
  write(memory, '@T', 5, { registry: createRegistry().define('@T = int8;') });
  expect(read(memory, '@T', { registry: createRegistry().define('@T = uint16;') })).toBe(5);
});

test('without a registry a name is an error that says so', () => {
  expect(() => libc.func('div', '(int, int) -> @Div' as string)).toThrow(
    refusal('ERR_UNKNOWN_TYPE', /needs a registry/),
  );
});

test('a name without a definition may be pointed at, and not be passed', () => {
  const registry = createRegistry().define('@FILE;');
  const fileno = libc.func<(file: bigint) => number>('fileno', '(*@FILE) -> int', { registry });
  const stdin = read(libc.symbol('stdin'), '*void') as bigint;
  expect(fileno(stdin)).toBe(0);
  expect(() => libc.func('fileno', '(@FILE) -> int' as string, { registry })).toThrow(
    refusal('ERR_INCOMPLETE', /FILE/),
  );
});

test('a recursive type is read through its pointers', () => {
  const registry = createRegistry().define('@Node = {value:int, next:*@Node};');
  const nodes = alloc('@Node', 2, { registry });
  const size = sizeOf('@Node', hostAbi(), { registry });
  const second = nodes.address + BigInt(size);
  write(second, '@Node', { value: 2, next: null }, { registry });
  write(nodes, '@Node', { value: 1, next: second }, { registry });
  const first = read(nodes, '@Node', { registry }) as { value: number; next: bigint };
  expect(first).toEqual({ value: 1, next: second });
  expect(read(first.next, '@Node', { registry })).toEqual({ value: 2, next: 0n });
  expect(layoutOf('@Node', hostAbi(), { registry })).toMatchObject({ size: 16, align: 8 });
});

test('a signature may be a name, and a callback may have one', () => {
  const registry = createRegistry().define('@Compare = (*int, *int) -> int;');
  using compare = callback<(a: bigint, b: bigint) => number>('@Compare', (a, b) => read(a, 'int') - read(b, 'int'), {
    registry,
  });
  const numbers = Int32Array.of(3, 1, 2);
  const qsort = libc.func('qsort', '(*void, size_t, size_t, @Compare) -> void' as string, { registry });
  (qsort as unknown as (...args: unknown[]) => void)(numbers, 3, 4, compare);
  expect([...numbers]).toEqual([1, 2, 3]);
});

test('C declarations give the signatures of real functions', () => {
  const registry = createRegistry();
  const header = `
    typedef struct { int quot, rem; } div_t;
    div_t div(int numerator, int denominator);
    struct tm { int tm_sec, tm_min, tm_hour, tm_mday, tm_mon, tm_year, tm_wday, tm_yday, tm_isdst;
                long tm_gmtoff; const char *tm_zone; };
    typedef long time_t;
    struct tm *gmtime_r(const time_t *restrict timer, struct tm *restrict result);`;
  const { functions } = parseDeclarations(header, { registry });
  const bound = (name: string): ((...args: unknown[]) => unknown) => {
    const signature = functions.get(name);
    if (signature === undefined) throw new Error(`no ${name}`);
    return libc.func<(...args: unknown[]) => unknown>(name, signature, { registry });
  };
  expect(bound('div')(17, 5)).toEqual({ quot: 3, rem: 2 });
  const time = BigInt64Array.of(86_400n * 365n);
  const tm = alloc('@tm', 1, { registry });
  expect(bound('gmtime_r')(time, tm)).toBe(tm.address);
  expect(read(tm, '@tm', { registry })).toMatchObject({ tm_year: 71, tm_mon: 0, tm_mday: 1, tm_yday: 0 });
});
