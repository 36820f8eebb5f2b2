// `--types` and `--types-file`, and C declarations where a signature or a type is asked for.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hostAbi } from '../../src/exec/host-abi.ts';
import { interfix } from './command.ts';

const runs = process.platform === 'linux' && hostAbi() === 'sysv-x64';
const abi = ['--abi', 'sysv-x64'];
let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'interfix-types-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

describe('names', () => {
  const definitions = '@Node = {value:int, next:*@Node}; @List = {head:@Node, count:size_t};';

  test('layout opens what a name stands for', async () => {
    const { out } = await interfix('layout', '@List', ...abi, '--types', definitions);
    expect(out).toBe(`type        @List
abi         sysv-x64
size        24 bytes
align       8 bytes

offset  size  align  member
     0    16      8  head      @Node
     0     4      4    value   int32
     4     4           (hole)
     8     8      8    next    *@Node
    16     8      8  count     uint64
`);
  });

  test('dump shows the names', async () => {
    const { out, status } = await interfix('dump', '(@Node) -> *@List', ...abi, '--types', definitions);
    expect(status).toBe(0);
    expect(out).toContain('signature   (@Node) -> *@List\n');
  });

  test('a name may be that of a function type', async () => {
    const { out } = await interfix('dump', '@Compare', ...abi, '--types', '@Compare = (*void, *void) -> int;');
    expect(out).toContain('signature   (*void, *void) -> int32\n');
  });

  test('without definitions, or with others, a name is unknown', async () => {
    expect((await interfix('layout', '@Node')).err).toMatch(/^interfix: ERR_UNKNOWN_TYPE/);
    const { err } = await interfix('layout', '@Nod', '--types', definitions);
    expect(err).toMatch(/^interfix: ERR_UNKNOWN_TYPE: .*did you mean '@Node'/);
  });

  test('an error in a definition shows its place there', async () => {
    const { status, err } = await interfix('layout', 'int', '--types', '@A = {b:@A};');
    expect(status).toBe(2);
    expect(err).toMatch(/^interfix: ERR_RECURSIVE: .*@A → @A.*\n {2}@A = \{b:@A\};\n/);
    expect((await interfix('layout', 'int', '--types', '@A = int; @A = long;')).err).toMatch(/ERR_REDEFINED/);
    expect((await interfix('layout', '@A', '--types', '@A;')).err).toMatch(/ERR_INCOMPLETE/);
  });
});

describe('files', () => {
  test('of definitions', async () => {
    const path = file('point.types', '# a point\n@Point = {x:double, y:double};\n');
    const { out } = await interfix('layout', '[3:@Point]', ...abi, '--types-file', path);
    expect(out).toContain('size        48 bytes');
  });

  test('of C declarations, and a text that builds on them', async () => {
    const header =
      '#pragma once\n#pragma pack(push, 1)\ntypedef struct { char tag; long n; } entry;\n#pragma pack(pop)\n';
    const path = file('entry.h', header);
    const types = ['--types-file', path, '--types', '@Pair = {a:@entry, b:@entry};'];
    expect((await interfix('layout', '@Pair', ...abi, ...types)).out).toContain('size        18 bytes');
    expect((await interfix('layout', '@Pair', '--abi', 'win-x64', ...types)).out).toContain('size        10 bytes');
  });

  test('an error names the file', async () => {
    const path = file('wrong.h', 'struct a { int x; };\nstruct b { itn y; };\n');
    const { status, err } = await interfix('layout', '@a', '--types-file', path);
    expect(status).toBe(2);
    expect(err).toMatch(/^interfix: ERR_UNKNOWN_TYPE: .*wrong\.h: unknown type 'itn'.*\(line 2\)\n/);
  });

  test('a file that is not there', async () => {
    const { status, err } = await interfix('layout', 'int', '--types-file', join(folder, 'no-such.h'));
    expect(status).toBe(2);
    expect(err).toMatch(/^interfix: ERR_OPTION: cannot read .*no-such\.h: ENOENT/);
  });
});

