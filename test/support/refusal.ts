// How tests state which error they expect.

import { expect } from 'vitest';

/** An `InterfixError` of that code whose message matches: a string stands somewhere in it. */
export const refusal = (code: string, message: RegExp | string = /./): object =>
  expect.objectContaining({
    name: 'InterfixError',
    code,
    message: typeof message === 'string' ? expect.stringContaining(message) : expect.stringMatching(message),
  });
