// V8's own ways by themselves. To C: the function that a bound one calls when its values travel in registers, called without
// the wrapper that checks them. To JavaScript: a C loop that lets V8 call a function that does nothing. What V8 takes for
// that, nobody who uses it can go below.

import process from 'node:process';
import { type Call, callback, calls, loopOf, values } from '../calls.ts';
import { answerQuestions, givenInputs, type Task, type Tasks } from '../protocol.ts';

type Interfix = typeof import('../../src/index.ts');
type V8Module = typeof import('../../src/exec/v8-calls.ts');
type Bound = ((...args: unknown[]) => unknown) & { readonly path: string };

const inputs = givenInputs();
Object.assign(process.env, { INTERFIX_HOST: 'native', INTERFIX_CALLS: 'v8' });
const interfix = (await import(new URL('index.js', inputs.dist).href)) as Interfix;
const { v8Calls } = (await import(new URL('exec/v8-calls.js', inputs.dist).href)) as V8Module;
const library = interfix.open(inputs.library);

/** What the library has asked V8 for last. */
let latest: unknown;
/** Says within what C function V8 is; it lasts as long as the process. */
const word = new Int32Array(1);
/** A function that is collected takes its code with it. */
const kept: unknown[] = [];
const v8 = v8Calls();
if (v8 === null) throw new Error('no fast calls here');
const registers = v8.registers.bind(v8);
v8.registers = (call) => {
  const fn = registers(call);
  latest = fn;
  return fn;
};

/** What the row calls its function with first. */
const firstArguments = (call: string): unknown[] => {
  const list = new Function('f', 'i', 'v', `return ${call};`) as (f: unknown, i: number, v: object) => unknown[];
  return list((...args: unknown[]) => args, 1, values);
};

function callTask({ id, symbol, signature, scalars, call }: Call): Task {
  if (id === 'longs-numbers') return { missing: 'V8 takes bigints only' };
  const fn = library.func(symbol, signature, { leaf: true }) as unknown as Bound;
  if (scalars === null || fn.path !== 'v8-registers') return { missing: 'not in registers' };
  fn(...firstArguments(call));
  kept.push(fn);
  return { work: loopOf(call, latest) };
}

function callbackTask(): Task {
  const [call, , , state] = v8?.invoker(() => {}, word) ?? [];
  const often = library.func('call_often', '(*void, *void, int) -> void', { fast: false }) as unknown as Bound;
  return { work: { run: (count) => void often(call, state, count) } };
}

const tasks: Tasks = new Map([
  ...calls.map((call): [string, () => Task] => [call.id, () => callTask(call)]),
  [callback.id, callbackTask],
]);
const { node } = process.versions;
await answerQuestions({ name: 'V8 alone', node, v8: process.versions.v8 ?? '' }, tasks);
