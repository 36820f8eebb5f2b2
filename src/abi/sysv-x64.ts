// System V x86-64 (psABI 3.2): in which registers and stack slots the eightbytes of a call travel.
//
//   ┌──────────────────────────┐
//   │ eightbyte n of the stack │  8n + 8   arguments that found no register, in order,
//   │ …                        │           each at a multiple of its alignment, at least 8
//   │ eightbyte 0              │  8        ← offset 0 of a Location; a multiple of 16
//   ├──────────────────────────┤
//   │ return address           │  0        ← rsp when the callee is entered
//   └──────────────────────────┘

import { type CType, type Member, type ResolvedType, resolved, type Signature } from '../ctype/ctype.ts';
import { SYSV_X64 } from '../ctype/data-model.ts';
import { alignUp, layoutOfRecord } from '../ctype/layout.ts';
import { assert, unsupported } from '../errors.ts';
import type { Register } from '../isa/register.ts';
import * as x64 from '../isa/x64.ts';
import type {
  CallLayout,
  DirectPlacement,
  Location,
  Passed,
  Piece,
  Placement,
  ReturnPlacement,
} from './call-layout.ts';
import type { Convention, VectorLevel } from './convention.ts';
import { classify, type EightbyteClass } from './eightbytes.ts';
import { extensionOf, type PassedType, passedArguments, passedResult, stackSizeOf } from './passed-types.ts';
import { PlacedScalars } from './placed-scalars.ts';
import { checkLoneBfloat16 } from './sysv-x64-refused.ts';

const IGNORED: DirectPlacement = Object.freeze({ mode: 'ignore' });
const model = SYSV_X64;

/** psABI 3.2.3, "Passing": the sequences in which registers are taken. */
const argumentRegisters = Object.freeze({
  gpr: Object.freeze([x64.rdi, x64.rsi, x64.rdx, x64.rcx, x64.r8, x64.r9]),
  vec: Object.freeze(x64.xmms.slice(0, 8)),
});

const inRegister = (register: Register): InRegister => Object.freeze({ in: 'register', register });

type InRegister = Extract<Location, { readonly in: 'register' }>;

/** The places that values are given in turn. Made once, as every call has the same. */
interface Places {
  readonly gpr: readonly InRegister[];
  readonly vec: readonly InRegister[];
}

const argumentPlaces: Places = {
  gpr: argumentRegisters.gpr.map(inRegister),
  vec: argumentRegisters.vec.map(inRegister),
};

/** psABI 3.2.3, "Returning of Values", items 3 and 4. */
const resultPlaces: Places = {
  gpr: [x64.rax, x64.rdx].map(inRegister),
  vec: [x64.xmm(0), x64.xmm(1)].map(inRegister),
};

/** The next free register of each file, the next free byte of the argument area, and the alignment of that area. */
interface Cursor {
  gpr: number;
  vec: number;
  stack: number;
  stackAlign: number;
}

const scalars = new PlacedScalars();

export const sysvX64: Convention = Object.freeze({
  id: 'sysv-x64',
  isa: 'x64',
  dataModel: model,
  argumentRegisters,
  resultRegister: x64.rax,
  calleeSaved: Object.freeze([x64.rbx, x64.rbp, x64.r12, x64.r13, x64.r14, x64.r15]), // psABI figure 3.4
  extendsNarrow: false, // psABI 3.2.3 is silent: compilers do it for arguments, and count on no more than themselves
  homeBytes: 0,
  redZoneBytes: 128, // psABI 3.2.2
  layout,
});

function layout(signature: Signature, vectors: VectorLevel = 'sse'): CallLayout {
  const cursor: Cursor = { gpr: 0, vec: 0, stack: 0, stackAlign: 16 };
  const back = passedResult(signature.result, model);
  const ret = scalars.result(back.type) ?? scalars.addResult(placeResult(back, vectors, cursor));
  const args = placeArguments(signature, vectors, cursor);
  // psABI 3.2.3: AL is an upper bound on the number of vector registers; we give the number itself.
  const vectorCount = signature.variadicFrom === null ? null : { register: x64.rax, count: cursor.vec };
  return Object.freeze({
    convention: 'sysv-x64',
    signature,
    args: Object.freeze(args),
    ret,
    stackSize: stackSizeOf(cursor.stack),
    stackAlign: cursor.stackAlign,
    vectorCount,
  });
}

