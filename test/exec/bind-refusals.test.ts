// `bind` plans nothing before the first call, and refuses all the same what `prepare` refuses: nothing slips through to a
// call.

import { describe, expect, test } from 'vitest';
import { bind } from '../../src/exec/bind.ts';
import { hostAbi } from '../../src/exec/host-abi.ts';
import { host } from '../../src/exec/select-host.ts';
import { type PrepareOptions, prepare } from '../../src/plan/prepare.ts';
import { printSignature } from '../../src/signature/print.ts';
import { createRegistry } from '../../src/signature/registry.ts';
import { fullProfile, randomSignature } from '../support/random-signature.ts';
import { refusal } from '../support/refusal.ts';
import { refusalOf } from '../support/thrown.ts';

const abi = hostAbi();
const ADDRESS = 1n;
/** In place of a parameter's type. Some are refused everywhere, some as arguments, some by a convention. */
const doubtful = [
  ...['void', 'c[bfloat16]', 'v[2:int128]', 'bfloat16', 'float', '{[2097152:char]}', '{uint32:3}', '[3:int]', '*void'],
  ...['{a:bfloat16, b:alignas(8) float}', '{v[1:int128]}', 'integer', '{a:int', '@Nothing', '{[?:int]}', '[0:int]'],
];

describe('of random texts, most with a type that may be refused', () => {
  const texts = Array.from({ length: 1500 }, (_, index) => {
    const one = printSignature(randomSignature(9, index, fullProfile(abi)));
    const type = doubtful[index % doubtful.length] ?? 'int';
    const [open, close] = [one.indexOf('('), one.lastIndexOf(') -> ')];
    if (index % 4 === 0) return one;
    if (index % 4 === 1) return `${one.slice(0, close)}) -> ${type}`;
    return `(${type}${one[open + 1] === ')' ? '' : ', '}${one.slice(open + 1)}`;
  });

  test.each(['sse', 'avx', 'avx512'] as const)('`bind` refuses with %s exactly what `prepare` refuses', (vectors) => {
    let refused = 0;
    texts.forEach((text, index) => {
      const serve = index % 7 === 0 && host().calls !== null;
      const kind = serve ? 'forward' : 'entry';
      const said = refusalOf(() => prepare(text, { abi, kind, vectors }));
      expect([text, refusalOf(() => bind(ADDRESS, text, { vectors, serve }))]).toEqual([text, said]);
      if (said !== null) refused++;
    });
    expect(refused).toBeGreaterThan(300);
    expect(refused).toBeLessThan(1200);
  });

  test('and says so again, the second time', () => {
    const text = '(c[bfloat16], int) -> int';
    const said = refusalOf(() => bind(ADDRESS, text));
    expect(said).not.toBeNull();
    expect(refusalOf(() => bind(ADDRESS, text))).toBe(said);
  });

  test('also of what a registry defines later', () => {
    const registry = createRegistry().define('@Later;');
    expect(() => bind(ADDRESS, '(@Later) -> int' as string, { registry })).toThrow(refusal('ERR_INCOMPLETE'));
    registry.define('@Later = {a:int}');
    expect(refusalOf(() => bind(ADDRESS, '(@Later) -> int' as string, { registry }))).toBeNull();
  });

  test('an option that is wrong is refused for a text that was bound before', () => {
    bind(ADDRESS, '(int, int16) -> int');
    const wrong = (options: object): string | null => refusalOf(() => bind(ADDRESS, '(int, int16) -> int', options));
    for (const options of [{ abi: 'other' }, { vectors: 'mmx' }, { abi: 'vectorcall' }]) {
      const said = wrong(options);
      expect(said).toBe(
        refusalOf(() => prepare('(int, int16) -> int', { abi, kind: 'entry', ...options } as PrepareOptions)),
      );
      expect(wrong(options)).toBe(said);
    }
  });
});
