// The registers of AArch64, by the numbers that instructions encode (Arm ARM C1.2.5).

import { assert } from '../errors.ts';
import type { Register } from './register.ts';

const gpr = (code: number, name: string): Register => Object.freeze({ isa: 'aarch64', file: 'gpr', code, name });
const vec = (code: number): Register => Object.freeze({ isa: 'aarch64', file: 'vec', code, name: `v${code}` });

/** x0 to x30 by number. x18 belongs to the platform on macOS and Windows and is never touched; x30 is the link register. */
export const xs: readonly Register[] = Object.freeze(Array.from({ length: 31 }, (_, code) => gpr(code, `x${code}`)));
export const vs: readonly Register[] = Object.freeze(Array.from({ length: 32 }, (_, code) => vec(code)));
/** Code 31 means sp or the zero register, as the instruction says. */
export const sp: Register = gpr(31, 'sp');
export const xzr: Register = gpr(31, 'xzr');

export const x = (code: number): Register => {
  const register = xs[code];
  assert(register !== undefined, 'there are x0 to x30');
  return register;
};

export const v = (code: number): Register => {
  const register = vs[code];
  assert(register !== undefined, 'there are v0 to v31');
  return register;
};
