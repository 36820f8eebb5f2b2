// The bytes of every instruction row: against a golden file that a person can read, and against two assemblers.

import { describe, expect, it } from 'vitest';
import { Assembler } from '../../src/emit/x64/assembler.ts';
import * as X64 from '../../src/emit/x64/encoding.ts';
import type { Row } from '../../src/emit/x64/row.ts';
import { r12, rax, rbp, rcx, rsp, xmm } from '../../src/isa/x64.ts';
import { assemble, x64Assemblers } from '../support/assembler.ts';
import { expectGolden, hex, readFixture } from '../support/golden.ts';
import { isSkipped, withTool } from '../support/tool.ts';
import { casesOf, rows } from './encoding-cases.ts';

const cases = new Map([...rows].map(([name, row]) => [name, casesOf(row)] as const));

const goldenText = (): string =>
  [...cases]
    .map(([name, ofRow]) => {
      const lines = ofRow.map(({ bytes, text }) => `${hex(bytes).padEnd(26)} ${text}`);
      return `# ${name}\n${lines.join('\n')}\n`;
    })
    .join('\n');

describe('x64 encodings', () => {
  it('are those of the golden file', () => {
    expectGolden('encodings/x64.txt', goldenText());
  });

  it('have at least one golden line for every row of the table', () => {
    const sections = readFixture('encodings/x64.txt').split('\n\n');
    const withLines = sections.filter((section) => section.trim().includes('\n'));
    expect(withLines.map((section) => /^# (\w+)/.exec(section)?.[1])).toEqual(Object.keys(X64));
  });

  for (const assembler of x64Assemblers) {
    it.skipIf(isSkipped(assembler.tool))(withTool(`are what ${assembler.tool.name} assembles`, assembler.tool), () => {
      const all = [...cases.values()].flat();
      const theirs = assemble(
        assembler,
        all.map(({ program }) => program),
      );
      const line = (text: string, bytes: Uint8Array): string => `${hex(bytes)}   ${text}`;
      expect(all.map(({ text, bytes }) => line(text, bytes))).toEqual(
        all.map(({ text }, index) => line(text, theirs[index] ?? new Uint8Array())),
      );
    });
  }
});

describe('x64 operands out of range', () => {
  const refuses = (rule: string, emit: (asm: Assembler) => void): void => {
    it(rule, () => {
      expect(() => emit(new Assembler())).toThrow(expect.objectContaining({ code: 'ERR_INTERNAL' }));
    });
  };
  const imm = (row: Row, value: number) => (asm: Assembler) => asm.ri(row, rcx, value);

  refuses('128 does not fit a signed imm8', imm(X64.addMI8, 128));
  refuses('-129 does not fit a signed imm8', imm(X64.subMI8, -129));
  refuses('255 is no shift count', imm(X64.shlMI64, 255));
  refuses('2^31 does not fit an imm32 that is sign-extended', imm(X64.addMI32, 2 ** 31));
  refuses('-2^31 - 1 does not fit an imm32 that is sign-extended', imm(X64.subMI32, -(2 ** 31) - 1));
  refuses('2^32 does not fit an imm32 of a 32-bit move', imm(X64.movOI32, 2 ** 32));
  refuses('-2^31 - 1 does not fit an imm32 of a 32-bit move', imm(X64.movOI32, -(2 ** 31) - 1));
  refuses('a jump over 127 bytes does not fit rel8', (asm) => {
    for (let index = 0; index < 127; index++) asm.none(X64.ret);
    asm.jump(X64.jne, 0);
  });
  refuses('NaN is no immediate', imm(X64.addMI8, Number.NaN));
  for (const base of [rax, rsp, rbp, r12]) {
    refuses(`2^31 is no displacement from ${base.name}`, (asm) => asm.rm(X64.lea, rax, { base, disp: 2 ** 31 }));
    refuses(`-2^31 - 1 is no displacement from ${base.name}`, (asm) =>
      asm.rm(X64.movMR64, rax, { base, disp: -(2 ** 31) - 1 }),
    );
  }
  refuses('an instruction without an immediate is given one', (asm) => asm.ri(X64.push, rax, 1));
  refuses('an instruction with an immediate is given none', (asm) => asm.r(X64.addMI8, rax));
  refuses('an instruction of memory alone is given a register', (asm) => asm.rr(X64.movupsRM, xmm(0), xmm(1)));
  refuses('an instruction of registers alone is given memory', (asm) =>
    asm.rmi(X64.pextrwRMI, rax, { base: rsp, disp: 0 }, 0),
  );
  refuses('an instruction with ModRM is given no operand', (asm) => asm.none(X64.callM));
});
