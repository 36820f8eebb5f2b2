// The error number that a C function leaves behind: `errno`, and on Windows what GetLastError gives. Every thread has
// its own. Decides how JavaScript sees it; that a call reads it before anything else can change it is the plan's part.

import { host } from './select-host.ts';

/** C's errno is an int, Windows' last error a DWORD. */
export const errnoView: 'i32' | 'u32' = process.platform === 'win32' ? 'u32' : 'i32';

/** The number that 32 bits are. */
export const errnoOf = (bits: number): number => (errnoView === 'u32' ? bits >>> 0 : bits | 0);

let address: bigint | undefined;
let cell: Int32Array | undefined;

/** Where this thread has it. */
export function errnoAddress(): bigint {
  address ??= host().errnoAddress();
  return address;
}

/** This thread's own, to be set to zero in front of a call: C functions set it, and none of them clears it (C11 7.5p3). */
export function lastError(): Int32Array {
  cell ??= new Int32Array(host().view(errnoAddress(), 4));
  return cell;
}
