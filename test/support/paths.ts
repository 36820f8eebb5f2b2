// Each way that a call can go, and callers that V8 has optimised.

import { setFlagsFromString } from 'node:v8';
import type { BindOptions, BoundFunction } from '../../src/exec/bind.ts';
import { v8Calls } from '../../src/exec/v8-calls.ts';
import { type AnyFunction, fixture } from './fixture-library.ts';

setFlagsFromString('--allow-natives-syntax');

export interface Way {
  readonly name: string;
  readonly options: BindOptions;
}

/** For functions that call no JavaScript. */
export const LEAF: Way = { name: 'as a leaf', options: { leaf: true } };

/** For all functions: without V8's fast calls, and with them where they are sound. */
export const EVERY: readonly Way[] = [
  { name: 'without fast calls', options: { fast: false } },
  { name: 'by default', options: {} },
];

export const WAYS: readonly Way[] = [...EVERY, LEAF];

export const boundOn = ({ options }: Way, name: string, signature: string): BoundFunction<AnyFunction> =>
  fixture().func<AnyFunction>(name, signature, options);

/** How often V8 did not take the fast way of functions whose values travel in registers. */
export const slowCalls = (): number => v8Calls()?.slowCalls() ?? 0;

let sites = 0;

/** A call site of its own; `around` is JavaScript in which the call is `CALL`, with one argument for each parameter. */
export function callerOf(fn: AnyFunction, parameters: number, around = 'return CALL;', free: object = {}): AnyFunction {
  const names = Array.from({ length: parameters }, (_, index) => `a${index}`).join(', ');
  const body = around.replaceAll('CALL', `fn(${names})`);
  const make = new Function(
    'fn',
    ...Object.keys(free),
    `/* ${sites++} */ return function caller(${names}) { ${body} };`,
  );
  return make(fn, ...Object.values(free)) as AnyFunction;
}

const native = (name: string): ((fn: AnyFunction) => unknown) =>
  new Function('fn', `return %${name}(fn);`) as (fn: AnyFunction) => unknown;
const prepare = native('PrepareFunctionForOptimization');
const optimizeNext = native('OptimizeFunctionOnNextCall');
export const deoptimize: (fn: AnyFunction) => unknown = native('DeoptimizeFunction');

/** Whether V8 tells what it has seen at the call sites of a function (13.6 and later). */
export const tellsCalls: boolean = Number.parseInt(process.versions.v8, 10) >= 13;

/** For each call site of the function: whether it has seen one callee (`MONOMORPHIC`), or several. */
export const seenAtCalls = (fn: AnyFunction): string[] =>
  (native('GetFeedback')(fn) as readonly ([string, string] | null)[]).flatMap((slot) =>
    slot?.[0] === 'Call' ? [slot[1]] : [],
  );

/** Calls often enough for V8 to know what the caller calls, then lets it optimise the caller with these values. */
export function optimize(caller: AnyFunction, values: readonly unknown[], times = 100): void {
  prepare(caller);
  for (let time = 0; time < times; time++) caller(...values);
  optimizeNext(caller);
  caller(...values);
}

/** What optimised code holds to be constant as long as it is: a property, a method of a prototype, a global. */
export interface Assumptions extends Disposable {
  /** The names that the two expressions below need. */
  readonly free: object;
  /** From now on each of them is `new`, and no longer `old`. */
  change(): void;
}

/** All three as one text, and as a list. */
export const ASSUMED = {
  text: 'state.property + object.m() + pathsTestConstant',
  list: 'state.property, object.m(), pathsTestConstant',
} as const;

export function assumptions(): Assumptions {
  const state = { property: 'old' };
  const method = { m: (): string => 'old' };
  const object: unknown = Object.create(method);
  const globals = globalThis as { pathsTestConstant?: string };
  globals.pathsTestConstant = 'old';
  const change = (): void => {
    state.property = 'new';
    method.m = () => 'new';
    globals.pathsTestConstant = 'new';
  };
  return { free: { state, object }, change, [Symbol.dispose]: () => void delete globals.pathsTestConstant };
}

/** Goes on until V8 has optimised what is run; throws if that takes more than seconds. */
export function warmUp(run: () => unknown): void {
  const end = Date.now() + 5000;
  for (let before = -1; before !== slowCalls(); ) {
    if (Date.now() > end) throw new Error('V8 takes the slow way again and again');
    before = slowCalls();
    run();
  }
}
