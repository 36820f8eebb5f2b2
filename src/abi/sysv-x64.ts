// System V x86-64 (psABI 3.2): in which registers and stack slots the eightbytes of a call travel.
//
//   ┌──────────────────────────┐
//   │ eightbyte n of the stack │  8n + 8   arguments that found no register, in order,
//   │ …                        │           each at a multiple of its alignment, at least 8
//   │ eightbyte 0              │  8        ← offset 0 of a Location; a multiple of 16
//   ├──────────────────────────┤
//   │ return address           │  0        ← rsp when the callee is entered
//   └──────────────────────────┘

import type { ResolvedType, Signature } from '../ctype/ctype.ts';
import { SYSV_X64 } from '../ctype/data-model.ts';
import { alignUp } from '../ctype/layout.ts';
import { InterfixError } from '../errors.ts';
import type { Register } from '../isa/register.ts';
import * as x64 from '../isa/x64.ts';
import type { CallLayout, DirectPlacement, Passed, Piece, Placement, ReturnPlacement } from './call-layout.ts';
import type { Convention } from './convention.ts';
import { classify, type EightbyteClass } from './eightbytes.ts';
import { extensionOf, MAX_STACK_BYTES, type PassedType, passedArguments, passedResult } from './passed-types.ts';

const IGNORED: DirectPlacement = Object.freeze({ mode: 'ignore' });
const model = SYSV_X64;

/** psABI 3.2.3, "Passing": the sequences in which registers are taken. */
const argumentRegisters = Object.freeze({
  gpr: Object.freeze([x64.rdi, x64.rsi, x64.rdx, x64.rcx, x64.r8, x64.r9]),
  vec: Object.freeze(x64.xmms.slice(0, 8)),
});

/** psABI 3.2.3, "Returning of Values", items 3 and 4. */
const resultRegisters = { gpr: [x64.rax, x64.rdx], vec: [x64.xmm(0), x64.xmm(1)] } as const;

/** The next free register of each file, and the next free byte of the argument area. */
interface Cursor {
  gpr: number;
  vec: number;
  stack: number;
}

export const sysvX64: Convention = Object.freeze({
  id: 'sysv-x64',
  isa: 'x64',
  dataModel: model,
  argumentRegisters,
  resultRegister: x64.rax,
  calleeSaved: Object.freeze([x64.rbx, x64.rbp, x64.r12, x64.r13, x64.r14, x64.r15]), // psABI figure 3.4
  homeBytes: 0,
  redZoneBytes: 128, // psABI 3.2.2
  layout,
});

function layout(signature: Signature): CallLayout {
  const cursor: Cursor = { gpr: 0, vec: 0, stack: 0 };
  const ret = placeResult(passedResult(signature.result, model), cursor);
  const args = passedArguments(signature, model).map((passed) => placeArgument(passed, cursor));
  const stackSize = alignUp(cursor.stack, 16); // psABI 3.2.2: the end of the argument area is 16-byte aligned
  if (stackSize > MAX_STACK_BYTES) {
    throw new InterfixError('ERR_SIZE', `the arguments need ${stackSize} bytes of stack, more than ${MAX_STACK_BYTES}`);
  }
  // psABI 3.2.3: AL is an upper bound on the number of vector registers; we give the number itself.
  const vectorCount = signature.variadicFrom === null ? null : { register: x64.rax, count: cursor.vec };
  return Object.freeze({
    convention: 'sysv-x64',
    signature,
    args: Object.freeze(args),
    ret,
    stackSize,
    stackAlign: 16,
    vectorCount,
  });
}

/** psABI 3.2.3, "Returning of Values": item 2 for MEMORY, items 3 and 4 for registers. */
function placeResult({ type, size, align }: PassedType, cursor: Cursor): Passed<ReturnPlacement> {
  if (size === 0) return { type, size, align, placement: IGNORED };
  const classes = classify(type, model);
  if (classes === 'MEMORY') {
    const pointer = inRegister(nextRegister(argumentRegisters.gpr, cursor.gpr++));
    return { type, size, align, placement: { mode: 'hidden', pointer, echoed: x64.rax } };
  }
  const placement = direct(type, size, classes, resultRegisters, { gpr: 0, vec: 0, stack: 0 });
  return { type, size, align, placement };
}

function placeArgument({ type, size, align }: PassedType, cursor: Cursor): Passed<Placement> {
  if (size === 0) return { type, size, align, placement: IGNORED }; // observed: gcc 12, an empty record passes nothing
  const classes = classify(type, model);
  const placement =
    classes === 'MEMORY' || !fits(classes, cursor)
      ? onStack(type, size, align, cursor)
      : direct(type, size, classes, argumentRegisters, cursor);
  return { type, size, align, placement };
}

/** psABI 3.2.3: if there is no register for one eightbyte, the whole argument goes to the stack and takes none. */
function fits(classes: readonly EightbyteClass[], { gpr, vec }: Cursor): boolean {
  let gprs = gpr;
  let vecs = vec;
  for (const one of classes) {
    if (one === 'INTEGER') gprs++;
    if (one === 'SSE') vecs++;
  }
  return gprs <= argumentRegisters.gpr.length && vecs <= argumentRegisters.vec.length;
}

function direct(
  type: ResolvedType,
  size: number,
  classes: readonly EightbyteClass[],
  registers: { readonly gpr: readonly Register[]; readonly vec: readonly Register[] },
  cursor: Cursor,
): DirectPlacement {
  const extend = extensionOf(type, model);
  const pieces: Piece[] = [];
  let from = 0;
  for (const one of classes) {
    if (one !== 'NO_CLASS') {
      // a NO_CLASS eightbyte is padding only: nothing travels
      const register =
        one === 'SSE' ? nextRegister(registers.vec, cursor.vec++) : nextRegister(registers.gpr, cursor.gpr++);
      pieces.push({ from, size: Math.min(8, size - from), at: inRegister(register), extend, also: null });
    }
    from += 8;
  }
  return { mode: 'direct', pieces };
}

/** psABI 3.2.3: stack arguments take whole eightbytes, at a multiple of their alignment. */
function onStack(type: ResolvedType, size: number, align: number, cursor: Cursor): DirectPlacement {
  const offset = alignUp(cursor.stack, Math.max(8, align));
  cursor.stack = alignUp(offset + size, 8);
  const extend = extensionOf(type, model);
  return { mode: 'direct', pieces: [{ from: 0, size, at: { in: 'stack', offset }, extend, also: null }] };
}

const inRegister = (register: Register): Piece['at'] => ({ in: 'register', register });

function nextRegister(registers: readonly Register[], index: number): Register {
  const register = registers[index];
  if (register === undefined) throw new InterfixError('ERR_INTERNAL', `no argument register ${index}`);
  return register;
}
