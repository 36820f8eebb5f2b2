// What the C of a batch has to know of the compiler that reads it, and of the memory that it shares with the runner.

import type { ConventionId } from '../../src/abi/convention.ts';

/**
 * Memory at fixed addresses, so that compiled code needs no relocation to reach it. Everything is an address but the two
 * sizes; argument i is `slot` bytes at `given + i * slot`, and at `seen + i * slot`.
 */
export interface SharedMemory {
  readonly base: number;
  readonly size: number;
  readonly slot: number;
  /** What a caller passes. */
  readonly given: number;
  /** What a callee received. */
  readonly seen: number;
  /** What a callee returns. */
  readonly give: number;
  /** What a caller received. */
  readonly got: number;
  /** 32 bits; bit i: the narrow argument i did not arrive extended to 32 bits. */
  readonly unextended: number;
  /** A word with the address of the dispatcher that the compiler's own reverse functions call. */
  readonly dispatcher: number;
  /** A word that they pass to it. */
  readonly context: number;
}

/** A call of the random signatures has no more arguments. */
export const MAX_ARGUMENTS = 16;
/** And no call at all has more: those of scalars alone fill the stack, too. */
export const MOST_ARGUMENTS = 20;

/** Low enough for every way of writing an address, and where neither a program nor its libraries are mapped. */
const BASE = 0x1000_0000;

/** `slot` bytes hold the largest value; a multiple of 128, which is the largest alignment that occurs. */
export function sharedMemory(slot: number): SharedMemory {
  if (slot % 128 !== 0) throw new RangeError(`slots of ${slot} bytes do not keep the alignment of their values`);
  const give = BASE + 2 * MOST_ARGUMENTS * slot;
  const state = give + 2 * slot;
  return Object.freeze({
    base: BASE,
    size: state + 64 - BASE,
    slot,
    given: BASE,
    seen: BASE + MOST_ARGUMENTS * slot,
    give,
    got: give + slot,
    unextended: state,
    dispatcher: state + 16,
    context: state + 32,
  });
}

export const SHARED: SharedMemory = sharedMemory(4096);
/** For profiles with large records. */
export const LARGE_SHARED: SharedMemory = sharedMemory(0x2_0000);

/** How compiled code calls an adapter. */
export interface AdapterCalls {
  /** The attribute of the convention that it calls with, or nothing. */
  readonly attribute: string;
  /** Whether narrow integers must be extended by the caller. If not, they are passed with rubbish above them. */
  readonly extendsNarrow: boolean;
}

export interface CTarget {
  readonly abi: ConventionId;
  readonly compiler: 'gcc' | 'clang';
  readonly shared: SharedMemory;
  /** What the compiler calls the format of 16 bits, or null if it has none. */
  readonly float16: string | null;
  readonly bfloat16: string | null;
  /**
   * Whether callees check that narrow integers arrive as 32 bits. It is an order to the caller only where the convention
   * says so (Apple) or where some compilers' callees rely on it (System V x64; observed: clang 14, 19).
   */
  readonly checksExtension: boolean;
  /** Whether vectors are declared with an `aligned` of their own, as the headers of Microsoft's compiler have them. */
  readonly alignedVectors: boolean;
  /** Null where no adapters are called. */
  readonly adapters: AdapterCalls | null;
  /** Whether alignments are asserted: gcc's `_Alignof` of a vector stops at what the machine's registers hold. */
  readonly assertsAlign: boolean;
}
