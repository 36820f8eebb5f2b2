// The move plan: what a trampoline does, as a straight list of steps. No CPU, no opcode, no label, no branch.
// docs/plan.md shows each step with a worked example.

import type { Extend } from '../abi/call-layout.ts';
import type { Convention } from '../abi/convention.ts';
import type { Register } from '../isa/register.ts';

/** The kinds of trampoline; their C contracts are in docs/plan.md. */
export type TrampolineKind = 'forward' | 'bound' | 'reverse' | 'entry' | 'adapter';

/** An address that is not known when the code is generated: an 8-byte literal behind the code, patched by finalize. */
export type SymbolName = 'target' | 'dispatcher' | 'context' | 'frame' | 'errno';

/**
 * What an address is relative to.
 *
 *   args    the array of argument pointers that the trampoline was given (a parameter)
 *   arg     the argument that the last `point` step chose
 *   ret     the return buffer that the trampoline was given (a parameter)
 *   frame   the call frame (symbol `frame`)
 *   errno   the error number of the one thread that runs the trampoline (symbol `errno`); read behind the call only
 *   in      the argument area of whoever called the trampoline; an adapter that ends in a tail call rearranges it
 *   out     the argument area of the function that the trampoline calls, at the bottom of our stack frame
 *   local   our own part of our stack frame
 */
export type Base = 'args' | 'arg' | 'ret' | 'frame' | 'errno' | 'in' | 'out' | 'local';

/** `offset` is bytes. */
export interface Addr {
  readonly base: Base;
  readonly offset: number;
}

export type Step =
  /** arg := args[index]. */
  | { readonly op: 'point'; readonly index: number }
  /**
   * register := `size` bytes at `from`; in a general register less than 4 bytes are extended to 32 bits. Loading an x87
   * register pushes: st1 is loaded before st0.
   */
  | {
      readonly op: 'load';
      readonly to: Register;
      readonly from: Addr;
      readonly size: number;
      readonly extend: Extend;
    }
  /** `size` bytes at `to` := register, which may hold anything afterwards. Storing an x87 register pops: st0 goes first. */
  | { readonly op: 'store'; readonly from: Register; readonly to: Addr; readonly size: number }
  /**
   * register := the low `size` bytes of another one, or of itself, of either file; between general registers less than 4
   * bytes are extended to 32 bits. What is above is unknown.
   */
  | {
      readonly op: 'move';
      readonly to: Register;
      readonly from: Register;
      readonly size: number;
      readonly extend: Extend;
    }
  /** `size` bytes at `to` := the bytes at `from`; a scalar below 4 bytes fills 4, extended. */
  | { readonly op: 'copy'; readonly from: Addr; readonly to: Addr; readonly size: number; readonly extend: Extend }
  /** register, or 8 bytes of memory := the address itself. */
  | { readonly op: 'address'; readonly of: Addr; readonly to: Register | Addr }
  /** register := a small number, or the value of a symbol; with `plus`, that and what the stub brought (see Stubs). */
  | { readonly op: 'set'; readonly to: Register; readonly value: number | SymbolName; readonly plus?: 'stub' }
  /** Calls the symbol, or the function that parameter `target` points at. A tail call returns to our caller. */
  | { readonly op: 'call'; readonly target: SymbolName | 'parameter'; readonly tail: boolean };

/** What the trampoline is given when it is called, and in which register: `target`, `ret` and `args` of its C contract. */
export interface PlanParameter {
  readonly name: 'target' | 'ret' | 'args';
  readonly register: Register;
}

/**
 * Many functions with one body: `count` stubs, of which number i brings i × `stride` and goes on with the steps. The body
 * is not entered otherwise.
 */
export interface Stubs {
  readonly count: number;
  /** Bytes, or whatever the number is added to counts. */
  readonly stride: number;
}

export interface Plan {
  readonly kind: TrampolineKind;
  /** The convention that the trampoline is called with. */
  readonly incoming: Convention;
  /** The convention of the function that the trampoline calls. */
  readonly outgoing: Convention;
  readonly params: readonly PlanParameter[];
  /** Bytes of the outgoing argument area, home space included; a multiple of `align`. */
  readonly outSize: number;
  /** Bytes of the local area; a multiple of 8. */
  readonly localSize: number;
  /** The alignment of both areas in memory, in bytes: a power of two, at least 16. */
  readonly align: number;
  readonly steps: readonly Step[];
  /** Absent: the steps are entered at their beginning. */
  readonly stubs?: Stubs;
}

export const isRegister = (place: Register | Addr): place is Register => 'file' in place;
