// This library as it is shipped, in any version of Node. INTERFIX_BENCH says how functions are bound: `leaf`, `default`,
// or `node-api`, which is without V8's fast calls.

import process from 'node:process';
import { adder, type Call, callback as callbackCall, loopOf } from '../calls.ts';
import { answerQuestions, givenInputs, type Inputs, type Task, type Tasks } from '../protocol.ts';
import type { Work } from '../work.ts';
import { record, renamed, type Sample, scalars, withStruct } from './creation-texts.ts';
import { making, nothing } from './made.ts';
import { memoryTasks } from './memory.ts';
import { runtimeTasks } from './tasks.ts';

type Interfix = typeof import('../../src/index.ts');
type Options = import('../../src/index.ts').BindOptions;
type Bound = ((...args: unknown[]) => unknown) & Disposable & { readonly path: string };

const inputs = givenInputs();
const { INTERFIX_BENCH: mode } = process.env;
Object.assign(process.env, { INTERFIX_HOST: 'native', ...(mode === 'node-api' && { INTERFIX_CALLS: mode }) });
const interfix = (await import(new URL('index.js', inputs.dist).href)) as Interfix;
const library = interfix.open(inputs.library);

/** For functions that call JavaScript; the others may be declared not to. */
const calling: Options = mode === 'node-api' ? { fast: false } : {};
const usual: Options = mode === 'leaf' ? { leaf: true } : calling;

const bound = (symbol: string, signature: string, options: Options = usual): Bound =>
  library.func(symbol, signature, options) as unknown as Bound;

function callTask({ symbol, signature, call, reuse }: Call): Task {
  const fn = bound(symbol, signature, { ...usual, ...(reuse === true && { reuse }) });
  return { work: loopOf(call, fn), note: fn.path };
}

function callbackTask(): Task {
  const fn = bound(callbackCall.symbol, '((int, int) -> int, int) -> int', calling);
  const callback = interfix.callback('(int, int) -> int', adder());
  return { work: { run: (count) => void fn(callback, count) }, note: fn.path };
}

function asyncWork(): Work {
  const fn = library.func('add_ints', '(int, int) -> int');
  const run = async (count: number): Promise<void> => {
    for (let i = 0; i < count; i++) await fn.async(i, 3);
  };
  return { run };
}

const addOne = (a: number, b: number): number => a + b;
const callback = (): Disposable & { readonly address: bigint } => interfix.callback('(int, int) -> int', addOne);
const dispose = (each: Disposable): void => each[Symbol.dispose]();

/** From a text to a function of add_ints; `called`: and its first call. */
function functions(sample: () => Sample, called: boolean): Task {
  const make = ({ text, args }: Sample): Bound => {
    const fn = bound('add_ints', text);
    if (called) fn(...args);
    return fn;
  };
  return { work: making(sample, make, dispose) };
}

function open({ path, count }: Inputs['many'], called: boolean): Disposable {
  const many = interfix.open(path);
  for (let i = 0; i < count; i++) {
    const fn = many.func(`f${i}`, '(int, int) -> int', usual) as unknown as Bound;
    if (called) fn(i, 1);
  }
  return many;
}

const abi = interfix.hostAbi();

const generating = (sample: () => Sample): Task => {
  const make = ({ text }: Sample): unknown => interfix.generate(interfix.prepare(text, { abi, kind: 'bound' }));
  return { work: making(sample, make, nothing) };
};

function finalizing(): Task {
  const target = library.symbol('add_ints');
  const image = interfix.generate(interfix.prepare('(int, int) -> int', { abi, kind: 'bound' }));
  const make = (): Disposable => interfix.finalize(image, interfix.executableMemory(), { target });
  return { work: making(nothing, make, dispose) };
}

const known = (): Sample => ({ text: '(int, int) -> int', args: [1, 1] });

const tasks: Tasks = new Map<string, () => Task | Promise<Task>>([
  ...runtimeTasks(
    { call: callTask, callback: callbackTask, register: callback, unregister: dispose, open, close: dispose },
    inputs,
  ),
  ['async', () => ({ work: asyncWork() })],
  ['serve', () => ({ work: loopOf('f(i, 3)', bound('add_ints', '(int, int) -> int', { serve: true })) })],
  ['generate-scalars', () => generating(scalars)],
  ['generate-struct', () => generating(withStruct)],
  ['finalize', finalizing],
  ['layout', () => ({ work: making(record, (text) => interfix.layoutOf(text, abi), nothing) })],
  ['func-known', () => functions(known, false)],
  ['func-known-call', () => functions(known, true)],
  ['func-renamed', () => functions(renamed, false)],
  ['func-renamed-call', () => functions(renamed, true)],
  ['func-scalars', () => functions(scalars, false)],
  ['func-scalars-call', () => functions(scalars, true)],
  ['func-struct', () => functions(withStruct, false)],
  ['func-struct-call', () => functions(withStruct, true)],
  ...memoryTasks(inputs.population, {
    callback,
    function: () => {
      const fn = bound('add_ints', '(int, int) -> int');
      fn(1, 1);
      return fn;
    },
    uncalled: () => bound('add_ints', '(int, int) -> int'),
  }),
]);

const { node, v8 } = process.versions;
await answerQuestions({ name: 'interfix', node, v8: String(v8), host: interfix.host().name }, tasks);
