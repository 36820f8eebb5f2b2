// Microsoft's x64 calling convention (MS x64 conv.): where each argument and the result travel. Every argument takes
// one position, whatever it is, and a position is one register of either file or eight bytes of stack.
//
//   ┌──────────────────────────┐
//   │ position n               │  8n + 8    arguments from position 4 on, eight bytes each
//   │ …                        │
//   │ position 4               │  40        ← offset 32 of a Location
//   ├──────────────────────────┤
//   │ home space               │  8         ← offset 0; a multiple of 16
//   │                          │              8 bytes each for rcx rdx r8 r9, which the callee may write
//   ├──────────────────────────┤
//   │ return address           │  0         ← rsp when the callee is entered
//   └──────────────────────────┘
//
// Where Microsoft's text is silent, its platform's compilers decide; docs/abi/win-x64.md says where they differ.

import type { ResolvedType, Signature } from '../ctype/ctype.ts';
import { WIN_X64 } from '../ctype/data-model.ts';
import { assert } from '../errors.ts';
import type { Register } from '../isa/register.ts';
import * as x64 from '../isa/x64.ts';
import type { CallLayout, DirectPlacement, Location, Passed, Placement, ReturnPlacement } from './call-layout.ts';
import type { Convention, VectorLevel } from './convention.ts';
import {
  checkCopies,
  extensionOf,
  type PassedType,
  passedArguments,
  passedResult,
  stackSizeOf,
} from './passed-types.ts';
import { checkResultVector, checkVector } from './win-x64-refused.ts';

const model = WIN_X64;
const xmm0 = x64.xmm(0);

/** MS x64 conv., "Parameter passing": by position, so that position 1 is rdx or xmm1. */
const argumentRegisters = Object.freeze({
  gpr: Object.freeze([x64.rcx, x64.rdx, x64.r8, x64.r9]),
  vec: Object.freeze(x64.xmms.slice(0, 4)),
});

/** MS x64 conv., "Stack allocation": the caller reserves it for four arguments, even if there are fewer. */
const HOME_BYTES = 32;
const SLOT_BYTES = 8;
/** MS x64 conv., "Parameter passing": the alignment of the memory that an argument is passed in by reference. */
const COPY_ALIGN = 16;

/** What an argument is passed as: its value in one of the two files, or the address of a copy. */
type Carrier = 'gpr' | 'vec' | 'reference';

/** Whether floating-point arguments travel in both files, and in which of them the callee looks. */
type Doubling = 'none' | 'named' | 'variadic';

export const winX64: Convention = Object.freeze({
  id: 'win-x64',
  isa: 'x64',
  dataModel: model,
  argumentRegisters,
  resultRegister: x64.rax,
  // MS x64 conv., "Caller/callee saved registers"; of xmm6 to xmm15 the low 16 bytes.
  calleeSaved: Object.freeze([
    x64.rbx,
    x64.rbp,
    x64.rdi,
    x64.rsi,
    x64.r12,
    x64.r13,
    x64.r14,
    x64.r15,
    ...x64.xmms.slice(6),
  ]),
  extendsNarrow: false, // MS x64 conv., "Parameter passing": upper bits are left as they are
  homeBytes: HOME_BYTES,
  redZoneBytes: 0, // MS x64 conv., "Stack usage": memory below rsp is volatile
  layout,
});

function layout(signature: Signature, vectors: VectorLevel = 'sse'): CallLayout {
  const { variadicFrom } = signature;
  const ret = placeResult(passedResult(signature.result, model), vectors);
  const shift = ret.placement.mode === 'hidden' ? 1 : 0;
  const args = passedArguments(signature, model).map((passed, index) => {
    const doubling = variadicFrom === null ? 'none' : index < variadicFrom ? 'named' : 'variadic';
    return placeArgument(passed, index, index + shift, doubling);
  });
  const stackSize = stackSizeOf(Math.max(HOME_BYTES, SLOT_BYTES * (args.length + shift)));
  checkCopies(args, stackSize);
  return Object.freeze({
    convention: 'win-x64',
    signature,
    args: Object.freeze(args),
    ret,
    stackSize,
    stackAlign: 16,
    vectorCount: null,
  });
}

