// The words of every A64 row: against a golden file that a person can read, and against two assemblers.

import { describe, expect, it } from 'vitest';
import { Assembler } from '../../src/emit/aarch64/assembler.ts';
import * as A64 from '../../src/emit/aarch64/encoding.ts';
import { row } from '../../src/emit/aarch64/row.ts';
import { sp, v, x, xzr } from '../../src/isa/aarch64.ts';
import { rax } from '../../src/isa/x64.ts';
import { aarch64Assemblers, assemble } from '../support/assembler.ts';
import { expectGolden, hex, readFixture } from '../support/golden.ts';
import { isSkipped, withTool } from '../support/tool.ts';
import { casesOf, rows } from './aarch64-encoding-cases.ts';

const cases = new Map([...rows].map(([name, each]) => [name, casesOf(each)] as const));
const all = [...cases.values()].flat();
const line = (text: string, bytes: Uint8Array): string => `${hex(bytes)}   ${text}`;

const goldenText = (): string =>
  [...cases]
    .map(([name, ofRow]) => `# ${name}\n${ofRow.map(({ bytes, text }) => line(text, bytes)).join('\n')}\n`)
    .join('\n');

describe('aarch64 encodings', () => {
  it('are those of the golden file', () => {
    expectGolden('encodings/aarch64.txt', goldenText());
  });

  it('have golden lines for every row of the table, in its order', () => {
    const sections = readFixture('encodings/aarch64.txt').split('\n\n');
    const withLines = sections.filter((section) => section.trim().includes('\n'));
    expect(withLines.map((section) => /^# (\w+)/.exec(section)?.[1])).toEqual(Object.keys(A64));
  });

  for (const assembler of aarch64Assemblers) {
    it.skipIf(isSkipped(assembler.tool))(withTool(`are what ${assembler.tool.name} assembles`, assembler.tool), () => {
      const theirs = assemble(
        assembler,
        all.map(({ program }) => program),
      );
      expect(all.map(({ text, bytes }) => line(text, bytes))).toEqual(
        all.map(({ text }, index) => line(text, theirs[index] ?? new Uint8Array())),
      );
    });
  }
});

describe('aarch64 operands out of range', () => {
  const refuses = (rule: string, emit: (asm: Assembler) => void): void => {
    it(rule, () => {
      expect(() => emit(new Assembler())).toThrow(expect.objectContaining({ code: 'ERR_INTERNAL' }));
    });
  };

  refuses('4096 does not fit imm12', (asm) => asm.op(A64.addI, sp, sp, 4096));
  refuses('-1 does not fit an unsigned field', (asm) => asm.op(A64.addI, sp, sp, -1));
  refuses('4 is no multiple of 8', (asm) => asm.op(A64.ldrX, x(0), sp, 4));
  refuses('32768 does not fit imm12 scaled by 8', (asm) => asm.op(A64.ldrX, x(0), sp, 32768));
  refuses('256 does not fit simm9', (asm) => asm.op(A64.ldurX, x(0), sp, 256));
  refuses('-257 does not fit simm9', (asm) => asm.op(A64.sturX, x(0), sp, -257));
  refuses('-520 does not fit simm7 scaled by 8', (asm) => asm.op(A64.stpPreX, x(29), x(30), sp, -520));
  refuses('512 does not fit simm7 scaled by 8', (asm) => asm.op(A64.ldpPostX, x(29), x(30), sp, 512));
  refuses('1024 does not fit simm7 scaled by 16', (asm) => asm.op(A64.ldpQ, v(0), v(1), sp, 1024));
  refuses('65536 does not fit imm16', (asm) => asm.op(A64.movI, x(0), 65536));
  refuses('64 is no shift of 64 bits', (asm) => asm.op(A64.lsrI, x(0), x(0), 64));
  refuses('NaN is no immediate', (asm) => asm.op(A64.addI, sp, sp, Number.NaN));
  refuses('0.5 is no immediate', (asm) => asm.op(A64.addI, sp, sp, 0.5));
  for (const mask of [0, -1, -3, 16, -(2 ** 53)]) {
    refuses(`${mask} is no mask of low bits`, (asm) => asm.op(A64.andI, sp, x(16), mask));
  }
  refuses('a branch over a mebibyte does not fit simm19', (asm) => asm.branch(A64.bNe, -(2 ** 20) - 4));
  refuses('a literal over a mebibyte away does not fit simm19', (asm) => {
    asm.literal(x(16), 'target');
    for (let index = 0; index < 2 ** 18; index++) asm.op(A64.ret);
    asm.literals();
  });
  refuses('sp is no source of a store', (asm) => asm.op(A64.strX, sp, sp, 0));
  refuses('the zero register is no base', (asm) => asm.op(A64.strX, x(0), xzr, 0));
  refuses('a vector register is not general', (asm) => asm.op(A64.strX, v(0), sp, 0));
  refuses('a general register is no vector', (asm) => asm.op(A64.strQ, x(0), sp, 0));
  refuses('a register is no number', (asm) => asm.op(A64.addI, sp, sp, x(0)));
  refuses('a number is no register', (asm) => asm.op(A64.addI, sp, 0, 0));
  refuses('an operand is missing', (asm) => asm.op(A64.addI, sp, sp));
  refuses('an operand is left over', (asm) => asm.op(A64.ret, x(30)));
  refuses('a register of another processor', (asm) => asm.op(A64.strX, rax, sp, 0));
});

describe('an aarch64 row', () => {
  it.each([
    ['31 bits', 'ret', '1101011001011111000000111100000'],
    ['33 bits', 'ret', '110101100101111100000011110000000'],
    ['a field without an operand', 'blr Xn', '1101011000111111000000 Rn Rm'],
    ['an operand without a field', 'blr Xd', '1101011000111111000000 Rn 00000'],
    ['an unknown field', 'blr Xn', '1101011000111111000000 Rn imm'],
  ])('of %s is refused', (_, syntax, diagram) => {
    expect(() => row(syntax, diagram)).toThrow(expect.objectContaining({ code: 'ERR_INTERNAL' }));
  });
});
