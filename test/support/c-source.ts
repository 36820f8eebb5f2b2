// The C of a batch of signatures: their types, checked against our layouts, and the functions of each.

import { type CType, pointer, resolved, type Signature } from '../../src/ctype/ctype.ts';
import { type CCase, caseFunctions, caseMacros } from './c-case.ts';
import type { CTarget } from './c-target.ts';
import { CTypes, ENUM_DECLARATIONS, typeText } from './c-types.ts';
import { valueShape } from './value-shape.ts';

export {
  type AdapterCalls,
  type CTarget,
  LARGE_SHARED,
  MAX_ARGUMENTS,
  MOST_ARGUMENTS,
  SHARED,
  type SharedMemory,
  sharedMemory,
} from './c-target.ts';

/** A signature as a person would write it, for messages. */
export function signatureText(signature: Signature): string {
  const texts = signature.parameters.map((each) => typeText(each.type));
  const from = signature.variadicFrom;
  if (from !== null) texts.splice(from, 0, '/* ... */');
  return `${typeText(signature.result)} f(${texts.join(', ')})`;
}

/** C11 6.7.6.3p7: an array parameter is a pointer; a function is one wherever it is declared. */
function decayed(declared: CType): CType {
  const type = resolved(declared);
  return type.kind === 'array' ? pointer(type.element) : type;
}

/** A typedef, and the proof that what the compiler makes of the type is what we think it is. */
function typedef(types: CTypes, type: CType, name: string, target: CTarget): string {
  const text = `typedef ${types.declare(type, name)};`;
  const { size, align } = valueShape(type, target.abi);
  const sameAlign = target.assertsAlign ? ` && _Alignof(${name}) == ${align}` : '';
  const check = `_Static_assert(sizeof(${name}) == ${size}${sameAlign}, "${name}");`;
  return [...types.takeLines(), text, check].join('\n');
}

function caseSource(types: CTypes, signature: Signature, id: number, target: CTarget): string {
  const isVoid = signature.result.kind === 'void';
  const names = signature.parameters.map((_, index) => `T${id}_${index}`);
  const typedefs = signature.parameters.map((each, index) =>
    typedef(types, decayed(each.type), names[index] ?? '', target),
  );
  if (!isVoid) typedefs.push(typedef(types, signature.result, `R${id}`, target));
  const c: CCase = { id, signature, target, types: names, result: isVoid ? 'void' : `R${id}` };
  return [...typedefs, caseFunctions(c)].join('\n');
}

/** Signature i of the batch has the functions `callee_i`, `caller_i`, `forward_i` and `reverse_i`, and those of adapters. */
export function batchSource(signatures: readonly Signature[], target: CTarget): string {
  const types = new CTypes(target);
  const cases = signatures.map((signature, id) => caseSource(types, signature, id, target));
  return `${[ENUM_DECLARATIONS, caseMacros(target), ...cases].join('\n\n')}\n`;
}
