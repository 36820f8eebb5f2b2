// AAPCS64 and what Apple and Microsoft make of it: three conventions, one classifier. Which register or stack slot an
// argument takes is decided in aapcs64-places.ts, what a homogeneous aggregate is, in homogeneous.ts, and in what the
// three differ, in aapcs64-variants.ts.
//
//   ┌────────────────────┐
//   │ …                  │
//   │ stacked arguments  │  sp + 0   ← offset 0 of a Location, a multiple of 16
//   ├────────────────────┤           ← sp when the callee is entered; the return address is in x30
//   │ …                  │

import type { Signature } from '../ctype/ctype.ts';
import { vs, x, xs } from '../isa/aarch64.ts';
import { type Cursor, placeArgument, placeInRegisters } from './aapcs64-places.ts';
import { apple, linux, type Role, type Variant, windows } from './aapcs64-variants.ts';
import type { CallLayout, Passed, ReturnPlacement } from './call-layout.ts';
import type { Convention, ConventionId } from './convention.ts';
import { checkCopies, type PassedType, passedArguments, passedResult, stackSizeOf } from './passed-types.ts';

const argumentRegisters = Object.freeze({ gpr: Object.freeze(xs.slice(0, 8)), vec: Object.freeze(vs.slice(0, 8)) });

/** AAPCS64 6.1.1 and 6.1.2; of v8 to v15 the low 8 bytes. x18 is the platform's, and no trampoline touches it. */
const calleeSaved = Object.freeze([...xs.slice(19, 31), ...vs.slice(8, 16)]);

/** AAPCS64 6.9: where the address of a result in memory travels. No register returns it. */
const resultAddress = x(8);

const convention = (id: ConventionId, variant: Variant, redZoneBytes: number): Convention =>
  Object.freeze({
    id,
    isa: 'aarch64',
    dataModel: variant.dataModel,
    argumentRegisters,
    resultRegister: x(0),
    calleeSaved,
    extendsNarrow: variant.guaranteesNarrow,
    homeBytes: 0,
    redZoneBytes,
    layout: (signature: Signature) => layout(signature, id, variant),
  });

export const aapcs64: Convention = convention('aapcs64', linux, 0);
/** Apple: 128 bytes below the stack pointer are left alone by the system. */
export const aapcs64Apple: Convention = convention('aapcs64-apple', apple, 128);
/** Microsoft: 16 bytes, which belong to debuggers and hot patching. */
export const aapcs64Windows: Convention = convention('aapcs64-windows', windows, 16);

function layout(signature: Signature, id: ConventionId, variant: Variant): CallLayout {
  const { dataModel } = variant;
  const { variadicFrom } = signature;
  const cursor: Cursor = { ngrn: 0, nsrn: 0, nsaa: 0 }; // stage A
  const ret = placeResult(passedResult(signature.result, dataModel), variant);
  const args = passedArguments(signature, dataModel).map((passed, index) => {
    const role: Role = variadicFrom === null ? 'named' : index < variadicFrom ? 'named before ...' : 'variadic';
    const { type, size, align } = passed;
    return { type, size, align, placement: placeArgument(passed, role, cursor, variant) };
  });
  const stackSize = stackSizeOf(cursor.nsaa);
  checkCopies(args, stackSize);
  return Object.freeze({
    convention: id,
    signature,
    args: Object.freeze(args),
    ret,
    stackSize,
    stackAlign: 16, // B.6: no argument asks for more
    vectorCount: null,
  });
}

function placeResult(passed: PassedType, variant: Variant): Passed<ReturnPlacement> {
  const pointer = { in: 'register', register: resultAddress } as const;
  const placement = placeInRegisters(passed, variant) ?? { mode: 'hidden', pointer, echoed: null };
  const { type, size, align } = passed;
  return { type, size, align, placement };
}
