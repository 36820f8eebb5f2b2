// C declarations nobody wrote: what is declared is what is parsed, and no text makes the parser fail in an unplanned way.

import { describe, expect, it } from 'vitest';
import { functionType } from '../../src/ctype/ctype.ts';
import { InterfixError } from '../../src/errors.ts';
import { type DeclarationOptions, parseDeclarations } from '../../src/signature/c/declarations.ts';
import { printSignature, printType } from '../../src/signature/print.ts';
import { createRegistry } from '../../src/signature/registry.ts';
import { sameType } from '../../src/signature/same-type.ts';
import { random } from '../support/random.ts';
import { randomProgram } from '../support/random-c.ts';

const { INTERFIX_SEED } = process.env;
const SEED = Number(INTERFIX_SEED ?? Math.floor(Math.random() * 2 ** 31));
const ON_LINUX: DeclarationOptions = { abi: 'sysv-x64' };

describe(`random C declarations (INTERFIX_SEED=${SEED})`, () => {
  it.each([1, SEED])('parse to the types that they declare, seed %d', (seed) => {
    for (let index = 0; index < 400; index++) {
      const { text, types, functions } = randomProgram(seed, index);
      const parsed = parseDeclarations(text, ON_LINUX);
      for (const [name, type] of types) {
        const found = parsed.types.get(name);
        if (found !== undefined && sameType(found, type)) continue;
        expect.fail(`${text}\n${name}: ${found && printType(found)}\nnot: ${printType(type)}`);
      }
      for (const [name, signature] of functions) {
        const found = parsed.functions.get(name);
        if (found !== undefined && sameType(functionType(found), functionType(signature))) continue;
        expect.fail(`${text}\n${name}: ${found && printSignature(found)}\nnot: ${printSignature(signature)}`);
      }
    }
  });

  it('print as a registry that defines the same types', () => {
    for (let index = 0; index < 100; index++) {
      const registry = createRegistry();
      const { types } = parseDeclarations(randomProgram(SEED, index).text, { registry, abi: 'sysv-x64' });
      const copy = createRegistry().define(registry.print());
      for (const [name, type] of types) expect(sameType(copy.reference(name), type)).toBe(true);
    }
  });
});

const WORDS = [
  ...['struct', 'union', 'enum', 'typedef', 'const', 'int', 'unsigned', 'long', 'double', '_Complex', 'void', 'sizeof'],
  ...[
    '__attribute__((packed))',
    '__attribute__((aligned(',
    '_Alignas(',
    '\n#pragma pack(push, 1)\n',
    '\n#pragma pack(',
    '{',
  ],
  ...[
    '}',
    '(',
    ')',
    '[',
    ']',
    ';',
    ',',
    '*',
    ':',
    '=',
    '...',
    '?',
    '<<',
    '-',
    '~',
    '0',
    '1',
    '0x',
    '08',
    "'a'",
    "'",
    '"',
  ],
  ...['/*', '//', '\\', '\n#', '@', '\u0000', 'é', '\ud800', 'R0', 'T1', 'f2', '[[', ']]', 'extern "C" {', '__asm__("'],
];

/** A text with a few pieces taken out, doubled, swapped or put in. */
function mutated(text: string, seed: number, index: number): string {
  const r = random(seed, index);
  let changed = text;
  for (let count = 1 + r.int(4); count > 0; count--) {
    const start = r.int(changed.length + 1);
    const end = Math.min(changed.length, start + r.int(12));
    const piece = r.oneIn(3) ? changed.slice(start, end).repeat(r.int(3)) : r.oneIn(2) ? r.pick(WORDS) : '';
    changed = changed.slice(0, start) + piece + changed.slice(end);
  }
  return changed;
}

describe(`mutated C declarations (INTERFIX_SEED=${SEED})`, () => {
  it('are parsed, or refused with a position in the text', () => {
    const codes = new Set<string>();
    for (let index = 0; index < 6000; index++) {
      const text = mutated(randomProgram(SEED, index % 200, 5).text, SEED, 1000 + index);
      const error = refusalOf(text);
      if (error === null) continue;
      codes.add(error.code);
      expect(error.position, `${error.message}\n${text}`).toBeGreaterThanOrEqual(0);
      expect(error.position).toBeLessThanOrEqual(text.length);
      expect(error.text).toBe(text);
    }
    expect(codes.size).toBeGreaterThan(4);
  });

  it('leave the registry as it was when they are refused', () => {
    for (let index = 0; index < 300; index++) {
      const registry = createRegistry().define('@R0 = {int, double}; @Other;');
      const before = registry.print();
      try {
        parseDeclarations(mutated(randomProgram(SEED, index, 5).text, SEED, index), { registry });
      } catch {
        expect(registry.print()).toBe(before);
      }
    }
  });
});

