// What C itself decides about arguments before any convention is asked: decay, promotion, and what cannot be passed.

import { type CType, pointer, type RecordType, type ResolvedType, resolved, type Signature } from '../ctype/ctype.ts';
import type { DataModel } from '../ctype/data-model.ts';
import { hasRecords, layoutOfType } from '../ctype/layout.ts';
import { InterfixError, unsupported } from '../errors.ts';
import type { Extend } from './call-layout.ts';

/** Bytes. Arguments live on the thread's stack (8 MiB by default, less in a worker), so a call may not need more. */
export const MAX_STACK_BYTES: number = 1 << 20;

export interface PassedType {
  readonly type: ResolvedType;
  readonly size: number;
  readonly align: number;
}

const VOID_LAYOUT = Object.freeze({ size: 0, align: 1 });

export function passedResult(declared: CType, model: DataModel): PassedType {
  const type = resolved(declared);
  if (type.kind === 'array') throw new InterfixError('ERR_TYPE', 'a function cannot return an array');
  const { size, align } = type.kind === 'void' ? VOID_LAYOUT : layoutOfType(type, model);
  if (size > MAX_STACK_BYTES) throw tooLarge('the result', size);
  checkProven(type, 'the result');
  return { type, size, align };
}

export function passedArguments(signature: Signature, model: DataModel): PassedType[] {
  const { length } = signature.parameters;
  const firstVariadic = signature.variadicFrom ?? length;
  if (!Number.isInteger(firstVariadic) || firstVariadic < 0 || firstVariadic > length) {
    throw new InterfixError('ERR_TYPE', `variadicFrom is ${firstVariadic}, with ${length} parameters`);
  }
  return signature.parameters.map((parameter, index) => {
    const declared = resolved(parameter.type);
    // C11 6.7.6.3p7: a parameter of array type is a pointer to the element.
    const type = declared.kind === 'array' ? pointer(declared.element) : declared;
    if (type.kind === 'void') throw new InterfixError('ERR_TYPE', `argument ${index} cannot be void`);
    if (index >= firstVariadic) checkPromoted(type, index);
    const { size, align } = layoutOfType(type, model);
    if (size > MAX_STACK_BYTES) throw tooLarge(`argument ${index}`, size);
    checkProven(type, `argument ${index}`);
    return { type, size, align };
  });
}

/**
 * C11 6.5.2.2p6: a variadic `float` arrives as `double`. We move bytes and convert nothing, so the caller says `double`.
 * Narrow integers need no such care: every convention's pieces are extended to the 32 bits that `int` has.
 */
function checkPromoted(type: ResolvedType, index: number): void {
  if (type.kind === 'float' && type.name === 'float') {
    throw new InterfixError(
      'ERR_TYPE',
      `argument ${index} is variadic: C passes a float there as double, so write double`,
    );
  }
}

/** Refuses what no oracle has proven yet to be passed by value as compilers do. A pointer to it may always be passed. */
function checkProven(declared: CType, what: string): void {
  const type = resolved(declared);
  if (type.kind === 'complex' || type.kind === 'vector') throw unproven(type.kind, what);
  if (type.kind === 'float' && type.name !== 'float' && type.name !== 'double') throw unproven(type.name, what);
  if (type.kind === 'integer' && type.name.endsWith('128')) throw unproven(type.name, what);
  if (type.kind === 'array') return checkProven(type.element, what);
  if (type.kind === 'struct' || type.kind === 'union') checkRecordProven(type, what);
}

function checkRecordProven(record: RecordType, what: string): void {
  if (proven.has(record)) return;
  const { members, packing, align } = record;
  if (packing !== null) throw unproven('packed', what);
  if (align !== null) throw unproven('alignas', what);
  for (const member of members) {
    if (member.bitWidth !== null) throw unproven('bit-fields', what);
    if (member.align !== null) throw unproven('alignas', what);
    const type = resolved(member.type);
    if (type.kind === 'array' && type.length === null) throw unproven('flexible array', what);
    checkProven(type, what);
  }
  if (hasRecords(record)) proven.add(record);
}

/** Records may share members that are records: each is looked through once. */
const proven = new WeakSet<RecordType>();

const unproven = (rule: string, what: string): InterfixError =>
  unsupported(rule, `${what} is passed by value with ${rule}, which is not supported yet; a pointer to it is`);

const tooLarge = (what: string, size: number): InterfixError =>
  new InterfixError('ERR_SIZE', `${what} has ${size} bytes; a call may pass ${MAX_STACK_BYTES} by value`);

/** How a scalar fills the register or slot it is passed in; records are moved as they are. */
export function extensionOf(type: ResolvedType, model: DataModel): Extend {
  switch (type.kind) {
    case 'bool':
      return 'zero';
    case 'integer':
      return model.integers[type.name].signed ? 'sign' : 'zero';
    case 'enum':
      return model.integers[type.underlying.name].signed ? 'sign' : 'zero';
    default:
      return 'none';
  }
}
