// The text of types that contain no others: names of C's types, enumerations, vectors and complex numbers. Whatever can
// nest is read in type-parser.ts.

import { type CType, complex, type EnumValue, type FloatType, type IntegerType, vector } from '../ctype/ctype.ts';
import type { InterfixError } from '../errors.ts';
import type { NameScope } from './name-scope.ts';
import { isSpecifier, nameOfForeign, oneWordNames, typeNamed } from './names.ts';
import { valueRange, vectorSizes } from './platform-ranges.ts';
import { clip, type Scanner } from './scanner.ts';
import { nearest } from './suggest.ts';

/** C's longest type name has four words; with qualifiers between them and one to spare. */
const MAX_WORDS = 8;
/** Dropped: they say nothing about where a value lies or how it travels. */
const DROPPED = ['volatile', 'restrict', '__restrict', '__restrict__', '__volatile__'] as const;

/** Reads the qualifiers that stand here, in any order; says whether `const` is among them. */
export function parseQualifiers(scanner: Scanner): boolean {
  let isConst = false;
  for (;;) {
    const first = scanner.next;
    if (first !== 'c' && first !== 'v' && first !== 'r' && first !== '_') return isConst;
    if (scanner.acceptWord('const')) isConst = true;
    else if (!DROPPED.some((word) => scanner.acceptWord(word))) return isConst;
  }
}

export interface NamedScalar {
  readonly type: CType;
  /** Whether `const` stood between or behind the words. */
  readonly isConst: boolean;
}

/** A type name of C, such as `unsigned const long`; `first`, its first word, began at `position` and is behind us. */
export function parseTypeName(scanner: Scanner, first: string, position: number, scope: NameScope | null): NamedScalar {
  const words = [first];
  let isConst = parseQualifiers(scanner);
  while (isSpecifier(first) && words.length <= MAX_WORDS) {
    const next = scanner.position;
    const word = scanner.word();
    if (word === null || !isSpecifier(word)) {
      scanner.rewind(next);
      break;
    }
    words.push(word);
    isConst = parseQualifiers(scanner) || isConst;
  }
  const type = typeNamed(words);
  const written = clip(words.join(' '));
  if (type === null) throw unknownType(scanner, written, position, scope?.known() ?? []);
  if (type === 'refused') throw scanner.refusal(written, `'${written}' is not supported yet`, position);
  return { type, isConst };
}

/** `names` are the names of the registry, which are as likely to be meant. */
export function unknownType(
  scanner: Scanner,
  written: string,
  position: number,
  names: readonly string[],
): InterfixError {
  const meant = likely(written, names);
  const hint = meant === null ? '' : `, did you mean '${meant}'?`;
  return scanner.error('ERR_UNKNOWN_TYPE', `unknown type '${written}'`, position, hint);
}

function likely(written: string, names: readonly string[]): string | null {
  const bare = written.replace(/^@/, '');
  const foreign = nameOfForeign(bare);
  if (foreign !== null) return foreign;
  const named = nearest(bare, names);
  const builtIn = nearest(bare, oneWordNames);
  const isNamed = named !== null && (builtIn === null || named.distance < builtIn.distance);
  const isMeantAsName = named !== null && named.distance === builtIn?.distance && bare !== written;
  return isNamed || isMeantAsName ? `@${named.name}` : (builtIn?.name ?? null);
}

/** The type behind `e:`. */
export function checkUnderlying(scanner: Scanner, type: CType, position: number): IntegerType {
  if (type.kind === 'integer') return type;
  throw scanner.error('ERR_TYPE', 'an enumeration needs an integer type', position);
}

/** Reads `{RED, GREEN = 5}`, if that comes next. */
export function parseEnumValues(scanner: Scanner, underlying: IntegerType): readonly EnumValue[] {
  if (!scanner.accept('{')) return [];
  const values: EnumValue[] = [];
  const names = new Set<string>();
  let next = 0n;
  do {
    const at = scanner.position;
    const name = scanner.word();
    if (name === null) throw scanner.unexpected('the name of a value');
    if (names.has(name)) throw scanner.error('ERR_TYPE', `a second value named '${clip(name)}'`, at);
    names.add(name);
    const valueAt = scanner.position;
    const value = scanner.accept('=') ? parseValue(scanner) : next;
    checkValue(scanner, value, underlying, valueAt);
    values.push({ name, value });
    next = value + 1n;
  } while (scanner.accept(','));
  scanner.expect('}', "',' or '}'");
  return values;
}

/** A decimal or hexadecimal integer with an optional sign. C reads `010` as 8 and most people as 10: refused. */
function parseValue(scanner: Scanner): bigint {
  const isNegative = scanner.accept('-');
  const position = scanner.position;
  const digits = scanner.digits();
  if (digits === null) throw scanner.unexpected('an integer');
  let text = digits;
  if (digits === '0' && scanner.position === position + 1) {
    const hex = scanner.word();
    if (hex !== null) text = `0${hex}`;
  }
  if (text.length > 40) throw scanner.error('ERR_TYPE', 'the value is too large for any integer type', position);
  if (!/^(?:0|[1-9]\d*|0[xX][0-9a-fA-F]+)$/.test(text)) {
    scanner.rewind(position);
    throw scanner.unexpected('a decimal or hexadecimal integer');
  }
  return isNegative ? -BigInt(text) : BigInt(text);
}

function checkValue(scanner: Scanner, value: bigint, underlying: IntegerType, position: number): void {
  const { least, greatest } = valueRange(underlying.name);
  if (value >= least && value <= greatest) return;
  throw scanner.error('ERR_TYPE', `${underlying.name} cannot hold ${value}`, position);
}

/** The rest of `v[4:float]`; the `v[` is behind us. */
export function parseVector(scanner: Scanner): CType {
  const position = scanner.position;
  const digits = scanner.digits();
  if (digits === null) throw scanner.unexpected('the number of elements');
  scanner.expect(':', "':'");
  const element = parseElement(scanner);
  const isPossible = element !== null && (element.kind === 'float' ? element.name !== 'longdouble' : true);
  if (element === null || !isPossible) {
    throw scanner.error('ERR_TYPE', 'the elements of a vector are integers or floating-point numbers', position);
  }
  const length = Number(digits);
  if (!vectorSizes(element).some((size) => size * length >= 8 && size * length <= 64 && isPowerOfTwo(length))) {
    throw scanner.error('ERR_TYPE', 'a vector has 8, 16, 32 or 64 bytes', position);
  }
  scanner.expect(']', "']'");
  return vector(element, length);
}

/** The rest of `c[double]`; the `c[` is behind us. */
export function parseComplex(scanner: Scanner): CType {
  const position = scanner.position;
  const element = parseElement(scanner);
  if (element?.kind !== 'float') {
    throw scanner.error('ERR_TYPE', 'a complex number is made of floating-point numbers', position);
  }
  scanner.expect(']', "']'");
  return complex(element);
}

/** A type name that means a number, or null if it means another type. */
function parseElement(scanner: Scanner): IntegerType | FloatType | null {
  parseQualifiers(scanner);
  const position = scanner.position;
  const word = scanner.word();
  if (word === null) throw scanner.unexpected('the name of a type');
  const { type } = parseTypeName(scanner, word, position, null);
  return type.kind === 'integer' || type.kind === 'float' ? type : null;
}

const isPowerOfTwo = (n: number): boolean => n > 0 && Number.isSafeInteger(Math.log2(n));
