// The parser on large and deep input: it ends soon, and with a result or an InterfixError.

import { describe, expect, it } from 'vitest';
import * as c from '../../src/ctype/ctype.ts';
import { SYSV_X64 } from '../../src/ctype/data-model.ts';
import { layoutOfType, MAX_TYPE_DEPTH, MAX_TYPE_SIZE } from '../../src/ctype/layout.ts';
import { parseSignature, parseType } from '../../src/signature/parse.ts';
import { printSignature, printType } from '../../src/signature/print.ts';
import { createRegistry } from '../../src/signature/registry.ts';
import { codeOf } from '../support/thrown.ts';

describe('large input', () => {
  const deep = (open: string, close: string, depth: number): string => `${open.repeat(depth)}int${close.repeat(depth)}`;
  const nests: readonly (readonly [string, string])[] = [
    ...([
      ['*', ''],
      ['{', '}'],
      ['<', '>'],
      ['[1:', ']'],
      ['(', ')'],
      ['() -> ', ''],
      ['{a:', '}'],
      ['!2:{', '}'],
      ['*const ', ''],
      ['*alignas(8) {', '}'],
      ['[?:', ']'],
      ['{alignas(8) (', ')}'],
    ] as const),
    ...([['(', ') -> int'], ['{*', '}'], ['e:', '']] as const), // biome-ignore format: pairs
  ];

  it.each(nests)('%s…%s nested 10000 deep is ERR_DEPTH', (open, close) => {
    expect(codeOf(() => parseType(deep(open, close, 10_000)))).toBe('ERR_DEPTH');
    expect(codeOf(() => parseSignature(`(${deep(open, close, 10_000)}) -> int`))).toBe('ERR_DEPTH');
  });

  it.each(['(e:int)', 'alignas(8) ({int})', 'alignas(8) {int}', 'a:(int) -> int', 'int:3'])(
    'what prints of {%s} at the limit parses back, and the rest is ERR_DEPTH',
    (inner) => {
      let type = parseType(`{${inner}}`);
      for (let stars = 1; stars < MAX_TYPE_DEPTH - 10; stars++) type = c.pointer(type);
      const codes = Array.from({ length: 20 }, () => {
        type = c.pointer(type);
        const code = codeOf(() => printType(type));
        if (code === 'parsed') expect(parseType(printType(type))).toEqual(type);
        return code;
      });
      expect(codes.lastIndexOf('parsed') + 1).toBe(codes.indexOf('ERR_DEPTH'));
      expect(codes.indexOf('ERR_DEPTH')).toBeGreaterThan(0);
    },
  );

  it(`nests ${MAX_TYPE_DEPTH} types and no more`, () => {
    expect(parseType(deep('*', '', MAX_TYPE_DEPTH - 1)).kind).toBe('pointer');
    expect(codeOf(() => parseType(deep('*', '', MAX_TYPE_DEPTH)))).toBe('ERR_DEPTH');
    expect(codeOf(() => parseType(`${'*'.repeat(200)}(${'*'.repeat(200)}int) -> int`))).toBe('ERR_DEPTH');
  });

  it('of 100000 parameters parses, and prints back', () => {
    const parsed = parseSignature(`(${'int, '.repeat(99_999)}int) -> int`);
    expect(parsed.parameters).toHaveLength(100_000);
    expect(parseSignature(printSignature(parsed)).parameters).toHaveLength(100_000);
  });

  it.each([
    ['letters', 'a'],
    ['opening brackets', '('],
    ['opening braces', '{'],
    ['stars', '*'],
    ['digits', '9'],
    ['specifiers', 'unsigned '],
    ['members', 'a:'],
    ['comments', '#'],
    ['comment lines', '#\n'],
    ['blanks', ' '],
    ['arrays', '[9:'],
    ['NULs', '\0'],
    ['semicolons', '(;'],
    ['qualifiers', 'const '],
    ['alignments', 'alignas(8) '],
    ['members with alignments', '{alignas(8) '],
    ['bit-fields', 'int:3,'],
    ['names', '@A'],
    ['paths', '::A'],
    ['enumerations', 'e:int{A,'],
    ['packings', '!2:{'],
  ])('of 1 MiB of %s ends in an InterfixError', (_, bit) => {
    const text = bit.repeat(2 ** 20 / bit.length);
    expect(codeOf(() => parseType(text))).toMatch(/^ERR_/);
    expect(codeOf(() => parseSignature(text))).toMatch(/^ERR_/);
    expect(codeOf(() => parseSignature(`(${text}) -> int`))).toMatch(/^ERR_|parsed/);
  });

  const size = (text: string): number => layoutOfType(parseType(text), SYSV_X64).size;

  it('with sizes up to 2^47 is exact', () => {
    expect(size(`[${MAX_TYPE_SIZE}:int8]`)).toBe(2 ** 47);
    expect(size(`{int8, [${2 ** 46}:int8]}`)).toBe(2 ** 46 + 1);
    expect(size(`[8388608:[16777216:int8]]`)).toBe(2 ** 47);
  });

  it.each([
    `[${2 ** 47}:int16]`,
    `[${2 ** 40}:[${2 ** 40}:int64]]`,
    `{int8, [${2 ** 47}:int8]}`,
    `{[${2 ** 47 - 1}:int8], int16}`,
    `<{[${2 ** 47 - 1}:int8], int64}, int>`,
    `${'[140737488355328:'.repeat(40)}int${']'.repeat(40)}`,
  ])('%s has ERR_SIZE', (text) => {
    expect(codeOf(() => size(text))).toBe('ERR_SIZE');
  });

  it.each<readonly [string, (type: c.CType) => c.CType]>([
    ['structs', (type) => c.struct([c.member(null, type)])],
    ['unions', (type) => c.union([c.member(null, type)])],
    ['arrays', (type) => c.array(type, 1)],
  ])('as %s nested 10000 deep by hand, not parsed, has ERR_DEPTH', (_, wrap) => {
    let type: c.CType = c.BOOL;
    for (let depth = 0; depth < 10_000; depth++) type = wrap(type);
    expect(codeOf(() => layoutOfType(type, SYSV_X64))).toBe('ERR_DEPTH');
  });
});

