// bun:ffi.

import { adder, type Call, callback, type FfiType, loopOf } from '../calls.ts';
import { answerQuestions, givenInputs, type Task } from '../protocol.ts';
import { type DynamicLibrary, opened, runtimeTasks } from './tasks.ts';

type Callable = (...args: unknown[]) => unknown;
interface Definition {
  readonly args: readonly string[];
  readonly returns: string;
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

const tasks = runtimeTasks(
  {
    call: callTask,
    callback: callbackTask,
    register: () => new ffi.JSCallback(addOne, adderType),
    unregister: (registered) => registered.close(),
    open: opened(ffi.dlopen, adderType),
    close: (library: DynamicLibrary) => library.close(),
  },
  inputs,
);

await answerQuestions({ name: 'Bun', bun: Bun.version }, new Map(tasks));
