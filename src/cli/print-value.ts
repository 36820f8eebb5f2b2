// The JavaScript value of a C type → text: what `interfix call` prints. What it prints, read-word.ts reads.

import type { CType, RecordType } from '../ctype/ctype.ts';
import { cstring } from '../exec/memory.ts';

/** A result as a person wants to see it; null if there is nothing to see. */
export function printResult(type: CType, value: unknown): string | null {
  if (type.kind === 'void') return null;
  if (type.kind === 'float') return floatText(value);
  if (type.kind === 'pointer' || type.kind === 'function') {
    if (value === 0n || value === null) return 'null';
    const isText = type.kind === 'pointer' && type.pointee.kind === 'integer' && type.pointee.name === 'char';
    return isText && typeof value === 'bigint' ? cstring(value) : addressText(value);
  }
  return jsonText(type, value);
}

/** JSON; 64-bit integers in full, and what JSON cannot write as a string. */
function jsonText(type: CType, value: unknown): string {
  switch (type.kind) {
    case 'struct':
    case 'union':
      return recordText(type, value);
    case 'array':
      return `[${(Array.isArray(value) ? value : []).map((one) => jsonText(type.element, one)).join(',')}]`;
    case 'pointer':
    case 'function':
      return value === 0n || value === null ? 'null' : `"${addressText(value)}"`;
    case 'float':
      return Number.isFinite(value) ? floatText(value) : `"${floatText(value)}"`;
    default:
      return String(value);
  }
}

function recordText(type: RecordType, value: unknown): string {
  const members = new Map<string, unknown>(Object.entries(value ?? {}));
  const isList = type.members.length > 0 && type.members.every(({ name }) => name === null);
  const entries = type.members.map(({ name, type: of }, index) => {
    const key = name ?? String(index);
    const text = jsonText(of, members.get(key));
    return isList ? text : `${JSON.stringify(key)}:${text}`;
  });
  return isList ? `[${entries.join(',')}]` : `{${entries.join(',')}}`;
}

const addressText = (value: unknown): string => (typeof value === 'bigint' ? `0x${value.toString(16)}` : String(value));

const floatText = (value: unknown): string => (Object.is(value, -0) ? '-0' : String(value));
