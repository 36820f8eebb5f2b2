// `__attribute__((…))`, `[[…]]`, `__declspec(…)` and `_Alignas(…)`: what they ask for. Whether it may be asked for in
// that place is decided by the declaration they belong to.

import { clip } from '../scanner.ts';
import { type CContext, checkDepth } from './context.ts';
import { parseAlignment, parseConstant } from './expression.ts';
import { ALIGNAS_WORDS, ASM_WORDS, ATTRIBUTE_WORDS, HARMLESS_ATTRIBUTES, HARMLESS_DECLSPECS } from './harmless.ts';

/** What was asked for; each with the position that an error about it points at. */
export interface Attributes {
  packed: Asked<true> | null;
  /** The largest alignment, in bytes. */
  align: Asked<number> | null;
  /** Bytes of a vector, or its elements. */
  vector: Asked<{ readonly unit: 'bytes' | 'elements'; readonly count: bigint }> | null;
  /** GCC's machine mode, without underscores. */
  mode: Asked<string> | null;
  /** The linker's name of the function. */
  label: string | null;
}

export interface Asked<T> {
  readonly value: T;
  readonly position: number;
}

export const noAttributes = (): Attributes => ({ packed: null, align: null, vector: null, mode: null, label: null });

/** No object file format and no compiler here aligns further (observed: gcc 12 refuses 2^29). */
const MAX_ALIGN = 1 << 28;
/** `aligned` without a number: the largest alignment of any scalar type (observed: gcc 12, both CPUs). */
const DEFAULT_ALIGN = 16;

/** Reads one group if one comes next; false if there is none. */
export function acceptAttributes(context: CContext, into: Attributes, depth: number): boolean {
  const { cursor } = context;
  const { word } = cursor;
  if (word !== null && ATTRIBUTE_WORDS.has(word)) {
    cursor.next();
    cursor.expect('(');
    cursor.expect('(');
    while (!cursor.is(')')) if (!cursor.accept(',')) gnuAttribute(context, into, depth);
    cursor.expect(')');
    cursor.expect(')');
  } else if (word === '__declspec') {
    cursor.next();
    cursor.expect('(');
    while (!cursor.is(')')) if (!cursor.accept(',')) declspec(context, into, depth);
    cursor.expect(')');
  } else if (cursor.is('[') && cursor.second.text === '[') {
    cursor.next();
    cursor.next();
    while (!cursor.is(']')) if (!cursor.accept(',')) standardAttribute(context, into, depth);
    cursor.expect(']');
    cursor.expect(']');
  } else if (word !== null && ALIGNAS_WORDS.has(word)) {
    alignas(context, into, depth);
  } else return false;
  return true;
}

export function skipAttributes(context: CContext, into: Attributes, depth: number): void {
  while (acceptAttributes(context, into, depth));
}

/** `__asm__("name")` behind a declarator. */
export function acceptLabel({ cursor }: CContext, into: Attributes): boolean {
  if (cursor.word === null || !ASM_WORDS.has(cursor.word)) return false;
  cursor.next();
  cursor.expect('(');
  let label = '';
  while (cursor.token.kind === 'string') label += cursor.next().text.slice(1, -1);
  cursor.expect(')', "a string and ')'");
  into.label = label;
  return true;
}

/** `__packed__` and `packed` are one attribute. */
const withoutUnderscores = (word: string): string => /^__(.+)__$/.exec(word)?.[1] ?? word;

function gnuAttribute(context: CContext, into: Attributes, depth: number): void {
  const { cursor } = context;
  const { position, word } = cursor;
  if (word === null) throw cursor.unexpected('an attribute');
  cursor.next();
  const name = withoutUnderscores(word);
  if (name === 'packed') into.packed = { value: true, position };
  else if (name === 'aligned') gnuAligned(context, into, depth);
  else if (name === 'vector_size') into.vector = vectorOf(context, 'bytes', depth);
  else if (name === 'ext_vector_type') into.vector = vectorOf(context, 'elements', depth);
  else if (name === 'mode') {
    cursor.expect('(');
    into.mode = { value: withoutUnderscores(cursor.word ?? ''), position };
    cursor.next();
    cursor.expect(')');
  } else if (!HARMLESS_ATTRIBUTES.has(name)) throw unknownAttribute(context, name, position);
  else if (cursor.is('(')) cursor.skipBalanced();
}

const unknownAttribute = ({ cursor }: CContext, name: string, position: number): Error =>
  cursor.refusal('attribute', `the attribute '${clip(name)}' is not understood`, position);

function vectorOf(context: CContext, unit: 'bytes' | 'elements', depth: number): Attributes['vector'] {
  const { cursor } = context;
  cursor.expect('(');
  const { position } = cursor;
  const count = parseConstant(context, depth + 1);
  cursor.expect(')');
  return { value: { unit, count }, position };
}

function gnuAligned(context: CContext, into: Attributes, depth: number): void {
  const { cursor } = context;
  const { position } = cursor;
  if (!cursor.accept('(')) return align(context, into, BigInt(DEFAULT_ALIGN), position);
  const value = parseConstant(context, depth + 1);
  cursor.expect(')');
  align(context, into, value, position);
}

function align({ cursor }: CContext, into: Attributes, value: bigint, position: number): void {
  if (value === 0n) return; // C11 6.7.5p6: without effect.
  if (value < 0n || value > MAX_ALIGN || (value & (value - 1n)) !== 0n) {
    throw cursor.error('ERR_TYPE', 'an alignment is a power of two, at most 2^28', position);
  }
  const bytes = Number(value);
  if (into.align === null || into.align.value < bytes) into.align = { value: bytes, position };
}

function alignas(context: CContext, into: Attributes, depth: number): void {
  checkDepth(context, depth);
  const { cursor, scope } = context;
  const { position } = cursor.next();
  cursor.expect('(');
  const isType = scope.startsType(cursor.token);
  const value = isType ? parseAlignment(context, depth + 1) : parseConstant(context, depth + 1);
  cursor.expect(')');
  align(context, into, value, position);
}

function declspec(context: CContext, into: Attributes, depth: number): void {
  const { cursor } = context;
  const { word, position } = cursor;
  if (word === null) throw cursor.unexpected('a __declspec word');
  cursor.next();
  if (word === 'align') gnuAligned(context, into, depth);
  else if (!HARMLESS_DECLSPECS.has(word)) {
    throw cursor.refusal('attribute', `'__declspec(${clip(word)})' is not understood`, position);
  } else if (cursor.is('(')) cursor.skipBalanced();
}

/** C23's form: `[[deprecated]]`, `[[gnu::packed]]`. */
function standardAttribute(context: CContext, into: Attributes, depth: number): void {
  const { cursor } = context;
  const { word, position } = cursor;
  if (word === null) throw cursor.unexpected('an attribute');
  if (cursor.second.text !== ':') {
    cursor.next();
    if (!HARMLESS_ATTRIBUTES.has(withoutUnderscores(word))) throw unknownAttribute(context, word, position);
    if (cursor.is('(')) cursor.skipBalanced();
    return;
  }
  if (word !== 'gnu' && word !== '__gnu__' && word !== 'clang') throw unknownAttribute(context, word, position);
  cursor.next();
  cursor.expect(':');
  cursor.expect(':');
  gnuAttribute(context, into, depth);
}
