// Types → text. What is printed parses back to the same type, names in the same registry.

import type { CType, EnumType, Member, Parameter, PointerType, RecordType, Signature } from '../ctype/ctype.ts';
import { MAX_TYPE_DEPTH } from '../ctype/layout.ts';
import { InterfixError, unreachable } from '../errors.ts';

/** `name(int32, double; int64) -> void` in the signature language, with canonical names and blanks. */
export const printSignature = (signature: Signature): string => signatureText(signature, 1);

/** A type in the signature language. Throws `ERR_DEPTH` for one that could not be parsed back. */
export const printType = (type: CType): string => typeText(type, 1);

function signatureText(signature: Signature, depth: number): string {
  const { name, parameters, result, variadicFrom } = signature;
  const texts = parameters.map((each) => parameterText(each, depth));
  const fixed = texts.slice(0, variadicFrom ?? texts.length);
  const variadic = variadicFrom === null ? [] : texts.slice(variadicFrom);
  const behind = variadic.length > 0 ? `; ${variadic.join(', ')}` : ';';
  const list = `(${fixed.join(', ')}${variadicFrom === null ? '' : behind})`;
  return `${name ?? ''}${list} -> ${typeText(result, depth + 1)}`;
}

/** `depth` counts levels as the parser does. */
function typeText(type: CType, depth: number): string {
  if (depth > MAX_TYPE_DEPTH) throw new InterfixError('ERR_DEPTH', `types nest deeper than ${MAX_TYPE_DEPTH}`);
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
      return pointerText(type, depth);
    case 'enum':
      return enumText(type, depth);
    case 'array':
      return `[${type.length ?? '?'}:${typeText(type.element, depth + 1)}]`;
    case 'struct':
    case 'union':
      return recordText(type, depth);
    case 'function':
      return signatureText(type.signature, depth);
    case 'named':
      return `@${type.name}`;
    default:
      return unreachable(type);
  }
}

const pointerText = ({ pointee, isConst }: PointerType, depth: number): string =>
  `*${isConst ? 'const ' : ''}${typeText(pointee, depth + 1)}`;

/** A value is written where it is not one more than the last, as in C. */
function enumText({ underlying, values }: EnumType, depth: number): string {
  const type = `e:${typeText(underlying, depth + 1)}`;
  if (values.length === 0) return type;
  let next = 0n;
  const texts = values.map(({ name, value }) => {
    const text = value === next ? name : `${name}=${value}`;
    next = value + 1n;
    return text;
  });
  return `${type}{${texts.join(', ')}}`;
}

function recordText({ kind, members, packing, align }: RecordType, depth: number): string {
  const texts = members.map((each) => memberText(each, depth)).join(', ');
  const packed = packing === null ? '' : packing === 'attribute' ? '!' : `!${packing}:`;
  return `${alignText(align)}${packed}${kind === 'struct' ? `{${texts}}` : `<${texts}>`}`;
}

const alignText = (align: number | null): string => (align === null ? '' : `alignas(${align}) `);

function memberText({ name, type, bitWidth, align }: Member, depth: number): string {
  const width = bitWidth === null ? '' : `:${bitWidth}`;
  if (name !== null) return `${alignText(align)}${name}:${typeText(type, depth + 1)}${width}`;
  // `alignas(16) {…}` here would align the record, not the member.
  const isRecord = type.kind === 'struct' || type.kind === 'union';
  if (isRecord && align !== null) return `${alignText(align)}(${typeText(type, depth + 2)})`;
  return `${alignText(align)}${unnamedText(type, depth)}${width}`;
}

const parameterText = ({ name, type }: Parameter, depth: number): string =>
  name === null ? unnamedText(type, depth) : `${name}:${typeText(type, depth + 1)}`;

/** `e:int32` in a list would name an entry `e`. */
const unnamedText = (type: CType, depth: number): string =>
  type.kind === 'enum' ? `(${typeText(type, depth + 1)})` : typeText(type, depth + 1);
