// A word of the command line → the JavaScript value of a C type. Whether the type can hold the value is checked where
// every other caller's values are checked: by the bound function.

import { type ComplexType, type CType, type EnumType, type RecordType, resolved } from '../ctype/ctype.ts';
import type { DataModel } from '../ctype/data-model.ts';
import { InterfixError } from '../errors.ts';
import { isCharPointer } from '../marshal/pointer-source.ts';
import { shapeOf } from '../marshal/shape.ts';
import { printType } from '../signature/print.ts';
import { memberTypes } from './record-members.ts';

/** What a JSON text may hold. */
type Parsed = null | boolean | number | string | readonly Parsed[] | { readonly [key: string]: Parsed };

/** Throws `ERR_ARGUMENT_KIND` for a word that is no value of the type at all; `path` names it in the message. */
export function readWord(declared: CType, word: string, path: string, model: DataModel): unknown {
  const type = resolved(declared);
  switch (type.kind) {
    case 'integer':
      return readInteger(type, word, path);
    case 'enum':
      return readEnum(type, word, path);
    case 'float':
      return readFloat(type, word, path);
    case 'bool':
      if (word !== 'true' && word !== 'false') throw wrong(type, word, path, 'true or false');
      return word === 'true';
    case 'pointer':
    case 'function':
    case 'array': // as a parameter it is a pointer
      return readPointer(type, word, path);
    case 'struct':
    case 'union':
    case 'complex':
    case 'vector':
      return readJson(type, word, path, model);
    default:
      throw new InterfixError('ERR_ARGUMENT_KIND', `${path}: ${printType(type)} has no values`);
  }
}

const INTEGER = /^([+-]?)(\d+|0x[\da-f]+)$/i;
const FLOAT = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const SPECIAL_FLOATS: ReadonlyMap<string, number> = new Map([
  ['inf', Infinity],
  ['infinity', Infinity],
  ['nan', NaN],
]);

/** A number where it is exact, otherwise a bigint. */
function readInteger(type: CType, word: string, path: string): number | bigint {
  const [, sign, digits] = INTEGER.exec(word) ?? [];
  if (digits === undefined) throw wrong(type, word, path, 'an integer');
  const value = sign === '-' ? -BigInt(digits) : BigInt(digits);
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

/** A name that the enumeration does not have is left to the bound function, which lists those it has. */
const readEnum = (type: EnumType, word: string, path: string): number | bigint | string =>
  type.values.length > 0 && /^[A-Za-z_]\w*$/.test(word) ? word : readInteger(type, word, path);

function readFloat(type: CType, word: string, path: string): number {
  if (FLOAT.test(word)) return Number(word);
  if (INTEGER.test(word)) return Number(readInteger(type, word, path));
  const special = SPECIAL_FLOATS.get(word.replace(/^[+-]/, '').toLowerCase());
  if (special === undefined) throw wrong(type, word, path, 'a number');
  return word.startsWith('-') ? -special : special;
}

/**
 * The bytes of a string are ours for the whole call and the printing of its result, which may point into them; a string
 * that the bound function copies is freed as soon as it returns.
 */
function readPointer(type: CType, word: string, path: string): null | bigint | Uint8Array {
  if (word === 'null') return null;
  if (isCharPointer(type)) return zeroTerminated(type, word, path);
  const [, sign, digits] = INTEGER.exec(word) ?? [];
  if (digits === undefined || sign === '-') throw wrong(type, word, path, 'an address or null');
  return BigInt(digits);
}

function zeroTerminated(type: CType, word: string, path: string): Uint8Array {
  if (word.includes('\0')) throw wrong(type, word, path, 'a string without a zero byte');
  return new TextEncoder().encode(`${word}\0`);
}

function readJson(type: CType, word: string, path: string, model: DataModel): unknown {
  let value: Parsed;
  try {
    value = JSON.parse(word) as Parsed;
  } catch {
    throw wrong(type, word, path, 'JSON');
  }
  return fromJson(type, value, `${path} `, model);
}

/** Strings stand for what JSON cannot write: 64-bit integers, NaN, addresses. The rest is left to the bound function. */
function fromJson(declared: CType, value: Parsed, path: string, model: DataModel): unknown {
  const type = resolved(declared);
  switch (type.kind) {
    case 'array':
    case 'vector':
      if (!Array.isArray(value)) return value;
      return value.map((one, index) => fromJson(type.element, one, `${path}[${index}]`, model));
    case 'struct':
    case 'union':
    case 'complex':
      return typeof value === 'object' && value !== null ? membersFromJson(type, value, path, model) : value;
    case 'pointer':
    case 'function':
      if (typeof value === 'number' && Number.isSafeInteger(value)) return BigInt(value);
      return typeof value === 'string' ? readPointer(type, value, path) : value;
    default:
      return typeof value === 'string' ? readWord(type, value, path, model) : value;
  }
}

/** Members by name, or in their order in an array. One that is not given, or not known, is left to the bound function. */
function membersFromJson(type: RecordType | ComplexType, value: object, path: string, model: DataModel): object {
  const types = memberTypes(shapeOf(type, model));
  const keys = [...types.keys()];
  const entries = Object.entries<Parsed>({ ...value }).map(([key, one]): [string, unknown] => {
    const member = Array.isArray(value) ? (keys[Number(key)] ?? key) : key;
    const of = types.get(member);
    return [member, of === undefined ? one : fromJson(of, one, `${path}.${member}`, model)];
  });
  return Object.fromEntries(entries);
}

const wrong = (type: CType, word: string, path: string, expected: string): InterfixError =>
  new InterfixError(
    'ERR_ARGUMENT_KIND',
    `${path.trimEnd()}: '${word}' is not ${expected}, but ${printType(type)} needs that`,
  );
