// Text → types: recursive descent over the grammar of docs/signatures.md. Sizes are not computed here.
//
//   signature  = [ word ] "(" parameters ")" "->" type
//   parameters = [ list ] [ ";" [ list ] ]          list = entry { "," entry }          entry = [ word ":" ] type
//   members    = [ member { "," member } ]          member = [ align ] [ word ":" ] type [ ":" digits ]
//   type       = { qualifier } core { qualifier }
//   core       = "*" type | [ align ] [ packing ] ( "{" members "}" | "<" members ">" ) | "[" length ":" type "]"
//              | "e" ":" type [ "{" values "}" ] | "v" "[" digits ":" name "]" | "c" "[" name "]" | "@" path
//              | "(" parameters ")" "->" type | "(" type ")" | name

import {
  array,
  type CType,
  enumeration,
  functionType,
  type NamedType,
  type Parameter,
  parameter,
  pointer,
  type Signature,
  signature,
} from '../ctype/ctype.ts';
import { MAX_TYPE_DEPTH, MAX_TYPE_SIZE } from '../ctype/layout.ts';
import type { NameScope } from './name-scope.ts';
import { typeOfWord } from './names.ts';
import { type Entry, parseAlign, parseEntry, parseRecord, type TypeReader } from './parse-record.ts';
import {
  checkUnderlying,
  parseComplex,
  parseEnumValues,
  parseQualifiers,
  parseTypeName,
  parseVector,
  unknownType,
} from './parse-scalar.ts';
import { argumentRule, elementRule, type Rule, RuleBook, resultRule } from './rules.ts';
import { clip, type Scanner } from './scanner.ts';

interface EntryList {
  /** The elements of a parameter list, or the inside of a group, before it is known which of the two it is. */
  readonly entries: readonly Entry[];
  /** Number of entries in front of the `;`, or null without one. */
  readonly variadicFrom: number | null;
}

/** Of the types that have one object each. Most parameters look like these. */
const unnamed: Map<CType, Parameter> = new Map();

function parameterOf({ name, type }: Entry): Parameter {
  if (name !== null || (type.kind !== 'integer' && type.kind !== 'float')) return parameter(name, type);
  const found = unnamed.get(type);
  if (found !== undefined) return found;
  const made = parameter(null, type);
  unnamed.set(type, made);
  return made;
}

export class TypeParser implements TypeReader {
  readonly scanner: Scanner;
  readonly #scope: NameScope | null;
  readonly #rules: RuleBook;
  /** Whether the type read last was `const`: only a `*` in front of it wants to know. */
  #isConst = false;

  constructor(scanner: Scanner, scope: NameScope | null) {
    this.scanner = scanner;
    this.#scope = scope;
    this.#rules = new RuleBook(scanner, scope);
  }

  /** The type that comes next, `depth` types deep. */
  type(depth: number): CType {
    const { scanner } = this;
    if (depth > MAX_TYPE_DEPTH) throw scanner.error('ERR_DEPTH', `types nest deeper than ${MAX_TYPE_DEPTH}`);
    const isConst = parseQualifiers(scanner);
    this.#isConst = false;
    const type = this.#core(depth);
    // What stands behind `*int const` belongs to the `int`, and was read with it.
    const isClosed = type.kind !== 'pointer' && type.kind !== 'function';
    const isConstBehind = isClosed && parseQualifiers(scanner);
    this.#isConst = this.#isConst || isConst || isConstBehind;
    return type;
  }

