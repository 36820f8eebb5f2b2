// Where compiled code and generated code meet: compiles batches with the target's compiler, runs the runner on the
// target's processor or an emulator of it, and reads the report.

import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { ConventionId } from '../../src/abi/convention.ts';
import type { CType, Signature } from '../../src/ctype/ctype.ts';
import { batchSource } from '../support/c-source.ts';
import { findTool, type Tool } from '../support/tool.ts';
import { type ValueShape, valueShape } from '../support/value-shape.ts';
import { link, type PatchedCode } from './link.ts';
import { type ObjectCode, readObject } from './object-file.ts';
import {
  type CompiledCase,
  encode,
  type Failure,
  type Gates,
  parseReport,
  type TestedFunction,
} from './runner-input.ts';
import type { Cpu, Target } from './targets.ts';

/** A compiler takes a batch of this size in a few seconds, and its memory stays small. */
export const BATCH_SIZE = 250;
/** Each function is run with this many sets of values. */
const ROUNDS = 2;

interface Machine {
  readonly gates: readonly string[];
  readonly compiler: string;
  readonly flags: readonly string[];
  /** What runs a program of the processor here; null: it runs itself. */
  readonly emulator: string | null;
}

const MACHINES: Readonly<Record<Cpu, Machine>> = {
  x64: { gates: ['gates-x64.c', 'gates-x64.S'], compiler: 'gcc', flags: [], emulator: null },
  aarch64: {
    gates: ['gates-aarch64.c', 'gates-aarch64.S'],
    compiler: 'aarch64-linux-gnu-gcc',
    flags: ['-static'],
    emulator: 'qemu-aarch64',
  },
};

const here = fileURLToPath(new URL('.', import.meta.url));
const run = promisify(execFile);
const tools = new Map<string, Tool>();

function tool(command: string): Tool {
  const found = tools.get(command) ?? findTool(command, [command]);
  tools.set(command, found);
  return found;
}

/** Why nothing can be run for the processor here, or null. In CI a missing tool is a failure, not a reason to skip. */
export function reasonToSkipCpu(cpu: Cpu): string | null {
  if (process.platform !== 'linux' || process.arch !== 'x64') return 'the oracle runs on Linux x86-64';
  const { compiler, emulator } = MACHINES[cpu];
  return missing(emulator === null ? [compiler] : [compiler, emulator]);
}

/** Why the target cannot be asked here, or null. A processor without its vector registers is a reason in CI too. */
export function reasonToSkip({ cpu, command, needs }: Target): string | null {
  const reason = reasonToSkipCpu(cpu) ?? missing([command]);
  if (reason !== null || needs === null) return reason;
  return new RegExp(`\\b${needs}\\b`).test(readFileSync('/proc/cpuinfo', 'utf8'))
    ? null
    : `no ${needs} on this machine`;
}

function missing(commands: readonly string[]): string | null {
  if (process.env['CI'] !== undefined) return null;
  const absent = commands.find((command) => tool(command).command === null);
  return absent === undefined ? null : `no ${absent} on this machine`;
}

/** The compiler itself failed: it has a bug, and gives no answer. */
export class CompilerCrash extends Error {}

const CRASH = /internal compiler error|PLEASE submit a bug report|fatal error: error in backend/;

function rethrown(error: unknown): never {
  if (error instanceof Error && CRASH.test(error.message)) throw new CompilerCrash(error.message, { cause: error });
  throw error;
}

export const gatesOf = (abi: ConventionId): Gates => (abi === 'win-x64' ? 'win-x64' : 'native');

export interface BenchOptions {
  /** Bytes; the emulator's if it has one. */
  readonly pageSize?: number;
}

/** A temporary directory with the compiled runner of one processor in it. */
export class Bench {
  readonly cpu: Cpu;
  readonly #directory: string;
  readonly #command: readonly [string, ...string[]];
  #batches = 0;

