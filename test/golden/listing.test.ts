// Whole images against two assemblers: the text of a listing, assembled, gives exactly the bytes of the image.

import { describe, expect, it } from 'vitest';
import { generate } from '../../src/emit/generate.ts';
import { listing } from '../../src/emit/listing.ts';
import { kinds, type Prepared, prepare } from '../../src/plan/prepare.ts';
import { assemble, type Program, x64Assemblers } from '../support/assembler.ts';
import { hex, namedSignatures } from '../support/golden.ts';
import { isSkipped, withTool } from '../support/tool.ts';

interface Case {
  readonly name: string;
  readonly prepared: Prepared;
  readonly landingPad: boolean;
}

/** A result in memory is left in no frame. */
const isKept = (signature: string): boolean =>
  prepare(signature, { abi: 'sysv-x64', kind: 'forward' }).layout.ret.placement.mode !== 'hidden';

/** Every kind, and an adapter in both of its forms. */
const preparedOf = (signature: string): readonly (readonly [string, Prepared])[] => [
  ...kinds.map((kind) => [kind, prepare(signature, { abi: 'sysv-x64', kind, receiver: kind === 'adapter' })] as const),
  ...(isKept(signature)
    ? [
        [
          'adapter to the frame',
          prepare(signature, { abi: 'sysv-x64', kind: 'adapter', receiver: true, result: 'frame' }),
        ] as const,
      ]
    : []),
];

const cases: readonly Case[] = [...namedSignatures()].flatMap(([name, signature]) =>
  preparedOf(signature).flatMap(([kind, prepared]) =>
    [true, false].map((landingPad) => ({
      name: `${name} ${kind}${landingPad ? '' : ', no landing pad'}`,
      prepared,
      landingPad,
    })),
  ),
);

const programOf = ({ prepared, landingPad }: Case): Program => ({
  lines: listing(prepared, { landingPad }).map(({ text }) => text),
  labels: generate(prepared, { landingPad }).symbols.map(({ name }) => name),
});

describe('sysv-x64: a listing', () => {
  it.each(cases)('covers every byte of the image, in order: $name', ({ prepared, landingPad }) => {
    const lines = listing(prepared, { landingPad });
    const image = generate(prepared, { landingPad });
    expect(lines.map(({ bytes }) => bytes).join('')).toBe(hex(image.bytes).replaceAll(' ', ''));
    let offset = 0;
    for (const line of lines) {
      expect(line.offset).toBe(offset);
      expect(line.bytes).not.toBe('');
      offset += line.bytes.length / 2;
    }
  });

  it.each(cases)('names the step of every instruction, steps in order: $name', ({ prepared, landingPad }) => {
    const steps = listing(prepared, { landingPad }).flatMap(({ step }) => (step === null ? [] : [step]));
    expect(steps).toEqual([...steps].sort((a, b) => a - b));
    expect(new Set(steps).size).toBeGreaterThan(0);
    for (const [index, { op }] of prepared.plan.steps.entries()) {
      if (op !== 'address') expect(steps, `step ${index} has code`).toContain(index);
    }
  });

  for (const assembler of x64Assemblers) {
    it.skipIf(isSkipped(assembler.tool))(withTool(`is what ${assembler.tool.name} assembles`, assembler.tool), () => {
      const theirs = assemble(assembler, cases.map(programOf));
      const shown = (name: string, bytes: Uint8Array): string => `${name}: ${hex(bytes)}`;
      const ours = cases.map(({ name, prepared, landingPad }) => shown(name, generate(prepared, { landingPad }).bytes));
      expect(ours).toEqual(cases.map(({ name }, index) => shown(name, theirs[index] ?? new Uint8Array())));
    });
  }
});
