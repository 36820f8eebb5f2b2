// The error that a failed system call becomes, alike on both hosts. Decides nothing about what to do then.

import { getSystemErrorName } from 'node:util';

/** Node's own form of a system error: `code` and `syscall` as in `fs` errors. `errno` is positive here. */
export const systemError = (syscall: string, errno: number): Error => {
  const code = getSystemErrorName(-errno);
  return Object.assign(new Error(`${syscall}: ${code}`), { code, errno: -errno, syscall });
};
