// Types → text. What is printed parses back to the same type.

import type { CType, Member, Parameter, Signature } from '../ctype/ctype.ts';
import { unreachable } from '../errors.ts';

/** `name(int32, double; int64) -> void` in the signature language, with canonical names and blanks. */
export function printSignature(signature: Signature): string {
  const { name, parameters, result, variadicFrom } = signature;
  const fixed = parameters.slice(0, variadicFrom ?? parameters.length).map(printEntry);
  const variadic = variadicFrom === null ? [] : parameters.slice(variadicFrom).map(printEntry);
  const behind = variadic.length > 0 ? `; ${variadic.join(', ')}` : ';';
  return `${name ?? ''}(${fixed.join(', ')}${variadicFrom === null ? '' : behind}) -> ${printType(result)}`;
}

/** A type in the signature language. */
export function printType(type: CType): string {
  switch (type.kind) {
    case 'void':
    case 'bool':
      return type.kind;
    case 'integer':
    case 'float':
      return type.name;
    case 'pointer':
      return `*${printType(type.pointee)}`;
    case 'enum':
      return `e:${type.underlying.name}`;
    case 'array':
      return `[${type.length}:${printType(type.element)}]`;
    case 'struct':
      return `{${type.members.map(printEntry).join(', ')}}`;
    case 'union':
      return `<${type.members.map(printEntry).join(', ')}>`;
    case 'function':
      return printSignature({ ...type.signature, name: null }); // a function type has no name
    default:
      return unreachable(type);
  }
}

function printEntry({ name, type }: Member | Parameter): string {
  if (name !== null) return `${name}:${printType(type)}`;
  return type.kind === 'enum' ? `(${printType(type)})` : printType(type); // `e:int32` here would name an entry `e`
}
