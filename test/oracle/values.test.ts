// JavaScript values against the C compiler: conversions of the floating-point formats that JavaScript does not have, and
// objects of random types, whose bytes C made of the same values.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SYSV_X64 } from '../../src/ctype/data-model.ts';
import { layoutOfType } from '../../src/ctype/layout.ts';
import { compile } from '../../src/exec/compile.ts';
import { formats } from '../../src/marshal/formats.ts';
import { accessorSource } from '../../src/marshal/function-source.ts';
import { type Random, random } from '../support/random.ts';
import { findTool, isSkipped, runTool, withTool } from '../support/tool.ts';
import { type ValueCase, valueCase, valuesProgram } from './values-program.ts';

const compiler = findTool('gcc', ['gcc']);
const isLinuxX64 = process.platform === 'linux' && process.arch === 'x64';
const seed = Number(process.env['INTERFIX_SEED'] ?? Date.now() % 2 ** 32);
const folder = mkdtempSync(join(tmpdir(), 'interfix-values-'));
afterAll(() => rmSync(folder, { recursive: true }));

function describeWithGcc(rule: string, body: () => void): void {
  describe.skipIf(!isLinuxX64 || isSkipped(compiler))(withTool(rule, compiler), body);
}

const run = (program: string, args: readonly string[], input: Uint8Array = new Uint8Array(0)): Uint8Array => {
  const { status, stdout, error } = spawnSync(program, args, { input, maxBuffer: 1 << 28 });
  if (error !== undefined) throw error;
  expect(status).toBe(0);
  return new Uint8Array(stdout);
};

type Format = 'Float16' | 'Bfloat16' | 'X87' | 'Binary128';
const NAMES = { Float16: 'binary16', Bfloat16: 'bfloat16', X87: 'x87', Binary128: 'binary128' } as const;
const SIZES = { Float16: 2, Bfloat16: 2, X87: 16, Binary128: 16 } as const;
const COUNT = 100_000;

const doubleOf = (high: number, low: number): number => {
  const view = new DataView(new ArrayBuffer(8));
  view.setUint32(0, high);
  view.setUint32(4, low);
  return view.getFloat64(0);
};

const word = (r: Random): number => r.int(2 ** 32);

/** Around each power of two and each tie of the narrow formats, and anywhere; NaNs with payloads too. */
function someDouble(r: Random): number {
  if (r.oneIn(8)) return doubleOf(word(r), word(r));
  const exponent = 1023 + (r.oneIn(4) ? r.int(2040) - 1020 : r.oneIn(2) ? r.int(48) - 28 : r.int(272) - 140);
  // Long runs of zeros or ones behind the fraction that a narrow format keeps: ties, and what lies just beside them.
  const kept = r.pick([7, 10, 23]) - r.int(12);
  const head = (word(r) & (-1 << (20 - Math.min(20, Math.max(0, kept + 1))))) >>> 0;
  const tail = r.pick([0, 1, 0xffffffff, 0x80000000, 0x7fffffff]);
  const filled = r.oneIn(3) ? 0xfffff : 0;
  const high = ((exponent & 0x7ff) << 20) | ((head | (r.oneIn(2) ? 0 : filled & ~head)) & 0xfffff);
  return doubleOf((high | (r.oneIn(2) ? 0x80000000 : 0)) >>> 0, tail);
}

/** A wide float: anywhere, near the edges of double's range, with few or with nearly all bits set; every kind of x87 one. */
function someWide(r: Random, format: 'X87' | 'Binary128'): Uint8Array {
  const bytes = new Uint8Array(16);
  const view = new DataView(bytes.buffer);
  for (let index = 0; index < 4; index++) view.setUint32(4 * index, word(r), true);
  const exponent = r.pick([r.int(32768), 16383 + r.int(2100) - 1050, 16383 - 1022 - r.int(56), 0, 32767, 16383 + 1023]);
  const top = format === 'X87' ? 8 : 14;
  view.setUint16(top, (r.oneIn(2) ? 0x8000 : 0) | exponent, true);
  const fraction = bytes.subarray(0, top);
  const from = r.int(top);
  if (r.oneIn(2)) fraction.subarray(0, from).fill(r.pick([0, 0xff]));
  if (r.oneIn(4)) fraction[from] = r.pick([0, 1, 0x7f, 0x80, 0x81, 0xff]);
  if (r.oneIn(8)) fraction.fill(r.pick([0, 0xff]));
  // Without its leading bit an x87 number is an unnormal, a pseudo-denormal or a pseudo-infinity.
  if (format === 'X87' && !r.oneIn(8)) fraction[7] = (fraction[7] ?? 0) | 0x80;
  if (format === 'X87') bytes.fill(0xcc, 10);
  return bytes;
}

