// How tests state which error they expect.

import { expect } from 'vitest';
import { hostAbi } from '../../src/exec/host-abi.ts';

/** An `InterfixError` of that code whose message matches: a string stands somewhere in it. */
export const refusal = (code: string, message: RegExp | string = /./): object =>
  expect.objectContaining({
    name: 'InterfixError',
    code,
    message: typeof message === 'string' ? expect.stringContaining(message) : expect.stringMatching(message),
  });

const refusedSignatures: Readonly<Record<string, string>> = {
  'sysv-x64': '(c[bfloat16]) -> int',
  'win-x64': '(v[2:int128]) -> int',
  aapcs64: '(int; bfloat16) -> int',
};

/** A signature whose types are well formed, and which the convention of this machine refuses to call with. */
export const refusedSignature: string = refusedSignatures[hostAbi()] ?? '';
