// Which calling convention is native here. The only place that asks; abi/ never does.

import type { ConventionId } from '../abi/convention.ts';
import { InterfixError } from '../errors.ts';

const conventionOfPlatform: Readonly<Record<string, Readonly<Record<string, ConventionId>>>> = {
  x64: { win32: 'win-x64', other: 'sysv-x64' },
  arm64: { darwin: 'aapcs64-apple', win32: 'aapcs64-windows', other: 'aapcs64' },
};

/** The convention that C code in this process uses. Throws `ERR_HOST` on a processor without one here. */
export function hostAbi(): ConventionId {
  const { arch, platform } = process;
  const here = conventionOfPlatform[arch];
  const id = here?.[platform] ?? here?.['other'];
  if (id === undefined)
    throw new InterfixError('ERR_HOST', `no calling convention is known for ${platform} on ${arch}`);
  return id;
}