const isX87Refused = (bytes: Uint8Array): boolean =>
  ((bytes[9] ?? 0) & 0x7f) + (bytes[8] ?? 0) > 0 && ((bytes[7] ?? 0) & 0x80) === 0;

const hex = (bytes: Uint8Array): string =>
  [...bytes]
    .reverse()
    .map((byte) => byte.toString(16).padStart(2, '0'))
    .join('');

describeWithGcc('floating-point formats agree with gcc', () => {
  const program = join(folder, 'values');
  beforeAll(() => {
    runTool(compiler, ['-O1', '-o', program, fileURLToPath(new URL('values.c', import.meta.url)), '-lm']);
  });

  const convert = (from: string, to: string, input: Uint8Array): Uint8Array => run(program, [from, to], input);

  /** Ours and the compiler's doubles of the same bytes, as bits: NaNs keep their payloads, but are quiet. */
  function expectLoads(format: Format, input: Uint8Array, isNan: (bytes: Uint8Array) => boolean = () => false): void {
    const size = SIZES[format];
    const theirs = new DataView(convert(NAMES[format], 'double', input).buffer);
    const memory = new DataView(input.buffer);
    const ours = new DataView(new ArrayBuffer(8));
    const wrong: string[] = [];
    for (let offset = 0; offset < input.length; offset += size) {
      const at = (8 * offset) / size;
      ours.setFloat64(0, Number(formats[`get${format}`](memory, offset)), true);
      const bytes = input.subarray(offset, offset + size);
      const agree = isNan(bytes)
        ? Number.isNaN(ours.getFloat64(0, true)) && Number.isNaN(theirs.getFloat64(at, true))
        : ours.getBigUint64(0) === theirs.getBigUint64(at);
      if (!agree) wrong.push(`${hex(bytes)}: ${ours.getFloat64(0, true)}, gcc says ${theirs.getFloat64(at, true)}`);
    }
    expect(wrong.slice(0, 10)).toEqual([]);
  }

  function expectStores(format: Format, values: Float64Array): void {
    const size = SIZES[format];
    const theirs = convert('double', NAMES[format], new Uint8Array(values.buffer));
    const ours = new Uint8Array(size * values.length).fill(0xa5);
    const memory = new DataView(ours.buffer);
    const store = formats[`set${format}`] as (memory: DataView, offset: number, value: number) => void;
    for (const [index, value] of values.entries()) store(memory, size * index, value);
    const wrong: string[] = [];
    values.forEach((value, index) => {
      const [our, their] = [ours, theirs].map((all) => hex(all.subarray(size * index, size * index + size)));
      if (our !== their) wrong.push(`${value}: ${our}, gcc says ${their}`);
    });
    expect(wrong.slice(0, 10)).toEqual([]);
  }

  const doubles = (): Float64Array => {
    const r = random(seed);
    return Float64Array.from({ length: COUNT }, () => someDouble(r));
  };

  it.each(['Float16', 'Bfloat16'] as const)('%s: all 65,536 to double', (format) => {
    const all = Uint16Array.from({ length: 65536 }, (_, bits) => bits);
    expectLoads(format, new Uint8Array(all.buffer));
  });

  it.each(['Float16', 'Bfloat16'] as const)(
    '%s: every tie between two of them, and its neighbours, from double',
    (format) => {
      const memory = new DataView(new ArrayBuffer(8));
      const values: number[] = [];
      for (let bits = 0; bits < 65535; bits++) {
        const [low, high] = [bits, bits + 1].map((each) => {
          memory.setUint16(0, each, true);
          return Number(formats[`get${format}`](memory, 0));
        });
        if (low === undefined || high === undefined || !Number.isFinite(low) || !Number.isFinite(high)) continue;
        const tie = low / 2 + high / 2;
        values.push(low, tie, tie * (1 + 2 ** -52), tie * (1 - 2 ** -53), tie * (1 + 2 ** -30), tie * (1 - 2 ** -30));
      }
      expectStores(format, Float64Array.from(values));
    },
  );

  it.each(['Float16', 'Bfloat16', 'X87', 'Binary128'] as const)(
    `%s: ${COUNT} doubles into it (seed ${seed})`,
    (format) => {
      const edges = [
        0,
        2 ** -1074,
        2 ** -1022,
        Number.MAX_VALUE,
        Infinity,
        1,
        2 ** 16,
        65519,
        65520,
        2 ** 128,
        2 ** 128 - 2 ** 119,
      ];
      expectStores(format, Float64Array.from([...doubles(), ...edges, ...edges.map((edge) => -edge)]));
    },
  );

  it(`X87: ${COUNT} of all kinds to double (seed ${seed})`, () => {
    const r = random(seed, 1);
    const input = Buffer.concat(Array.from({ length: COUNT }, () => someWide(r, 'X87')));
    expectLoads('X87', new Uint8Array(input), isX87Refused);
  });

  it(`Binary128: ${COUNT} of all kinds to double (seed ${seed})`, () => {
    const r = random(seed, 2);
    const input = Buffer.concat(Array.from({ length: COUNT }, () => someWide(r, 'Binary128')));
    expectLoads('Binary128', new Uint8Array(input));
  });
});

