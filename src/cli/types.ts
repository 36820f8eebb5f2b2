// The texts of the command line → types: a signature or a type in either language, with the names that --types and
// --types-file define.

import { readFileSync } from 'node:fs';
import type { ConventionId } from '../abi/convention.ts';
import { type CType, resolved, type Signature } from '../ctype/ctype.ts';
import { InterfixError } from '../errors.ts';
import { type Declarations, parseDeclarations } from '../signature/c/declarations.ts';
import { definitionIn } from '../signature/name-scope.ts';
import { parseSignature, parseType } from '../signature/parse.ts';
import { createRegistry, type Registry } from '../signature/registry.ts';
import { partsByValue } from '../signature/type-shape.ts';
import { closed, languageOf, languageOfDefinitions } from './language.ts';

/** Where names of types come from. */
export interface Definitions {
  /** Definitions, or C declarations. */
  readonly text: string | null;
  /** A file of definitions; of C declarations if its name ends in `.h`. */
  readonly file: string | null;
}

/** A signature, and the symbol that the linker knows the function by. */
export interface CFunction {
  readonly signature: Signature;
  readonly symbol: string | null;
}

/** The function that a text describes. Constants in C, such as `sizeof (long)`, are those of the platform. */
export function functionFrom(text: string, definitions: Definitions, abi: ConventionId): CFunction {
  const registry = registryOf(definitions, abi);
  if (languageOf(text) === 'signatures') {
    const signature = parseSignature(text, { registry: registry ?? undefined });
    return { signature, symbol: signature.name };
  }
  const { functions, symbols } = declarationsIn(text, registry, abi);
  const [only, second] = functions.values();
  if (only === undefined) throw new InterfixError('ERR_OPTION', 'the C text declares no function');
  if (second !== undefined) {
    throw new InterfixError('ERR_OPTION', `which function? The C text declares ${[...functions.keys()].join(', ')}`);
  }
  return { signature: only, symbol: symbols.get(only.name ?? '') ?? only.name };
}

/** The type that a text describes. */
export function typeFrom(text: string, definitions: Definitions, abi: ConventionId): CType {
  const registry = registryOf(definitions, abi);
  if (languageOf(text) === 'signatures') return parseType(text, { registry: registry ?? undefined });
  const { types } = declarationsIn(text, registry, abi);
  const whole = outermost(types);
  const [only, second] = whole.values();
  if (only === undefined) {
    throw new InterfixError('ERR_OPTION', 'the C text defines no type: write a struct, union, enum or typedef');
  }
  if (second === undefined) return only;
  const names = [...whole.keys()].join(', ');
  throw new InterfixError(
    'ERR_OPTION',
    `which type? The C text defines ${names}: put it behind --types and ask for one of them, '@${[...whole.keys()][0]}'`,
  );
}

/** Null without definitions: an unknown `@Name` is then told that there are none. */
function registryOf({ text, file }: Definitions, abi: ConventionId): Registry | null {
  if (text === null && file === null) return null;
  const registry = createRegistry();
  if (file !== null) {
    const language = file.endsWith('.h') ? 'C' : 'signatures';
    inFile(file, () => define(registry, readFileSync(file, 'utf8'), language, abi));
  }
  if (text !== null) define(registry, text, languageOfDefinitions(text), abi);
  return registry;
}

function define(registry: Registry, text: string, language: 'C' | 'signatures', abi: ConventionId): void {
  if (language === 'C') declarationsIn(text, registry, abi);
  else registry.define(text);
}

const declarationsIn = (text: string, registry: Registry | null, abi: ConventionId): Declarations =>
  parseDeclarations(closed(text), registry === null ? { abi } : { registry, abi });

/** An error then says which file it is about. */
function inFile(path: string, action: () => void): void {
  try {
    action();
  } catch (cause) {
    if (!(cause instanceof InterfixError)) {
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new InterfixError('ERR_OPTION', `cannot read ${path}: ${why}`, { cause });
    }
    const { code, message, position, text, rule } = cause;
    const details = { position, text, rule };
    const known = Object.fromEntries(Object.entries(details).filter(([, value]) => value !== undefined));
    throw new InterfixError(code, `${path}: ${message}`, { ...known, cause });
  }
}

/**
 * The types that a text is about: those with a definition that are in no other one of them by value, and structs and
 * unions before any others. The rest is there for their sake.
 */
function outermost(types: ReadonlyMap<string, CType>): ReadonlyMap<string, CType> {
  const inside = new Set<string>();
  for (const type of types.values()) for (const name of namesByValue(type)) inside.add(name);
  const whole = [...types].filter(([name, type]) => definitionIn(type) !== null && !inside.has(name));
  const records = whole.filter(([, type]) => {
    const { kind } = resolved(type);
    return kind === 'struct' || kind === 'union';
  });
  return new Map(records.length > 0 ? records : whole);
}

/** The names that a type contains by value, not looking behind them. */
function namesByValue(root: CType): readonly string[] {
  const seen = new Set<CType>([root]);
  for (const type of seen) for (const part of partsByValue(type)) seen.add(part);
  return [...seen].flatMap((type) => (type.kind === 'named' ? [type.name] : []));
}
