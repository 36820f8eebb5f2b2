// Golden files for people: what `interfix dump` prints for signatures that each show one thing, and every layout.

import { describe, expect, it } from 'vitest';
import type { ConventionId } from '../../src/abi/convention.ts';
import { conventions } from '../../src/abi/conventions.ts';
import { dumpText } from '../../src/cli/dump-text.ts';
import { InterfixError } from '../../src/errors.ts';
import { kinds, prepare } from '../../src/plan/prepare.ts';
import { layoutLines } from '../../src/plan/print.ts';
import { expectGolden, fixturesIn, namedSignatures } from '../support/golden.ts';

const signatures = namedSignatures();

/** Few enough that each can be read when it changes. */
const shown = [
  'add',
  'nothing',
  'narrow-integers',
  'nine-doubles',
  'three-bytes',
  'seven-bytes',
  'sse-then-integer',
  'union-of-both',
  'psabi-example',
  'odd-memory-record',
  'large-copy',
  'frame-over-127-bytes',
  'frame-over-4096-bytes',
  'no-room-for-two',
  'variadic-nine-doubles',
];

const signatureOf = (name: string): string => {
  const signature = signatures.get(name);
  if (signature === undefined) throw new Error(`fixtures/signatures.txt has no ${name}`);
  return signature;
};

/** Where System V is shown, the others need to be shown only where they differ. */
const shownElsewhere = [
  'add',
  'narrow-on-stack',
  'nine-doubles',
  'odd-memory-record',
  'hidden-result',
  'large-copy',
  'hfa',
  'over-aligned',
  'variadic-one-double',
];

describe('sysv-x64: the golden image', () => {
  for (const kind of kinds) {
    it.each(shown)(`${kind} of %s is unchanged`, (name) => {
      const prepared = prepare(signatureOf(name), {
        abi: 'sysv-x64',
        kind,
        vectors: name === 'psabi-example' ? 'avx' : 'sse',
        receiver: kind === 'adapter',
      });
      expectGolden(`images/sysv-x64.${kind}/${name}.txt`, dumpText(prepared));
    });

    it(`${kind}: every file belongs to a name`, () => {
      expect(fixturesIn(`images/sysv-x64.${kind}`)).toEqual(shown.map((name) => `${name}.txt`).sort());
    });
  }
});

/** What a result may come back in: either file, both, a part of a register. Windows returns records of these in memory. */
const scalars = ['add', 'narrow-integers', 'nine-doubles'];
const records = ['three-bytes', 'sse-then-integer'];

describe.each(conventions)('%s: the golden image of an adapter that leaves the result in the frame', (abi) => {
  const folder = `images/${abi}.adapter-frame`;
  const kept = abi === 'win-x64' ? scalars : [...scalars, ...records];

  it.each(kept)('%s is unchanged', (name) => {
    const options = { abi, kind: 'adapter', receiver: true, result: 'frame' } as const;
    expectGolden(`${folder}/${name}.txt`, dumpText(prepare(signatureOf(name), options)));
  });

  it('every file belongs to a name', () => {
    expect(fixturesIn(folder)).toEqual(kept.map((name) => `${name}.txt`).sort());
  });
});

describe.each(conventions.filter((id) => id !== 'sysv-x64'))('%s: the golden image', (abi) => {
  for (const kind of ['forward', 'reverse', 'adapter'] as const) {
    it.each(shownElsewhere)(`${kind} of %s is unchanged`, (name) => {
      expectGolden(
        `images/${abi}.${kind}/${name}.txt`,
        dumpText(prepare(signatureOf(name), { abi, kind, receiver: kind === 'adapter' })),
      );
    });

    it(`${kind}: every file belongs to a name`, () => {
      expect(fixturesIn(`images/${abi}.${kind}`)).toEqual(shownElsewhere.map((name) => `${name}.txt`).sort());
    });
  }
});

describe('the golden layouts', () => {
  it.each(conventions)('of %s are unchanged for every named signature', (abi) => {
    const sections = [...signatures].map(
      ([name, signature]) => `# ${name}\n${signature}\n${linesOf(signature, abi)}\n`,
    );
    expectGolden(`layouts/${abi}.txt`, sections.join('\n'));
  });

  // psABI figures 3.5 and 3.6: func (int e, int f, structparm s, int g, int h, long double ld, double m, __m256 y,
  // double n, int i, int j, int k)
  it('give the registers of the worked example of the psABI, figure 3.6', () => {
    const options = { abi: 'sysv-x64', kind: 'forward', vectors: 'avx' } as const;
    const { args, stackSize } = prepare(signatureOf('psabi-example'), options).layout;
    const places = args.map(({ placement }) =>
      placement.mode !== 'direct'
        ? []
        : placement.pieces.map(({ at }) => (at.in === 'register' ? at.register.name : `stack+${at.offset}`)),
    );
    expect(
      args.map((_, index) => [['e', 'f', 's', 'g', 'h', 'ld', 'm', 'y', 'n', 'i', 'j', 'k'][index], places[index]]),
    ).toEqual([
      ['e', ['rdi']],
      ['f', ['rsi']],
      ['s', ['rdx', 'xmm0']],
      ['g', ['rcx']],
      ['h', ['r8']],
      ['ld', ['stack+0']],
      ['m', ['xmm1']],
      ['y', ['xmm2']],
      ['n', ['xmm3']],
      ['i', ['r9']],
      ['j', ['stack+16']],
      ['k', ['stack+24']],
    ]);
    expect(stackSize).toBe(32);
  });
});

/** The lines of a layout, or the refusal. */
function linesOf(signature: string, abi: ConventionId): string {
  try {
    return layoutLines(prepare(signature, { abi, kind: 'forward', vectors: 'avx' }).layout).join('\n');
  } catch (error) {
    if (error instanceof InterfixError && error.code === 'ERR_UNSUPPORTED') return `refused: ${error.rule}`;
    throw error;
  }
}
