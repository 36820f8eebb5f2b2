// Deno's FFI. What it cannot take is turned into what it can by the few lines that a user would write.

import { adder, type Call, callback, type FfiType, loopOf, values } from '../calls.ts';
import { answerQuestions, givenInputs, NOT_POSSIBLE, type Task } from '../protocol.ts';
import { type DynamicLibrary, opened, runtimeTasks } from './tasks.ts';

type Callable = (...args: unknown[]) => unknown;
type NativeType = string | { readonly struct: readonly string[] };
interface Definition {
  readonly parameters: readonly NativeType[];
  readonly result: NativeType;
}
interface UnsafeCallback {
  readonly pointer: object;
  close(): void;
}
declare const Deno: {
  readonly version: Readonly<Record<'deno' | 'v8', string>>;
  dlopen(path: string, definitions: Readonly<Record<string, Definition>>): DynamicLibrary;
  UnsafeCallback: new (definition: Definition, fn: Callable) => UnsafeCallback;
};

const inputs = givenInputs();

const NAMES: Readonly<Record<FfiType, string>> = {
  void: 'void',
  int: 'i32',
  double: 'f64',
  int64: 'i64',
  string: 'buffer',
  bytes: 'buffer',
  function: 'function',
};
const definition = (args: readonly FfiType[], result: FfiType): Definition => ({
  parameters: args.map((arg) => NAMES[arg]),
  result: NAMES[result],
});

const symbolOf = (symbol: string, type: Definition): Callable => {
  const fn = Deno.dlopen(inputs.library, { [symbol]: type }).symbols[symbol];
  if (fn === undefined) throw new Error(`no symbol ${symbol}`);
  return fn;
};

/** A struct is an array of bytes here: objects are written into two of them, and the result is read from a third. */
function structTask(call: string): Task {
  const point = { struct: ['f64', 'f64'] };
  const fn = symbolOf('add_points', { parameters: [point, point], result: point });
  const memory = { a: new Float64Array(2), b: new Float64Array(2) };
  const bytes = { a: new Uint8Array(memory.a.buffer), b: new Uint8Array(memory.b.buffer) };
  const onObjects = new Function(
    ...['fn', 'a', 'b', 'aBytes', 'bBytes'],
    `return (p, q) => {
      a[0] = p.x; a[1] = p.y; b[0] = q.x; b[1] = q.y;
      const r = new Float64Array(fn(aBytes, bBytes).buffer);
      return { x: r[0], y: r[1] };
    }`,
  )(fn, memory.a, memory.b, bytes.a, bytes.b) as Callable;
  return { work: loopOf(call, onObjects), note: 'bytes, read and written by hand' };
}

/** A string is bytes that the caller encodes, into memory that is used again. */
function stringTask(call: string): Task {
  const fn = symbolOf('first_char', definition(['string'], 'int'));
  const onText = new Function(
    ...['fn', 'encoder', 'memory'],
    'return (text) => { memory[encoder.encodeInto(text, memory).written] = 0; return fn(memory); }',
  )(fn, new TextEncoder(), new Uint8Array(64)) as Callable;
  return { work: loopOf(call, onText), note: 'encoded by hand' };
}

function callTask({ symbol, scalars, call, reuse }: Call): Task {
  if (reuse === true) return { missing: NOT_POSSIBLE };
  if (scalars === null) return structTask(call);
  if (scalars.args.includes('string')) return stringTask(call);
  return { work: loopOf(call, symbolOf(symbol, definition(scalars.args, scalars.result)), values) };
}

const adderType = definition(callback.callbackArgs, callback.callbackResult);

function callbackTask(): Task {
  const fn = symbolOf(callback.symbol, definition(callback.args, callback.result));
  const { pointer } = new Deno.UnsafeCallback(adderType, adder() as Callable);
  return { work: { run: (count) => void fn(pointer, count) } };
}

const addOne = ((a: number, b: number): number => a + b) as Callable;

const tasks = runtimeTasks(
  {
    call: callTask,
    callback: callbackTask,
    register: () => new Deno.UnsafeCallback(adderType, addOne),
    unregister: (registered) => registered.close(),
    open: opened(Deno.dlopen, adderType),
    close: (library: DynamicLibrary) => library.close(),
  },
  inputs,
);

await answerQuestions({ name: 'Deno', deno: Deno.version.deno, v8: Deno.version.v8 }, new Map(tasks));
