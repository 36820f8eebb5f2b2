// The rows of `npm run bench:native`. The images are this library's own; a C program (native/calls.c) places them,
// checks that every kind of call gives the same sums, and calls each many times.

import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LIBRARY_FLAGS, runTool } from './build.ts';
import { imagesHeader } from './images-header.ts';
import { thisMachine } from './machine.ts';
import { isWanted, type Options } from './options.ts';
import { circumstances, plainText } from './report.ts';
import type { Cell, MeasuredRow, ResultColumn, Results, Unit } from './results.ts';
import { summaryOf } from './statistics.ts';
import { nativeTable, overDirectTable } from './tables.ts';

const SIGNATURES = [
  ['ints', 'int(int, int)'],
  ['mixed', 'double(int, double, int64, float, int16, double)'],
  ['doubles', 'double(double × 12)'],
  ['points', '{double, double}({double, double} × 2)'],
] as const;

const COLUMNS = [
  ['direct', 'direct call'],
  ['pointer', 'by pointer'],
  ['forward', 'forward'],
  ['in_c', 'the same in C'],
  ['bound', 'bound'],
  ['adapter', 'adapter'],
  ['entry', 'entry'],
  ['ffi_call', 'ffi_call'],
  ['reverse', 'reverse'],
  ['ffi_closure', 'libffi closure'],
] as const;

const SOURCES = ['bench/native/calls.c', 'bench/native/in-c.c'] as const;

/** `<signature> <column>` → what was found of it, once or more often. */
type Found = ReadonlyMap<string, readonly number[]>;

/** Instructions of one call, its loop and the C function included. */
function counted(program: string, folder: string, calls: number): Found {
  const out = join(folder, 'callgrind.out');
  const options = ['--tool=callgrind', '--collect-atstart=no', `--callgrind-out-file=${out}`, '-q'];
  runTool('valgrind', [...options, program, 'count', String(calls)]);
  const found = new Map<string, number[]>();
  for (const name of readdirSync(folder).filter((name) => name.startsWith('callgrind.out.'))) {
    const dump = readFileSync(join(folder, name), 'utf8');
    const [, label] = /^desc: Trigger: Client Request: (.*)$/m.exec(dump) ?? [];
    const [, total] = /^(?:totals|summary): (\d+)/m.exec(dump) ?? [];
    if (label !== undefined && total !== undefined) found.set(label, [Math.round((10 * Number(total)) / calls) / 10]);
  }
  if (found.size === 0) throw new Error('callgrind counted nothing');
  return found;
}

/** Nanoseconds of one call. */
function timed(program: string, calls: number, rounds: number): Found {
  const found = new Map<string, number[]>();
  for (const line of runTool(program, ['time', String(calls), String(rounds)])
    .trim()
    .split('\n')) {
    const [, label = '', ns] = /^(.*) ([\d.]+)$/.exec(line) ?? [];
    found.set(label, [...(found.get(label) ?? []), Number(ns)]);
  }
  return found;
}

function rowsOf(found: Found, unit: Unit, suffix: string): MeasuredRow[] {
  return SIGNATURES.map(([id, name]) => {
    const cell = (column: string): Cell => {
      const samples = found.get(`${id} ${column}`);
      return samples === undefined ? { missing: 'refused' } : summaryOf(samples);
    };
    const cells = Object.fromEntries(COLUMNS.map(([column]) => [column, cell(column)]));
    return { id: `${id}-${unit}`, name: `${name}${suffix}`, unit, cells };
  });
}

export function measureNative(options: Options): Results {
  const folder = mkdtempSync(join(tmpdir(), 'interfix-bench-'));
  try {
    writeFileSync(join(folder, 'images.h'), imagesHeader());
    const program = join(folder, 'calls');
    const library = join(folder, 'bench.so');
    runTool('gcc', [...LIBRARY_FLAGS, '-o', library, 'fixtures/c/bench.c']);
    runTool('gcc', ['-std=c11', '-O2', `-I${folder}`, '-o', program, ...SOURCES, library, '-lffi']);
    const machine = thisMachine();
    const about = { gcc: runTool('gcc', ['-dumpfullversion']).trim(), libffi: libffiVersion() };
    const columns: ResultColumn[] = COLUMNS.map(([id, name]) => ({ id, name, about }));
    const rows = [
      ...rowsOf(counted(program, folder, options.quick ? 100 : 10_000), 'instructions', ', instructions'),
      ...rowsOf(options.quick ? timed(program, 10_000, 1) : timed(program, 2_000_000, 9), 'ns', ''),
    ];
    const results = { machine, columns, rows: rows.filter((row) => isWanted(options, row)) };
    const [first = { id: '', name: 'all', about }] = columns;
    console.log(circumstances({ machine, columns: [{ ...first, name: 'compiled with' }] }));
    console.log(`\n${plainText(nativeTable(results))}\n\n${plainText(overDirectTable(results))}`);
    return results;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function libffiVersion(): string {
  try {
    return runTool('pkg-config', ['--modversion', 'libffi']).trim();
  } catch {
    return 'of the system';
  }
}
