// node:ffi, of Node 26.

import process from 'node:process';
import { adder, type Call, callback, type FfiType, loopOf } from '../calls.ts';
import { answerQuestions, givenInputs, type Inputs, type Task } from '../protocol.ts';
import { runtimeTasks } from './tasks.ts';

type Callable = (...args: unknown[]) => unknown;
interface Definition {
  readonly arguments: readonly string[];
  readonly return: string;
}
interface DynamicLibrary {
  getFunction(name: string, definition: Definition): Callable;
  registerCallback(definition: Definition, fn: Callable): bigint;
  unregisterCallback(address: bigint): void;
  close(): void;
}
interface NodeFfi {
  DynamicLibrary: new (path: string) => DynamicLibrary;
}

/** What a process without node:ffi ends with. */
function loaded(): NodeFfi {
  const ffi: unknown = process.getBuiltinModule('node:ffi');
  if (ffi === undefined) throw new Error(`Node ${process.versions.node} has no node:ffi`);
  return ffi as NodeFfi;
}

const inputs = givenInputs();
const ffi = loaded();
const library = new ffi.DynamicLibrary(inputs.library);

const NAMES: Readonly<Record<FfiType, string>> = {
  void: 'void',
  int: 'i32',
  double: 'f64',
  int64: 'i64',
  string: 'string',
  bytes: 'buffer',
  function: 'pointer',
};
const definition = (args: readonly FfiType[], result: FfiType): Definition => ({
  arguments: args.map((arg) => NAMES[arg]),
  return: NAMES[result],
});

/** One function object of each symbol: it gives the same one for the same definition. */
function callTask({ id, symbol, scalars, call }: Call): Task {
  if (scalars === null) return { missing: 'no structs' };
  if (id === 'longs-numbers') return { missing: 'int64 takes bigints only' };
  return { work: loopOf(call, library.getFunction(symbol, definition(scalars.args, scalars.result))) };
}

const adderType = definition(callback.callbackArgs, callback.callbackResult);

function callbackTask(): Task {
  const fn = library.getFunction(callback.symbol, definition(callback.args, callback.result));
  const registered = library.registerCallback(adderType, adder() as Callable);
  return { work: { run: (count) => void fn(registered, count) } };
}

const addOne = ((a: number, b: number): number => a + b) as Callable;

function open({ path, count }: Inputs['many'], called: boolean): DynamicLibrary {
  const many = new ffi.DynamicLibrary(path);
  for (let i = 0; i < count; i++) {
    const fn = many.getFunction(`f${i}`, adderType);
    if (called) fn(i, 1);
  }
  return many;
}

const tasks = runtimeTasks(
  {
    call: callTask,
    callback: callbackTask,
    register: () => library.registerCallback(adderType, addOne),
    unregister: (address) => library.unregisterCallback(address),
    open,
    close: (many) => many.close(),
  },
  inputs,
);

const { node, v8 } = process.versions;
await answerQuestions({ name: 'node:ffi', node, v8: String(v8) }, new Map(tasks));
