// `interfix call`: real functions of the C library, and the words that their arguments are made of.

import { describe, expect, test } from 'vitest';
import { interfix, interfixProcess } from './command.ts';

const LIBC = 'libc.so.6';
const LIBM = 'libm.so.6';
const { PATH = '' } = process.env;
const runs = process.platform === 'linux';

describe.runIf(runs)('results', () => {
  const cases: readonly (readonly [string, string, readonly string[], string])[] = [
    [LIBM, 'pow(double, double) -> double', ['2', '10'], '1024'],
    [LIBM, 'ldexp(double, int) -> double', ['0x10', '-3'], '2'],
    [LIBM, 'fabs(double) -> double', ['-inf'], 'Infinity'],
    [LIBM, 'copysign(double, double) -> double', ['0', '-1'], '-0'],
    [LIBM, 'sqrtf(float) -> float', ['.25e0'], '0.5'],
    [LIBC, 'strlen(*char) -> size_t', ['grüße'], '7'],
    [LIBC, 'strlen(*char) -> size_t', [''], '0'],
    [LIBC, 'strchr(*char, int) -> *char', ['hello', '108'], 'llo'],
    [LIBC, 'strchr(*char, int) -> *char', ['hello', '0x7a'], 'null'],
    ['-', 'getenv(*char) -> *char', ['INTERFIX_NO_SUCH_VARIABLE'], 'null'],
    ['self', 'getenv(*char) -> *char', ['PATH'], PATH],
    [LIBC, 'div(int, int) -> {quot:int, rem:int}', ['-17', '5'], '{"quot":-3,"rem":-2}'],
    [LIBC, 'div(int, int) -> {int, int}', ['--', '-17', '5'], '[-3,-2]'],
    [
      LIBC,
      'ldiv(long, long) -> {quot:long, rem:long}',
      ['9223372036854775807', '16'],
      '{"quot":576460752303423487,"rem":15}',
    ],
    [LIBC, 'snprintf(*char, size_t, *char; double, int) -> int', ['null', '0', '%.2f %d', '1.5', '-7'], '7'],
    [LIBM, 'sqrtl(longdouble) -> longdouble', ['2'], '1.4142135623730951'],
    [LIBM, 'cabs(c[double]) -> double', ['{"re":3,"im":4}'], '5'],
    [LIBM, 'conjf(c[float]) -> c[float]', ['[3,4]'], '{"re":3,"im":-4}'],
    [LIBC, 'abs(int) -> int', ['-2147483647'], '2147483647'],
    [LIBC, 'labs(long) -> long', ['-9007199254740993'], '9007199254740993'],
    [LIBC, 'free(*void) -> void', ['null'], ''],
  ];
  test.each(cases)('%s %s %j', async (library, signature, words, printed) => {
    const { status, out, err } = await interfix('call', library, signature, ...words);
    expect({ status, out, err }).toEqual({ status: 0, out: printed === '' ? '' : `${printed}\n`, err: '' });
  });

  test('enums are read by name or number, and printed by name', async () => {
    const signature = 'abs(e:int{ONE=1, TWO}) -> e:int{ONE=1, TWO}';
    for (const word of ['TWO', '2', '0x2', '-2'])
      expect((await interfix('call', LIBC, signature, word)).out).toBe('TWO\n');
    expect((await interfix('call', LIBC, signature, '3')).out).toBe('3\n');
    const wide = 'labs(e:long{BIG=0x7fffffffffffffff}) -> e:long{BIG=0x7fffffffffffffff}';
    expect((await interfix('call', LIBC, wide, 'BIG')).out).toBe('BIG\n');
  });

  test('an address is printed as it can be typed again', async () => {
    const { out } = await interfix('call', LIBC, 'malloc(size_t) -> *void', '8');
    expect(out).toMatch(/^0x[\da-f]+\n$/);
    expect(await interfix('call', LIBC, 'free(*void) -> void', out.trim())).toMatchObject({ status: 0 });
  });
});

describe.runIf(runs)('records', () => {
  test('struct arguments are JSON by name or by index, 64-bit members also strings', async () => {
    // psABI: {long, long} travels like two longs, so labs sees the first member.
    const signature = 'labs({a:long, b:long}) -> long';
    const words = ['{"a": -5, "b": 1}', '[-5, 1]', '{"a": "-5", "b": "0x1"}'];
    for (const word of words) expect((await interfix('call', LIBC, signature, word)).out).toBe('5\n');
  });

  test('arrays and unions inside, and a float written as a string', async () => {
    const signature = 'fabs({u:<d:double, f:[2:float]>}) -> double'; // psABI: all SSE, so it travels like a double
    expect((await interfix('call', LIBM, signature, '{"u": {"d": -1.5}}')).out).toBe('1.5\n');
    expect((await interfix('call', LIBM, signature, '{"u": {"d": "-inf"}}')).out).toBe('Infinity\n');
    expect((await interfix('call', LIBM, signature, '{"u": {"f": [0, -2]}}')).out).toBe('2\n');
  });

  test('members of anonymous records are the outer ones own, and enums go by name', async () => {
    const record = '{a:bool, <i:int, f:float>, e:(e:int8{LOW, HIGH})}';
    const { out } = await interfix('call', LIBC, `labs(${record}) -> ${record}`, '{"a": true, "i": 5, "e": "LOW"}');
    // psABI: 12 bytes come back in rax and rdx, and labs leaves the first one in rax.
    expect(JSON.parse(out)).toMatchObject({ a: true, i: 5 });
    expect(out).toMatch(/^\{"a":true,"i":5,"f":[\d.e-]+,"e":("(LOW|HIGH)"|-?\d+)\}\n$/);
  });

  test('a string inside a struct is a *char', async () => {
    expect((await interfix('call', LIBC, 'strlen({s:*char}) -> size_t', '{"s": "four"}')).out).toBe('4\n');
  });
});