function placeArguments(signature: Signature, vectors: VectorLevel, cursor: Cursor): Passed<Placement>[] {
  const { variadicFrom } = signature;
  const args: Passed<Placement>[] = [];
  for (const passed of passedArguments(signature, model)) {
    const known = scalars.argument(passed.type, cursor);
    if (known !== undefined) {
      args.push(known);
      continue;
    }
    const taken = { gpr: cursor.gpr, vec: cursor.vec };
    const isVariadic = variadicFrom !== null && args.length >= variadicFrom;
    const placed = placeArgument(passed, vectors, isVariadic, cursor);
    scalars.addArgument(placed, taken, cursor);
    if (variadicFrom !== null && !isVariadic) checkTravels(placed, args.length);
    args.push(placed);
  }
  return args;
}

/**
 * A named record of a variadic function that has bytes, but none that travel: gcc 12 as a caller passes nothing for it,
 * and as a callee looks for the variadic arguments behind it.
 */
function checkTravels({ size, placement }: Passed<Placement>, index: number): void {
  if (size === 0 || (placement.mode === 'direct' && placement.pieces.length > 0)) return;
  throw unsupported(
    'unnamed bits in a variadic function',
    `argument ${index} of a variadic function is a record of unnamed bits: gcc finds what follows it elsewhere`,
  );
}

/** psABI 3.2.3, "Returning of Values": item 2 for MEMORY, items 3 to 6 for registers. */
function placeResult({ type, size, align }: PassedType, vectors: VectorLevel, cursor: Cursor): Passed<ReturnPlacement> {
  if (isEmpty(type)) return { type, size, align, placement: IGNORED };
  const classes = classify(type, model, vectors);
  if (classes === 'MEMORY') {
    const pointer = nextPlace(argumentPlaces.gpr, cursor.gpr++);
    return { type, size, align, placement: { mode: 'hidden', pointer, echoed: x64.rax } };
  }
  checkLoneBfloat16(type, classes);
  const pieces = x87Pieces(classes) ?? piecesOf(type, size, classes, resultPlaces, { gpr: 0, vec: 0 });
  return { type, size, align, placement: { mode: 'direct', pieces } };
}

/**
 * psABI 3.2.3, "Returning of Values", items 5 and 6. Ten bytes of each x87 value travel; the others are padding. A record
 * has an X87 eightbyte only if it has no room for anything else.
 */
function x87Pieces(classes: readonly EightbyteClass[]): readonly Piece[] | null {
  const piece = (from: number, register: Register): Piece => ({ ...WHOLE, from, size: 10, at: inRegister(register) });
  if (classes[0] === 'X87') return [piece(0, x64.st0)];
  return classes[0] === 'COMPLEX_X87' ? [piece(0, x64.st0), piece(16, x64.st1)] : null;
}

function placeArgument(
  { type, size, align }: PassedType,
  vectors: VectorLevel,
  variadic: boolean,
  cursor: Cursor,
): Passed<Placement> {
  if (size === 0) return { type, size, align, placement: IGNORED }; // observed: gcc 12, clang 14, 19
  const classes = classify(type, model, vectors);
  checkLoneBfloat16(type, classes);
  const inRegisters =
    classes !== 'MEMORY' && !isX87(classes) && fits(classes, cursor) && !(variadic && isWide(type, classes));
  if (!inRegisters && isEmpty(type)) return { type, size, align, placement: IGNORED };
  const pieces = inRegisters
    ? piecesOf(type, size, classes, argumentPlaces, cursor)
    : [onStack(type, size, align, cursor)];
  return { type, size, align, placement: { mode: 'direct', pieces } };
}

/** psABI 3.2.3, "Passing", item 5: as arguments, X87, X87UP and COMPLEX_X87 go to memory. */
const isX87 = (classes: readonly EightbyteClass[]): boolean => classes[0] === 'X87' || classes[0] === 'COMPLEX_X87';

/**
 * psABI 3.2.3: unnamed vectors of 32 and 64 bytes go to memory, for `va_arg` finds no more than 16 bytes of a vector
 * register. What holds such a vector does too, if it holds nothing else (observed: gcc 12, clang 14, 19). For a union, and
 * a record with a flexible array, gcc 12 loads a register that its own `va_arg` does not find.
 */
