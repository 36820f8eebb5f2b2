// The parser on input that nobody wrote: what is printed parses back, and no text makes it fail in an unplanned way.

import { describe, expect, it } from 'vitest';
import * as c from '../../src/ctype/ctype.ts';
import { LP64_X64 } from '../../src/ctype/data-model.ts';
import { layoutOfType, MAX_TYPE_DEPTH, MAX_TYPE_SIZE } from '../../src/ctype/layout.ts';
import { InterfixError } from '../../src/errors.ts';
import { parseSignature, parseType } from '../../src/signature/parse.ts';
import { printSignature, printType } from '../../src/signature/print.ts';
import { type Random, random } from '../support/random.ts';
import { randomSignature, randomType } from './random-type.ts';

const { SEED: GIVEN_SEED = '20' } = process.env;
const SEED = Number(GIVEN_SEED);

const forCases = (count: number, check: (r: Random) => void): void => {
  for (let index = 0; index < count; index++) {
    try {
      check(random(SEED, index));
    } catch (error) {
      throw new Error(`seed ${SEED}, case ${index}`, { cause: error });
    }
  }
};

/** Runs the parser; anything but a result or an InterfixError is a failure. */
function codeOf(parse: () => unknown): string {
  try {
    parse();
    return 'parsed';
  } catch (error) {
    if (error instanceof InterfixError && error.code !== 'ERR_INTERNAL') return error.code;
    throw error;
  }
}

describe('the signature language', () => {
  it('parses back what it prints of 3000 random types', () => {
    forCases(3000, (r) => {
      const type = randomType(r, 4);
      const text = printType(type);
      expect(parseType(text), text).toEqual(type);
    });
  });

  it('parses back what it prints of 2000 random signatures', () => {
    forCases(2000, (r) => {
      const signature = randomSignature(r, 3, r.oneIn(2) ? r.pick(['f', 'e', 'int', 'pow_2']) : null);
      const text = printSignature(signature);
      expect(parseSignature(text), text).toEqual(signature);
    });
  });

  it('means the same with blanks and comments between its words', () => {
    forCases(1000, (r) => {
      const text = printType(randomType(r, 3));
      const wide = text.replace(
        /->|[^\w ]/g,
        (each) => `${r.pick(['', ' ', '\n', '# {(\n'])}${each}${r.pick(['', '\t'])}`,
      );
      expect(parseType(wide), wide).toEqual(parseType(text));
    });
  });

  it('throws nothing but InterfixErrors at 20000 mutated texts', () => {
    const bits = [...'(){}<>[]*:;,#!@?.-$0123456789e \n\0', '->', 'int', 'void', 'unsigned', '...', '\ud800', 'é'];
    const seen = new Set<string>();
    forCases(20_000, (r) => {
      let text = printSignature(randomSignature(r, 2, null));
      for (let edits = 1 + r.int(4); edits > 0; edits--) {
        const from = r.int(text.length + 1);
        text = text.slice(0, from) + (r.oneIn(3) ? '' : r.pick(bits)) + text.slice(from + r.int(4));
      }
      const code = codeOf(() => parseSignature(text));
      seen.add(code);
      if (code === 'parsed') expect(parseSignature(printSignature(parseSignature(text)))).toEqual(parseSignature(text));
    });
    expect(seen).toContain('parsed');
    expect(seen).toContain('ERR_SYNTAX');
    expect(seen).toContain('ERR_TYPE');
    expect(seen).toContain('ERR_UNKNOWN_TYPE');
    expect(seen).toContain('ERR_UNSUPPORTED');
  });
});

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
    ] as const),
    ...([['(', ') -> int'], ['{*', '}'], ['e:', '']] as const), // biome-ignore format: pairs
  ];

  it.each(nests)('%s…%s nested 10000 deep is ERR_DEPTH', (open, close) => {
    expect(codeOf(() => parseType(deep(open, close, 10_000)))).toBe('ERR_DEPTH');
    expect(codeOf(() => parseSignature(`(${deep(open, close, 10_000)}) -> int`))).toBe('ERR_DEPTH');
  });

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
  ])('of 1 MiB of %s ends in an InterfixError', (_, bit) => {
    const text = bit.repeat(2 ** 20 / bit.length);
    expect(codeOf(() => parseType(text))).toMatch(/^ERR_/);
    expect(codeOf(() => parseSignature(text))).toMatch(/^ERR_/);
    expect(codeOf(() => parseSignature(`(${text}) -> int`))).toMatch(/^ERR_|parsed/);
  });

  const size = (text: string): number => layoutOfType(parseType(text), LP64_X64).size;

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
    expect(codeOf(() => layoutOfType(type, LP64_X64))).toBe('ERR_DEPTH');
  });
});
