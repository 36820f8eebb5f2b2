// What holds for arguments on every platform: what C decides before any convention is asked (decay, promotion, what
// cannot be passed), and how much a call may take. What a convention does not prove, its classifier refuses.

import { type CType, pointer, type ResolvedType, resolved, type Signature } from '../ctype/ctype.ts';
import type { DataModel } from '../ctype/data-model.ts';
import { alignUp, layoutOfType } from '../ctype/layout.ts';
import { InterfixError } from '../errors.ts';
import type { Extend, Passed, Placement } from './call-layout.ts';

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
  return { type, size, align };
}

export function passedArguments(signature: Signature, model: DataModel): PassedType[] {
  const { length } = signature.parameters;
  const firstVariadic = signature.variadicFrom ?? length;
  if (!Number.isInteger(firstVariadic) || firstVariadic < 0 || firstVariadic > length) {
    throw new InterfixError('ERR_TYPE', `variadicFrom is ${firstVariadic}, with ${length} parameters`);
  }
  const passed: PassedType[] = [];
  // By index: V8 does not optimise what runs over a frozen array otherwise.
  for (let index = 0; index < length; index++) {
    const parameter = signature.parameters[index];
    if (parameter !== undefined) passed.push(passedArgument(parameter.type, index, index >= firstVariadic, model));
  }
  return passed;
}

function passedArgument(parameter: CType, index: number, isVariadic: boolean, model: DataModel): PassedType {
  const declared = resolved(parameter);
  // C11 6.7.6.3p7: a parameter of array type is a pointer to the element.
  const type = declared.kind === 'array' ? pointer(declared.element) : declared;
  if (type.kind === 'void') throw new InterfixError('ERR_TYPE', `argument ${index} cannot be void`);
  if (isVariadic) checkPromoted(type, index);
  const { size, align } = layoutOfType(type, model);
  if (size > MAX_STACK_BYTES) throw tooLarge(`argument ${index}`, size);
  return { type, size, align };
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

const tooLarge = (what: string, size: number): InterfixError =>
  new InterfixError('ERR_SIZE', `${what} has ${size} bytes; a call may pass ${MAX_STACK_BYTES} by value`);

/** Throws `ERR_SIZE` if the caller's copies of what travels by address, which live on its stack too, need too much. */
export function checkCopies(args: readonly Passed<Placement>[], stackSize: number): void {
  let end = stackSize;
  for (const { size, placement } of args) {
    if (placement.mode === 'indirect') end = alignUp(end, placement.copyAlign) + size;
  }
  if (end <= MAX_STACK_BYTES) return;
  throw new InterfixError('ERR_SIZE', `the arguments need ${end} bytes of stack, more than ${MAX_STACK_BYTES}`);
}

/**
 * The size of an argument area whose last argument ends at byte `end`. Every convention keeps the stack pointer at a
 * multiple of 16 at calls (psABI 3.2.2, AAPCS64 6.4.5.1, Microsoft's x64 convention).
 */
export function stackSizeOf(end: number): number {
  const size = alignUp(end, 16);
  if (size <= MAX_STACK_BYTES) return size;
  throw new InterfixError('ERR_SIZE', `the arguments need ${size} bytes of stack, more than ${MAX_STACK_BYTES}`);
}

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
