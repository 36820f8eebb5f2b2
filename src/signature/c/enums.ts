// Enumerations: their constants, and the integer type that the compiler chooses for them.

import { type CType, type EnumValue, enumeration, type IntegerType, integer, resolved } from '../../ctype/ctype.ts';
import { clip } from '../scanner.ts';
import { noAttributes, skipAttributes } from './attributes.ts';
import type { CContext } from './context.ts';
import { simple } from './declared-type.ts';
import { parseConstant } from './expression.ts';
import type { TagSpecifier } from './specifiers.ts';

/** `enum` comes next. */
export function parseEnum(context: CContext, depth: number): TagSpecifier {
  const { cursor, scope } = context;
  cursor.next();
  const attributes = noAttributes();
  skipAttributes(context, attributes, depth);
  const { word: name, position } = cursor;
  if (name !== null) cursor.next();
  const tag = name === null ? null : scope.tag('enum', name, position);
  // In a struct, `enum color : 3` is a bit-field.
  const fixed = cursor.is(':') && scope.startsType(cursor.second) ? fixedType(context, depth) : null;
  if (!cursor.is('{')) {
    if (tag === null) throw cursor.unexpected("a tag or '{'");
    return { declared: simple(tag.reference), isUntagged: false };
  }
  cursor.expect('{');
  const values = parseEnumerators(context, depth + 1);
  skipAttributes(context, attributes, depth);
  const asked = attributes.align ?? attributes.vector ?? attributes.mode;
  if (asked !== null) throw cursor.refusal('attribute', 'an enumeration takes no attribute but packed', asked.position);
  const underlying = fixed ?? chosenType(values, attributes.packed !== null);
  if (underlying === null) throw cursor.error('ERR_SIZE', 'no integer type has all of these values', position);
  const type = enumeration(underlying, values);
  if (tag === null) return { declared: { ...simple(type), weight: 1 + values.length }, isUntagged: true };
  scope.define(tag, type, position);
  return { declared: simple(tag.reference), isUntagged: false };
}

/** C23 6.7.2.2: `enum e : uint8_t { … }`. */
function fixedType(context: CContext, depth: number): IntegerType {
  const { cursor } = context;
  cursor.expect(':');
  const { position } = cursor;
  const { base } = context.specifiers(context, depth + 1);
  const type: CType = cursor.at(position, () => resolved(base.type));
  if (type.kind === 'integer') return type;
  throw cursor.error('ERR_TYPE', 'an enumeration needs an integer type', position);
}

function parseEnumerators(context: CContext, depth: number): EnumValue[] {
  const { cursor, scope } = context;
  const values: EnumValue[] = [];
  if (cursor.is('}')) throw cursor.error('ERR_SYNTAX', 'an enumeration needs a constant');
  let next = 0n;
  while (!cursor.is('}')) {
    const { word: name, position } = cursor;
    if (name === null) throw cursor.unexpected("the name of a constant or '}'");
    cursor.next();
    skipAttributes(context, noAttributes(), depth);
    const value = cursor.accept('=') ? parseConstant(context, depth) : next;
    if (value < -(1n << 63n) || value >= 1n << 64n) {
      throw cursor.error('ERR_SIZE', `the value of '${clip(name)}' needs more than 64 bits`, position);
    }
    scope.defineConstant(name, value, position);
    values.push(Object.freeze({ name, value }));
    next = value + 1n;
    if (!cursor.accept(',')) break;
  }
  cursor.expect('}', "',' or '}'");
  return values;
}

/** GCC's and Clang's choice: unsigned unless a value is negative, as wide as int or, packed, as the values need. */
function chosenType(values: readonly EnumValue[], isPacked: boolean): IntegerType | null {
  const widths = isPacked ? ([8, 16, 32, 64] as const) : ([32, 64] as const);
  const isSigned = values.some(({ value }) => value < 0n);
  for (const bits of widths) {
    const fits = ({ value }: EnumValue): boolean =>
      (isSigned ? BigInt.asIntN(bits, value) : BigInt.asUintN(bits, value)) === value;
    if (values.every(fits)) return integer(isSigned ? `int${bits}` : `uint${bits}`);
  }
  return null;
}
