// Declarators (C11 6.7.6 and 6.7.7): the pointers, arrays and functions around a name, read from the name outward.

import { type Parameter, parameter } from '../../ctype/ctype.ts';
import type { DataModel } from '../../ctype/data-model.ts';
import { layoutOfType } from '../../ctype/layout.ts';
import { clip } from '../scanner.ts';
import { type Attributes, acceptAttributes, acceptLabel, noAttributes, skipAttributes } from './attributes.ts';
import { type CContext, checkDepth } from './context.ts';
import type { Cursor } from './cursor.ts';
import {
  arrayOf,
  asParameter,
  type DeclaredType,
  type Extent,
  functionReturning,
  type ParameterList,
  pointerTo,
  withConst,
} from './declared-type.ts';
import { parseConstant } from './expression.ts';
import {
  ATTRIBUTE_WORDS,
  CONST_WORDS,
  CONVENTION_WORDS,
  HARMLESS_WORDS,
  isStartWord,
  REFUSED_WORDS,
} from './harmless.ts';
import { typeKeyword } from './type-words.ts';

/** One step from a type to another; an array's length is read, at token `index`, when the step is made. */
type Step =
  | { readonly kind: 'pointer'; readonly isConst: boolean; readonly position: number }
  | { readonly kind: 'array'; readonly index: number; readonly position: number }
  | { readonly kind: 'function'; readonly list: ParameterList; readonly position: number };

export interface Declarator {
  readonly name: string | null;
  readonly position: number;
  /** The first is the one next to the name. */
  readonly steps: readonly Step[];
  /** How deep in other declarations it stands. */
  readonly depth: number;
  readonly attributes: Attributes;
}

/** Under construction. */
interface Draft {
  name: string | null;
  position: number;
  readonly steps: Step[];
  readonly depth: number;
  readonly attributes: Attributes;
}

/** Reads a declarator; one that need not have a name may be empty. */
export function parseDeclarator(context: CContext, needsName: boolean, depth: number): Declarator {
  const draft: Draft = { name: null, position: context.cursor.position, steps: [], depth, attributes: noAttributes() };
  parseInto(context, draft, needsName, depth);
  while (acceptAttributes(context, draft.attributes, depth) || acceptLabel(context, draft.attributes));
  return draft;
}

function parseInto(context: CContext, draft: Draft, needsName: boolean, depth: number): void {
  checkDepth(context, depth);
  const { cursor } = context;
  const pointers: Step[] = [];
  for (;;) {
    const { position } = cursor;
    skipQualifiers(context, draft.attributes, depth);
    if (cursor.is('^')) throw cursor.refusal('blocks', 'blocks are not supported');
    if (!cursor.accept('*')) break;
    pointers.push({ kind: 'pointer', isConst: skipQualifiers(context, draft.attributes, depth), position });
  }
  parseDirect(context, draft, needsName, depth);
  parseSuffixes(context, draft, depth);
  for (const step of pointers.reverse()) draft.steps.push(step);
}

/** Qualifiers, attributes and words without meaning; tells whether `const` was among them. */
function skipQualifiers(context: CContext, attributes: Attributes, depth: number): boolean {
  const { cursor } = context;
  for (let isConst = false; ; ) {
    const { word } = cursor;
    if (word !== null && CONST_WORDS.has(word)) isConst = true;
    else if (word === null || !HARMLESS_WORDS.has(word)) {
      if (!acceptAttributes(context, attributes, depth)) return isConst;
      continue;
    }
    cursor.next();
  }
}

function parseDirect(context: CContext, draft: Draft, needsName: boolean, depth: number): void {
  const { cursor } = context;
  const { word, position } = cursor;
  if (word !== null) {
    const refused = REFUSED_WORDS.get(word);
    if (refused !== undefined) throw cursor.refusal(word, `'${word}' is refused: ${refused}`);
    if (typeKeyword(word) !== null || isStartWord(word)) throw cursor.unexpected('a name');
    draft.name = word;
    draft.position = position;
    cursor.next();
    skipAttributes(context, draft.attributes, depth);
  } else if (cursor.is('(') && (needsName || !startsParameters(context))) {
    cursor.next();
    parseInto(context, draft, needsName, depth + 1);
    cursor.expect(')');
  } else if (needsName) throw cursor.unexpected('a name');
}

/** In a declarator without a name, C11 6.7.6.3p11: `(` followed by a type begins a parameter list. */
function startsParameters({ cursor, scope }: CContext): boolean {
  const { second } = cursor;
  if (ATTRIBUTE_WORDS.has(second.text)) return !startsDeclarator(cursor);
  return (
    second.text === ')' || second.text === '...' || (scope.startsType(second) && !CONVENTION_WORDS.has(second.text))
  );
}

