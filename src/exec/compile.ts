// Generated JavaScript source → a function, with its free names bound.

import { Script } from 'node:vm';
import type { ViewName, Views } from '../marshal/cells.ts';
import { formats } from '../marshal/formats.ts';
import type { FunctionSource } from '../marshal/function-source.ts';
import { TextCache } from './text-cache.ts';
import { runtime } from './values.ts';

const constructors: Readonly<Record<ViewName, new (buffer: ArrayBuffer) => Views[ViewName]>> = {
  i8: Int8Array,
  u8: Uint8Array,
  i16: Int16Array,
  u16: Uint16Array,
  i32: Int32Array,
  u32: Uint32Array,
  i64: BigInt64Array,
  u64: BigUint64Array,
  f32: Float32Array,
  f64: Float64Array,
  memory: DataView,
};

type Maker = (...values: unknown[]) => unknown;

/** A parsed script that gives a maker, and the names of the maker's parameters. */
interface Parsed {
  readonly script: Script;
  /** Names of the runtime that the source mentions. */
  readonly runtimeNames: readonly string[];
}

const scripts = new TextCache<Parsed>();
/** By source, of which there is one for many functions: then not even its text has to be put together again. */
const ofSources = new WeakMap<FunctionSource, { readonly names: string; readonly parsed: Parsed }>();

/**
 * Compiles a source and runs its body once: what it returns. `free` are the names that this use binds beside the
 * runtime's, or instead of them. Unlike `new Function`, scripts also work under `--disallow-code-generation-from-strings`.
 *
 * Every use runs the script again, although equal text is parsed once: a function made by a maker of its own has feedback
 * and optimised code of its own, with its frame and its entry as constants (measured: half the time per call).
 */
export function compile(source: FunctionSource, buffer: ArrayBuffer, free: Readonly<Record<string, unknown>>): unknown {
  const names = Object.keys(free);
  const { script, runtimeNames } = parsedOf(source, names);
  const values: unknown[] = source.formats.map((name) => formats[name]);
  for (const name of source.views) values.push(viewOf(buffer, name));
  for (const name of runtimeNames) values.push(runtime[name]);
  for (const name of names) values.push(free[name]);
  return (script.runInThisContext() as Maker)(...values);
}

function parsedOf(source: FunctionSource, free: readonly string[]): Parsed {
  const names = free.join();
  const known = ofSources.get(source);
  if (known !== undefined && known.names === names) return known.parsed;
  const runtimeNames = Object.keys(runtime).filter((name) => !free.includes(name) && source.body.includes(name));
  const parameters = [...source.formats, ...source.views, ...runtimeNames, ...free];
  const text = `(function (${parameters.join(', ')}) {${source.body}\n})`;
  const parsed = scripts.get(text, undefined, () => ({ script: new Script(text), runtimeNames }));
  ofSources.set(source, { names, parsed });
  return parsed;
}

/** Those over the buffer that was asked for last: callbacks and accessors use one buffer each time, calls a new one. */
let latest: { readonly buffer: ArrayBuffer; readonly views: Partial<Record<ViewName, Views[ViewName]>> } | undefined;

function viewOf(buffer: ArrayBuffer, name: ViewName): Views[ViewName] {
  if (latest?.buffer !== buffer) latest = { buffer, views: {} };
  const { views } = latest;
  const view = views[name] ?? new constructors[name](buffer);
  views[name] = view;
  return view;
}
