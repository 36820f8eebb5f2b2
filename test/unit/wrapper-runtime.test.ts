// What generated wrappers call for numbers and lists.

import { describe, expect, it } from 'vitest';
import { bitsOf } from '../../src/exec/buffer-address.ts';
import { filled, safe, wide } from '../../src/exec/values.ts';

describe('a safe integer as a bigint', () => {
  it('is the same integer', () => {
    const edges = [
      0,
      -0,
      1,
      2 ** 31 - 1,
      2 ** 31,
      2 ** 32 - 1,
      2 ** 32,
      2 ** 33 + 5,
      2 ** 52 + 1,
      Number.MAX_SAFE_INTEGER,
    ];
    for (const value of edges.flatMap((edge) => [edge, -edge, edge - 1, 1 - edge]))
      expect(wide(value), `${value}`).toBe(BigInt(value));
    let seed = 1;
    for (let index = 0; index < 10_000; index++) {
      seed = (seed * 48271) % 2147483647;
      const value = Math.trunc((seed / 2147483647 - 0.5) * 2 ** (1 + (index % 54)));
      if (wide(value) !== BigInt(value)) expect.fail(`${value}`);
      expect(safe(wide(value))).toBe(value === 0 ? 0 : value);
    }
  });
});

describe('an address', () => {
  it('is a double of the same bits', () => {
    const double = new Float64Array(1);
    const bits = new BigUint64Array(double.buffer);
    for (const address of [0, 1, 4096, 0xffff_ffff, 0x1_0000_0000, 0x7fff_ffff_f000, 2 ** 52 + 1]) {
      double[0] = bitsOf(address);
      expect(bits[0]).toBe(BigInt(address));
    }
  });
});

describe('a filled list', () => {
  it('has its length and no gaps', () => {
    expect(filled(3, 0.5)).toEqual([0.5, 0.5, 0.5]);
    expect(filled(0, 0)).toEqual([]);
  });
});
