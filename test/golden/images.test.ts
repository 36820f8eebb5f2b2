// Golden files for people: what `interfix dump` prints for signatures that each show one thing, and every layout.

import { describe, expect, it } from 'vitest';
import { dumpText } from '../../src/cli/dump-text.ts';
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

describe('sysv-x64: the golden image', () => {
  for (const kind of kinds) {
    it.each(shown)(`${kind} of %s is unchanged`, (name) => {
      const prepared = prepare(signatureOf(name), { abi: 'sysv-x64', kind });
      expectGolden(`images/sysv-x64.${kind}/${name}.txt`, dumpText(prepared));
    });

    it(`${kind}: every file belongs to a name`, () => {
      expect(fixturesIn(`images/sysv-x64.${kind}`)).toEqual(shown.map((name) => `${name}.txt`).sort());
    });
  }
});

describe('sysv-x64: the golden layouts', () => {
  it('are unchanged for every named signature', () => {
    const sections = [...signatures].map(([name, signature]) => {
      const { layout } = prepare(signature, { abi: 'sysv-x64', kind: 'forward' });
      return `# ${name}\n${signature}\n${layoutLines(layout).join('\n')}\n`;
    });
    expectGolden('layouts/sysv-x64.txt', sections.join('\n'));
  });

  // psABI figures 3.5 and 3.6: func (int e, int f, structparm s, int g, int h, long double ld, double m, __m256 y,
  // double n, int i, int j, int k). Without ld and y, whose types this version does not have: ld takes 16 bytes of stack
  // there, so j and k lie 16 lower here; and y takes ymm2, so n has xmm2 here and not xmm3.
  it('give the registers of the worked example of the psABI, figure 3.6, without its long double and __m256', () => {
    const { args, stackSize } = prepare(signatureOf('psabi-example'), { abi: 'sysv-x64', kind: 'forward' }).layout;
    const places = args.map(({ placement }) =>
      placement.mode !== 'direct'
        ? []
        : placement.pieces.map(({ at }) => (at.in === 'register' ? at.register.name : `stack+${at.offset}`)),
    );
    expect(Object.fromEntries(args.map((_, index) => ['efsghmnijk'[index], places[index]]))).toEqual({
      e: ['rdi'],
      f: ['rsi'],
      s: ['rdx', 'xmm0'],
      g: ['rcx'],
      h: ['r8'],
      m: ['xmm1'],
      n: ['xmm2'],
      i: ['r9'],
      j: ['stack+0'],
      k: ['stack+8'],
    });
    expect(stackSize).toBe(16);
  });
});
