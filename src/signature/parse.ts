// The public way from text to types. The grammar is read in type-parser.ts, definitions of a registry in definitions.ts.

import type { CType, Signature } from '../ctype/ctype.ts';
import { definitionIn, type NameScope } from './name-scope.ts';
import type { Registry } from './registry.ts';
import { Scanner } from './scanner.ts';
import { TypeParser } from './type-parser.ts';

export interface ParseOptions {
  /** Where `@Name` is looked up. Parsing never changes it. */
  readonly registry?: Registry | undefined;
}

/**
 * Parses a function signature such as `pow(double, double) -> double`, or `@Name` for a function type of the registry.
 * Throws `ERR_SYNTAX`, `ERR_UNKNOWN_TYPE`, `ERR_TYPE`, `ERR_SIZE`, `ERR_DEPTH`, `ERR_INCOMPLETE` or `ERR_UNSUPPORTED`,
 * with the position.
 */
export function parseSignature(text: string, options: ParseOptions = {}): Signature {
  const parser = parserOf(text, options);
  const { scanner } = parser;
  const parsed = scanner.peek('@') ? namedSignature(parser) : parser.signature(scanner.word());
  if (!scanner.atEnd()) throw scanner.unexpected('the end of the signature');
  return parsed;
}

/** Parses a type such as `{x:double, y:double}`. Throws as `parseSignature` does. */
export function parseType(text: string, options: ParseOptions = {}): CType {
  const parser = parserOf(text, options);
  const type = parser.type(1);
  if (!parser.scanner.atEnd()) throw parser.scanner.unexpected('the end of the type');
  return type;
}

function namedSignature(parser: TypeParser): Signature {
  const { scanner } = parser;
  const position = scanner.position;
  const named = parser.namedType();
  const type = definitionIn(named);
  if (type === null) throw scanner.error('ERR_INCOMPLETE', `@${named.name} has no definition`, position);
  if (type.kind === 'function') return type.signature;
  throw scanner.error('ERR_TYPE', `@${named.name} is not a function type`, position);
}

const parserOf = (text: string, { registry }: ParseOptions): TypeParser =>
  new TypeParser(new Scanner(text), registry === undefined ? null : scopeOf(registry));

/** A name that the registry does not have is a mistake here, where nothing can define it later. */
const scopeOf = (registry: Registry): NameScope => ({
  find: (name) => (registry.has(name) ? registry.reference(name) : null),
  known: () => registry.names(),
  definitionOf: definitionIn,
});
