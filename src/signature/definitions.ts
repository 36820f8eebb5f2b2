// The text of a registry: `@Name = type; @Opaque; # comment`. What the definitions mean together is decided in registry.ts.

import type { CType } from '../ctype/ctype.ts';
import type { TypeParser } from './type-parser.ts';

export interface Definition {
  readonly name: string;
  /** Null for `@Name;`, which only declares the name. */
  readonly type: CType | null;
  /** Of the `@` in the text. */
  readonly position: number;
}

/** Every definition up to the end of the text. The last `;` may be missing. */
export function parseDefinitions(parser: TypeParser): Definition[] {
  const { scanner } = parser;
  const definitions: Definition[] = [];
  while (!scanner.atEnd()) {
    const position = scanner.position;
    scanner.expect('@', "'@' and a name");
    const name = scanner.qualifiedName();
    const type = scanner.accept('=') ? parser.type(1) : null;
    definitions.push({ name, type, position });
    if (scanner.accept(';') || scanner.atEnd()) continue;
    throw scanner.unexpected(type === null ? "'=' or ';'" : "';'");
  }
  return definitions;
}