function isWide(type: ResolvedType, classes: readonly EightbyteClass[]): boolean {
  if (classes.length <= 2) return false;
  let inner = type;
  while (inner.kind !== 'vector') {
    const next = onlyMember(inner);
    if (next === null) {
      throw unsupported(
        'variadic record of a wide vector',
        'compilers disagree about a variadic union or record with a flexible array around a vector of 32 or 64 bytes',
      );
    }
    inner = next;
  }
  return true;
}

/** What an array of one element, or a struct with one member that has bytes, consists of; null for anything else. */
function onlyMember(type: ResolvedType): ResolvedType | null {
  if (type.kind === 'array') return resolved(type.element);
  if (type.kind !== 'struct') return null;
  const { members } = layoutOfRecord(type, model);
  const isFlexible = members.some((field) => {
    const member = resolved(field.type);
    return member.kind === 'array' && member.length === null;
  });
  const only = members.find((field) => field.size > 0 && field.bitWidth === null);
  return isFlexible || only === undefined ? null : resolved(only.type);
}

/**
 * Whether a record consists of unnamed bit-fields and nothing: gcc 12 gives it registers, but neither stack nor a result
 * (observed). `seen` are the records found empty, which may be shared by many.
 */
function isEmpty(declared: CType, seen: Set<CType> | null = null): boolean {
  const type = resolved(declared);
  if (type.kind === 'array') return type.length === 0 || isEmpty(type.element, seen);
  if (type.kind !== 'struct' && type.kind !== 'union') return type.kind === 'void';
  if (seen?.has(type)) return true;
  const all = seen ?? new Set();
  const isNothing = ({ name, bitWidth }: Member): boolean => name === null && bitWidth !== null;
  const empty = type.members.every((field) => isNothing(field) || isEmpty(field.type, all));
  if (empty) all.add(type);
  return empty;
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

/** What all pieces of a call have in common here, and a piece that is not extended. */
const WHOLE = Object.freeze({ extend: 'none', also: null } as const);

/** The pieces of a value in registers: each class takes the next of its own, and SSEUP the rest of the vector register. */
function piecesOf(
  type: ResolvedType,
  size: number,
  classes: readonly EightbyteClass[],
  places: Places,
  cursor: Pick<Cursor, 'gpr' | 'vec'>,
): readonly Piece[] {
  const extend = extensionOf(type, model);
  let pieces: readonly Piece[] = NO_PIECES;
  for (let index = 0; index < classes.length; index++) {
    const one = classes[index];
    if (one === 'NO_CLASS' || one === 'SSEUP') continue; // padding, which does not travel, and what SSE took along
    const at = one === 'SSE' ? nextPlace(places.vec, cursor.vec++) : nextPlace(places.gpr, cursor.gpr++);
    const from = 8 * index;
    const end = Math.min(size, from + 8 * eightbytesFrom(classes, index));
    const piece: Piece = { from, size: end - from, at, extend, also: null };
    pieces = pieces.length === 0 ? [piece] : [...pieces, piece];
  }
  return pieces;
}

const NO_PIECES: readonly Piece[] = Object.freeze([]);

/** The eightbytes of one register: one, and the SSEUPs behind it. */
function eightbytesFrom(classes: readonly EightbyteClass[], index: number): number {
  let count = 1;
  while (classes[index + count] === 'SSEUP') count++;
  return count;
}

/**
 * psABI 3.2.3: stack arguments take whole eightbytes, at a multiple of their alignment; the area begins at one of the
 * largest (observed: gcc 12, clang 14, 19, for `alignas` of 32 to 4096 too).
 */
function onStack(type: ResolvedType, size: number, align: number, cursor: Cursor): Piece {
  const offset = alignUp(cursor.stack, Math.max(8, align));
  cursor.stack = alignUp(offset + size, 8);
  cursor.stackAlign = Math.max(cursor.stackAlign, align);
  return { from: 0, size, at: { in: 'stack', offset }, extend: extensionOf(type, model), also: null };
}

function nextPlace(places: readonly InRegister[], index: number): InRegister {
  const place = places[index];
  assert(place !== undefined, 'there are as many registers as values in them');
  return place;
}
