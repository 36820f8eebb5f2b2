// The file that the runner reads, as the head of runner.c describes it, and the report that it prints.

import type { SharedMemory } from '../support/c-source.ts';
import type { ValueShape } from '../support/value-shape.ts';
import type { PatchedCode } from './link.ts';

/** In the order of `enum kind`. The compiled kinds are the compiler against itself: the harness's own control. */
const KINDS = [
  'forward', 'bound', 'entry', 'reverse', 'adapter', 'receiver', 'kept', 'compiled-forward', 'compiled-reverse',
] as const; // biome-ignore format: one row
export type OracleKind = (typeof KINDS)[number];

const SYMBOLS = ['target', 'dispatcher', 'context', 'frame', 'memcpy', 'memset'];
const ROLES = 7;
const MAGIC = 0x4f584649;

/** `enum convention`: the gates of a processor that a convention uses. */
export type Gates = 'native' | 'win-x64';
const GATES: readonly Gates[] = ['native', 'win-x64'];

interface Field {
  readonly offset: number;
  readonly size: number;
}

/** One function to run. */
export interface TestedFunction {
  /** Which signature of the batch. */
  readonly index: number;
  readonly kind: OracleKind;
  /** The gates of the convention that the trampoline is called with; for `reverse`, that it calls. */
  readonly entry: Gates;
  /** Null for the compiled kinds. */
  readonly image: PatchedCode | null;
  /** Set for `entry` and `kept`. */
  readonly frame: { readonly size: number; readonly args: readonly Field[]; readonly ret: Field } | null;
  /** The result is in memory, and its address comes back in the result register. */
  readonly echoes: boolean;
  /** How many values a result leaves on the x87 stack. */
  readonly x87: number;
  /** Of a `reverse` that is entered through a stub: where that begins, and what it adds to the context. */
  readonly stub?: { readonly start: number; readonly brought: number };
}

export interface Failure {
  readonly index: number;
  readonly kind: OracleKind;
  readonly reasons: readonly string[];
}

/** One signature: the shapes of its values, and where its functions are in the compiled code. */
export interface CompiledCase {
  readonly isVariadic: boolean;
  readonly result: ValueShape;
  readonly args: readonly ValueShape[];
  /** Offsets of callee, caller, forward and reverse, and where adapters are called, of adapted, received and kept. */
  readonly functions: readonly number[];
}

export interface RunnerInput {
  readonly memory: SharedMemory;
  readonly abi: Gates;
  readonly compiled: PatchedCode;
  readonly cases: readonly CompiledCase[];
  readonly tested: readonly TestedFunction[];
}

export function encode({ memory, abi, compiled, cases, tested }: RunnerInput): Uint8Array {
  const { base, size, slot, given, seen, give, got, unextended, dispatcher, context } = memory;
  const shared = [base, size, slot, given, seen, give, got, unextended, dispatcher, context];
  return Buffer.concat([
    wordBytes([MAGIC, ...shared, GATES.indexOf(abi)]),
    ...encodeImage(compiled),
    wordBytes([cases.length]),
    ...cases.flatMap(encodeCase),
    wordBytes([tested.length]),
    ...tested.flatMap((each) => encodeFunction(each, cases[each.index]?.args.length ?? 0)),
  ]);
}

function encodeCase({ isVariadic, result, args, functions }: CompiledCase): Uint8Array[] {
  const values = [result, ...args];
  return [
    wordBytes([args.length, Number(isVariadic), ...functions, ...new Array<number>(ROLES - functions.length).fill(0)]),
    ...values.flatMap(({ size, align, bools, mask }) => [
      wordBytes([size, align, bools.length, ...bools]),
      ...filledUp(mask),
    ]),
  ];
}

function encodeFunction(tested: TestedFunction, argc: number): Uint8Array[] {
  const { index, kind, entry, image, frame, echoes, x87, stub = { start: 0, brought: 0 } } = tested;
  const offsets = frame?.args.map(({ offset }) => offset) ?? new Array<number>(argc).fill(0);
  const head = [index, KINDS.indexOf(kind), GATES.indexOf(entry), Number(echoes), x87, stub.start, stub.brought];
  return [
    wordBytes([...head, frame?.size ?? 0, frame?.ret.offset ?? 0, ...offsets]),
    ...encodeImage(image ?? { bytes: new Uint8Array(), symbols: [] }),
  ];
}

function encodeImage({ bytes, symbols }: PatchedCode): Uint8Array[] {
  const patches = symbols.flatMap(({ name, offset }) => [SYMBOLS.indexOf(name), offset]);
  return [wordBytes([bytes.length, symbols.length, ...patches]), ...filledUp(bytes)];
}

const filledUp = (bytes: Uint8Array): Uint8Array[] => [bytes, new Uint8Array(-bytes.length & 3)];

function wordBytes(words: readonly number[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(words.length * 4));
  for (const [index, word] of words.entries()) view.setUint32(index * 4, word, true);
  return new Uint8Array(view.buffer);
}

export function parseReport(report: string, expected: number): Failure[] {
  const lines = report.trimEnd().split('\n');
  if (lines.pop() !== `done ${expected}`) throw new Error(`the runner did not finish:\n${report}`);
  return lines.map((line) => {
    const [, index, kindName, reasons] = /^fail (\d+) (\S+) (.*)$/.exec(line) ?? [];
    const kind = KINDS.find((each) => each === kindName);
    if (kind === undefined || reasons === undefined) throw new Error(`the runner said: ${line}`);
    return { index: Number(index), kind, reasons: reasons.split('; ') };
  });
}