/** Whether behind `(` and attributes a declarator begins: `int (__attribute__((cdecl)) *)(void)`. */
function startsDeclarator(cursor: Cursor): boolean {
  const { index } = cursor;
  cursor.next();
  while (cursor.word !== null && ATTRIBUTE_WORDS.has(cursor.word)) {
    cursor.next();
    if (cursor.is('(')) cursor.skipBalanced();
  }
  const starts = cursor.is('*') || cursor.is('(') || (cursor.word !== null && CONVENTION_WORDS.has(cursor.word));
  cursor.index = index;
  return starts;
}

function parseSuffixes(context: CContext, draft: Draft, depth: number): void {
  const { cursor } = context;
  for (;;) {
    const { position } = cursor;
    if (cursor.is('(')) {
      cursor.next();
      draft.steps.push({ kind: 'function', list: parseParameters(context, depth + 1), position });
    } else if (cursor.is('[') && cursor.second.text !== '[') {
      draft.steps.push({ kind: 'array', index: cursor.index, position });
      cursor.skipBalanced();
    } else return;
  }
}

/** The parameters up to and including `)`. An empty list is `(void)`, as it is since C23 6.7.6.3p13. */
function parseParameters(context: CContext, depth: number): ParameterList {
  checkDepth(context, depth);
  const { cursor } = context;
  const parameters: Parameter[] = [];
  const extents: Extent[] = [];
  if (cursor.accept(')')) return { parameters, extents, isVariadic: false };
  for (;;) {
    if (cursor.accept('...')) {
      cursor.expect(')');
      return { parameters, extents, isVariadic: true };
    }
    const { base, attributes, position, isTypedef } = context.specifiers(context, depth);
    if (isTypedef) throw cursor.error('ERR_SYNTAX', 'a parameter cannot be a typedef', position);
    const declarator = parseDeclarator(context, false, depth);
    const isBare = declarator.name === null && declarator.steps.length === 0;
    const isVoidList = isBare && base.type.kind === 'void' && parameters.length === 0;
    if (isVoidList && cursor.accept(')')) return { parameters, extents, isVariadic: false };
    checkParameterAttributes(context, [attributes, declarator.attributes]);
    const declared = asParameter(declaredAs(context, base, declarator, true), cursor, position);
    parameters.push(parameter(declarator.name, declared.type));
    extents.push(declared);
    if (cursor.accept(')')) return { parameters, extents, isVariadic: false };
    cursor.expect(',', afterName(declarator, context) ?? "',' or ')'");
  }
}

function checkParameterAttributes({ cursor }: CContext, all: readonly Attributes[]): void {
  for (const { packed, align, vector, mode } of all) {
    const asked = packed ?? align ?? vector ?? mode;
    if (asked !== null) throw cursor.refusal('attribute', 'a parameter takes no such attribute', asked.position);
  }
}

/** What to expect, if a word stands where a declarator should be over: the name before it may be a macro. */
export function afterName({ name }: Declarator, { cursor }: CContext): string | null {
  if (name === null || cursor.word === null) return null;
  return `a mark behind '${clip(name)}' (if that is a macro, run the text through cpp first)`;
}

/** The type that the declarator gives its name. */
export function declaredAs(
  context: CContext,
  base: DeclaredType,
  { steps, depth }: Declarator,
  isParameter = false,
): DeclaredType {
  const { cursor } = context;
  let declared = base;
  for (let index = steps.length - 1; index >= 0; index--) {
    const step = steps[index];
    if (step === undefined) break;
    const { kind, position } = step;
    if (kind === 'pointer') declared = withConst(pointerTo(declared, cursor, position), step.isConst);
    else if (kind === 'function') declared = functionReturning(declared, step.list, cursor, position);
    else {
      // C11 6.7.6.3p7: the outermost length of a parameter does not count, and may be anything.
      const length = isParameter && index === 0 ? null : lengthAt(context, step.index, depth);
      declared = checkedArray(context, declared, length, position);
    }
  }
  return declared;
}

function checkedArray(context: CContext, element: DeclaredType, length: bigint | null, position: number): DeclaredType {
  const { cursor, scope, models } = context;
  const declared = arrayOf(element, length, cursor, position);
  if (!scope.isComplete(element.type)) {
    throw cursor.error('ERR_INCOMPLETE', 'an element needs a complete type, this one has no definition yet', position);
  }
  const { align, type } = element;
  const fits = (model: DataModel): boolean =>
    cursor.at(position, () => layoutOfType(type, model)).size % (align ?? 1) === 0;
  if (align !== null && !models.every(fits)) {
    throw cursor.error('ERR_TYPE', 'elements are smaller than their alignment', position);
  }
  return declared;
}

function lengthAt(context: CContext, index: number, depth: number): bigint | null {
  const { cursor } = context;
  const behind = cursor.index;
  cursor.index = index;
  cursor.expect('[');
  const length = cursor.is(']') ? null : parseConstant(context, depth);
  cursor.expect(']');
  cursor.index = behind;
  return length;
}
