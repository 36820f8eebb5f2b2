// The answer every classifier gives: where each byte of each argument and of the result lives during one call.
// Forward and reverse trampolines both read this one answer.
//
//   value of 12 bytes        piece {from 0, size 8, rsi}   piece {from 8, size 4, xmm0}
//   ┌────────────┬──────┐         │                              │
//   0            8     12    0..8 ┘                        8..12 ┘

import type { CType, Signature } from '../ctype/ctype.ts';
import type { Register } from '../isa/register.ts';
import type { ConventionId } from './convention.ts';

/**
 * `offset` is bytes from the start of the argument area: where the stack pointer is at the call instruction, which on x64
 * is the first byte above the return address. Home space is included.
 */
export type Location =
  | { readonly in: 'register'; readonly register: Register }
  | { readonly in: 'stack'; readonly offset: number };

/**
 * How the rest of 32 bits is filled when `size` is smaller: by the sign, by zeros, or not at all. On the stack too: a
 * piece that is extended there fills 4 bytes.
 */
export type Extend = 'sign' | 'zero' | 'none';

/**
 * `size` bytes of the value, starting at its byte `from`, live at `at`. In a general register `size` is 1 to 8, in a
 * vector register 2, 4, 6, 8, 16, 32 or 64, in an x87 register 10.
 */
export interface Piece {
  readonly from: number;
  readonly size: number;
  readonly at: Location;
  readonly extend: Extend;
  /**
   * A register that the caller fills with the same bytes, for a callee that looks there; ours never does. Null but in
   * variadic calls on Windows x64, whose floating-point arguments travel twice.
   */
  readonly also: Register | null;
}

/** A value that travels itself, or of which no byte travels: void, and C's empty records. */
export type DirectPlacement =
  | { readonly mode: 'ignore' }
  | { readonly mode: 'direct'; readonly pieces: readonly Piece[] };

export type Placement =
  | DirectPlacement
  /**
   * The caller makes a copy that the callee may change, at a multiple of `copyAlign` bytes, and passes its address at
   * `pointer`.
   */
  | { readonly mode: 'indirect'; readonly pointer: Location; readonly copyAlign: number };

export type ReturnPlacement =
  | DirectPlacement
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
  /** Bytes of the argument area, home space included, a multiple of 16. */
  readonly stackSize: number;
  /** The alignment of the argument area's start at the call, in bytes: 16, or what an over-aligned argument in it asks for. */
  readonly stackAlign: number;
  /** In a variadic call: how many vector registers carry arguments, and the register that says so; otherwise null. */
  readonly vectorCount: { readonly register: Register; readonly count: number } | null;
}