/** Whether everything that is expected is there: an object may have more properties, the other members of a union. */
function isFound(expected: unknown, actual: unknown): boolean {
  if (typeof expected !== 'object' || expected === null) return Object.is(expected, actual);
  if (typeof actual !== 'object' || actual === null) return false;
  if (Array.isArray(expected) && (!Array.isArray(actual) || actual.length !== expected.length)) return false;
  return Object.entries(expected).every(([key, value]) => isFound(value, Reflect.get(actual, key)));
}

const FILL = 0xa5;

/** What is wrong with one object; null if nothing is. `theirs` are C's bytes, its mask of the value and of what is touched. */
function problemOf({ type, given, got, hasUnion }: ValueCase, theirs: readonly Uint8Array[]): string | null {
  const [bytes, mask, touch] = theirs;
  if (bytes === undefined || mask === undefined || touch === undefined) return 'C printed less than it should';
  const buffer = new ArrayBuffer(bytes.length + (-bytes.length & 7) + 8);
  const ours = new Uint8Array(buffer);
  const source = accessorSource(type, SYSV_X64);
  const [read, write] = compile(source, buffer, {}) as [() => unknown, (value: unknown) => void];
  ours.fill(FILL);
  try {
    write(given);
  } catch (error) {
    return `refused: ${error}`;
  }
  for (const [index, our] of ours.entries()) {
    const [their, bits, may] = [bytes[index] ?? 0, mask[index] ?? 0, touch[index] ?? 0];
    if ((our & bits) !== (their & bits)) return `byte ${index} is ${our}, in C ${their} (mask ${bits})`;
    const untouched = 255 & ~may;
    if ((!hasUnion || index >= bytes.length) && (our & untouched) !== (FILL & untouched))
      return `byte ${index} was touched`;
  }
  for (const [index, their] of bytes.entries()) ours[index] = their | (FILL & ~(mask[index] ?? 0));
  return isFound(got, read()) ? null : 'the value that was read is another';
}

const show = (value: unknown): string =>
  JSON.stringify(value, (_, each) => (typeof each === 'bigint' || typeof each === 'number' ? `${each}` : each));

describeWithGcc('objects agree with gcc', () => {
  const count = Number(process.env['INTERFIX_VALUES'] ?? 600);

  it(`${count} random types with a value (seed ${seed})`, () => {
    const cases = Array.from({ length: count }, (_, id) => valueCase(seed, id));
    const [text, program] = [join(folder, 'objects.c'), join(folder, 'objects')];
    writeFileSync(text, valuesProgram(cases));
    // With Microsoft's extensions a named struct type may be an anonymous member.
    runTool(compiler, ['-std=gnu11', '-O0', '-w', '-fms-extensions', '-o', program, text]);
    const output = run(program, []);
    const view = new DataView(output.buffer);
    let offset = 0;
    const problems = cases.flatMap((each) => {
      const size = view.getUint32(offset, true);
      const parts = [0, 1, 2].map((part) => output.subarray(offset + 4 + part * size, offset + 4 + (part + 1) * size));
      offset += 4 + 3 * size;
      const own = layoutOfType(each.type, SYSV_X64).size;
      const problem = own === size ? problemOf(each, parts) : `has ${own} bytes, in C ${size}`;
      return problem === null ? [] : [`${problem}\n${each.source}\ngiven ${show(each.given)}`];
    });
    expect(offset).toBe(output.length);
    expect(problems.length, problems.slice(0, 3).join('\n\n')).toBe(0);
  });
});
