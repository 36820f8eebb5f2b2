// A text that says how a signature travels, and no names: signatures with equal keys are laid out alike under every
// convention, so that they can share their code. What values look like to JavaScript is type-key.ts's business.

import type { CType, FloatName, IntegerName, Member, RecordType, ResolvedType, Signature } from '../ctype/ctype.ts';
import { unreachable } from '../errors.ts';
import { definitionIn } from './name-scope.ts';

/** A record that contains another one twice, many levels deep, would have a key without end. */
const MAX_LENGTH = 1024;
const MAX_DEPTH = 32;

/** Short, because a key is made for every text: the engine then puts it together and looks it up quickly. */
const LETTERS: Readonly<Record<IntegerName | FloatName, string>> = Object.freeze({
  ...{ char: 'c', int8: 'b', uint8: 'B', int16: 's', uint16: 'S', int32: 'i', uint32: 'I', int64: 'q', uint64: 'Q' },
  ...{ int128: 'o', uint128: 'O', long: 'l', ulong: 'L', wchar_t: 'w' },
  ...{ float16: 'h', bfloat16: 'H', float: 'f', double: 'd', longdouble: 'D' },
});

/**
 * The key of a signature, or null for one that is too large to have one, or that has a name without a definition where a
 * value travels. It depends on everything that a layout depends on, and so on whether there is one.
 */
export function structureKey({ parameters, result, variadicFrom }: Signature): string | null {
  let key = variadicFrom === null ? '' : `${variadicFrom}of${parameters.length};`;
  // By index: V8 does not optimise `for … of` over a frozen array.
  for (let index = 0; index < parameters.length; index++) {
    const type = parameters[index]?.type;
    const part = type === undefined ? null : valueKey(type, 0);
    if (part === null) return null;
    key += part;
    if (key.length > MAX_LENGTH) return null;
  }
  const last = valueKey(result, 0);
  return last === null ? null : `${key}>${last}`;
}

/** Each key shows where it ends, so that none is the beginning of another. */
function valueKey(declared: CType, depth: number): string | null {
  const type = declared.kind === 'named' ? definitionIn(declared) : declared;
  if (type === null || depth > MAX_DEPTH) return null;
  switch (type.kind) {
    case 'struct':
    case 'union':
      return recordKey(type, depth);
    case 'array': {
      const element = valueKey(type.element, depth + 1);
      return element === null ? null : `${type.length ?? '?'}[${element}]`;
    }
    default:
      return scalarKey(type);
  }
}

/** Where a pointer leads is of no account; the values of an enumeration are not, either. */
function scalarKey(type: Exclude<ResolvedType, RecordType | { readonly kind: 'array' }>): string {
  switch (type.kind) {
    case 'void':
      return 'v';
    case 'bool':
      return 'z';
    case 'integer':
    case 'float':
      return LETTERS[type.name];
    case 'enum':
      return LETTERS[type.underlying.name];
    case 'complex':
      return `j${LETTERS[type.element.name]}`;
    case 'vector':
      return `x${type.length}${LETTERS[type.element.name]}`;
    case 'pointer':
    case 'function':
      return '*';
    default:
      return unreachable(type);
  }
}

function recordKey({ kind, members, packing, align }: RecordType, depth: number): string | null {
  let key = kind === 'struct' ? '{' : '<';
  if (packing !== null) key += packing === 'attribute' ? '!' : `!${packing};`;
  if (align !== null) key += `@${align};`;
  for (const member of members) {
    const part = valueKey(member.type, depth + 1);
    if (part === null || key.length > MAX_LENGTH) return null;
    key += part + memberKey(member);
  }
  return `${key}}`;
}

/** A bit-field without a name is laid out otherwise than one that has a name. */
function memberKey({ name, bitWidth, align }: Member): string {
  const bits = bitWidth === null ? '' : `${name === null ? '?' : ':'}${bitWidth};`;
  return align === null ? bits : `${bits}@${align};`;
}
