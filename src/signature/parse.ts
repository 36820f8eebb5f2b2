// Text → types: recursive descent over the grammar of docs/signatures.md. Sizes are not computed here.
//
//   signature  = [ name ] "(" parameters ")" "->" type
//   parameters = [ "void" ] | list [ ";" [ list ] ] | ";" [ list ]         list = entry { "," entry }
//   entry      = [ name ":" ] type
//   type       = "*" type | "{" [ list ] "}" | "<" [ list ] ">" | "[" digits ":" type "]" | "e" ":" type
//              | "(" parameters ")" "->" type | "(" type ")" | name { name }

import {
  array,
  type CType,
  enumeration,
  functionType,
  type Member,
  member,
  type Parameter,
  parameter,
  pointer,
  type Signature,
  signature,
  struct,
  union,
} from '../ctype/ctype.ts';
import { MAX_TYPE_DEPTH, MAX_TYPE_SIZE } from '../ctype/layout.ts';
import { isSpecifier, typeNamed } from './names.ts';
import { Scanner } from './scanner.ts';

/** One element of a parameter or member list, before it is known which of the two it is. */
interface Entry {
  readonly name: string | null;
  readonly type: CType;
  readonly position: number;
}

interface EntryList {
  readonly entries: readonly Entry[];
  /** Number of entries in front of the `;`, or null without one. */
  readonly variadicFrom: number | null;
}

/**
 * Parses a function signature such as `pow(double, double) -> double`.
 * Throws `ERR_SYNTAX`, `ERR_UNKNOWN_TYPE`, `ERR_TYPE`, `ERR_SIZE`, `ERR_DEPTH` or `ERR_UNSUPPORTED`, with the position.
 */
export function parseSignature(text: string): Signature {
  const scanner = new Scanner(text);
  const name = scanner.word();
  scanner.expect('(', name === null ? "a name or '('" : "'('");
  const list = parseParameters(scanner, 1);
  scanner.expect('->', "'->'");
  const parsed = finishSignature(scanner, list, name, 1);
  if (!scanner.atEnd()) throw scanner.unexpected('the end of the signature');
  return parsed;
}

/** Parses a type such as `{x:double, y:double}`. Throws as `parseSignature` does. */
export function parseType(text: string): CType {
  const scanner = new Scanner(text);
  const type = parseAnyType(scanner, 1);
  if (!scanner.atEnd()) throw scanner.unexpected('the end of the type');
  return type;
}

/** The rest of a signature, behind its `->`. */
function finishSignature(scanner: Scanner, list: EntryList, name: string | null, depth: number): Signature {
  const position = scanner.position;
  const result = parseAnyType(scanner, depth + 1);
  if (result.kind === 'array') throw scanner.error('ERR_TYPE', 'a function cannot return an array', position);
  const only = list.entries[0];
  const isVoidList = list.entries.length === 1 && only?.type.kind === 'void' && only.name === null;
  if (isVoidList && list.variadicFrom === null) return signature([], result, null, name);
  const parameters = list.entries.map((entry): Parameter => {
    if (entry.type.kind === 'void') throw scanner.error('ERR_TYPE', 'an argument cannot be void', entry.position);
    return parameter(entry.name, entry.type);
  });
  return signature(parameters, result, list.variadicFrom, name);
}

/** The entries up to and including `)`; the `(` is behind us. */
function parseParameters(scanner: Scanner, depth: number): EntryList {
  const entries: Entry[] = [];
  let variadicFrom: number | null = null;
  while (!scanner.accept(')')) {
    if (entries.length > 0 && !scanner.peek(';')) throw scanner.unexpected("',', ';' or ')'");
    if (scanner.accept(';')) {
      variadicFrom = entries.length;
      if (scanner.accept(')')) break;
    }
    do entries.push(parseEntry(scanner, depth));
    while (scanner.accept(','));
    if (variadicFrom === null) continue;
    scanner.expect(')', "',' or ')'");
    break;
  }
  return { entries, variadicFrom };
}

function parseEntry(scanner: Scanner, depth: number): Entry {
  const position = scanner.position;
  if (scanner.peek('...')) {
    throw scanner.error('ERR_SYNTAX', "write the types of the variadic arguments of this call behind ';', not '...'");
  }
  const word = scanner.word();
  if (word !== null && scanner.accept(':')) return { name: word, type: parseAnyType(scanner, depth + 1), position };
  scanner.rewind(position);
  return { name: null, type: parseAnyType(scanner, depth + 1), position };
}

