// koffi, in any version of Node.

import process from 'node:process';
import type koffiModule from 'koffi';
import { adder, type Call, callback, loopOf } from '../calls.ts';
import { answerQuestions, givenInputs, type Inputs, NOT_POSSIBLE, type Task, type Tasks } from '../protocol.ts';
import type { Work } from '../work.ts';
import { type KoffiSample, koffiRenamed, koffiScalars, koffiStruct } from './creation-texts.ts';
import { making, nothing } from './made.ts';
import { memoryTasks } from './memory.ts';
import { runtimeTasks } from './tasks.ts';

type Koffi = typeof koffiModule;
type Callable = (...args: unknown[]) => unknown;

const inputs = givenInputs();
const koffi: Koffi = (await import('koffi')).default;
const library = koffi.load(inputs.library);
koffi.struct('BenchPoint', { x: 'double', y: 'double' });

function callTask({ declaration, call, reuse }: Call): Task {
  return reuse === true ? { missing: NOT_POSSIBLE } : { work: loopOf(call, library.func(declaration)) };
}

function callbackTask(): Task {
  const type = koffi.pointer(koffi.proto('int BenchAdder(int, int)'));
  const fn = library.func(`int ${callback.symbol}(BenchAdder *, int)`) as Callable;
  const registered = koffi.register(adder(), type);
  return { work: { run: (count) => void fn(registered, count) } };
}

function asyncWork(): Work {
  const fn = library.func('int add_ints(int, int)');
  const one = (i: number): Promise<unknown> =>
    new Promise((resolve, reject) =>
      fn.async(i, 3, (error: Error | null, result: unknown) => (error === null ? resolve(result) : reject(error))),
    );
  const run = async (count: number): Promise<void> => {
    for (let i = 0; i < count; i++) await one(i);
  };
  return { run };
}

const addOne = (a: number, b: number): number => a + b;
const created = koffi.pointer(koffi.proto('int CreatedAdder(int, int)'));
const register = (): bigint => koffi.register(addOne, created);
const unregister = (registered: bigint): void => void koffi.unregister(registered);

/** koffi's functions are given back by its garbage collection. */
function declared(text: () => string, called: boolean): Task {
  const make = (each: string): Callable => {
    const fn = library.func(each) as Callable;
    if (called) fn(1, 1);
    return fn;
  };
  return { work: making(text, make, nothing) };
}

/** koffi has no text for a struct: each is declared by a call of its own. */
function composed(sample: () => KoffiSample, called: boolean): Task {
  const make = ({ result, args, struct, values }: KoffiSample): Callable => {
    const [first = '', ...rest] = args;
    const types = struct === null ? [...args] : [first, koffi.struct(struct), ...rest];
    const fn = library.func('add_ints', result, types) as Callable;
    if (called) fn(...values);
    return fn;
  };
  return { work: making(sample, make, nothing) };
}

type Library = ReturnType<Koffi['load']>;

function open({ path, count }: Inputs['many'], called: boolean): Library {
  const many = koffi.load(path);
  for (let i = 0; i < count; i++) {
    const fn = many.func(`int f${i}(int, int)`) as Callable;
    if (called) fn(i, 1);
  }
  return many;
}

const known = (): string => 'int add_ints(int, int)';

const tasks: Tasks = new Map<string, () => Task | Promise<Task>>([
  ...runtimeTasks(
    { call: callTask, callback: callbackTask, register, unregister, open, close: (many) => many.unload() },
    inputs,
  ),
  ['async', () => ({ work: asyncWork() })],
  ['func-known', () => declared(known, false)],
  ['func-known-call', () => declared(known, true)],
  ['func-renamed', () => declared(koffiRenamed, false)],
  ['func-renamed-call', () => declared(koffiRenamed, true)],
  ['func-scalars', () => composed(koffiScalars, false)],
  ['func-scalars-call', () => composed(koffiScalars, true)],
  ['func-struct', () => composed(koffiStruct, false)],
  ['func-struct-call', () => composed(koffiStruct, true)],
  // It has 8,192 callbacks at most.
  ...memoryTasks(Math.min(inputs.population, 7500), {
    callback: register,
    function: () => {
      const fn = library.func(known()) as Callable;
      fn(1, 1);
      return fn;
    },
    uncalled: () => library.func(known()),
  }),
]);

const { node, v8 } = process.versions;
await answerQuestions({ name: 'koffi', koffi: koffi.version, node, v8: String(v8) }, tasks);
