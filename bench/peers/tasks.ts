// The rows that every runtime has: calls, callbacks, and opening a large library. Node, Deno and Bun run this file.

import { type Call, calls } from '../calls.ts';
import type { Inputs, Task } from '../protocol.ts';
import { cycling, making, nothing, opening } from './made.ts';

/** How one of them does what the rows are about. */
export interface Runtime<Registered, Library> {
  call(call: Call): Task;
  callback(): Task;
  register(): Registered;
  unregister(registered: Registered): void;
  /** Opens a library with all its functions, and calls each of them once if it says so. */
  open(many: Inputs['many'], called: boolean): Library;
  close(library: Library): void;
}

export function runtimeTasks<R, L>(runtime: Runtime<R, L>, { many }: Inputs): readonly [string, () => Task][] {
  const { register, unregister, open, close } = runtime;
  const openAll = (called: boolean): Task => ({ work: opening(many.count, () => open(many, called), close) });
  return [
    ...calls.map((call): [string, () => Task] => [call.id, () => runtime.call(call)]),
    ['callback', runtime.callback],
    ['callback-create', () => ({ work: making(nothing, register, unregister) })],
    ['callback-cycle', () => ({ work: cycling(register, unregister) })],
    ['open-many', () => openAll(false)],
    ['open-many-call', () => openAll(true)],
  ];
}

/** A library as Deno and Bun open it: all functions at once. */
export interface DynamicLibrary {
  readonly symbols: Readonly<Record<string, (...args: unknown[]) => unknown>>;
  close(): void;
}

/** The `open` of such a runtime. */
export const opened =
  <Definition>(
    dlopen: (path: string, definitions: Readonly<Record<string, Definition>>) => DynamicLibrary,
    type: Definition,
  ) =>
  ({ path, count }: Inputs['many'], called: boolean): DynamicLibrary => {
    const names = Array.from({ length: count }, (_, i) => `f${i}`);
    const library = dlopen(path, Object.fromEntries(names.map((name) => [name, type])));
    if (called) for (const name of names) library.symbols[name]?.(1, 1);
    return library;
  };
