// Scalars that were placed before are not placed anew: what comes first changes nothing, and nobody can change what is kept.

import { describe, expect, it } from 'vitest';
import { conventionOf } from '../../src/abi/conventions.ts';
import * as c from '../../src/ctype/ctype.ts';
import { parseSignature } from '../../src/signature/parse.ts';
import { random } from '../support/random.ts';

const { layout } = conventionOf('sysv-x64');
const integers = ['int8', 'uint16', 'int32', 'uint64', 'int128', 'char', 'long'] as const;
const floats = [c.FLOAT16, c.BFLOAT16, c.FLOAT, c.DOUBLE, c.LONG_DOUBLE];

/** Travels as the scalar does (psABI 3.2.3), and is never kept. */
const disguised = (type: c.CType): c.CType =>
  type.kind === 'integer' ? c.enumeration(type) : c.struct([c.member(null, type)]);

describe('layouts for System V', () => {
  it('are those of types that are never kept, whatever was laid out before', () => {
    const draw = random(11);
    for (let round = 0; round < 3000; round++) {
      const pick = (): c.CType => (draw.oneIn(2) ? c.integer(draw.pick(integers)) : draw.pick(floats));
      const types = Array.from({ length: draw.int(12) }, pick);
      const result = pick();
      const signature = (change: (type: c.CType) => c.CType): c.Signature =>
        c.signature(
          types.map((type) => c.parameter(null, change(type))),
          change(result),
        );
      const kept = layout(signature((type) => type));
      const other = layout(signature(disguised));
      expect(kept.args.map(({ size, align, placement }) => ({ size, align, placement }))).toEqual(
        other.args.map(({ size, align, placement }) => ({ size, align, placement })),
      );
      expect(kept.ret.placement).toEqual(other.ret.placement);
      expect([kept.stackSize, kept.args.map(({ type }) => type)]).toEqual([other.stackSize, types]);
    }
  });

  it('share what is frozen', () => {
    const [one, other] = ['(int, double) -> int', 'f(n:int, x:double) -> int'].map((text) =>
      layout(parseSignature(text)),
    );
    expect(other?.args[1]).toBe(one?.args[1]);
    const { placement } = one?.args[1] ?? {};
    expect(Object.isFrozen(placement)).toBe(true);
    expect(placement?.mode === 'direct' && Object.isFrozen(placement.pieces[0])).toBe(true);
    expect(() => Object.assign(one?.ret ?? {}, { size: 1 })).toThrow(TypeError);
  });

  it('keep no type that somebody may change', () => {
    const open: c.CType = { kind: 'integer', name: 'wchar_t' };
    const signature = c.signature([c.parameter(null, open)], open);
    const first = layout(signature);
    expect(layout(signature).args[0]).not.toBe(first.args[0]);
    expect(Object.isFrozen(first.args[0])).toBe(false);
  });
});
