// The answer every classifier gives: where each byte of each argument and of the result lives during one call.
// Forward and reverse trampolines both read this one answer.
//
//   value of 12 bytes        piece {from 0, size 8, rsi}   piece {from 8, size 4, xmm0}
//   ┌────────────┬──────┐         │                              │
//   0            8     12    0..8 ┘                        8..12 ┘

import type { CType, Signature } from '../ctype/ctype.ts';
import type { Register } from '../isa/register.ts';
import type { ConventionId } from './convention.ts';

/** `offset` is bytes from the start of the argument area: the first byte above the return address, home space included. */
export type Location =
  | { readonly in: 'register'; readonly register: Register }
  | { readonly in: 'stack'; readonly offset: number };

/** How the rest of a 32-bit register is filled when `size` is smaller: by the sign, by zeros, or not at all. */
export type Extend = 'sign' | 'zero' | 'none';

/** `size` bytes of the value, starting at its byte `from`, live at `at`. In a general register `size` is 1 to 8. */
export interface Piece {
  readonly from: number;
  readonly size: number;
  readonly at: Location;
  readonly extend: Extend;
}

export type Placement =
  /** No byte travels: void, and C's empty records. */
  { readonly mode: 'ignore' } | { readonly mode: 'direct'; readonly pieces: readonly Piece[] };

export type ReturnPlacement =
  | Placement
  /** The caller passes the address of the result at `pointer`; the callee returns it in `echoed`, if that is set. */
  | { readonly mode: 'hidden'; readonly pointer: Location; readonly echoed: Register | null };

/** `size` and `align` are those of the C type, in bytes; an array parameter is the pointer it decays to. */
export interface Passed<P> {
  readonly type: CType;
  readonly size: number;
  readonly align: number;
  readonly placement: P;
}

export interface CallLayout {
  readonly convention: ConventionId;
  readonly signature: Signature;
  readonly args: readonly Passed<Placement>[];
  readonly ret: Passed<ReturnPlacement>;
  /** Bytes of the argument area, home space included, a multiple of the convention's stack alignment. */
  readonly stackSize: number;
  /** In a variadic call: how many vector registers carry arguments, and the register that says so; otherwise null. */
  readonly vectorCount: { readonly register: Register; readonly count: number } | null;
}