function parseMembers(scanner: Scanner, close: '}' | '>', depth: number): Member[] {
  const members: Member[] = [];
  const names = new Set<string>();
  if (scanner.accept(close)) return members;
  for (;;) {
    const { name, type, position } = parseEntry(scanner, depth);
    if (type.kind === 'void') throw scanner.error('ERR_TYPE', 'a member cannot be void', position);
    if (name !== null && names.has(name)) throw scanner.error('ERR_TYPE', `a second member named '${name}'`, position);
    if (name !== null) names.add(name);
    if (scanner.peek(':')) throw scanner.refusal('bit-fields', 'bit-fields are not supported yet');
    members.push(member(name, type));
    if (scanner.accept(close)) return members;
    scanner.expect(',', `',' or '${close}'`);
  }
}

function parseAnyType(scanner: Scanner, depth: number): CType {
  if (depth > MAX_TYPE_DEPTH) throw scanner.error('ERR_DEPTH', `types nest deeper than ${MAX_TYPE_DEPTH}`);
  if (scanner.accept('*')) return pointer(parseAnyType(scanner, depth + 1));
  if (scanner.accept('{')) return struct(parseMembers(scanner, '}', depth));
  if (scanner.accept('<')) return union(parseMembers(scanner, '>', depth));
  if (scanner.accept('[')) return parseArray(scanner, depth);
  if (scanner.accept('(')) return parseParenthesis(scanner, depth);
  if (scanner.peek('!')) throw scanner.refusal('packed', 'packed records are not supported yet');
  if (scanner.peek('@')) throw scanner.refusal('named types', 'named types are not supported yet');
  return parseName(scanner, depth);
}

function parseArray(scanner: Scanner, depth: number): CType {
  const position = scanner.position;
  if (scanner.peek('?')) throw scanner.refusal('flexible array', 'flexible array members are not supported yet');
  const digits = scanner.digits();
  if (digits === null) throw scanner.unexpected('the number of elements');
  const length = Number(digits);
  if (length > MAX_TYPE_SIZE)
    throw scanner.error('ERR_SIZE', `an array of ${shortened(digits)} elements is too large`, position);
  // GNU C's zero-length arrays: gcc and clang disagree about how a record that contains one is passed.
  if (length === 0) throw scanner.refusal('zero-length array', 'an array needs at least one element', position);
  scanner.expect(':', "':'");
  const elementPosition = scanner.position;
  const element = parseAnyType(scanner, depth + 1);
  if (element.kind === 'void') throw scanner.error('ERR_TYPE', 'an element cannot be void', elementPosition);
  scanner.expect(']', "']'");
  return array(element, length);
}

/** `(int) -> int` is a function type, `(int)` only a group; which one shows behind the `)`. */
function parseParenthesis(scanner: Scanner, depth: number): CType {
  const list = parseParameters(scanner, depth);
  if (scanner.accept('->')) return functionType(finishSignature(scanner, list, null, depth));
  const [only, second] = list.entries;
  if (only === undefined || second !== undefined || list.variadicFrom !== null) throw scanner.unexpected("'->'");
  if (only.name === null) return only.type;
  // `(e:int)` read as a list names a parameter `e`; as a group it is the enumeration, and the only way to write one
  // where a list could begin with the name `e`.
  if (only.name === 'e') return enumerationOf(scanner, only.type, only.position);
  throw scanner.unexpected("'->'");
}

function enumerationOf(scanner: Scanner, underlying: CType, position: number): CType {
  if (underlying.kind === 'integer') return enumeration(underlying);
  throw scanner.error('ERR_TYPE', 'an enumeration needs an integer type', position);
}

function parseName(scanner: Scanner, depth: number): CType {
  const position = scanner.position;
  const first = scanner.word();
  if (first === null) throw scanner.unexpected('a type');
  if (first === 'e' && scanner.accept(':')) return enumerationOf(scanner, parseAnyType(scanner, depth + 1), position);
  if (first === 'v' && scanner.peek('[')) throw scanner.refusal('vectors', 'vectors are not supported yet', position);
  if (first === 'c' && scanner.peek('[')) throw scanner.refusal('complex', 'complex is not supported yet', position);
  const words = [first];
  if (isSpecifier(first)) {
    for (let next = position; ; ) {
      next = scanner.position;
      const word = scanner.word();
      if (word !== null && isSpecifier(word)) words.push(word);
      else {
        scanner.rewind(next);
        break;
      }
    }
  }
  const type = typeNamed(words);
  if (type === 'refused') {
    throw scanner.refusal(words.join(' '), `'${words.join(' ')}' is not supported yet`, position);
  }
  if (type === null) throw scanner.error('ERR_UNKNOWN_TYPE', `unknown type '${shortened(words.join(' '))}'`, position);
  return type;
}

/** A word for a message: hostile text may consist of one. */
const shortened = (word: string): string => (word.length > 60 ? `${word.slice(0, 60)}…` : word);
