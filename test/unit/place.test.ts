// The two halves of `prepare`: whatever it refuses, the first half refuses, so that the second one may wait for a call.

import { describe, expect, it } from 'vitest';
import { conventionOf, conventions } from '../../src/abi/conventions.ts';
import * as c from '../../src/ctype/ctype.ts';
import { type PrepareOptions, place, planned, prepare } from '../../src/plan/prepare.ts';
import { createRegistry } from '../../src/signature/registry.ts';
import { fullProfile, randomSignature } from '../support/random-signature.ts';
import { refusalOf } from '../support/thrown.ts';

/** Types that C, or this version, does not let a value of travel everywhere. */
const doubtful: readonly c.CType[] = [
  c.VOID,
  c.array(c.DOUBLE, 3),
  c.array(c.DOUBLE, null),
  c.FLOAT,
  c.complex(c.BFLOAT16),
  c.vector(c.integer('int128'), 2),
  c.vector(c.LONG_DOUBLE, 2),
  c.vector(c.FLOAT, 3),
  c.struct([c.member(null, c.integer('uint32'), 3)]),
  c.struct([c.member('a', c.BFLOAT16), c.member('b', c.FLOAT, null, 8)]),
  c.struct([c.member('a', c.array(c.integer('int8'), 2 ** 21))]),
  c.struct([c.member('a', c.vector(c.integer('int128'), 1))]),
  createRegistry().define('@Opaque;').reference('Opaque'),
];

/** The same signature, with a doubtful type in some place of it. */
function spoilt(signature: c.Signature, index: number): c.Signature {
  const type = doubtful[index % doubtful.length] ?? c.VOID;
  const { parameters, result, variadicFrom } = signature;
  const at = index % (parameters.length + 1);
  if (at === parameters.length) return c.signature(parameters, type, variadicFrom);
  const others = parameters.map((each, other) => (other === at ? c.parameter(null, type) : each));
  return c.signature(others, result, index % 5 === 0 ? at : variadicFrom);
}

const kinds = ['entry', 'forward', 'bound', 'reverse'] as const;

describe.each(conventions)('random signatures on %s, of which half have a type that may be refused', (abi) => {
  const drawn = Array.from({ length: 800 }, (_, index) => randomSignature(8, index, fullProfile(abi)));
  const signatures = drawn.flatMap((one, index) => [one, spoilt(one, index)]);
  const others = conventions.filter((entry) => conventionOf(entry).isa === conventionOf(abi).isa);

  it.each(kinds)('are refused for %s by the first half or not at all', (kind) => {
    let refused = 0;
    signatures.forEach((signature, index) => {
      const entry = others[index % others.length] ?? abi;
      const vectors = (['sse', 'avx', 'avx512'] as const)[index % 3];
      const options: PrepareOptions = { abi, entry, kind, vectors, errno: kind === 'entry' && index % 2 === 0 };
      const said = refusalOf(() => prepare(signature, options));
      expect(refusalOf(() => place(signature, options))).toBe(said);
      if (said !== null) refused++;
      else expect(planned(place(signature, options))).toEqual(prepare(signature, options));
    });
    expect(refused).toBeGreaterThan(100);
    expect(refused).toBeLessThan(1200);
  });
});

describe('the first half refuses', () => {
  const OPTIONS: PrepareOptions = { abi: 'sysv-x64', kind: 'entry' };

  it.each([
    ['an unknown kind', { kind: 'other' }, 'ERR_OPTION'],
    ['a later kind', { kind: 'thunk' }, 'ERR_UNSUPPORTED'],
    ['an unknown convention', { abi: 'other' }, 'ERR_OPTION'],
    ['two processors', { entry: 'aapcs64' }, 'ERR_OPTION'],
    ['unknown vectors', { vectors: 'mmx' }, 'ERR_OPTION'],
    ['errno of another kind', { kind: 'forward', errno: true }, 'ERR_OPTION'],
    ['a receiver of another kind', { receiver: true }, 'ERR_OPTION'],
    ['a result in a frame of another kind', { result: 'frame' }, 'ERR_OPTION'],
    ['stubs of another kind', { stubs: { count: 1, stride: 1 } }, 'ERR_OPTION'],
  ])('%s, as `prepare` does', (_, changed, code) => {
    const options = { ...OPTIONS, ...changed } as PrepareOptions;
    const said = refusalOf(() => place('(int) -> int', options));
    expect(said).toMatch(new RegExp(`^${code} `));
    expect(refusalOf(() => prepare('(int) -> int', options))).toBe(said);
  });

  it('a text, at its position', () => {
    expect(refusalOf(() => place('(int, nothing) -> int', OPTIONS))).toBe(
      refusalOf(() => prepare('(int, nothing) -> int', OPTIONS)),
    );
  });
});
