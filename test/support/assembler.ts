// Assembles batches of small programs with GNU as or llvm-mc: one run of the tool for a whole batch.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findTool, runTool, type Tool } from './tool.ts';

/** Lines of assembly. `labels` are the names that the lines define: other programs may define them too. */
export interface Program {
  readonly lines: readonly string[];
  readonly labels: readonly string[];
}

export interface Assembler {
  readonly tool: Tool;
  readonly args: readonly string[];
  /** The first line of a batch: which syntax follows, if there is a choice. */
  readonly syntax: string;
  /** What cuts sections out of the assembler's object files. */
  readonly objcopy: Tool;
}

const LLVM_MC = ['llvm-mc', 'llvm-mc-19', 'llvm-mc-14'];
const x64 = {
  syntax: '.intel_syntax noprefix',
  objcopy: findTool('objcopy', ['x86_64-linux-gnu-objcopy', 'objcopy']),
};
const aarch64 = { syntax: '', objcopy: findTool('objcopy', ['aarch64-linux-gnu-objcopy']) };

/** Two assemblers with nothing in common but the processor. */
export const x64Assemblers: readonly Assembler[] = [
  { tool: findTool('GNU as', ['x86_64-linux-gnu-as', 'as']), args: ['--64'], ...x64 },
  {
    tool: findTool('llvm-mc', LLVM_MC),
    args: ['-triple=x86_64-unknown-linux-gnu', '-filetype=obj'],
    ...x64,
  },
];

/** Both know landing pads by name from Armv8.5 on. */
export const aarch64Assemblers: readonly Assembler[] = [
  { tool: findTool('GNU as', ['aarch64-linux-gnu-as']), args: ['-march=armv8.5-a'], ...aarch64 },
  {
    tool: findTool('llvm-mc', LLVM_MC),
    args: ['-triple=aarch64-unknown-linux-gnu', '-mattr=+v8.5a', '-filetype=obj'],
    ...aarch64,
  },
];

/** The bytes of each program. Throws what the assembler printed if it refuses one of them. */
export function assemble({ tool, args, syntax, objcopy }: Assembler, programs: readonly Program[]): Uint8Array[] {
  const directory = mkdtempSync(join(tmpdir(), 'interfix-as-'));
  const file = (name: string): string => join(directory, name);
  const section = (name: string): Uint8Array => {
    runTool(objcopy, ['-O', 'binary', `--only-section=.${name}`, file('batch.o'), file(name)]);
    return new Uint8Array(readFileSync(file(name)));
  };
  try {
    writeFileSync(file('batch.s'), batchSource(syntax, programs));
    runTool(tool, [...args, '-o', file('batch.o'), file('batch.s')]);
    return cut(section('text'), section('data'));
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** Every program on a boundary of 16 bytes in .text; in .data, where each begins and ends. */
function batchSource(syntax: string, programs: readonly Program[]): string {
  const code = programs.map(({ lines, labels }, index) => {
    const text = lines.map((line, at) => withoutDot(ownLabels(line, labels, index), `.Lhere${index}_${at}`)).join('\n');
    return `.balign 16, 0xcc\n.Lbegin${index}:\n${text}\n.Lend${index}:`;
  });
  const table = programs.map((_, index) => `.long .Lbegin${index} - .Lbase, .Lend${index} - .Lbase`);
  return `${syntax}\n.text\n.Lbase:\n${code.join('\n')}\n.data\n${table.join('\n')}\n`;
}

const ownLabels = (line: string, labels: readonly string[], index: number): string =>
  labels.reduce((text, label) => text.replace(new RegExp(`\\b${label}\\b`, 'g'), `.L${label}${index}`), line);

/**
 * `jne . - 15`: llvm-mc has no `.` in expressions of Intel syntax, but takes a label in its place. Both would take the
 * short form of a `jmp`, which has no row.
 */
const withoutDot = (line: string, here: string): string =>
  / \. [-+] /.test(line) ? `${here}: ${line.replace(' . ', ` ${here} `).replace(/^jmp /, '{disp32} jmp ')}` : line;

function cut(code: Uint8Array, table: Uint8Array): Uint8Array[] {
  const view = new DataView(table.buffer, table.byteOffset, table.length);
  return Array.from({ length: table.length / 8 }, (_, index) =>
    code.slice(view.getUint32(8 * index, true), view.getUint32(8 * index + 4, true)),
  );
}
