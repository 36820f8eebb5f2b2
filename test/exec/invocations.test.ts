// The dispatcher and the stack of invocation records: order, nesting, exceptions, exhaustion.

import { describe, expect, test } from 'vitest';
import { HEADER_BYTES, type Invoke, PENDING, STATE } from '../../src/exec/host.ts';
import { host as selectHost } from '../../src/exec/select-host.ts';
import type { FrameLayout } from '../../src/plan/frame-layout.ts';
import { callable, place, reverse } from './machine-code.ts';

const host = selectHost();
const records = new DataView(host.invocations);

/** `int64_t (int64_t)` in the smallest record: the argument at 0, the result at 8. */
const SMALL: FrameLayout = { size: 16, args: [{ offset: 0, size: 8 }], ret: { offset: 8, size: 8 } };

const handlers: Invoke[] = [];
host.onInvoke((id, base, arrival) => handlers[id]?.(id, base, arrival));

const argumentAt = (base: number): bigint => records.getBigInt64(base, true);
const answer = (base: number, value: bigint): void => records.setBigInt64(base + 8, value, true);

/** A native function that runs `handler`, and what releases its context. */
const callback = (handler: Invoke, shape = SMALL): { address: bigint; release: () => void } => {
  const id = handlers.push(handler) - 1;
  const context = host.createContexts(id, 1, shape);
  return {
    address: place(host, reverse(context.address, host.dispatcher)),
    release: () => context.release(),
  };
};

/** The same, called from JavaScript through native code. */
const roundTrip = (handler: Invoke, shape = SMALL): ((argument: bigint) => bigint) =>
  callable(host, callback(handler, shape).address);

describe('an invocation', () => {
  test('brings the argument and takes the result', () => {
    const double = roundTrip((_, base) => answer(base, 2n * argumentAt(base)));
    expect(double(21n)).toBe(42n);
    expect(double(-(2n ** 62n))).toBe(-(2n ** 63n));
  });

  test('finds its id and base in the header too', () => {
    const seen: number[][] = [];
    const header = new Int32Array(host.invocations, 0, 2);
    const call = roundTrip((id, base) => seen.push([id, base, ...header]));
    call(1n);
    expect(seen).toEqual([[handlers.length - 1, HEADER_BYTES, handlers.length - 1, HEADER_BYTES]]);
  });

  test('answers zero when nothing is stored, whatever lay in the record before', () => {
    new Uint8Array(host.invocations, HEADER_BYTES, 64).fill(0xee);
    expect(roundTrip(() => {})(7n)).toBe(0n);
  });

  test('that is said to have failed answers zero, whatever was stored, and its callers do not', () => {
    const failing = roundTrip((_, base) => {
      answer(base, 99n);
      host.failInvocation();
    });
    const outer = roundTrip((_, base) => answer(base, 5n + failing(1n)));
    expect([failing(1n), outer(1n), failing(1n)]).toEqual([0n, 5n, 0n]);
    expect(roundTrip((_, base) => answer(base, 7n))(1n)).toBe(7n);
  });

  test('gives back its record', () => {
    const bases = new Set<number>();
    const call = roundTrip((_, base) => bases.add(base));
    for (let index = 0; index < 1000; index++) call(0n);
    expect([...bases]).toEqual([HEADER_BYTES]);
  });

  test('onInvoke may be called once', () => {
    expect(() => host.onInvoke(() => {})).toThrow();
  });
});

describe('nesting', () => {
  // koffi's own frames fill Node's default stack at about 190 (a RangeError, tested below).
  const levels = host.name === 'native' ? 220 : 100;

  test(`${levels} deep, every level keeps its own record`, () => {
    const bases: number[] = [];
    const descend: (argument: bigint) => bigint = roundTrip((_, base) => {
      const depth = argumentAt(base);
      bases.push(base);
      const below = depth === 0n ? 0n : descend(depth - 1n);
      answer(base, argumentAt(base) + below);
    });
    expect(descend(BigInt(levels))).toBe(BigInt((levels * (levels + 1)) / 2));
    expect(bases).toEqual(Array.from({ length: levels + 1 }, (_, depth) => HEADER_BYTES + 16 * depth));
    bases.length = 0;
    descend(0n);
    expect(bases).toEqual([HEADER_BYTES]);
  });
});

describe('a call of which JavaScript has said that it is a leaf', () => {
  const { state } = host;
  /** As a wrapper does it. */
  const asLeaf = (call: () => unknown): unknown => {
    state[STATE.leaf] = 1;
    try {
      return call();
    } finally {
      state[STATE.leaf] = 0;
    }
  };

  test('runs no JavaScript: C gets zero, and it is thrown afterwards, once', () => {
    const seen: bigint[] = [];
    const call = roundTrip((_, base) => {
      seen.push(argumentAt(base));
      answer(base, 99n);
    });
    expect(asLeaf(() => call(7n))).toBe(0n);
    expect(state[STATE.pending]).toBe(PENDING.calledInLeaf);
    expect(() => host.rethrow()).toThrow(expect.objectContaining({ code: 'ERR_CALLBACK', rule: 'leaf' }));
    expect(state[STATE.pending]).toBe(PENDING.none);
    host.rethrow();
    expect([seen, call(8n), seen]).toEqual([[8n], 99n, [8n]]);
  });

  test('may be one inside a callback', () => {
    const inner = roundTrip((_, base) => answer(base, 5n));
    const outer = roundTrip((_, base) => {
      const zero = asLeaf(() => inner(1n));
      expect(() => host.rethrow()).toThrow('leaf');
      answer(base, 10n + (zero as bigint) + inner(1n));
    });
    expect(outer(0n)).toBe(15n);
  });
});

