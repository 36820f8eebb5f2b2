// The parser on input that nobody wrote: what is printed parses back, and no text makes it fail in an unplanned way.

import { describe, expect, it } from 'vitest';
import { parseSignature, parseType } from '../../src/signature/parse.ts';
import { printSignature, printType } from '../../src/signature/print.ts';
import { createRegistry } from '../../src/signature/registry.ts';
import { sameType } from '../../src/signature/same-type.ts';
import { typeKey } from '../../src/signature/type-key.ts';
import { type Random, random } from '../support/random.ts';
import { codeOf } from '../support/thrown.ts';
import { everything, fillRegistry, randomSignature, randomType } from './random-type.ts';

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

describe('the signature language', () => {
  it('parses back what it prints of 3000 random types', () => {
    forCases(3000, (r) => {
      const registry = createRegistry();
      const type = randomType(r, 4, everything(r.oneIn(2) ? fillRegistry(r, registry, 4) : []));
      const text = printType(type);
      const parsed = parseType(text, { registry });
      expect(printType(parsed)).toBe(text);
      expect(parsed, text).toEqual(type);
      expect(sameType(parsed, type), text).toBe(true);
      expect(typeKey(parsed)).toBe(typeKey(type));
    });
  });

  it('parses back what it prints of 2000 random signatures', () => {
    forCases(2000, (r) => {
      const name = r.oneIn(2) ? r.pick(['f', 'e', 'int', 'pow_2', 'alignas']) : null;
      const signature = randomSignature(r, 3, name, everything());
      const text = printSignature(signature);
      expect(parseSignature(text), text).toEqual(signature);
    });
  });

  it('means the same with blanks and comments between its words', () => {
    forCases(1000, (r) => {
      const text = printType(randomType(r, 3, everything()));
      const wide = text.replace(
        /->|[^\w ]/g,
        (each) => `${r.pick(['', ' ', '\n', '# {(\n'])}${each}${r.pick(['', '\t'])}`,
      );
      expect(parseType(wide), wide).toEqual(parseType(text));
    });
  });

  it('throws nothing but InterfixErrors at 20000 mutated signatures', () => {
    const seen = new Set<string>();
    const registry = createRegistry().define('@A = {int, *@A}; @B; @N::C = (int) -> void; @D = @A');
    const names = ['A', 'B', 'N::C', 'D'].map((name) => registry.reference(name));
    forCases(20_000, (r) => {
      const text = mutated(r, printSignature(randomSignature(r, 2, null, everything(names))));
      const code = codeOf(() => parseSignature(text, { registry }));
      seen.add(code);
      if (code !== 'parsed') return;
      const parsed = parseSignature(text, { registry });
      expect(parseSignature(printSignature(parsed), { registry })).toEqual(parsed);
    });
    for (const code of ['parsed', 'ERR_SYNTAX', 'ERR_TYPE', 'ERR_UNKNOWN_TYPE', 'ERR_UNSUPPORTED']) {
      expect(seen).toContain(code);
    }
  });

  it('takes 5000 mutated registries as a whole, or throws InterfixErrors and takes nothing', () => {
    const seen = new Set<string>();
    forCases(5000, (r) => {
      const full = createRegistry();
      fillRegistry(r, full, 4);
      const registry = createRegistry().define('@T0 = int;');
      const more = r.oneIn(10) ? r.pick(['@X = {@Y}; @Y = {@X};', '@X = int; @X = uint;', '@T0 = int32_t;']) : '';
      const code = codeOf(() => registry.define(mutated(r, full.print().replace('@T0', '@T9') + more)));
      seen.add(code);
      if (code === 'parsed') expect(createRegistry().define(registry.print()).print()).toBe(registry.print());
      else expect(registry.print()).toBe('@T0 = int32;\n');
    });
    for (const code of ['parsed', 'ERR_SYNTAX', 'ERR_TYPE', 'ERR_RECURSIVE', 'ERR_REDEFINED']) {
      expect(seen).toContain(code);
    }
  });
});

const BITS = [
  ...[...'(){}<>[]*:;,#!@?.-=$0123456789e \n\0', '->', 'int', 'void', 'unsigned', '...', '\ud800', 'é', '::'],
  ...['const ', 'alignas(8) ', ':3', '!', '!2:', 'v[', 'c[', '[?:', '@A', '@B', '@T1', 'e:', '{A=1}', '0x'],
];

function mutated(r: Random, original: string): string {
  let text = original;
  for (let edits = 1 + r.int(4); edits > 0; edits--) {
    const from = r.int(text.length + 1);
    text = text.slice(0, from) + (r.oneIn(3) ? '' : r.pick(BITS)) + text.slice(from + r.int(4));
  }
  return text;
}
