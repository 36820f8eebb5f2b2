// Every row of the A64 table with every operand at its edges: what the golden file lists.

import { Assembler } from '../../src/emit/aarch64/assembler.ts';
import * as A64 from '../../src/emit/aarch64/encoding.ts';
import type { Operand, Row } from '../../src/emit/aarch64/row.ts';
import { sp, v, x, xzr } from '../../src/isa/aarch64.ts';
import type { Register } from '../../src/isa/register.ts';
import type { Program } from '../support/assembler.ts';

export interface EncodingCase {
  readonly text: string;
  readonly bytes: Uint8Array;
  /** What an assembler is given: the text, and the literal that it names. */
  readonly program: Program;
}

type Value = Register | number;

export const rows: ReadonlyMap<string, Row> = new Map(Object.entries(A64));

/** The ends of the field, what stands for the callee-saved, the link and the scratch registers, and number 31. */
function registerEdges({ view, allowsSp }: Extract<Operand, { kind: 'register' }>): Register[] {
  if ('HSDQV'.includes(view)) return [0, 7, 8, 16, 31].map(v);
  return [...[0, 8, 16, 19, 29, 30].map(x), allowsSp ? sp : xzr];
}

function numberEdges({ width, signed, scale }: Extract<Operand, { kind: 'immediate' | 'label' }>): number[] {
  const [min, max] = signed ? [-(2 ** (width - 1)), 2 ** (width - 1) - 1] : [0, 2 ** width - 1];
  return [...new Set([0, 1, 2 ** (width - 2), max, ...(signed ? [-1, min] : [])])].map((stored) => stored * scale);
}

function edgesOf(operand: Operand): readonly Value[] {
  if (operand.kind === 'register') return registerEdges(operand);
  if (operand.kind === 'mask') return [1, 4, 5, 6, 12, 28, 31, 32, 52].map((bits) => -(2 ** bits));
  return numberEdges(operand);
}

/** What an operand is while another one is at its edges; no two registers of an instruction are the same. */
function plainOf(operand: Operand, index: number): Value {
  if (operand.kind !== 'register') return edgesOf(operand)[2] ?? 0;
  return 'HSDQV'.includes(operand.view) ? v(index + 1) : x(index + 1);
}

function operandsOf({ operands }: Row): Value[][] {
  if (operands.length === 0) return [[]];
  return operands.flatMap((operand, at) =>
    edgesOf(operand).map((edge) => operands.map((other, index) => (index === at ? edge : plainOf(other, index)))),
  );
}

/** `mov` between two registers that are not sp is another row. */
const isOther = (row: Row, values: readonly Value[]): boolean => row === A64.movSp && !values.includes(sp);

function caseOf(emit: (asm: Assembler) => void): EncodingCase {
  const trace: { readonly offset: number; readonly text: string }[] = [];
  const asm = new Assembler(trace);
  emit(asm);
  const lines = trace.map(({ text }) => text);
  const text = lines.join('; ');
  if (!asm.needsLiterals) return { text, bytes: asm.take(), program: { lines, labels: [] } };
  const end = asm.offset;
  asm.align(8);
  const padding = new Array<string>((asm.offset - end) / 4).fill('udf #0');
  asm.literals();
  const program = { lines: [...lines, ...padding, 'target: .quad 0'], labels: ['target'] };
  return { text, bytes: asm.take(), program };
}

/** A literal lies behind the code, so its distance is tried with more or less code before it. */
const literalCases = (): EncodingCase[] => [
  ...registerEdges({ kind: 'register', shift: 0, view: 'X', allowsSp: false }).map((register) =>
    caseOf((asm) => asm.literal(register, 'target')),
  ),
  ...[1, 4, 5].map((others) =>
    caseOf((asm) => {
      asm.literal(x(16), 'target');
      for (let index = 0; index < others; index++) asm.op(A64.ret);
    }),
  ),
];

export function casesOf(row: Row): EncodingCase[] {
  if (row === A64.ldrLiteral) return literalCases();
  return operandsOf(row)
    .filter((values) => !isOther(row, values))
    .map((values) => caseOf((asm) => asm.op(row, ...values)));
}
