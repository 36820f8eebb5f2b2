// The JavaScript value of a C type → text: what `interfix call` prints. What it prints, read-word.ts reads.

import { type CType, type EnumType, type RecordType, resolved } from '../ctype/ctype.ts';
import type { DataModel } from '../ctype/data-model.ts';
import { cstring } from '../exec/memory.ts';
import { shapeOf } from '../marshal/shape.ts';
import { definitionIn } from '../signature/name-scope.ts';
import { memberTypes } from './record-members.ts';

/** A result as a person wants to see it; null if there is nothing to see. */
export function printResult(declared: CType, value: unknown, model: DataModel): string | null {
  const type = resolved(declared);
  switch (type.kind) {
    case 'void':
      return null;
    case 'float':
      return floatText(value);
    case 'enum':
      return enumeratorOf(type, value) ?? String(value);
    case 'pointer':
      if (value !== 0n && isText(type.pointee) && typeof value === 'bigint') return cstring(value);
      return addressText(value);
    case 'function':
      return addressText(value);
    default:
      return jsonText(type, value, model);
  }
}

function isText(pointee: CType): boolean {
  const type = definitionIn(pointee);
  return type?.kind === 'integer' && type.name === 'char';
}

/** JSON; 64-bit integers in full, and what JSON cannot write as a string. */
function jsonText(declared: CType, value: unknown, model: DataModel): string {
  const type = resolved(declared);
  switch (type.kind) {
    case 'struct':
    case 'union':
      return recordText(type, value, model);
    case 'complex':
      return `{${entriesText(['re', 'im'], value, () => type.element, model)}}`;
    case 'array':
    case 'vector':
      return `[${(Array.isArray(value) ? value : []).map((one) => jsonText(type.element, one, model)).join(',')}]`;
    case 'pointer':
    case 'function':
      return value === 0n || value === null ? 'null' : `"${addressText(value)}"`;
    case 'float':
      return Number.isFinite(value) ? floatText(value) : `"${floatText(value)}"`;
    case 'enum': {
      const name = enumeratorOf(type, value);
      return name === null ? String(value) : JSON.stringify(name);
    }
    default:
      return String(value);
  }
}

function recordText(type: RecordType, value: unknown, model: DataModel): string {
  const shape = shapeOf(type, model);
  const types = memberTypes(shape);
  const typeOf = (key: string): CType | undefined => types.get(key);
  if (!shape.isList) return `{${entriesText([...types.keys()], value, typeOf, model)}}`;
  const elements = Array.isArray(value) ? value : [];
  return `[${[...types.values()].map((of, index) => jsonText(of, elements[index], model)).join(',')}]`;
}

function entriesText(
  keys: readonly string[],
  value: unknown,
  typeOf: (key: string) => CType | undefined,
  model: DataModel,
): string {
  const given = new Map<string, unknown>(Object.entries(value ?? {}));
  return keys
    .flatMap((key) => {
      const type = typeOf(key);
      return type === undefined ? [] : [`${JSON.stringify(key)}:${jsonText(type, given.get(key), model)}`];
    })
    .join(',');
}

/** The name of a value, if it has one. */
function enumeratorOf({ values }: EnumType, value: unknown): string | null {
  if (typeof value !== 'number' && typeof value !== 'bigint') return null;
  return values.find((each) => each.value === BigInt(value))?.name ?? null;
}

const addressText = (value: unknown): string => {
  if (value === 0n || value === null) return 'null';
  return typeof value === 'bigint' ? `0x${value.toString(16)}` : String(value);
};

const floatText = (value: unknown): string => (Object.is(value, -0) ? '-0' : String(value));
