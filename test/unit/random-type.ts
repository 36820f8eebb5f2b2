// Random types and signatures for property tests: every construct of the language, with names that are traps.

import * as c from '../../src/ctype/ctype.ts';
import type { Random } from '../support/random.ts';

const INTEGERS: readonly c.IntegerName[] = [
  ...(['int8', 'uint8', 'int16', 'uint16', 'int32', 'uint32', 'int64', 'uint64'] as const),
  ...(['char', 'long', 'ulong', 'wchar_t'] as const),
];
/** Among them words that are types, or that begin an enumeration, a vector or a complex number elsewhere. */
const NAMES = ['a', 'b2', '_', 'e', 'v', 'c', 'int', 'void', 'unsigned', 'constructor', 'x_y'];

const anyInteger = (r: Random): c.IntegerType => c.integer(r.pick(INTEGERS));

/** A type that may be a member, an element or an argument. Nested at most `depth` deep. */
export function randomType(r: Random, depth: number): c.CType {
  const roll = r.int(depth > 0 ? 12 : 6);
  switch (roll) {
    case 0:
      return c.BOOL;
    case 1:
      return r.oneIn(2) ? c.FLOAT : c.DOUBLE;
    case 2:
      return c.enumeration(anyInteger(r));
    case 6:
      return c.pointer(r.oneIn(3) ? c.VOID : randomType(r, depth - 1));
    case 7:
      return c.array(randomType(r, depth - 1), 1 + r.int(5));
    case 8:
      return c.functionType(randomSignature(r, depth - 1, null));
    case 9:
    case 10:
      return randomStruct(r, depth - 1);
    case 11:
      return c.union(members(r, depth - 1));
    default:
      return anyInteger(r);
  }
}

export const randomStruct = (r: Random, depth: number): c.StructType => c.struct(members(r, depth));
export const randomRecord = (r: Random, depth: number): c.RecordType =>
  r.oneIn(4) ? c.union(members(r, depth)) : randomStruct(r, depth);

function members(r: Random, depth: number): c.Member[] {
  const free = new Set(NAMES);
  return Array.from({ length: r.int(7) }, () => {
    const name = r.oneIn(2) && free.size > 0 ? r.pick([...free]) : null;
    if (name !== null) free.delete(name);
    return c.member(name, randomType(r, depth));
  });
}

export function randomSignature(r: Random, depth: number, name: string | null): c.Signature {
  const count = r.int(5);
  const parameters = Array.from({ length: count }, () =>
    c.parameter(r.oneIn(2) ? r.pick(NAMES) : null, randomType(r, depth)),
  );
  const result = r.oneIn(4) ? c.VOID : randomType(r, depth);
  const variadicFrom = r.oneIn(4) ? r.int(count + 1) : null;
  return c.signature(parameters, result.kind === 'array' ? c.pointer(result) : result, variadicFrom, name);
}
