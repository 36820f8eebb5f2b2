// What one live thing takes. Node with --expose-gc runs this, in a process that does nothing else.

import process from 'node:process';
import { getHeapStatistics } from 'node:v8';
import type { Task } from '../protocol.ts';

/** Some are made first, so that what is there once for all of them does not count. */
const FIRST = 500;

interface Taken {
  /** Bytes of JavaScript objects and of what V8 knows about them. */
  readonly javascript: number;
  /** Bytes of everything else that is resident: code, native state, array buffers. */
  readonly native: number;
}

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

async function collectGarbage(): Promise<void> {
  const { gc } = globalThis;
  if (gc === undefined) throw new Error('memory is measured with --expose-gc');
  for (let i = 0; i < 4; i++) {
    gc();
    await nextTurn();
  }
}

async function taken(): Promise<Taken> {
  await collectGarbage();
  const { used_heap_size: javascript, total_physical_size: pages } = getHeapStatistics();
  return { javascript, native: process.memoryUsage.rss() - pages };
}

/** Bytes of one of `count`, all of them alive at once. */
async function sizeOfOne(count: number, make: () => unknown): Promise<Taken> {
  const alive: unknown[] = new Array(FIRST + count).fill(null);
  for (let i = 0; i < FIRST; i++) alive[i] = make();
  const before = await taken();
  for (let i = 0; i < count; i++) alive[FIRST + i] = make();
  const after = await taken();
  if (alive.includes(null)) throw new Error('not all of them were made');
  return {
    javascript: (after.javascript - before.javascript) / count,
    native: (after.native - before.native) / count,
  };
}

/** Two rows for each kind of thing. */
export function memoryTasks(
  count: number,
  kinds: Readonly<Record<string, () => unknown>>,
): [string, () => Promise<Task>][] {
  return Object.entries(kinds).flatMap(([kind, make]): [string, () => Promise<Task>][] => [
    [`memory-${kind}`, async () => ({ value: (await sizeOfOne(count, make)).native })],
    [`memory-${kind}-js`, async () => ({ value: (await sizeOfOne(count, make)).javascript })],
  ]);
}
