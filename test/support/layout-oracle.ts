// The compilers that are asked for layouts, and their answers, read from the object files that they write.

import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { FloatName, RecordType } from '../../src/ctype/ctype.ts';
import {
  AAPCS64,
  AAPCS64_APPLE,
  AAPCS64_WINDOWS,
  type DataModel,
  SYSV_X64,
  WIN_X64,
} from '../../src/ctype/data-model.ts';
import { layoutOfRecord } from '../../src/ctype/layout.ts';
import {
  BITS_HEADER,
  BITS_MAGIC,
  type Dialect,
  isBitField,
  isVisible,
  layoutSource,
  NUMBERS_MAGIC,
  numbersOf,
} from './layout-oracle-source.ts';

export interface Compiler {
  readonly name: string;
  readonly command: string;
  readonly flags: readonly string[];
  readonly model: DataModel;
  readonly dialect: Dialect;
  /** Types that it has not. */
  readonly lacks: readonly FloatName[];
  /** Where it is known to differ from the data model: see layout-pins.ts. */
  readonly pins: 'clang-on-linux' | 'mingw' | null;
}

const GNU: Dialect = { fixedEnums: false, alignedVectors: null };
const CLANG: Dialect = { fixedEnums: true, alignedVectors: null };
/** gcc's `_Alignof` of a vector is never more than the largest alignment of the machine it compiles for. */
const WIDE_VECTORS = ['-mavx512f', '-Wno-psabi'];

type Target = readonly [triple: string, model: DataModel, dialect: Dialect, pins: Compiler['pins']];

const TARGETS: readonly Target[] = [
  ['x86_64-linux-gnu', SYSV_X64, CLANG, 'clang-on-linux'],
  ['aarch64-linux-gnu', AAPCS64, CLANG, 'clang-on-linux'],
  ['x86_64-pc-windows-msvc', WIN_X64, { ...CLANG, alignedVectors: WIN_X64.maxVectorAlign }, null],
  ['arm64-apple-macos', AAPCS64_APPLE, CLANG, null],
  ['aarch64-pc-windows-msvc', AAPCS64_WINDOWS, { ...CLANG, alignedVectors: AAPCS64_WINDOWS.maxVectorAlign }, null],
];

const clangs = (version: 14 | 19): readonly Compiler[] =>
  TARGETS.map(([triple, model, dialect, pins]) => ({
    name: `clang ${version} for ${triple}`,
    command: `clang-${version}`,
    flags: [`--target=${triple}`],
    model,
    dialect,
    lacks: version > 14 ? [] : triple.startsWith('x86_64') ? ['bfloat16', 'float16'] : ['bfloat16'],
    pins,
  }));

const gcc = (name: string, command: string, flags: readonly string[], model: DataModel): Compiler => ({
  name,
  command,
  flags,
  model,
  dialect: GNU,
  lacks: model === AAPCS64 ? [] : ['bfloat16'],
  pins: model === WIN_X64 ? 'mingw' : null,
});

export const COMPILERS: readonly Compiler[] = [
  gcc('gcc', 'x86_64-linux-gnu-gcc', WIDE_VECTORS, SYSV_X64),
  gcc('gcc for aarch64', 'aarch64-linux-gnu-gcc', [], AAPCS64),
  gcc('gcc for mingw', 'x86_64-w64-mingw32-gcc', WIDE_VECTORS, WIN_X64),
  ...clangs(14),
  ...clangs(19),
];

const installed = new Map<string, boolean>();

export function isInstalled({ command }: Compiler): boolean {
  const known = installed.get(command);
  if (known !== undefined) return known;
  const found = spawnSync(command, ['--version'], { stdio: 'ignore' }).status === 0;
  installed.set(command, found);
  return found;
}

/** The object file of the source. */
async function compiled({ command, flags }: Compiler, source: string): Promise<Buffer> {
  const directory = mkdtempSync(join(tmpdir(), 'interfix-layout-'));
  try {
    const input = join(directory, 'a.c');
    const output = join(directory, 'a.o');
    writeFileSync(input, source);
    const all = [...flags, '-std=gnu11', '-ffreestanding', '-w', '-O0', '-c', '-o', output, input];
    await promisify(execFile)(command, all, { maxBuffer: 1 << 24 });
    return readFileSync(output);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

function afterMagic(object: Buffer, magic: string): number {
  const at = object.indexOf(magic, 0, 'latin1');
  if (at < 0 || object.indexOf(magic, at + 1, 'latin1') >= 0) throw new Error('the object has no numbers, or many');
  return at + magic.length;
}

/** The `count` numbers that a source made with `numbersSource` holds. */
export async function compiledNumbers(compiler: Compiler, source: string, count: number): Promise<number[]> {
  const object = await compiled(compiler, source);
  const start = afterMagic(object, NUMBERS_MAGIC);
  return Array.from({ length: count }, (_, index) => object.readUInt32LE(start + 4 * index));
}

/** One line per record: what the compiler makes of it. */
export async function layoutsBy(compiler: Compiler, records: readonly RecordType[]): Promise<string[]> {
  const object = await compiled(compiler, layoutSource(records, compiler.dialect));
  const bits = bitObjects(object);
  let at = afterMagic(object, NUMBERS_MAGIC);
  const next = (): number => {
    at += 4;
    return object.readUInt32LE(at - 4);
  };
  return records.map((type, index) => {
    const end = at + 4 * numbersOf(type);
    const [size, align, first] = [next(), next(), next()];
    let bit = (bits.get(index) ?? 0) - BITS_HEADER + first;
    const members = type.members.map((each) => {
      if (!isBitField(each)) return `${next()}+${next()}`;
      if (!isVisible(each)) return '?';
      const ones = onesIn(object.subarray(bit, bit + size));
      bit += size;
      return ones;
    });
    if (at !== end) throw new Error('numbers and records do not match');
    return [`${size} bytes, aligned to ${align}:`, ...members].join(' ');
  });
}

/** Where the objects of each record begin in the file. */
function bitObjects(object: Buffer): ReadonlyMap<number, number> {
  const found = new Map<number, number>();
  for (let at = object.indexOf(BITS_MAGIC, 0, 'latin1'); at >= 0; ) {
    found.set(object.readUInt32LE(at + BITS_MAGIC.length), at + BITS_HEADER);
    at = object.indexOf(BITS_MAGIC, at + 1, 'latin1');
  }
  return found;
}

/** The first of the set bits and how many there are; they must be adjacent. */
function onesIn(bytes: Buffer): string {
  const set: number[] = [];
  bytes.forEach((byte, at) => {
    for (let bit = 0; bit < 8; bit++) if ((byte >> bit) & 1) set.push(8 * at + bit);
  });
  const first = set[0] ?? -1;
  return set.every((bit, index) => bit === first + index) ? `bit ${first}:${set.length}` : `bits ${set.join(',')}`;
}

/** The same line from our own layout. */
export function layoutLine(type: RecordType, model: DataModel): string {
  const { size, align, members } = layoutOfRecord(type, model);
  const texts = members.map(({ offset, size: bytes, bitOffset, bitWidth, name }) => {
    if (bitOffset === null) return `${offset}+${bytes}`;
    return name === null ? '?' : `bit ${8 * offset + bitOffset}:${bitWidth}`;
  });
  return [`${size} bytes, aligned to ${align}:`, ...texts].join(' ');
}
