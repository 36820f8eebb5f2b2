// bun:ffi.

import { adder, type Call, callback, calls, type FfiType, loopOf } from '../calls.ts';
import { answerQuestions, givenInputs, type Task, type Tasks } from '../protocol.ts';
import { cycling, making, nothing, opening } from './made.ts';

type Callable = (...args: unknown[]) => unknown;
interface Definition {
  readonly args: readonly string[];
  readonly returns: string;
}
interface DynamicLibrary {
  readonly symbols: Readonly<Record<string, Callable>>;
  close(): void;
}
interface JSCallback {
  readonly ptr: number;
  close(): void;
}
interface BunFfi {
  dlopen(path: string, definitions: Readonly<Record<string, Definition>>): DynamicLibrary;
  JSCallback: new (fn: Callable, definition: Definition) => JSCallback;
}
declare const Bun: { readonly version: string };

const inputs = givenInputs();
const specifier: string = 'bun:ffi';
const ffi = (await import(specifier)) as BunFfi;

const NAMES: Readonly<Record<FfiType, string>> = {
  void: 'void',
  int: 'i32',
  double: 'f64',
  int64: 'i64',
  string: 'cstring',
  bytes: 'ptr',
  function: 'ptr',
};
const definition = (args: readonly FfiType[], result: FfiType): Definition => ({
  args: args.map((arg) => NAMES[arg]),
  returns: NAMES[result],
});

const symbolOf = (symbol: string, type: Definition): Callable => {
  const fn = ffi.dlopen(inputs.library, { [symbol]: type }).symbols[symbol];
  if (fn === undefined) throw new Error(`no symbol ${symbol}`);
  return fn;
};

function callTask({ id, symbol, scalars, call }: Call): Task {
  if (scalars === null) return { missing: 'no structs' };
  const type = definition(scalars.args, scalars.result);
  const exact = id === 'longs-numbers' ? { args: ['i64_fast', 'i64_fast'], returns: 'i64_fast' } : type;
  return { work: loopOf(call, symbolOf(symbol, exact)) };
}

const adderType = definition(callback.callbackArgs, callback.callbackResult);

function callbackTask(): Task {
  const fn = symbolOf(callback.symbol, definition(callback.args, callback.result));
  const { ptr } = new ffi.JSCallback(adder() as Callable, adderType);
  return { work: { run: (count) => void fn(ptr, count) } };
}

const addOne = ((a: number, b: number): number => a + b) as Callable;
const create = (): JSCallback => new ffi.JSCallback(addOne, adderType);

function openMany(called: boolean): Task {
  const { path, count } = inputs.many;
  const names = Array.from({ length: count }, (_, i) => `f${i}`);
  const open = (): DynamicLibrary => {
    const type = definition(['int', 'int'], 'int');
    const many = ffi.dlopen(path, Object.fromEntries(names.map((name) => [name, type])));
    if (called) for (const name of names) many.symbols[name]?.(1, 1);
    return many;
  };
  return { work: opening(count, open, (many) => many.close()) };
}

const tasks: Tasks = new Map<string, () => Task>([
  ...calls.map((call): [string, () => Task] => [call.id, () => callTask(call)]),
  ['callback', callbackTask],
  ['callback-create', () => ({ work: making(nothing, create, (each) => each.close()) })],
  ['callback-cycle', () => ({ work: cycling(create, (each) => each.close()) })],
  ['open-many', () => openMany(false)],
  ['open-many-call', () => openMany(true)],
]);

await answerQuestions({ name: 'Bun', bun: Bun.version }, tasks);
