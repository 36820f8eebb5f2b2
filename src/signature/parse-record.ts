// The text of structs and unions: their members, bit-fields, packing and alignment. Types inside are read by the
// type parser, through `TypeReader`.

import {
  type CType,
  enumeration,
  type Member,
  member,
  type Packing,
  type RecordType,
  struct,
  union,
} from '../ctype/ctype.ts';
import { MAX_ALIGN } from '../ctype/record-checks.ts';
import { checkUnderlying, parseEnumValues } from './parse-scalar.ts';
import { bitFieldRule, memberRule, notFlexibleRule, type Rule } from './rules.ts';
import { clip, type Scanner } from './scanner.ts';

/** What the type parser does for a record. */
export interface TypeReader {
  readonly scanner: Scanner;
  type(depth: number): CType;
  check(type: CType, position: number, rule: Rule): void;
}

/** A record, `depth` types deep; its `alignas` is behind us. */
export function parseRecord(reader: TypeReader, depth: number, align: number | null): RecordType {
  const { scanner } = reader;
  const packing = parsePacking(scanner);
  if (scanner.accept('{')) return struct(parseMembers(reader, '}', depth), packing, align);
  if (scanner.accept('<')) return union(parseMembers(reader, '>', depth), packing, align);
  throw scanner.unexpected(packing === null && align !== null ? "'{', '<' or '!'" : "'{' or '<'");
}

/** The members up to and including `close`; the bracket in front is behind us. */
function parseMembers(reader: TypeReader, close: '}' | '>', depth: number): Member[] {
  const { scanner } = reader;
  const members: Member[] = [];
  const names = new Set<string>();
  if (scanner.accept(close)) return members;
  for (;;) {
    const position = scanner.position;
    const next = parseMember(reader, depth);
    if (next.name !== null && names.has(next.name)) {
      throw scanner.error('ERR_TYPE', `a second member named '${clip(next.name)}'`, position);
    }
    if (next.name !== null) names.add(next.name);
    members.push(next);
    const isLast = !scanner.accept(',');
    if (!isLast || close === '>' || members.length === 1) reader.check(next.type, position, notFlexibleRule);
    if (!isLast) continue;
    scanner.expect(close, `',' or '${close}'`);
    return members;
  }
}

function parseMember(reader: TypeReader, depth: number): Member {
  const { scanner } = reader;
  const position = scanner.position;
  let align = parseAlign(scanner);
  // `alignas(16) {…}` is a record that is aligned; the member alone is aligned by `alignas(16) ({…})`.
  if (align !== null && (scanner.next === '{' || scanner.next === '<' || scanner.next === '!')) {
    scanner.rewind(position);
    align = null;
  }
  const { name, type } = parseEntry(reader, depth);
  if (!scanner.accept(':')) {
    reader.check(type, position, memberRule);
    return member(name, type, null, align);
  }
  const width = parseWidth(scanner, name !== null);
  reader.check(type, position, bitFieldRule(width));
  return member(name, type, width, align);
}

/** What begins at `position`. */
export interface Entry {
  readonly name: string | null;
  readonly type: CType;
  readonly position: number;
}

/** A member without its width, or a parameter: a type with or without a name in front. */
export function parseEntry(reader: TypeReader, depth: number): Entry {
  const { scanner } = reader;
  const position = scanner.position;
  const name = parseEntryName(scanner);
  const type = reader.type(depth + 1);
  // `e:int{RED}` can be nothing but an enumeration: what is named `e` ends with its type.
  if (name !== 'e' || scanner.next !== '{') return { name, type, position };
  const underlying = checkUnderlying(scanner, type, position);
  return { name: null, type: enumeration(underlying, parseEnumValues(scanner, underlying)), position };
}

/** The word in front of a `:`, unless a number follows: `uint32:3` is a bit-field without a name. */
function parseEntryName(scanner: Scanner): string | null {
  const position = scanner.position;
  const label = scanner.label();
  if (label === null || !scanner.atDigit()) return label;
  scanner.rewind(position);
  return null;
}

/** Reads `alignas(16)`, if that comes next. */
export function parseAlign(scanner: Scanner): number | null {
  const position = scanner.position;
  if (scanner.next !== 'a' && scanner.next !== '_') return null;
  if (!(scanner.acceptWord('alignas') || scanner.acceptWord('_Alignas'))) return null;
  if (!scanner.accept('(')) {
    scanner.rewind(position);
    return null;
  }
  const at = scanner.position;
  const digits = scanner.digits();
  if (digits === null) throw scanner.unexpected('the alignment in bytes');
  const align = Number(digits);
  if (align > MAX_ALIGN || !isPowerOfTwo(align)) {
    throw scanner.error('ERR_TYPE', `alignas takes a power of two up to ${MAX_ALIGN}`, at);
  }
  scanner.expect(')', "')'");
  return align;
}

/** Reads `!`, as of a packed record, or `!2:`, as of one under `#pragma pack(2)`, if that comes next. */
function parsePacking(scanner: Scanner): Packing {
  if (!scanner.accept('!')) return null;
  const position = scanner.position;
  const digits = scanner.digits();
  if (digits === null) return 'attribute';
  const packing = Number(digits);
  if (packing > 16 || !isPowerOfTwo(packing)) {
    throw scanner.error('ERR_TYPE', 'records are packed to 1, 2, 4, 8 or 16 bytes', position);
  }
  scanner.expect(':', "':'");
  return packing;
}

/** Reads the width of a bit-field; the `:` is behind us. Its type may be known later than its text. */
function parseWidth(scanner: Scanner, isNamed: boolean): number {
  const position = scanner.position;
  const digits = scanner.digits();
  if (digits === null) throw scanner.unexpected('the width of a bit-field');
  const width = Number(digits);
  // C11 6.7.2.1p4: only an unnamed one may have no bits.
  if (width === 0 && isNamed) throw scanner.error('ERR_TYPE', 'a bit-field of no bits has no name', position);
  if (width > 128) throw scanner.error('ERR_TYPE', `no type has ${clip(digits)} bits`, position);
  return width;
}

const isPowerOfTwo = (n: number): boolean => n > 0 && Number.isInteger(Math.log2(n));