describe('time grows with the text, not faster:', () => {
  /** Milliseconds of this process's own time, the least of some runs: whatever else the machine does only adds to it. */
  const timeOf = (work: () => void): number => {
    let least = Number.POSITIVE_INFINITY;
    for (let run = 0; run < 3; run++) {
      const before = process.cpuUsage();
      work();
      least = Math.min(least, process.cpuUsage(before).user / 1000);
    }
    return least;
  };
  const MIB = 2 ** 20;
  const parse = (text: string): string => codeOf(() => parseType(text));
  const define = (text: string): string => codeOf(() => createRegistry().define(text));
  const signature = (text: string): string => codeOf(() => parseSignature(text));
  const repeated = (bit: (index: number) => string, length: number): string => {
    const bits: string[] = [];
    for (let size = 0, index = 0; size < length; index++) {
      const next = bit(index);
      bits.push(next);
      size += next.length;
    }
    return bits.join('');
  };

  it.each<readonly [string, (text: string) => string, string, (index: number) => string, string, string]>([
    ['parameters', signature, '(', () => 'int, ', 'int) -> int', 'parsed'],
    ['members', parse, '{', (n) => `m${n}:int, `, 'last:int}', 'parsed'],
    ['bit-fields', parse, '{', (n) => `m${n}:int:3, `, 'last:int}', 'parsed'],
    ['aligned members', parse, '{', () => 'alignas(8) ({int}), ', 'last:int}', 'parsed'],
    ['values', parse, 'e:int{', (n) => `V${n}, `, 'LAST}', 'parsed'],
    ['words', parse, '{', () => 'unsigned long const int, ', 'last:int}', 'parsed'],
    ['one word', parse, '', () => 'abcdefghij', '', 'ERR_UNKNOWN_TYPE'],
    ['one number', parse, '[', () => '1234567890', ':int]', 'ERR_SIZE'],
    ['one value', parse, 'e:int{A=', () => '1234567890', '}', 'ERR_TYPE'],
    ['groups', parse, '{', () => '(((int))), ', 'int}', 'parsed'],
    ['comments', parse, '', () => '# {(\n', 'int', 'parsed'],
    ['definitions', define, '', (n) => `@N${n} = {a:int, *@N${n + 1}};`, '', 'parsed'],
    ['names used before', define, '', (n) => `@N${n} = {a:int, b:*@N${n + 7}};`, '', 'parsed'],
    ['a chain by value', define, '', (n) => `@N${n} = {a:@N${n + 1}};`, '', 'parsed'],
    ['a chain by value, backwards', define, '@N0=int;', (n) => `@N${n + 1} = {a:@N${n}};`, '', 'parsed'],
    ['a chain of names', define, '', (n) => `@N${n} = @N${n + 1};`, '', 'ERR_DEPTH'],
    ['one circle', define, '', (n) => `@N${n} = {a:@N${n + 1}, b:@N0};`, '', 'ERR_RECURSIVE'],
    ['shared names', define, '', (n) => `@N${n} = {a:@N${n + 1}, b:@N${n + 1}};`, '', 'parsed'],
    ['the same again', define, '', () => '@A = {a:int, b:*@A};', '', 'parsed'],
    ['rules to settle', define, '', () => '@A = {a:@B, b:*@A};', '@B = {int}', 'parsed'],
  ])('%s', (_, run, before, bit, after, code) => {
    const quarter = `${before}${repeated(bit, MIB / 4)}${after}`;
    const whole = `${before}${repeated(bit, MIB)}${after}`;
    expect(run(whole)).toBe(code);
    const [first, second] = [timeOf(() => run(quarter)), timeOf(() => run(whole))];
    // Four times the text; quadratic work would take sixteen times as long. Some milliseconds are noise.
    expect(second, `${first} ms, then ${second} ms`).toBeLessThan(8 * first + 40);
  });
});