function refusalOf(text: string): InterfixError | null {
  try {
    parseDeclarations(text, ON_LINUX);
    return null;
  } catch (error) {
    if (error instanceof InterfixError && error.code !== 'ERR_INTERNAL') return error;
    throw new Error(`${error instanceof Error ? error.stack : error}\n${text}`);
  }
}

describe('hostile C text', () => {
  const deep = 100_000;
  const texts: Readonly<Record<string, string>> = {
    pointers: `int ${'*'.repeat(deep)}p;`,
    parentheses: `int ${'('.repeat(deep)}p`,
    'parentheses of parameters': `int f${'(int ('.repeat(deep)}`,
    arrays: `int f(int a${'[1]'.repeat(deep)});`,
    'arrays in arrays': `int a${'[a'.repeat(deep)}`,
    structs: 'struct {'.repeat(deep),
    'structs with members': `${'struct { int a; '.repeat(deep)}${'} b;'.repeat(deep)}`,
    'functions returning pointers to functions': `void ${'(*'.repeat(deep)}f${')(void)'.repeat(deep)};`,
    'a sum in parentheses': `enum { A = ${'('.repeat(deep)}`,
    signs: `enum { A = ${'- '.repeat(deep)}1 };`,
    conditions: `enum { A = ${'1 ? '.repeat(deep)}`,
    'conditions in conditions': `enum { A = ${'1 ? 2 : '.repeat(deep)} 3 };`,
    'sizes of sizes': `enum { A = ${'sizeof(int[sizeof(int['.repeat(deep)} };`,
    attributes: `int f(void) ${'__attribute__(('.repeat(deep)}`,
    alignments: `struct { ${'_Alignas(_Alignof(int['.repeat(deep)}`,
    'pointers by typedef': Array.from({ length: deep }, (_, i) => `typedef ${i ? `p${i - 1}` : 'int'} *p${i};`).join(
      '',
    ),
    'functions by typedef': Array.from(
      { length: 60 },
      (_, i) => `typedef void (*p${i})(${i ? `p${i - 1}, p${i - 1}` : 'int'});`,
    ).join('\n'),
    'records by several names': `${'struct { '.repeat(200)} int x; ${'} *a, *b; '.repeat(200)}`,
    digits: `enum { A = ${'1'.repeat(deep)} };`,
    linkage: 'extern "C" {'.repeat(deep),
    pragmas: `${'#pragma pack(push, 1)\n'.repeat(deep)}#pragma pack(pop, x)\n`,
    strings: `enum { A = "${'\\a'.repeat(deep)}" };`,
    words: `int ${'long '.repeat(deep)} x;`,
  };
  it.each(Object.keys(texts))('of %s ends in an error, not in a crash', (name) => {
    expect(refusalOf(texts[name] ?? '')).toBeInstanceOf(InterfixError);
  });

  it('may have as many parts as it likes', () => {
    const sum = `enum { A = ${'1 + '.repeat(deep)} 1 };`;
    expect(parseDeclarations(sum).constants.get('A')).toBe(BigInt(deep + 1));
    const members = Array.from({ length: 20_000 }, (_, index) => `int m${index};`).join(' ');
    const { types } = parseDeclarations(`struct s { ${members} };`);
    expect(types.get('s')).toMatchObject({ kind: 'struct' });
  });
});

describe('parsing', () => {
  const lines = (count: number): string =>
    Array.from(
      { length: count },
      (_, i) =>
        `struct s${i} { int a, b[${i % 9} + 1]; struct s${i} *next; double x : ${1 + (i % 1)}; };`.replace(
          'double x',
          'unsigned x',
        ) +
        ` typedef struct s${i} t${i}; enum e${i} { A${i} = sizeof(struct s${i}), B${i} }; t${i} f${i}(const t${i} *p, enum e${i} e[4]);\n`,
    ).join('');
  const timed = (text: string): number => {
    const start = process.hrtime.bigint();
    parseDeclarations(text, ON_LINUX);
    return Number(process.hrtime.bigint() - start);
  };

  it('takes time in proportion to the length of the text', () => {
    const small = lines(1000);
    const large = lines(4000);
    timed(small);
    const ratios = Array.from({ length: 3 }, () => timed(large) / timed(small));
    expect(Math.min(...ratios)).toBeLessThan(12);
  });
});