describe('C declarations', () => {
  test.each([
    ['struct point { int x, y; };', '{x:int32, y:int32}'],
    ['struct point { int x, y; }', '{x:int32, y:int32}'],
    ['typedef struct point { int x, y; } point;', '{x:int32, y:int32}'],
    ['typedef struct { int x, y; } point_t, *handle;', '{x:int32, y:int32}'],
    ['struct a { char c; }; struct b { struct a a; };', '{a:@a}'],
    ['struct outer { struct inner { int x; } inner; struct outer *next; };', '{inner:@inner, next:*@outer}'],
    ['enum color { RED, GREEN = 5 };', 'e:uint32{RED, GREEN=5}'],
    ['union u { int i; float f; } __attribute__((packed, aligned(2)));', 'alignas(2) !<i:int32, f:float>'],
  ])('layout %s', async (text, type) => {
    const { out, err } = await interfix('layout', text, ...abi);
    expect(err).toBe('');
    expect(out.split('\n', 1)).toEqual([`type        ${type}`]);
  });

  test('layout asks which of several types is meant', async () => {
    const text = 'struct a { int x; }; struct b { int y; };';
    const { status, err } = await interfix('layout', text, ...abi);
    expect(status).toBe(2);
    expect(err).toMatch(/^interfix: ERR_OPTION: which type\? The C text defines a, b/);
    expect((await interfix('layout', '@b', ...abi, '--types', text)).out).toContain('y       int32');
    expect((await interfix('layout', 'int f(void);')).err).toMatch(/ERR_OPTION: the C text defines no type/);
  });

  test('dump', async () => {
    const { out } = await interfix('dump', 'double pow(double x, double y);', ...abi);
    expect(out).toContain('signature   pow(x:double, y:double) -> double\n');
    expect((await interfix('dump', 'int f(void); int g(void);')).err).toMatch(/which function\? .* f, g/);
    expect((await interfix('dump', 'struct a { int x; };')).err).toMatch(/declares no function/);
  });
});

describe.runIf(runs)('call', () => {
  test.each([
    ['libm.so.6', 'double pow(double x, double y);', ['2', '10'], '1024'],
    ['libm.so.6', 'extern double fabs(double) __attribute__((const))', ['-2'], '2'],
    ['libc.so.6', 'char *strchr(const char *s, int c);', ['hello', '108'], 'llo'],
    ['libc.so.6', 'struct d { int q, r; }; struct d div(int, int);', ['17', '5'], '{"q":3,"r":2}'],
    ['libc.so.6', 'int absolute(int n) __asm__("abs");', ['-7'], '7'],
  ])('%s %s', async (library, text, words, printed) => {
    expect(await interfix('call', library, text, ...words)).toMatchObject({ status: 0, out: `${printed}\n`, err: '' });
  });

  test('with the types of a definition or a header', async () => {
    const types = 'typedef struct { long quot, rem; } ldiv_t;';
    const { out } = await interfix('call', '--types', types, 'libc.so.6', 'ldiv_t ldiv(long, long);', '-17', '5');
    expect(out).toBe('{"quot":-3,"rem":-2}\n');
    const path = file('ldiv.h', types);
    const named = await interfix(
      'call',
      '--types-file',
      path,
      'libc.so.6',
      'ldiv(long, long) -> @ldiv_t',
      '--',
      '-17',
      '5',
    );
    expect(named.out).toBe('{"quot":-3,"rem":-2}\n');
  });

  test('options end at the library, with and without an equals sign', async () => {
    const words = ['libc.so.6', 'abs(@N) -> @N', '--', '-5'];
    expect((await interfix('call', '--types=@N = int;', ...words)).out).toBe('5\n');
    expect((await interfix('call', '--types', '@N = int;', ...words)).out).toBe('5\n');
    expect((await interfix('call', ...words, '--types')).err).toMatch(/ERR_UNKNOWN_TYPE/);
  });

  test('the types of variadic arguments cannot be said in C', async () => {
    const { status, err } = await interfix('call', 'libc.so.6', 'int printf(const char *, ...);', '%d', '1');
    expect(status).toBe(2);
    expect(err).toMatch(/ERR_ARGUMENT_COUNT: .*say the types of the variadic ones in the signature language/);
  });
});