  private constructor(cpu: Cpu, directory: string, { pageSize }: BenchOptions) {
    const { emulator } = MACHINES[cpu];
    const runner = join(directory, 'runner');
    this.cpu = cpu;
    this.#directory = directory;
    const page = pageSize === undefined ? [] : ['-p', String(pageSize)];
    this.#command = emulator === null ? [runner] : [emulator, ...page, runner];
  }

  static async open(cpu: Cpu, options: BenchOptions = {}): Promise<Bench> {
    const bench = new Bench(cpu, await mkdtemp(join(tmpdir(), 'interfix-oracle-')), options);
    try {
      await bench.#compileRunner();
    } catch (error) {
      await bench.close();
      throw error;
    }
    return bench;
  }

  async #compileRunner(): Promise<void> {
    const { gates, compiler, flags } = MACHINES[this.cpu];
    const sources = ['runner.c', 'case.c', ...gates].map((name) => join(here, name));
    const strict = ['-std=c11', '-O1', '-Wall', '-Wextra', '-Werror'];
    await run(compiler, [...strict, ...flags, ...sources, '-o', this.#path('runner')]);
  }

  async close(): Promise<void> {
    await rm(this.#directory, { recursive: true, force: true });
  }

  /** Compiles the signatures and runs the functions; `functions` is called while the compiler works. */
  async run(
    target: Target,
    signatures: readonly Signature[],
    functions: () => readonly TestedFunction[],
  ): Promise<Failure[]> {
    const name = `batch${this.#batches++}`;
    const source = this.#path(`${name}.c`);
    const object = this.#path(`${name}.o`);
    const input = this.#path(`${name}.bin`);
    await writeFile(source, batchSource(signatures, target.c));
    const compiled = run(target.command, [...target.flags, source, '-o', object]).catch(rethrown);
    const [tested] = await Promise.all([functions(), compiled]);
    const code = readObject(await readFile(object));
    await writeFile(input, this.#input(target, signatures, code, tested));
    const [command, ...args] = this.#command;
    const { stdout } = await run(command, [...args, input, String(ROUNDS)], { maxBuffer: 2 ** 26 });
    await Promise.all([source, object, input].map((file) => rm(file)));
    return parseReport(stdout, tested.length);
  }

  #input(
    target: Target,
    signatures: readonly Signature[],
    object: ObjectCode,
    tested: readonly TestedFunction[],
  ): Uint8Array {
    const compiled: PatchedCode = link(object);
    const cases = signatures.map((signature, index) => compiledCase(target, signature, object, index));
    return encode({ memory: target.c.shared, abi: gatesOf(target.abi), compiled, cases, tested });
  }

  #path(name: string): string {
    return join(this.#directory, name);
  }
}

/**
 * What `reverse` hands over: what the caller passed by reference, and the room it gave for a result, is as aligned as the
 * caller made it; and a value without bytes, of which nothing can be read, lies anywhere.
 */
function shapeAtCaller({ abi, copyAlign }: Target, type: CType): ValueShape {
  const shape = valueShape(type, abi);
  return { ...shape, align: shape.size === 0 ? 1 : Math.min(shape.align, copyAlign) };
}

const ROLES: readonly string[] = ['callee', 'caller', 'forward', 'reverse'];

function compiledCase(target: Target, signature: Signature, { symbols }: ObjectCode, index: number): CompiledCase {
  const roles = target.c.adapters === null ? ROLES : [...ROLES, 'adapted', 'received', 'kept'];
  const functions = roles.map((role) => {
    const offset = symbols.get(`${role}_${index}`);
    if (offset === undefined) throw new Error(`the compiler left out ${role}_${index}`);
    return offset;
  });
  return {
    isVariadic: signature.variadicFrom !== null,
    result: shapeAtCaller(target, signature.result),
    args: signature.parameters.map(({ type }) => shapeAtCaller(target, type)),
    functions,
  };
}
