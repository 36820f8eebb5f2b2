// Structs and unions: their members, and what attributes and `#pragma pack` make of them. Where the members lie is
// decided in ctype/.

import { type CType, type Member, member, type Packing, resolved, struct, union } from '../../ctype/ctype.ts';
import type { DataModel } from '../../ctype/data-model.ts';
import { clip } from '../scanner.ts';
import { type Attributes, noAttributes, skipAttributes } from './attributes.ts';
import { type CContext, checkDepth, type Specifiers } from './context.ts';
import type { Cursor } from './cursor.ts';
import { declaredAs, parseDeclarator } from './declarator.ts';
import { type DeclaredType, type Extent, extentOf, simple } from './declared-type.ts';
import { formatOf, parseConstant } from './expression.ts';
import type { TagSpecifier } from './specifiers.ts';
import { skipStaticAssert } from './static-assert.ts';

type RecordKind = 'struct' | 'union';

/** The members that were read so far. */
interface Body {
  readonly kind: RecordKind;
  readonly members: Member[];
  readonly extents: Extent[];
  readonly names: Set<string>;
}

/** `struct` or `union` comes next. */
export function parseRecord(context: CContext, depth: number): TagSpecifier {
  checkDepth(context, depth);
  const { cursor, scope } = context;
  const kind: RecordKind = cursor.next().text === 'union' ? 'union' : 'struct';
  const attributes = noAttributes();
  skipAttributes(context, attributes, depth);
  const { word: name, position } = cursor;
  if (name !== null) cursor.next();
  const tag = name === null ? null : scope.tag(kind, name, position);
  if (!cursor.is('{')) {
    if (tag === null) throw cursor.unexpected("a tag or '{'");
    return { declared: simple(tag.reference), isUntagged: false };
  }
  const body: Body = { kind, members: [], extents: [], names: new Set() };
  parseMembers(context, body, depth + 1);
  skipAttributes(context, attributes, depth);
  const extent = extentOf(body.extents, cursor, position);
  const type = finish(context, body, attributes);
  if (tag === null) return { declared: { ...simple(type), ...extent }, isUntagged: true };
  scope.define(tag, type, position);
  return { declared: simple(tag.reference), isUntagged: false };
}

function finish(context: CContext, { kind, members }: Body, attributes: Attributes): CType {
  const { cursor } = context;
  const other = attributes.vector ?? attributes.mode;
  if (other !== null)
    throw cursor.refusal('attribute', 'a record has neither a vector size nor a mode', other.position);
  const pack = context.pack();
  const packing: Packing = attributes.packed === null ? pack : 'attribute';
  // The pragma bounds what `aligned` asks for, and aligns bit-fields (observed: gcc 12); a record has one packing here.
  const isSpecial = ({ align, bitWidth }: Member): boolean => align !== null || bitWidth !== null;
  if (packing === 'attribute' && pack !== null && members.some(isSpecial)) {
    const what = 'packed by attribute and by pragma, with bit-fields or aligned members';
    throw cursor.refusal('packed', what, attributes.packed?.position);
  }
  return (kind === 'struct' ? struct : union)(members, packing, attributes.align?.value ?? null);
}

/** From `{` to `}`. */
function parseMembers(context: CContext, body: Body, depth: number): void {
  const { cursor } = context;
  cursor.expect('{');
  while (!cursor.accept('}')) {
    if (cursor.accept(';') || skipStaticAssert(cursor)) continue;
    if (cursor.token.kind === 'pack') throw cursor.misplacedPack();
    const specifiers = context.specifiers(context, depth);
    if (specifiers.isTypedef || specifiers.isStatic) {
      throw cursor.error('ERR_SYNTAX', 'a member has no storage class', specifiers.position);
    }
    if (cursor.accept(';')) anonymousMember(context, body, specifiers);
    else parseMemberList(context, body, specifiers, depth);
  }
}

/** A declaration without declarators: C11 6.7.2.1p13 makes an untagged record a member without a name. */
function anonymousMember(context: CContext, body: Body, specifiers: Specifiers): void {
  const { base, isUntagged, declaresTag, attributes, position } = specifiers;
  if (!declaresTag) throw context.cursor.error('ERR_SYNTAX', 'this declares nothing', position);
  if (!context.scope.isComplete(base.type)) return;
  const type = resolved(base.type);
  if (type.kind === 'enum' || !(isUntagged || isMemberByTag(context, position))) return;
  for (const name of namesIn(type)) addName(context, body, name, position);
  add(context, body, { name: null, declared: base, width: null, attributes: [attributes], position });
}