describe.runIf(runs)('wrong arguments end with status 2', () => {
  const cases: readonly (readonly [string, readonly string[], string, RegExp])[] = [
    ['abs(int) -> int', [], 'ERR_ARGUMENT_COUNT', /1 argument, the command line 0/],
    ['abs(int) -> int', ['1', '2'], 'ERR_ARGUMENT_COUNT', /1 argument, the command line 2/],
    ['abs(int) -> int', ['one'], 'ERR_ARGUMENT_KIND', /argument 0: 'one' is not an integer/],
    ['abs(int) -> int', ['1.5'], 'ERR_ARGUMENT_KIND', /argument 0/],
    ['abs(int) -> int', ['2147483648'], 'ERR_ARGUMENT_RANGE', /argument 0/],
    ['labs(long) -> long', ['9223372036854775808'], 'ERR_ARGUMENT_RANGE', /argument 0/],
    ['abs(bool) -> int', ['1'], 'ERR_ARGUMENT_KIND', /true or false/],
    ['fabs(double) -> double', ['1,5'], 'ERR_ARGUMENT_KIND', /a number/],
    ['free(*void) -> void', ['nul'], 'ERR_ARGUMENT_KIND', /an address or null/],
    ['labs({long}) -> long', ['{1}'], 'ERR_ARGUMENT_KIND', /JSON/],
    ['labs({a:long}) -> long', ['{"b": 1}'], 'ERR_ARGUMENT_KIND', /argument 0 \.a: .* it is missing/],
    ['labs({a:long}) -> long', ['{"a": 1, "b": 1}'], 'ERR_ARGUMENT_KIND', /argument 0: "b" is no member/],
    ['labs({a:long}) -> long', ['[1, 2]'], 'ERR_ARGUMENT_KIND', /argument 0: "1" is no member/],
    ['labs({a:{b:[2:int]}}) -> long', ['{"a": {"b": ["x", 1]}}'], 'ERR_ARGUMENT_KIND', /argument 0 \.a\.b\[0\]: 'x'/],
    ['labs(e:int{ONE=1}) -> long', ['TWO'], 'ERR_ARGUMENT_RANGE', /argument 0: "TWO" is none of 'ONE'/],
    ['labs(e:int) -> long', ['TWO'], 'ERR_ARGUMENT_KIND', /argument 0: 'TWO' is not an integer/],
    ['labs(c[double]) -> long', ['{'], 'ERR_ARGUMENT_KIND', /JSON/],
    ['labs({a:int:3}) -> long', ['{"a": 4}'], 'ERR_ARGUMENT_RANGE', /argument 0 \.a/],
    ['labs({a:long}) -> long', ['{}'], 'ERR_ARGUMENT_KIND', /argument 0/],
    ['labs({a:long}) -> long', ['{"a": 1e99}'], 'ERR_ARGUMENT_RANGE', /argument 0/],
    ['labs({a:long}) -> long', ['null'], 'ERR_ARGUMENT_KIND', /argument 0/],
    ['(int) -> int', ['1'], 'ERR_OPTION', /which function/],
    ['abs(int) ->', ['1'], 'ERR_SYNTAX', /\^$/],
  ];
  test.each(cases)('%s %j', async (signature, words, code, message) => {
    const { status, out, err } = await interfix('call', LIBC, signature, ...words);
    expect({ status, out }).toEqual({ status: 2, out: '' });
    expect(err).toContain(`interfix: ${code}: `);
    expect(err.trimEnd()).toMatch(message);
  });
});

describe.runIf(runs)('failures end with status 1', () => {
  test('a library that is not there', async () => {
    const { status, err } = await interfix('call', './no-such-library.so', 'f() -> void');
    expect(status).toBe(1);
    expect(err).toMatch(/^interfix: ERR_LIBRARY: .*no-such-library/);
  });

  test('a symbol that is not there', async () => {
    const { status, err } = await interfix('call', LIBC, 'no_such_function() -> void');
    expect(status).toBe(1);
    expect(err).toMatch(/^interfix: ERR_SYMBOL: .*'no_such_function'/);
  });
});

describe.runIf(runs)('the program', () => {
  test('prints what C printed in front of the result', () => {
    const { out, status } = interfixProcess(
      'call',
      LIBC,
      'printf(*char; double, int) -> int',
      '%.3f|%d\n',
      '3.14159',
      '-4',
    );
    expect({ out, status }).toEqual({ out: '3.142|-4\n9\n', status: 0 });
  });

  test('calls pow', () => {
    expect(interfixProcess('call', LIBM, 'pow(double, double) -> double', '2', '10').out).toBe('1024\n');
  });
});

test('a call needs a library and a signature', async () => {
  expect(await interfix('call', LIBC)).toMatchObject({ status: 2, out: '' });
});
