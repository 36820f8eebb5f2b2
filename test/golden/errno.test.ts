// Golden files for people: entries that also keep the error number of their calls.

import { describe, expect, it } from 'vitest';
import { dumpText } from '../../src/cli/dump-text.ts';
import { prepare } from '../../src/plan/prepare.ts';
import { expectGolden, fixturesIn, namedSignatures } from '../support/golden.ts';

const signatures = namedSignatures();
/** A result in a register, one behind a hidden pointer, none at all. */
const shown = ['add', 'hidden-result', 'nothing'];

describe.each(['sysv-x64', 'win-x64', 'aapcs64'] as const)('%s: the golden image of an entry', (abi) => {
  it.each(shown)('that keeps the error number is unchanged: %s', (name) => {
    const prepared = prepare(signatures.get(name) ?? '', { abi, kind: 'entry', errno: true });
    expectGolden(`images/${abi}.entry.errno/${name}.txt`, dumpText(prepared));
  });

  it('every file belongs to a name', () => {
    expect(fixturesIn(`images/${abi}.entry.errno`)).toEqual(shown.map((name) => `${name}.txt`).sort());
  });
});