/** Only Microsoft's compilers, and MinGW's gcc with them, make a member of a record with a tag but without a name. */
function isMemberByTag({ cursor, models }: CContext, position: number): boolean {
  const isMember = ({ recordRules }: DataModel): boolean => recordRules === 'microsoft';
  if (models.every(isMember)) return true;
  if (!models.some(isMember)) return false;
  const what = "a record with a tag and without a name is a member on Windows only; say where with the option 'abi'";
  throw cursor.refusal('platform', what, position);
}

function* namesIn(declared: CType): Iterable<string> {
  const record = resolved(declared);
  if (record.kind !== 'struct' && record.kind !== 'union') return;
  for (const { name, type } of record.members) {
    if (name !== null) yield name;
    else yield* namesIn(type);
  }
}

function parseMemberList(context: CContext, body: Body, specifiers: Specifiers, depth: number): void {
  const { cursor } = context;
  do {
    const { position } = cursor;
    const declarator = cursor.is(':') ? null : parseDeclarator(context, true, depth);
    const declared = declarator === null ? specifiers.base : declaredAs(context, specifiers.base, declarator);
    const width = cursor.accept(':') ? bitWidth(context, declared.type, depth) : null;
    const attributes = declarator?.attributes ?? noAttributes();
    skipAttributes(context, attributes, depth);
    const name = declarator?.name ?? null;
    if (name !== null && width === 0) throw cursor.error('ERR_TYPE', 'a bit-field of no bits has no name', position);
    if (name !== null) addName(context, body, name, declarator?.position ?? position);
    add(context, body, { name, declared, width, attributes: [specifiers.attributes, attributes], position });
  } while (cursor.accept(','));
  cursor.expect(';', "',' or ';'");
}

function bitWidth(context: CContext, type: CType, depth: number): number {
  const { cursor, models } = context;
  const { position } = cursor;
  const width = parseConstant(context, depth);
  for (const model of models) {
    const definition = cursor.at(position, () => resolved(type));
    const format = formatOf(definition, model);
    if (format === null) throw cursor.error('ERR_TYPE', 'a bit-field needs an integer type', position);
    // C11 6.7.2.1p4: a _Bool has one bit.
    const bits = definition.kind === 'bool' ? 1 : format.bits;
    if (width < 0n || width > bits) {
      throw cursor.error('ERR_TYPE', `a bit-field of this type has at most ${bits} bits`, position);
    }
  }
  return Number(width);
}

function addName({ cursor }: CContext, { names }: Body, name: string, position: number): void {
  if (names.has(name)) throw cursor.error('ERR_TYPE', `a second member named '${clip(name)}'`, position);
  names.add(name);
}

interface NewMember {
  readonly name: string | null;
  readonly declared: DeclaredType;
  readonly width: number | null;
  readonly attributes: readonly Attributes[];
  readonly position: number;
}

function add(context: CContext, body: Body, { name, declared, width, attributes, position }: NewMember): void {
  const { cursor, scope } = context;
  const { type, isFunction } = declared;
  if (isFunction) throw cursor.error('ERR_TYPE', 'a member cannot be a function; a pointer to one can', position);
  if (type.kind === 'void') throw cursor.error('ERR_TYPE', 'a member cannot be void', position);
  const isFlexible = type.kind === 'array' && type.length === null;
  if (!isFlexible && !scope.isComplete(type)) {
    const what = type.kind === 'named' ? `'${clip(type.name)}'` : 'its type';
    throw cursor.error('ERR_INCOMPLETE', `a member needs a complete type, ${what} has no definition yet`, position);
  }
  const last = body.members.at(-1);
  if (isFlexible && (body.kind === 'union' || last === undefined)) {
    throw misplaced(cursor, 'a flexible array is the last of several members of a struct', position);
  }
  if (last?.type.kind === 'array' && last.type.length === null) {
    throw misplaced(cursor, 'nothing comes behind a flexible array', position);
  }
  let align = declared.align;
  for (const each of attributes) {
    const refused = each.packed ?? each.vector ?? each.mode;
    if (refused !== null) {
      throw cursor.refusal('attribute', 'a member takes no attribute but aligned', refused.position);
    }
    if (each.align !== null) align = Math.max(align ?? 1, each.align.value);
  }
  body.members.push(member(name, type, width, align));
  body.extents.push(declared);
}

/** GNU C has arrays of no elements anywhere; compilers disagree about how records that contain them are passed. */
const misplaced = (cursor: Cursor, what: string, position: number): Error =>
  cursor.refusal('flexible array', what, position);
