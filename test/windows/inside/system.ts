// Windows' own libraries through the public surface: the C run-time library and the system's functions.

import { describe, expect, test } from 'vitest';
import { callback } from '../../../src/exec/callback.ts';
import { hostAbi } from '../../../src/exec/host-abi.ts';
import { open } from '../../../src/exec/library.ts';
import { alloc, cstring, read } from '../../../src/exec/memory.ts';

const c = open('msvcrt.dll');
const kernel = open('kernel32.dll');

test('the convention is Windows x64', () => {
  expect(hostAbi()).toBe('win-x64');
});

describe('msvcrt', () => {
  test('sprintf takes integers, pointers and doubles as variadic arguments', () => {
    const text = alloc(100);
    const sprintf = c.func('sprintf', '(*char, *char; int, double, *char, int64, double) -> int');
    expect(sprintf(text, '%d %.2f %s %I64d %g', -5, 2.5, 'five', -(2n ** 40n), 1e300)).toBe(34);
    expect(cstring(text)).toBe('-5 2.50 five -1099511627776 1e+300');
  });

  test('qsort calls JavaScript', () => {
    const values = Int32Array.of(5, -3, 9, 0, 2_147_483_647, -2_147_483_648);
    using compare = callback('(*int, *int) -> int', (a, b) => Math.sign(read(a, 'int') - read(b, 'int')));
    c.func('qsort', '(*void, size_t, size_t, *void) -> void')(values, values.length, 4, compare);
    expect([...values]).toEqual([-2_147_483_648, -3, 0, 5, 9, 2_147_483_647]);
  });

  test('div returns a struct in a register, ldiv has 32-bit members that are bigints', () => {
    expect(c.func('div', '(int, int) -> {quot:int, rem:int}')(17, -5)).toEqual({ quot: -3, rem: 2 });
    expect(c.func('ldiv', '(long, long) -> {quot:long, rem:long}')(-17n, 5)).toEqual({ quot: -3n, rem: -2n });
  });

  test('labs takes what fits 32 bits', () => {
    const labs = c.func('labs', '(long) -> long');
    expect(labs(-5)).toBe(5n);
    expect(() => labs(2n ** 31n)).toThrow(expect.objectContaining({ code: 'ERR_ARGUMENT_RANGE' }));
  });

  test('wcslen counts UTF-16', () => {
    const wide = Uint16Array.from('grüße\0', (character) => character.charCodeAt(0));
    expect(c.func('wcslen', '(*wchar_t) -> size_t')(wide)).toBe(5n);
  });
});

describe('kernel32', () => {
  test('gives the process id', () => {
    expect(kernel.func('GetCurrentProcessId', '() -> uint32')()).toBe(process.pid);
  });

  test('EnumSystemLocalesA calls JavaScript as often as it likes', () => {
    let calls = 0;
    using each = callback('(*char) -> int', (name) => {
      expect(cstring(name)).toMatch(/^[0-9a-f]{8}$/i);
      return ++calls < 10 ? 1 : 0;
    });
    kernel.func('EnumSystemLocalesA', '(*void, uint32) -> int')(each, 1);
    expect(calls).toBe(10);
  });
});

describe('libraries', () => {
  test('of the program are all that are loaded', () => {
    using program = open(null);
    expect(program.symbol('GetCurrentProcessId')).toBe(kernel.symbol('GetCurrentProcessId'));
    expect(program.func('abs', '(int) -> int')(-3)).toBe(3);
    expect(() => program.symbol('no_such_symbol_here')).toThrow(expect.objectContaining({ code: 'ERR_SYMBOL' }));
  });

  test.each([
    ['Z:\\nowhere\\nothing.dll', '(126)'],
    ['nowhere/nothing.dll', '(126)'],
    [process.argv[1] ?? '', '(193)'],
  ])('that cannot be opened give the system’s reason: %s', (path, number) => {
    expect(() => open(path)).toThrow(
      expect.objectContaining({ code: 'ERR_LIBRARY', message: expect.stringContaining(number) }),
    );
  });

  test('are found by slashes of either kind', () => {
    const { SystemRoot } = process.env;
    for (const path of [
      `${SystemRoot}\\system32\\msvcrt.dll`,
      `${SystemRoot}/system32/msvcrt.dll`.replaceAll('\\', '/'),
    ]) {
      using library = open(path);
      expect(library.symbol('abs')).toBe(c.symbol('abs'));
    }
  });
});
