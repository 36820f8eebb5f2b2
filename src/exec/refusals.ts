// What generated wrappers call to refuse a value, or when it is not plainly right.

import { InterfixError } from '../errors.ts';
import type { Accepts } from '../marshal/checks.ts';

/** How a value is shown in an error: short, and without running code of its own. */
function shown(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value);
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'an array' : 'an object';
  if (typeof value === 'function') return 'a function';
  return Object.is(value, -0) ? '-0' : String(value);
}

/** Which kinds of JavaScript value may stand for a C type at all. */
const acceptedKinds: Readonly<Record<Accepts, readonly string[]>> = {
  integer: ['number'],
  'wide integer': ['number', 'bigint'],
  float: ['number'],
  boolean: ['boolean'],
  pointer: ['bigint'],
  record: [],
};

/** Throws for a value that its type cannot hold: of the wrong kind, or of the right one and out of range. */
export function fail(value: unknown, type: string, path: string, accepts: Accepts): never {
  if (!acceptedKinds[accepts].includes(typeof value)) {
    const missing = value === undefined && /[.\]]/.test(path) ? ': it is missing' : '';
    throw new InterfixError('ERR_ARGUMENT_KIND', `${path}: ${shown(value)} is not a value for ${type}${missing}`);
  }
  const fraction = accepts !== 'float' && typeof value === 'number' && !Number.isInteger(value);
  const why = fraction ? 'is no integer' : 'is out of range';
  throw new InterfixError('ERR_ARGUMENT_RANGE', `${path}: ${shown(value)} ${why} for ${type}`);
}

/** `fail`, with everything but the value in one. */
export const refuse = (value: unknown, [type, path, accepts]: readonly [string, string, Accepts]): never =>
  fail(value, type, path, accepts);

/** Throws for a wrong number of arguments. */
export function miscounted(given: number, expected: number): never {
  const takes = `the function takes ${expected} argument${expected === 1 ? '' : 's'}`;
  throw new InterfixError('ERR_ARGUMENT_COUNT', `${takes}, got ${given}`);
}

export function checkCount(given: number, expected: number): void {
  if (given !== expected) miscounted(given, expected);
}

/** Throws for a wrong number of elements. */
export function count(given: ArrayLike<unknown>, expected: number, path: string): never {
  throw new InterfixError(
    'ERR_ARGUMENT_KIND',
    `${path}: takes an array of ${expected} elements, got ${shown(given.length)}`,
  );
}

const quoted = (keys: readonly string[]): string => keys.map((key) => `'${key}'`).join(', ');

/** What an object has by itself, or from a class, but not from `Object`: a member may be called `constructor`. */
const isGiven = (value: object, key: string): boolean =>
  (value as Readonly<Record<string, unknown>>)[key] !== undefined &&
  (!(key in Object.prototype) || Object.hasOwn(value, key));

/**
 * The index of the one member that the value of a union has. A member is given by any of its keys: an anonymous record
 * has several.
 */
export function choose(value: object, groups: readonly (readonly string[])[], path: string): number {
  let only = -1;
  let count = 0;
  for (let index = 0; index < groups.length; index++) {
    if (groups[index]?.some((key) => isGiven(value, key)) !== true) continue;
    only = index;
    count++;
  }
  if (count === 1) return only;
  const members = groups.map((keys) => (keys.length === 1 ? quoted(keys) : `{${quoted(keys)}}`)).join(', ');
  throw new InterfixError('ERR_ARGUMENT_KIND', `${path}: exactly one of ${members} makes a union, got ${count}`);
}

/** Throws for a property that a record does not have, and for elements behind its last. An undefined one is not there. */
export function onlyMembers(value: object, keys: readonly string[], type: string, path: string): void {
  const elements = value as { readonly length?: unknown };
  const isList = keys.every((key, index) => key === String(index));
  if (isList && (Array.isArray(value) || ArrayBuffer.isView(value)) && Number(elements.length) > keys.length)
    return count(value as unknown as ArrayLike<unknown>, keys.length, path);
  const known = new Set(keys);
  const unknown = Object.keys(value).find((key) => !known.has(key) && Reflect.get(value, key) !== undefined);
  if (unknown === undefined) return;
  const members = keys.length === 0 ? 'it has no members' : `its members are ${quoted(keys)}`;
  throw new InterfixError('ERR_ARGUMENT_KIND', `${path}: ${shown(unknown)} is no member of ${type}: ${members}`);
}

/** `onlyMembers`, with everything but the value in one. */
export const refuseOthers = (value: object, [keys, type, path]: readonly [readonly string[], string, string]): void =>
  onlyMembers(value, keys, type, path);

/** The value of an enumeration's name. */
export function enumerator(name: string, values: ReadonlyMap<string, number | bigint>, path: string): number | bigint {
  const value = values.get(name);
  if (value !== undefined) return value;
  const names = quoted([...values.keys()].slice(0, 20));
  const more = values.size > 20 ? ', …' : '';
  throw new InterfixError('ERR_ARGUMENT_RANGE', `${path}: ${shown(name)} is none of ${names}${more}`);
}

/** Throws for a promise where C wants the value. */
export function promised(): never {
  throw new InterfixError(
    'ERR_CALLBACK',
    'the result of the callback: a promise, and C waits for none: an async function may only give void',
    { rule: 'promise' },
  );
}

/** The end of a branch that cannot be taken. */
export function gone(): never {
  throw new InterfixError('ERR_INTERNAL', 'an argument was the entry itself');
}