describe('an exception', () => {
  test('travels on from the bound call, and native code got zero', () => {
    const error = new Error('from JavaScript');
    const frame: bigint[] = [];
    const inner = callback((_, base) => {
      answer(base, 99n);
      throw error;
    });
    const call = callable(host, inner.address);
    expect(() => call(1n)).toThrow(error);
    const outer = roundTrip((_, base) => {
      try {
        call(1n);
      } catch (caught) {
        expect(caught).toBe(error);
        frame.push(argumentAt(base));
      }
      answer(base, 5n);
    });
    expect(outer(3n)).toBe(5n);
    expect(frame).toEqual([3n]);
  });

  test('may be any value', () => {
    for (const value of [undefined, null, 0, 'text']) {
      const call = roundTrip(() => {
        throw value;
      });
      let caught: unknown = 'nothing';
      try {
        call(0n);
      } catch (error) {
        caught = error;
      }
      expect(caught).toBe(value);
    }
  });

  test('unwinds 50 levels and leaves the stack empty', () => {
    const fail: (argument: bigint) => bigint = roundTrip((_, base) => {
      if (argumentAt(base) === 0n) throw new RangeError('bottom');
      answer(base, fail(argumentAt(base) - 1n));
    });
    expect(() => fail(50n)).toThrow('bottom');
    const bases: number[] = [];
    roundTrip((_, base) => bases.push(base))(0n);
    expect(bases).toEqual([HEADER_BYTES]);
  });

  test('a stack overflow in JavaScript is one like any other', () => {
    const forever: (argument: bigint) => bigint = roundTrip((_, base) => answer(base, forever(1n)));
    for (let time = 0; time < 5; time++) expect(() => forever(1n)).toThrow(RangeError);
    expect(roundTrip((_, base) => answer(base, 8n))(0n)).toBe(8n);
  });
});

describe('the record stack', () => {
  test('that is full refuses with ERR_CALLBACK, and goes on afterwards', () => {
    const large: FrameLayout = { ...SMALL, size: 256 * 1024 };
    let depth = 0;
    const call: (argument: bigint) => bigint = roundTrip((_, base) => {
      depth = Math.max(depth, Number(argumentAt(base)));
      answer(base, call(argumentAt(base) + 1n));
    }, large);
    expect(() => call(1n)).toThrow(expect.objectContaining({ name: 'InterfixError', code: 'ERR_CALLBACK' }));
    // 4 × 256 KiB are all of the stack, but its first bytes are taken.
    expect(depth).toBe(3);
    expect(roundTrip((_, base) => answer(base, 4n), large)(0n)).toBe(4n);
  });
});

describe('contexts', () => {
  test('refuse a shape that does not fit', () => {
    const field = { offset: 0, size: 8 };
    const wrong: FrameLayout[] = [
      { size: 24, args: [], ret: field },
      { size: 2 ** 20, args: [], ret: field },
      { size: 16, args: [{ offset: 16, size: 1 }], ret: field },
      { size: 16, args: [field], ret: { offset: 2 ** 31, size: 2 ** 31 } },
    ];
    for (const shape of wrong) expect(() => host.createContexts(0, 1, shape), JSON.stringify(shape)).toThrow();
  });

  test('refuse a number of them that is not from 1 to 2^16', () => {
    for (const count of [0, -1, 2 ** 16 + 1, 2 ** 31, Number.NaN])
      expect(() => host.createContexts(0, count, SMALL), String(count)).toThrow();
    host.createContexts(0, 2 ** 16, SMALL).release();
  });

  test('of one block have ids in a row, and lie in a row', () => {
    const seen: number[] = [];
    const first = handlers.length;
    for (let index = 0; index < 5; index++) handlers.push((id) => seen.push(id - first));
    const block = host.createContexts(first, 5, SMALL);
    for (const index of [0, 4, 2]) {
      const address = block.address + BigInt(index * host.contextBytes);
      callable(host, place(host, reverse(address, host.dispatcher)))(1n);
    }
    expect(seen).toEqual([0, 4, 2]);
    block.release();
  });

  test('are released once', () => {
    const contexts = host.createContexts(0, 1, SMALL);
    contexts.release();
    expect(() => contexts.release()).toThrow('invariant');
  });

  test('10^5 of them come and go', () => {
    for (let index = 0; index < 100_000; index++) host.createContexts(index, 1, SMALL).release();
    const many = Array.from({ length: 1000 }, () => host.createContexts(0, 3, SMALL));
    expect(new Set(many.map(({ address }) => address)).size).toBe(1000);
    for (const contexts of many) contexts.release();
  });
});
