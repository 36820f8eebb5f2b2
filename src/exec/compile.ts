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

const lasting = new WeakMap<ArrayBuffer, Partial<Record<ViewName, Views[ViewName]>>>();

/** The view of that name over a buffer; one of each per buffer. */
function viewOf(buffer: ArrayBuffer, name: ViewName): Views[ViewName] {
  const views = lasting.get(buffer) ?? {};
  lasting.set(buffer, views);
  const view = views[name] ?? new constructors[name](buffer);
  views[name] = view;
  return view;
}

/**
 * Compiles a source and runs its body once: what it returns. `free` are the names that this use binds beside the
 * runtime's, or instead of them. Unlike `new Function`, scripts also work under `--disallow-code-generation-from-strings`.
 */
export function compile(source: FunctionSource, buffer: ArrayBuffer, free: Readonly<Record<string, unknown>>): unknown {
  const bound = { ...runtime, ...free };
  const names = [...source.formats, ...source.views, ...Object.keys(bound)];
  const make = makerOf(source.body, names);
  const views = source.views.map((name) => viewOf(buffer, name));
  const functions = source.formats.map((name) => formats[name]);
  return make(...functions, ...views, ...Object.values(bound));
}

type Maker = (...values: unknown[]) => unknown;
const scripts = new TextCache<Script>();

/**
 * A new maker for each use, although equal text is parsed once: a function made by a maker of its own has feedback and
 * optimised code of its own, with its frame and its entry as constants (measured: half the time per call).
 */
function makerOf(body: string, names: readonly string[]): Maker {
  const text = `(function (${names.join(', ')}) {${body}\n})`;
  return scripts.get(text, undefined, () => new Script(text)).runInThisContext() as Maker;
}
