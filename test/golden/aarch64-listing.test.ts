// Whole AArch64 images against two assemblers: the text of a listing, assembled, gives exactly the bytes of the image.

import { describe, expect, it } from 'vitest';
import { generate } from '../../src/emit/generate.ts';
import { aarch64Assemblers, assemble } from '../support/assembler.ts';
import { hex } from '../support/golden.ts';
import { isSkipped, withTool } from '../support/tool.ts';
import { cases } from '../unit/aarch64-cases.ts';

describe('an aarch64 listing', () => {
  it('covers every byte of its image, in order', () => {
    for (const { name, prepared, lines } of cases) {
      expect(lines.map(({ bytes }) => bytes).join(''), name).toBe(hex(generate(prepared).bytes).replaceAll(' ', ''));
      let end = 0;
      for (const { offset, bytes } of lines) {
        expect(offset, name).toBe(end);
        end += bytes.length / 2;
      }
    }
  });

  it('names the step of every instruction, and every step but addresses that are in place has one', () => {
    for (const { name, prepared, lines } of cases) {
      const steps = lines.flatMap(({ step }) => (step === null ? [] : [step]));
      expect(steps, name).toEqual([...steps].sort((a, b) => a - b));
      const silent = prepared.plan.steps.filter((_, index) => !steps.includes(index));
      expect(
        silent.filter(({ op }) => op !== 'address'),
        name,
      ).toEqual([]);
    }
  });

  for (const assembler of aarch64Assemblers) {
    it.skipIf(isSkipped(assembler.tool))(withTool(`is what ${assembler.tool.name} assembles`, assembler.tool), () => {
      const theirs = assemble(
        assembler,
        cases.map(({ prepared, lines }) => ({
          lines: lines.map(({ text }) => text),
          labels: generate(prepared).symbols.map(({ name }) => name),
        })),
      );
      const shown = (name: string, bytes: Uint8Array): string => `${name}: ${hex(bytes)}`;
      const ours = cases.map(({ name, prepared }) => shown(name, generate(prepared).bytes));
      expect(ours).toEqual(cases.map(({ name }, index) => shown(name, theirs[index] ?? new Uint8Array())));
    });
  }
});
