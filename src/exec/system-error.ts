// The error that a failed system call becomes, alike on both hosts. Decides nothing about what to do then.

import { constants } from 'node:os';
import { getSystemErrorMap } from 'node:util';

/** Two names for one number, such as EAGAIN and EWOULDBLOCK: the first is the usual one. */
const nameOf = (errno: number): string =>
  Object.entries(constants.errno).find(([, value]) => value === errno)?.[0] ?? 'UNKNOWN';

/** Node has a number of its own for each name: on Windows it is not the C library's with a minus sign. */
const nodeNumberOf = (code: string, errno: number): number =>
  [...getSystemErrorMap()].find(([, [name]]) => name === code)?.[0] ?? -errno;

/** Node's own form of a system error: `code`, `errno` and `syscall` as in `fs` errors. `errno` is C's here. */
export const systemError = (syscall: string, errno: number): Error => {
  const code = nameOf(errno);
  return Object.assign(new Error(`${syscall}: ${code}`), { code, errno: nodeNumberOf(code, errno), syscall });
};
