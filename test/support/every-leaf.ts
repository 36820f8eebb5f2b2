// A setup file: what a test binds is bound as a leaf, unless C calls JavaScript in it. So the tests of calls, as they are,
// run over V8's fast calls in each version of Node.

import { vi } from 'vitest';
import type * as Bind from '../../src/exec/bind.ts';

/** Functions of fixtures/c/calls.c that call what they know, or what they get through a pointer of no type. */
const CALLERS = /^(call_(?!count$)|count_down|descend|relay)/;

const takesFunction = (signature: string): boolean => signature.split('->').length > 2;

vi.mock('../../src/exec/bind.ts', async (original) => {
  const actual = await original<typeof Bind>();
  const bindNamed: typeof actual.bindNamed = (from, signature, options, symbol, library) => {
    const mayCall = typeof signature !== 'string' || takesFunction(signature) || CALLERS.test(symbol ?? '');
    const leaf = options.leaf ?? (!mayCall && options.serve !== true);
    return actual.bindNamed(from, signature, { ...options, leaf }, symbol, library);
  };
  const bind = (from: bigint, signature: string, options: Bind.BindOptions = {}): Bind.BoundFunction =>
    bindNamed(from, signature, options, null, null);
  return { ...actual, bindNamed, bind };
});
