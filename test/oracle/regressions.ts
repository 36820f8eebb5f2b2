// Signatures that failed once, by convention: they are run against every compiler of it, each time. What a failure prints
// as `shrunk` belongs here, in the language of docs/signatures.md.

import type { ConventionId } from '../../src/abi/convention.ts';

export const regressions: Readonly<Record<ConventionId, readonly string[]>> = {
  // A result with bytes of which none travels: the dispatcher writes them all the same.
  'sysv-x64': ['() -> {uint8:5}'],
  'win-x64': [],
  aapcs64: [],
  'aapcs64-apple': [],
  'aapcs64-windows': [],
};
