// As what each value of a call travels between JavaScript and code when it needs no memory: V8's kinds of scalar. A
// signature with any other value goes through the frame.
//
//   C                          here               on the way
//   bool                       bool
//   integers of 8 and 16 bits  int32, uint32      a result is cut back: C leaves its upper bits undefined (psABI 3.2.3)
//   of 32 and 64 bits          as they are        64 bits as bigints
//   float, double              float32, float64

import { type CType, resolved, type Signature } from '../ctype/ctype.ts';
import type { DataModel } from '../ctype/data-model.ts';
import { type ArrayName, scalarOf } from './cells.ts';

export type RegisterType = 'void' | 'bool' | 'int32' | 'uint32' | 'int64' | 'uint64' | 'float32' | 'float64';

/** One for each argument, and the result's. */
export interface RegisterTypes {
  readonly args: readonly RegisterType[];
  readonly result: RegisterType;
}

const byView: Readonly<Record<ArrayName, RegisterType>> = {
  i8: 'int32',
  u8: 'uint32',
  i16: 'int32',
  u16: 'uint32',
  i32: 'int32',
  u32: 'uint32',
  i64: 'int64',
  u64: 'uint64',
  f32: 'float32',
  f64: 'float64',
};

/** How the values of a signature travel in registers, or null if one of them cannot, or the function is variadic. */
export function registerTypes(signature: Signature, model: DataModel): RegisterTypes | null {
  if (signature.variadicFrom !== null) return null;
  const args: RegisterType[] = [];
  for (const { type } of signature.parameters) {
    const travels = registerType(type, model);
    if (travels === null) return null;
    args.push(travels);
  }
  const result = resolved(signature.result).kind === 'void' ? 'void' : registerType(signature.result, model);
  return result === null ? null : { args, result };
}

function registerType(declared: CType, model: DataModel): RegisterType | null {
  const type = resolved(declared);
  if (type.kind === 'bool') return 'bool';
  if (type.kind !== 'integer' && type.kind !== 'enum' && type.kind !== 'float') return null;
  const scalar = scalarOf(type, model);
  return scalar === null || 'format' in scalar ? null : byView[scalar.view];
}
