// Where compiled code and generated code meet: compiles batches with the C compiler, runs the runner, reads its report.

import { execFile, spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Signature } from '../../src/ctype/ctype.ts';
import { batchSource } from '../support/c-source.ts';

/** In the order of `enum oracle_kind`. The compiled kinds are the compiler against itself: the harness's own control. */
const KINDS = ['forward', 'bound', 'entry', 'reverse', 'compiled-forward', 'compiled-reverse'] as const;
export type OracleKind = (typeof KINDS)[number];
const SYMBOLS = ['target', 'dispatcher', 'context', 'frame'];

interface Field {
  readonly offset: number;
  readonly size: number;
}

/** One function to run; `image` is null for the compiled kinds, `frame` is set for `entry`. */
export interface TestedFunction {
  /** Which signature of the batch. */
  readonly index: number;
  readonly kind: OracleKind;
  readonly image: {
    readonly bytes: Uint8Array;
    readonly symbols: readonly { readonly name: string; readonly offset: number }[];
  } | null;
  readonly frame: { readonly size: number; readonly args: readonly Field[]; readonly ret: Field } | null;
}

export interface Failure {
  readonly index: number;
  readonly kind: OracleKind;
  readonly reasons: readonly string[];
}

/** A compiler takes a batch of this size in a few seconds, and its memory stays small. */
export const BATCH_SIZE = 250;
/** Each function is run with this many sets of values. */
const ROUNDS = 2;

const here = fileURLToPath(new URL('.', import.meta.url));
const RUNNER_SOURCES = ['runner.c', 'case.c', 'sysv-x64.c', 'sysv-x64.S'].map((name) => join(here, name));
const run = promisify(execFile);

export const compiler: string = process.env['INTERFIX_ORACLE_CC'] ?? 'gcc';

/** The compiler's own name and version, or null where there is none. */
export function compilerVersion(): string | null {
  const { error, stdout } = spawnSync(compiler, ['--version'], { encoding: 'utf8' });
  return error === undefined ? (stdout.split('\n')[0] ?? '') : null;
}

/** Why the oracle cannot run on this machine, or null. In CI a missing compiler is a failure, not a reason to skip. */
export function reasonToSkip(): string | null {
  if (process.platform !== 'linux' || process.arch !== 'x64') return 'the oracle runs on Linux x86-64';
  if (compilerVersion() !== null || process.env['CI'] !== undefined) return null;
  return `no ${compiler} on this machine`;
}

/** A temporary directory with the compiled runner in it. */
export class Bench {
  readonly #directory: string;
  #batches = 0;

  private constructor(directory: string) {
    this.#directory = directory;
  }

  static async open(): Promise<Bench> {
    const bench = new Bench(await mkdtemp(join(tmpdir(), 'interfix-oracle-')));
    try {
      await bench.#compileRunner();
    } catch (error) {
      await bench.close();
      throw error;
    }
    return bench;
  }

  async #compileRunner(): Promise<void> {
    const flags = ['-std=c11', '-O1', '-Wall', '-Wextra', '-Werror', '-rdynamic'];
    await run(compiler, [...flags, ...RUNNER_SOURCES, '-o', this.#path('runner'), '-ldl']);
  }

  async close(): Promise<void> {
    await rm(this.#directory, { recursive: true, force: true });
  }

  /** Compiles the signatures and runs the functions; `functions` is called while the compiler works. */
  async run(signatures: readonly Signature[], functions: () => readonly TestedFunction[]): Promise<Failure[]> {
    const name = `batch${this.#batches++}`;
    const source = this.#path(`${name}.c`);
    const library = this.#path(`${name}.so`);
    const code = this.#path(`${name}.bin`);
    await writeFile(source, batchSource(signatures));
    const compiled = run(compiler, ['-std=gnu11', '-O1', '-w', '-fPIC', '-shared', '-I', here, source, '-o', library]);
    const [tested] = await Promise.all([functions(), compiled]);
    await writeFile(code, encode(tested));
    const { stdout } = await run(this.#path('runner'), [library, code, String(ROUNDS)], { maxBuffer: 2 ** 26 });
    return parseReport(stdout, tested.length);
  }

  #path(name: string): string {
    return join(this.#directory, name);
  }
}

/** The format that the head of runner.c describes. */
function encode(functions: readonly TestedFunction[]): Uint8Array {
  const chunks = [wordBytes([0x4f584649, functions.length])];
  for (const { index, kind, image, frame } of functions) {
    const bytes = image?.bytes ?? new Uint8Array();
    const symbols = image?.symbols ?? [];
    const frameWords = frame === null ? [0, 0, 0] : [frame.size, frame.ret.offset, frame.args.length];
    const fields = (frame?.args ?? []).flatMap(({ offset, size }) => [offset, size]);
    const patches = symbols.flatMap(({ name, offset }) => [SYMBOLS.indexOf(name), offset]);
    const head = [index, KINDS.indexOf(kind), bytes.length, symbols.length, ...frameWords, ...fields, ...patches];
    chunks.push(wordBytes(head), bytes, new Uint8Array(-bytes.length & 3));
  }
  return Buffer.concat(chunks);
}

function wordBytes(words: readonly number[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(words.length * 4));
  for (const [index, word] of words.entries()) view.setUint32(index * 4, word, true);
  return new Uint8Array(view.buffer);
}

function parseReport(report: string, expected: number): Failure[] {
  const lines = report.trimEnd().split('\n');
  if (lines.pop() !== `done ${expected}`) throw new Error(`the runner did not finish:\n${report}`);
  return lines.map((line) => {
    const [, index, kindName, reasons] = /^fail (\d+) (\S+) (.*)$/.exec(line) ?? [];
    const kind = KINDS.find((each) => each === kindName);
    if (kind === undefined || reasons === undefined) throw new Error(`the runner said: ${line}`);
    return { index: Number(index), kind, reasons: reasons.split('; ') };
  });
}