function placeArgument(passed: PassedType, index: number, position: number, doubling: Doubling): Passed<Placement> {
  const { type, size, align } = passed;
  if (type.kind === 'vector') checkVector(type, `argument ${index}`);
  const carrier = carrierOf(type, size);
  if (carrier === 'reference') {
    const pointer = placeAt(position, 'gpr');
    return { type, size, align, placement: { mode: 'indirect', pointer, copyAlign: Math.max(COPY_ALIGN, align) } };
  }
  const doubled = carrier === 'vec' && doubling !== 'none';
  // MS x64 conv., "Varargs": in both files. A callee that takes `...` reads it where its home space is filled from.
  const at = placeAt(position, doubled && doubling === 'variadic' ? 'gpr' : carrier);
  const also = doubled ? otherOf(at) : null;
  return { type, size, align, placement: direct(type, size, at, also) };
}

/**
 * MS x64 conv., "Parameter passing": aggregates of 1, 2, 4 and 8 bytes and `__m64` travel as integers of that size,
 * whatever is in them; all others, `__m128` and what is wider by reference. The text knows neither complex numbers,
 * which go as the struct that they are laid out as, nor 128-bit integers, which go as `__m128` (observed: gcc 12,
 * clang 14, 19). Half floats are floats (observed: clang 19).
 */
function carrierOf({ kind }: ResolvedType, size: number): Carrier {
  if (kind === 'float') return 'vec';
  return isSlot(size) ? 'gpr' : 'reference';
}

const isSlot = (size: number): boolean => size === 1 || size === 2 || size === 4 || size === 8;

/** MS x64 conv., "Return values". */
function placeResult({ type, size, align }: PassedType, vectors: VectorLevel): Passed<ReturnPlacement> {
  if (size === 0) return { type, size, align, placement: { mode: 'ignore' } }; // void: empty records have 4 bytes
  if (type.kind === 'vector') checkResultVector(type, size, vectors);
  const register = resultRegisterOf(type, size);
  if (register === null) {
    return { type, size, align, placement: { mode: 'hidden', pointer: placeAt(0, 'gpr'), echoed: x64.rax } };
  }
  return { type, size, align, placement: direct(type, size, inRegister(register), null) };
}

/** Vectors of 16 bytes and more come in xmm0, and so do 128-bit integers (observed: gcc 12, clang 14, 19). */
function resultRegisterOf({ kind }: ResolvedType, size: number): Register | null {
  if (kind === 'float') return xmm0;
  if (isSlot(size)) return x64.rax;
  return kind === 'vector' || kind === 'integer' || kind === 'enum' ? xmm0 : null;
}

/**
 * A position with a value of at most eight bytes. Nobody may count on the bytes above the value (MS x64 conv.,
 * "Parameter passing"); gcc 12 extends integers to 32 bits all the same, as we do; clang 14 and 19 do not.
 */
function direct(type: ResolvedType, size: number, at: Location, also: Register | null): DirectPlacement {
  return { mode: 'direct', pieces: [{ from: 0, size, at, extend: extensionOf(type, model), also }] };
}

function placeAt(position: number, file: 'gpr' | 'vec'): Location {
  const register = argumentRegisters[file][position];
  return register === undefined ? { in: 'stack', offset: SLOT_BYTES * position } : inRegister(register);
}

const inRegister = (register: Register): Location => ({ in: 'register', register });

/** The register of the other file that has the same position; none on the stack. */
function otherOf(at: Location): Register | null {
  if (at.in === 'stack') return null;
  const { gpr, vec } = argumentRegisters;
  const [own, other] = at.register.file === 'gpr' ? [gpr, vec] : [vec, gpr];
  const register = other[own.indexOf(at.register)];
  assert(register !== undefined, 'every position has a register of both files');
  return register;
}
