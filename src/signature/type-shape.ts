// A type taken apart: what it says by itself, and the types it is made of. Comparing, keying and walking types need no
// more, so only this file looks at each kind.

import type { CType, Member, RecordType, ResolvedType, Signature } from '../ctype/ctype.ts';
import { unreachable } from '../errors.ts';

const NONE: readonly CType[] = Object.freeze([]);

/** The types directly inside, in order. */
export function partsOf(type: CType): readonly CType[] {
  switch (type.kind) {
    case 'pointer':
      return [type.pointee];
    case 'array':
      return [type.element];
    case 'struct':
    case 'union':
      return type.members.map((each) => each.type);
    case 'function':
      return [...type.signature.parameters.map((each) => each.type), type.signature.result];
    default:
      return NONE;
  }
}

/** The parts that are stored inside the type: those of pointers and functions are elsewhere. */
export const partsByValue = (type: CType): readonly CType[] =>
  type.kind === 'pointer' || type.kind === 'function' ? NONE : partsOf(type);

/**
 * Everything the type says without its parts; it also tells how many of them there are. Two types are the same if
 * their shapes are, and their parts one by one. Names of parameters are documentation and do not count.
 */
export function shapeOf(type: ResolvedType): string {
  switch (type.kind) {
    case 'void':
    case 'bool':
      return type.kind;
    case 'integer':
    case 'float':
      return type.name;
    case 'complex':
      return `c[${type.element.name}]`;
    case 'vector':
      return `v[${type.length}:${type.element.name}]`;
    case 'pointer':
      return type.isConst ? '*const' : '*';
    case 'enum':
      return `e:${type.underlying.name}{${type.values.map(({ name, value }) => `${quoted(name)}=${value}`).join()}}`;
    case 'array':
      return `[${type.length ?? '?'}]`;
    case 'struct':
      return `${wrapping(type)}{${type.members.map(memberShape).join()}}`;
    case 'union':
      return `${wrapping(type)}<${type.members.map(memberShape).join()}>`;
    case 'function':
      return functionShape(type.signature);
    default:
      return unreachable(type);
  }
}

const wrapping = ({ packing, align }: RecordType): string => {
  const packed = packing === null ? '' : packing === 'attribute' ? '!' : `!${packing}`;
  return align === null ? packed : `${align}${packed}`;
};

function memberShape({ name, bitWidth, align }: Member): string {
  const named = name === null ? '?' : quoted(name);
  return `${named}${bitWidth === null ? '' : `:${bitWidth}`}${align === null ? '' : `@${align}`}`;
}

const functionShape = ({ parameters, variadicFrom }: Signature): string =>
  variadicFrom === null ? `fn${parameters.length}` : `fn${parameters.length};${variadicFrom}`;

/** Names that came from a text are words; others are quoted, so that no name looks like something else. */
const quoted = (name: string): string => (/^\w+$/.test(name) ? name : JSON.stringify(name));
