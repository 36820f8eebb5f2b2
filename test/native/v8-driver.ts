// What the tests of V8's fast calls share: callers that V8 optimises when they say so, and code to call.

import { setFlagsFromString } from 'node:v8';
import { Worker } from 'node:worker_threads';
import { describe } from 'vitest';
import { host } from '../../src/exec/select-host.ts';
import { type RegisterFunction, type V8Calls, v8Calls } from '../../src/exec/v8-calls.ts';
import { builtLibrary } from '../support/built-library.ts';
import { isSkipped, withTool } from '../support/tool.ts';
import { gcc } from './build.ts';
import { type Code, type Compiled, compileCode, VALUES } from './v8-code.ts';

setFlagsFromString('--allow-natives-syntax');

export type Scalar = number | bigint | boolean;

export const modules: string = process.versions.modules;
const KNOWN = ['115', '127', '137', '147'];

/** In CI the addon must be there wherever its layout is known; elsewhere the compiler may have been missing. */
const isBuilt = v8Calls() !== null || process.env['CI'] !== undefined;

export function calls(): V8Calls {
  const found = v8Calls();
  if (found === null) throw new Error(`no V8 addon for ${modules}: npm run build:native`);
  return found;
}

export const builtCalls = (): string => new URL('./exec/v8-calls.js', builtLibrary()).href;

/** Runs a body in a worker of its own; answers what it posts. */
export function inWorker(body: string, data: unknown): Promise<unknown> {
  const text = `const { parentPort, workerData: { path, data } } = require('node:worker_threads');
    const post = (value) => parentPort.postMessage(value);
    import(path).then(({ v8Calls }) => { ${body} });`;
  const worker = new Worker(text, { eval: true, workerData: { path: builtCalls(), data } });
  return new Promise((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
  });
}

/** A caller that has a call site of its own, as generated wrappers have. */
let callers = 0;
export function callerOf(fn: (...values: Scalar[]) => unknown, count: number): (...values: Scalar[]) => unknown {
  const names = Array.from({ length: count }, (_, i) => `a${i}`).join(', ');
  const text = `/* ${callers++} */ return function caller(${names}) { return fn(${names}); }`;
  return new Function('fn', text)(fn) as (...values: Scalar[]) => unknown;
}

const prepareCaller = new Function('f', '%PrepareFunctionForOptimization(f)') as (f: unknown) => void;
const optimizeCaller = new Function('f', '%OptimizeFunctionOnNextCall(f)') as (f: unknown) => void;

/** Makes V8 optimise the caller for these values. */
export function optimize(caller: (...values: Scalar[]) => unknown, values: readonly Scalar[]): void {
  prepareCaller(caller);
  for (let i = 0; i < 10; i++) caller(...values);
  optimizeCaller(caller);
  caller(...values);
}

/** What `caller` gives, and how many of its calls went the slow way. */
export function counted(run: () => unknown): { result: unknown; slow: number } {
  const before = calls().slowCalls();
  const result = run();
  return { result, slow: calls().slowCalls() - before };
}

/** Whether values of 64 bits travel in registers here. */
export const wide: boolean = modules !== '115';
/** Whether JavaScript may run inside. */
export const reentrant: boolean = modules === '147';
export const isWide = (name: string): boolean => name === 'int64' || name === 'uint64';

/** Names of the types that this version takes. */
export const SUPPORTED: readonly string[] = Object.keys(VALUES).filter((name) => wide || !isWide(name));
export const echoes: Code[] = SUPPORTED.map((name) => ({ name, args: [name], result: name, expression: 'a0' }));

export const OTHERS: Code[] = [
  { name: 'add', args: ['int32', 'int32'], result: 'int32', expression: '(int32_t)((uint32_t)a0 + (uint32_t)a1)' },
  { name: 'negate', args: ['int32', 'int32'], result: 'int32', expression: '-a0 - a1' },
  { name: 'count', args: [], result: 'void', expression: 'counter++' },
  { name: 'counted', args: [], result: 'int32', expression: 'counter' },
  { name: 'invoke', args: ['int32'], result: 'void', expression: 'counter += a0; invoked()' },
];
const MORE = 'static int counter; void (*invoked)(void);';

/** What a suite calls. */
export interface Called {
  readonly code: () => Compiled;
  /** A function of V8's for one of the codes. */
  readonly made: (name: string) => RegisterFunction;
}

/** A suite that calls these codes; skipped where V8's layout is not known, they are off, or nothing can compile. */
export function describeCalls(
  rule: string,
  file: string,
  codes: readonly Code[],
  body: (called: Called) => void,
): void {
  const on = process.env['INTERFIX_CALLS'] !== 'node-api' && host().name === 'native';
  const runs = on && KNOWN.includes(modules) && isBuilt && !isSkipped(gcc);
  const compiled = runs ? compileCode(file, codes, MORE) : null;
  const code = (): Compiled => {
    if (compiled === null) throw new Error('a skipped suite calls nothing');
    return compiled;
  };
  const made = (name: string): RegisterFunction => calls().registers(code().call(name));
  const where = `V8 ${process.versions.v8}${isBuilt ? '' : ', whose addon is not built'}`;
  describe.skipIf(!runs)(withTool(`${rule}, ${where}`, gcc), () => body({ code, made }));
}
