// Images with stubs: what a person can read, what two assemblers make of the listing, and that the stubs that were
// written by arithmetic are those that the assembler of the library emits.

import { describe, expect, it } from 'vitest';
import { dumpText } from '../../src/cli/dump-text.ts';
import { stubCode as stubsOfAArch64 } from '../../src/emit/aarch64/stubs.ts';
import { generate } from '../../src/emit/generate.ts';
import { listing } from '../../src/emit/listing.ts';
import { stubCode as stubsOfX64 } from '../../src/emit/x64/stubs.ts';
import { type Prepared, prepare } from '../../src/plan/prepare.ts';
import { aarch64Assemblers, assemble, type Program, x64Assemblers } from '../support/assembler.ts';
import { expectGolden, fixturesIn, hex, namedSignatures } from '../support/golden.ts';
import { refusal } from '../support/refusal.ts';
import { isSkipped, withTool } from '../support/tool.ts';

const ABIS = ['sysv-x64', 'win-x64', 'aapcs64'] as const;
type Abi = (typeof ABIS)[number];

const signatures = namedSignatures();
const signatureOf = (name: string): string => signatures.get(name) ?? expect.fail(`fixtures/signatures.txt: ${name}`);

/** Bodies that use many scratch registers before they ask what the stub brought. */
const shown = ['add', 'odd-memory-record', 'over-aligned'];

describe.each(ABIS)('%s: the golden image with stubs', (abi) => {
  it.each(shown)('of %s is unchanged', (name) => {
    const prepared = prepare(signatureOf(name), { abi, kind: 'reverse', stubs: { count: 5, stride: 88 } });
    expectGolden(`images/${abi}.stubs/${name}.txt`, dumpText(prepared));
  });

  it('every file belongs to a name', () => {
    expect(fixturesIn(`images/${abi}.stubs`)).toEqual(shown.map((name) => `${name}.txt`).sort());
  });
});

/** The last one brings more than 16 bits. */
const STUBS = { count: 4, stride: 30_000 };

/** What a convention refuses has no code. */
function preparedOrRefused(text: string, abi: Abi): Prepared | null {
  try {
    return prepare(text, { abi, kind: 'reverse', stubs: STUBS });
  } catch (error) {
    expect(error).toEqual(refusal('ERR_UNSUPPORTED'));
    return null;
  }
}

interface Case {
  readonly name: string;
  readonly prepared: Prepared;
  readonly landingPad: boolean;
}

const casesOf = (abi: Abi): readonly Case[] =>
  [...signatures].flatMap(([name, text]) => {
    const prepared = preparedOrRefused(text, abi);
    return prepared === null ? [] : [true, false].map((landingPad) => ({ name, prepared, landingPad }));
  });

const programOf = ({ prepared, landingPad }: Case): Program => ({
  lines: listing(prepared, { landingPad }).map(({ text }) => text),
  labels: generate(prepared, { landingPad }).symbols.map(({ name }) => name),
});

describe.each(ABIS)('%s: a listing with stubs', (abi) => {
  const cases = casesOf(abi);

  it('covers every byte of the image, in order', () => {
    expect(cases.length).toBeGreaterThan(50);
    for (const { name, prepared, landingPad } of cases) {
      const lines = listing(prepared, { landingPad });
      expect(lines.map(({ bytes }) => bytes).join(''), name).toBe(
        hex(generate(prepared, { landingPad }).bytes).replaceAll(' ', ''),
      );
      let end = 0;
      for (const { offset, bytes } of lines) {
        expect(offset, name).toBe(end);
        end += bytes.length / 2;
      }
    }
  });

  for (const assembler of abi === 'aapcs64' ? aarch64Assemblers : x64Assemblers) {
    it.skipIf(isSkipped(assembler.tool))(withTool(`is what ${assembler.tool.name} assembles`, assembler.tool), () => {
      const theirs = assemble(assembler, cases.map(programOf));
      const image = (name: string, bytes: Uint8Array): string => `${name}: ${hex(bytes)}`;
      const ours = cases.map(({ name, prepared, landingPad }) => image(name, generate(prepared, { landingPad }).bytes));
      expect(ours).toEqual(cases.map(({ name }, index) => image(name, theirs[index] ?? new Uint8Array())));
    });
  }
});

describe.each([
  ['sysv-x64', stubsOfX64],
  ['aapcs64', stubsOfAArch64],
] as const)('%s: a stub that was written by arithmetic', (abi, codeOf) => {
  it.each([true, false])('is the one that is assembled; landing pad: %s', (landingPad) => {
    const code = codeOf(landingPad);
    for (const stride of [1, 88, 2 ** 15]) {
      const count = 2 ** 16;
      const image = generate(prepare('(int) -> int', { abi, kind: 'reverse', stubs: { count, stride } }), {
        landingPad,
      });
      const { offset, size } = image.stubs ?? expect.fail('no stubs');
      for (const index of [0, 1, 2, 3, 743, 744, 745, 2 ** 15 - 1, 2 ** 15, 2 ** 15 + 1, count - 1]) {
        const at = offset + index * size;
        expect(hex(image.bytes.subarray(at, at + size))).toBe(hex(code.assemble(index * stride, at, null)));
      }
    }
  });
});
