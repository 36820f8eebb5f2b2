// JavaScript that C calls invalidates the code around the call: the wrapper that waits for C is given up, its code is
// collected, and C returns all the same. V8 13.6 comes to grief there if the call is one of its fast ones.

import { expect, test } from 'vitest';
import { callRoute } from '../../src/exec/call-path.ts';
import { disposeAll } from '../../src/exec/call-resources.ts';
import { callback } from '../../src/exec/callback.ts';
import { enteredCall } from '../../src/exec/entered-call.ts';
import type { Callee } from '../../src/exec/foreign-calls.ts';
import { hostAbi } from '../../src/exec/host-abi.ts';
import { imageOf } from '../../src/exec/images.ts';
import { host } from '../../src/exec/select-host.ts';
import { v8Calls } from '../../src/exec/v8-calls.ts';
import { parseSignature } from '../../src/signature/parse.ts';
import { collectGarbage } from '../support/collect-garbage.ts';
import { type AnyFunction, bound, describeWithC, fixture } from '../support/fixture-library.ts';
import { callerOf, deoptimize, optimize } from '../support/paths.ts';

interface Entered extends Disposable {
  readonly path: string;
  readonly inner: AnyFunction;
}

/** The wrapper itself, without the function that users get: its first argument is the number of the others. */
function entered(name: string, signature: string): Entered {
  const options = { abi: hostAbi(), vectors: 'sse', registry: undefined } as const;
  const callee: Callee = { ...options, signature, target: fixture().symbol(name), int64: 'bigint' };
  const route = callRoute(callee, parseSignature(signature), { fast: true, leaf: false, errno: false });
  const image = imageOf(signature, 'entry', options);
  const { inner, owned } = enteredCall(callee, { image, route, leaf: false, reuse: false });
  return { path: route.path, inner: inner as AnyFunction, [Symbol.dispose]: () => disposeAll([...owned]) };
}

interface Invalidation {
  readonly by: string;
  readonly run: (wrapper: AnyFunction) => void;
}

const INVALIDATIONS: readonly Invalidation[] = [
  { by: 'giving up the wrapper', run: (wrapper) => void deoptimize(wrapper) },
  {
    by: 'giving up the wrapper, and collecting what only its code knows',
    run: (wrapper) => {
      deoptimize(wrapper);
      for (let time = 0; time < 2; time++) collectGarbage();
    },
  },
  {
    by: 'detaching a buffer',
    run: () => void structuredClone(new ArrayBuffer(8), { transfer: [new ArrayBuffer(8)] }),
  },
  {
    by: 'replacing globals',
    run: () => {
      const { Number: number, BigInt: bigint } = globalThis;
      Object.assign(globalThis, { Number: () => 7, BigInt: () => 7n });
      Object.assign(globalThis, { Number: number, BigInt: bigint });
    },
  },
];

/** C calls JavaScript in each, once or three times, and gives a result then. */
const CALLS = [
  { name: 'int8_after_kept', signature: '(int8, int) -> int8', values: [100, 100], result: -56 },
  { name: 'uint32_after_kept', signature: '(uint, int) -> uint', values: [2 ** 32 - 1, 0], result: 2 ** 32 - 1 },
  { name: 'int64_after_kept', signature: '(int64, int) -> int64', values: [2n ** 62n, -1], result: 2n ** 62n - 1n },
  { name: 'double_after_kept', signature: '(double, int) -> double', values: [0.1, 1], result: 1.1 },
  { name: 'call_three', signature: '(*void) -> int', values: [], result: 66 },
] as const;

describeWithC('a wrapper that is given up inside', () => {
  const both = CALLS.flatMap((call) => INVALIDATIONS.map((each) => ({ ...call, ...each })));
  test.each(both)('by $by, gives its result: $signature', ({ name, signature, values: taken, result, run }) => {
    let invalidates = false;
    let wrapper: AnyFunction | undefined;
    const inside = (value: unknown): number => {
      if (invalidates && wrapper !== undefined) run(wrapper);
      return 11 * (value as number);
    };
    using made = callback('(int) -> int', inside);
    bound('keep', '(*void) -> void')(made.address);
    using call = entered(name, signature);
    expect(call.path).toMatch(
      v8Calls()?.reentrant === true ? /^v8-/ : new RegExp(host().name === 'koffi' ? '^koffi$' : '^node-api$'),
    );
    wrapper = call.inner;
    const values = taken.length === 0 ? [made.address] : taken;
    const given = [values.length, ...values];
    const caller = callerOf(wrapper, given.length);
    for (let time = 0; time < 3; time++) {
      invalidates = false;
      optimize(wrapper, given, 3000);
      optimize(caller, given, 3000);
      invalidates = true;
      for (let again = 0; again < 3; again++) expect(caller(...given)).toBe(result);
    }
  });
});
