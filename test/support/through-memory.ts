// Values by way of memory: written as a type, and read again.

import { alloc, read, write } from '../../src/exec/memory.ts';

/** What comes back of a value. */
export function through(type: string, value: unknown): unknown {
  const memory = alloc(type);
  memory.bytes.fill(0xa5);
  write(memory, type, value);
  return read(memory, type);
}

/** What a value becomes in memory that was zero. */
export function bytesOf(type: string, value: unknown): number[] {
  const memory = alloc(type);
  write(memory, type, value);
  return [...memory.bytes];
}
