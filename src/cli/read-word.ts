// A word of the command line → the JavaScript value of a C type. Whether the type can hold the value is checked where
// every other caller's values are checked: by the bound function.

import type { CType, RecordType } from '../ctype/ctype.ts';
import { InterfixError } from '../errors.ts';
import { isCharPointer } from '../marshal/checks.ts';
import { printType } from '../signature/print.ts';

/** What a JSON text may hold. */
type Parsed = null | boolean | number | string | readonly Parsed[] | { readonly [key: string]: Parsed };

/** Throws `ERR_ARGUMENT_KIND` for a word that is no value of the type at all; `path` names it in the message. */
export function readWord(type: CType, word: string, path: string): unknown {
  switch (type.kind) {
    case 'integer':
    case 'enum':
      return readInteger(type, word, path);
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
      return readJson(type, word, path);
    default:
      throw wrong(type, word, path, 'nothing');
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

function readJson(type: RecordType, word: string, path: string): unknown {
  try {
    return fromJson(type, JSON.parse(word) as Parsed, path);
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    throw wrong(type, word, path, 'JSON');
  }
}

/** Strings stand for what JSON cannot write: 64-bit integers, NaN, addresses. The rest is left to the bound function. */
function fromJson(type: CType, value: Parsed, path: string): unknown {
  switch (type.kind) {
    case 'array':
      return Array.isArray(value) ? value.map((one, index) => fromJson(type.element, one, `${path}[${index}]`)) : value;
    case 'struct':
    case 'union':
      return typeof value === 'object' && value !== null ? membersFromJson(type, value, path) : value;
    case 'pointer':
    case 'function':
      if (typeof value === 'number' && Number.isSafeInteger(value)) return BigInt(value);
      return typeof value === 'string' ? readPointer(type, value, path) : value;
    default:
      return typeof value === 'string' ? readWord(type, value, path) : value;
  }
}

/** Members by name, or by index in an array; a member that is not given stays away. */
function membersFromJson(type: RecordType, value: object, path: string): object {
  const given = new Map<string, Parsed>(Object.entries(value));
  const entries = type.members.flatMap((member, index): [string, unknown][] => {
    const key = Array.isArray(value) ? String(index) : (member.name ?? String(index));
    const one = given.get(key);
    given.delete(key);
    if (one === undefined) return [];
    return [[member.name ?? String(index), fromJson(member.type, one, `${path}.${key}`)]];
  });
  for (const key of given.keys())
    throw new InterfixError('ERR_ARGUMENT_KIND', `${path}: no member '${key}' in ${printType(type)}`);
  return Object.fromEntries(entries);
}

const wrong = (type: CType, word: string, path: string, expected: string): InterfixError =>
  new InterfixError('ERR_ARGUMENT_KIND', `${path}: '${word}' is not ${expected}, but ${printType(type)} needs that`);
