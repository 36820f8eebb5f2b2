// What stands in front of the declarators: storage words, qualifiers, attributes and the words of a type.

import { clip } from '../scanner.ts';
import { acceptAttributes, noAttributes } from './attributes.ts';
import { type CContext, checkDepth, type Specifiers } from './context.ts';
import { type DeclaredType, simple, withConst } from './declared-type.ts';
import { parseEnum } from './enums.ts';
import { CONST_WORDS, HARMLESS_WORDS, REFUSED_WORDS, TAG_WORDS } from './harmless.ts';
import { parseRecord } from './records.ts';
import { COMPLEX_NEIGHBOURS, isVarying, typeKeyword, typeOfKeywords } from './type-words.ts';

/** A struct, union or enum as a specifier. */
export interface TagSpecifier {
  readonly declared: DeclaredType;
  readonly isUntagged: boolean;
}

/** Under construction. */
interface Draft {
  readonly attributes: Specifiers['attributes'];
  readonly keywords: string[];
  readonly position: number;
  type: DeclaredType | null;
  isConst: boolean;
  isTypedef: boolean;
  isStatic: boolean;
  isUntagged: boolean;
  declaresTag: boolean;
}

export function parseSpecifiers(context: CContext, depth: number): Specifiers {
  checkDepth(context, depth);
  const { position } = context.cursor;
  const draft: Draft = {
    ...{ attributes: noAttributes(), keywords: [], position, type: null, isConst: false, isTypedef: false },
    ...{ isStatic: false, isUntagged: false, declaresTag: false },
  };
  while (acceptSpecifier(context, draft, depth));
  const { attributes, isTypedef, isStatic, isUntagged, declaresTag } = draft;
  const base = withConst(baseType(context, draft), draft.isConst);
  return { base, isTypedef, isStatic, attributes, isUntagged, declaresTag, position };
}

function baseType(context: CContext, { type, keywords, position }: Draft): DeclaredType {
  const { cursor } = context;
  if (type !== null) return type;
  const found = keywords.length === 0 ? null : typeOfKeywords(keywords);
  if (found !== null) return simple(found);
  if (keywords.length === 0) throw unknownType(context);
  throw cursor.error('ERR_UNKNOWN_TYPE', `no type is called '${keywords.join(' ')}'`, position);
}

/** What comes next should be a type, and is none. */
function unknownType({ cursor, scope }: CContext): Error {
  const { word, second } = cursor;
  if (word === null) return cursor.unexpected('a type');
  if (isVarying(word)) {
    return cursor.refusal('platform', `'${word}' differs between platforms: declare it, as in 'typedef long ${word};'`);
  }
  const near = scope.suggestion(word);
  let hint = '';
  if (near !== null) hint = `, did you mean '${clip(near)}'?`;
  else if (word === 'FILE' || word === 'DIR') hint = `; declare it, as in 'typedef struct ${word} ${word};'`;
  else if (second.kind === 'word' || second.text === '(') hint = ' (if it is a macro, run the text through cpp first)';
  return cursor.error('ERR_UNKNOWN_TYPE', `unknown type '${clip(word)}'${hint}`);
}

function acceptSpecifier(context: CContext, draft: Draft, depth: number): boolean {
  const { cursor } = context;
  if (acceptAttributes(context, draft.attributes, depth)) return true;
  const { word } = cursor;
  if (word === null) return false;
  if (CONST_WORDS.has(word)) draft.isConst = true;
  else if (word === 'typedef') draft.isTypedef = true;
  else if (word === 'static') draft.isStatic = true;
  else if (!HARMLESS_WORDS.has(word)) return acceptTypeWord(context, draft, depth);
  cursor.next();
  return true;
}

function acceptTypeWord(context: CContext, draft: Draft, depth: number): boolean {
  const { cursor, scope } = context;
  const { text: word, position } = cursor.token;
  const refused = REFUSED_WORDS.get(word);
  if (refused !== undefined) throw cursor.refusal(word, `'${word}' is refused: ${refused}`);
  const keyword = typeKeyword(word) ?? complexMacro(context, draft, word);
  if (keyword !== null) {
    if (draft.type !== null) throw cursor.unexpected('the end of the type');
    draft.keywords.push(keyword);
    // The longest type has five words.
    if (draft.keywords.length > 8) throw cursor.error('ERR_SYNTAX', 'too many words for one type', position);
    cursor.next();
    return true;
  }
  if (draft.type !== null || draft.keywords.length > 0) return false;
  if (TAG_WORDS.has(word)) {
    const { declared, isUntagged } = (word === 'enum' ? parseEnum : parseRecord)(context, depth);
    draft.type = declared;
    draft.isUntagged = isUntagged;
    draft.declaresTag = true;
    return true;
  }
  draft.type = scope.typedefNamed(word);
  if (draft.type === null) return false;
  cursor.next();
  return true;
}

/** `complex` is a macro of <complex.h>; beside the word of a floating-point type it can mean nothing else. */
function complexMacro({ cursor, scope }: CContext, { keywords }: Draft, word: string): string | null {
  if (word !== 'complex' || scope.typedefNamed(word) !== null) return null;
  const last = keywords.at(-1);
  const isBeside = last === undefined ? COMPLEX_NEIGHBOURS.has(cursor.second.text) : COMPLEX_NEIGHBOURS.has(last);
  return isBeside ? '_Complex' : null;
}