  #core(depth: number): CType {
    const { scanner } = this;
    switch (scanner.next) {
      case '*':
        return this.#pointer(depth);
      case '{':
      case '<':
      case '!':
        return this.#record(depth, null);
      case '[':
        return this.#array(depth);
      case '(':
        return this.#parenthesis(depth);
      case '@':
        return this.namedType();
      default:
        return this.#word(depth);
    }
  }

  #pointer(depth: number): CType {
    this.scanner.accept('*');
    const pointee = this.type(depth + 1);
    const isConst = this.#isConst;
    this.#isConst = false;
    return pointer(pointee, isConst);
  }

  namedType(): NamedType {
    const { scanner } = this;
    const position = scanner.position;
    scanner.expect('@', "'@'");
    const name = scanner.qualifiedName();
    const found = this.#scope?.find(name) ?? null;
    if (found !== null) return found;
    if (this.#scope !== null) throw unknownType(scanner, `@${clip(name)}`, position, this.#scope.known());
    throw scanner.error('ERR_UNKNOWN_TYPE', `'@${clip(name)}' needs a registry, and none is given`, position);
  }

  #word(depth: number): CType {
    const { scanner } = this;
    const position = scanner.position;
    const align = parseAlign(scanner);
    if (align !== null) return this.#record(depth, align);
    const word = scanner.word();
    if (word === null) throw scanner.unexpected('a type');
    if (word === 'e' && scanner.accept(':')) return this.#enumeration(depth, position);
    if (word === 'v' && scanner.accept('[')) return parseVector(scanner);
    if (word === 'c' && scanner.accept('[')) return parseComplex(scanner);
    const known = scanner.atLetter() ? null : typeOfWord(word);
    if (known !== null) return known; // the usual case, in haste
    const { type, isConst } = parseTypeName(scanner, word, position, this.#scope);
    this.#isConst = isConst;
    return type;
  }

  #enumeration(depth: number, position: number): CType {
    const underlying = checkUnderlying(this.scanner, this.type(depth + 1), position);
    this.#isConst = false;
    return enumeration(underlying, parseEnumValues(this.scanner, underlying));
  }

  #array(depth: number): CType {
    const { scanner } = this;
    scanner.accept('[');
    const length = scanner.accept('?') ? null : this.#length();
    scanner.expect(':', "':'");
    const position = scanner.position;
    const element = this.type(depth + 1);
    this.check(element, position, elementRule);
    scanner.expect(']', "']'");
    return array(element, length); // as `const` as its elements, C11 6.7.3p9
  }

  #length(): number {
    const { scanner } = this;
    const position = scanner.position;
    const digits = scanner.digits();
    if (digits === null) throw scanner.unexpected("the number of elements or '?'");
    const length = Number(digits);
    if (length > MAX_TYPE_SIZE) {
      throw scanner.error('ERR_SIZE', `an array of ${clip(digits)} elements is too large`, position);
    }
    // GNU C's zero-length arrays: gcc and clang disagree about how a record that contains one is passed.
    if (length === 0) throw scanner.refusal('zero-length array', 'an array needs at least one element', position);
    return length;
  }

  #record(depth: number, align: number | null): CType {
    const record = parseRecord(this, depth, align);
    this.#isConst = false;
    return record;
  }

  /** `(int) -> int` is a function type, `(int)` only a group; which one shows behind the `)`. */
  #parenthesis(depth: number): CType {
    const { scanner } = this;
    scanner.accept('(');
    const list = this.#parameters(depth);
    const isConst = this.#isConst;
    if (scanner.accept('->')) {
      const type = functionType(this.#finishSignature(list, null, depth));
      this.#isConst = false;
      return type;
    }
    const [only, second] = list.entries;
    if (only === undefined || second !== undefined || list.variadicFrom !== null) throw scanner.unexpected("'->'");
    this.#isConst = isConst;
    if (only.name === null) return only.type;
    // `(e:int)` read as a list names a parameter `e`; as a group it is the enumeration, and the only way to write one
    // where a list could begin with the name `e`.
    if (only.name === 'e') return enumeration(checkUnderlying(scanner, only.type, only.position));
    throw scanner.unexpected("'->'");
  }

  /** A signature from its `(` on. */
  signature(name: string | null): Signature {
    const { scanner } = this;
    scanner.expect('(', name === null ? "a name or '('" : "'('");
    const list = this.#parameters(1);
    scanner.expect('->', "'->'");
    return this.#finishSignature(list, name, 1);
  }

  /** The rest of a signature, behind its `->`. */
  #finishSignature(list: EntryList, name: string | null, depth: number): Signature {
    const position = this.scanner.position;
    const result = this.type(depth + 1);
    this.check(result, position, resultRule);
    const only = list.entries[0];
    const isVoidList = list.entries.length === 1 && only?.type.kind === 'void' && only.name === null;
    if (isVoidList && list.variadicFrom === null) return signature([], result, null, name);
    for (const { type, position: at } of list.entries) this.check(type, at, argumentRule);
    return signature(list.entries.map(parameterOf), result, list.variadicFrom, name);
  }

  /** The entries up to and including `)`; the `(` is behind us. */
  #parameters(depth: number): EntryList {
    const { scanner } = this;
    const entries: Entry[] = [];
    let variadicFrom: number | null = null;
    while (!scanner.accept(')')) {
      if (entries.length > 0 && !scanner.peek(';')) throw scanner.unexpected("',', ';' or ')'");
      if (scanner.accept(';')) {
        variadicFrom = entries.length;
        if (scanner.accept(')')) break;
      }
      do entries.push(this.#entry(depth));
      while (scanner.accept(','));
      if (variadicFrom === null) continue;
      scanner.expect(')', "',' or ')'");
      break;
    }
    return { entries, variadicFrom };
  }

  #entry(depth: number): Entry {
    const { scanner } = this;
    if (scanner.peek('...')) {
      const instead = "write the types of the variadic arguments of this call behind ';', not '...'";
      throw scanner.error('ERR_SYNTAX', instead);
    }
    return parseEntry(this, depth);
  }

  check(type: CType, position: number, rule: Rule): void {
    this.#rules.check(type, position, rule);
  }

  /** To be called when the last type is read, and every definition known. */
  settle(): void {
    this.#rules.settle();
  }
}
