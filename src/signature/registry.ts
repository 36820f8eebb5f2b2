// Types by name: recursive, mutually dependent, declared ahead or never defined. A name is defined once and for all; a
// batch of definitions is taken as a whole or not at all.

import { type CType, type NamedType, named, type ResolvedType, type TypeSlot } from '../ctype/ctype.ts';
import { MAX_TYPE_DEPTH } from '../ctype/layout.ts';
import { type ErrorCode, InterfixError } from '../errors.ts';
import { CircleSearch, walkType } from './containment.ts';
import { type Definition, parseDefinitions } from './definitions.ts';
import { type Definitions, definitionIn, type NameScope } from './name-scope.ts';
import { printType } from './print.ts';
import { TypeComparer } from './same-type.ts';
import { clip, Scanner } from './scanner.ts';
import { TypeParser } from './type-parser.ts';

export interface Registry {
  /**
   * Takes the definitions of a text such as `@Node = {value:int, next:*@Node}; @Opaque;`, in any order, all or none.
   * A name that is used and never defined is declared by that, as `@Name;` would. Throws what `parseType` throws,
   * `ERR_REDEFINED` for a name that stands for another type already, and `ERR_RECURSIVE` for one that would contain
   * itself by value.
   */
  define(text: string): this;
  /**
   * The same with types that are built already; null declares a name. Names inside must be this registry's: `ERR_TYPE`.
   */
  add(definitions: ReadonlyMap<string, CType | null>): this;
  /** The type of that name, always the same object; declares the name if it is new. */
  reference(name: string): NamedType;
  /** Whether the name is declared; it may have no definition. */
  has(name: string): boolean;
  /** The definition of the name, or null. */
  lookup(name: string): CType | null;
  /** Every declared name, oldest first. */
  names(): readonly string[];
  /** Everything as a text for `define`, one line per name. */
  print(): string;
}

export function createRegistry(): Registry {
  return new TypeRegistry();
}

/** A name, and the only way to give it its definition. */
interface Entry {
  readonly type: NamedType;
  fill(definition: CType): void;
}

function createEntry(name: string): Entry {
  let definition: CType | null = null;
  const slot: TypeSlot = Object.freeze({
    get type(): CType | null {
      return definition;
    },
  });
  return {
    type: named(name, slot),
    fill: (type) => {
      definition = type;
    },
  };
}

/** Makes the error for a definition of the batch. */
type Blame = (definition: Definition, code: ErrorCode, what: string) => InterfixError;

class TypeRegistry implements Registry {
  readonly #entries = new Map<string, Entry>();
  /** Names that no later definition can make recursive. */
  readonly #complete = new Set<TypeSlot>();

  define(text: string): this {
    const scanner = new Scanner(text);
    const batch = new Batch(this.#entries);
    const parser = new TypeParser(scanner, batch);
    const definitions = parseDefinitions(parser);
    const blame: Blame = ({ position }, code, what) => scanner.error(code, what, position);
    const complete = batch.decide(definitions, this.#complete, blame);
    parser.settle();
    return this.#take(batch, complete);
  }

  add(definitions: ReadonlyMap<string, CType | null>): this {
    const batch = new Batch(this.#entries);
    const list = Array.from(definitions, ([name, type]): Definition => ({ name: checked(name), type, position: 0 }));
    for (const { type } of list) {
      if (type !== null) walkType(type, (name) => this.#checkOwn(name));
    }
    const blame: Blame = (_, code, what) => new InterfixError(code, what);
    return this.#take(batch, batch.decide(list, this.#complete, blame));
  }

  #checkOwn({ name, slot }: NamedType): void {
    if (this.#entries.get(name)?.type.slot === slot) return;
    throw new InterfixError('ERR_TYPE', `@${clip(name)} belongs to another registry`);
  }

  #take(batch: Batch, complete: Iterable<TypeSlot>): this {
    batch.commit(this.#entries);
    for (const slot of complete) this.#complete.add(slot);
    return this;
  }

  reference(name: string): NamedType {
    const known = this.#entries.get(name);
    if (known !== undefined) return known.type;
    const entry = createEntry(checked(name));
    this.#entries.set(name, entry);
    return entry.type;
  }

  has(name: string): boolean {
    return this.#entries.has(name);
  }

  lookup(name: string): CType | null {
    return this.#entries.get(name)?.type.slot.type ?? null;
  }

  names(): readonly string[] {
    return [...this.#entries.keys()];
  }

  print(): string {
    const line = ({ type: { name, slot } }: Entry): string =>
      slot.type === null ? `@${name};\n` : `@${name} = ${printType(slot.type)};\n`;
    return [...this.#entries.values()].map(line).join('');
  }
}

/** Definitions that are not taken yet, on top of those of the registry. */
class Batch implements NameScope {
  readonly #old: ReadonlyMap<string, Entry>;
  readonly #new = new Map<string, Entry>();
  /** The first definition of each name that has none yet. */
  readonly #pending = new Map<TypeSlot, Definition>();
  /** Names that are defined or declared, as opposed to only used. */
  readonly #stated = new Set<string>();

  constructor(entries: ReadonlyMap<string, Entry>) {
    this.#old = entries;
  }

  readonly #definitions: Definitions = ({ slot }) => slot.type ?? this.#pending.get(slot)?.type ?? null;

  /** Every name is known here: one that is new is declared. */
  find(name: string): NamedType {
    const known = this.#old.get(name) ?? this.#new.get(name);
    if (known !== undefined) return known.type;
    const entry = createEntry(name);
    this.#new.set(name, entry);
    return entry.type;
  }

  known(): readonly string[] {
    return [...this.#old.keys(), ...this.#new.keys()];
  }

  definitionOf(type: CType): ResolvedType | null {
    return definitionIn(type, this.#definitions);
  }

  /** Holds all definitions together against each other and the old ones. Gives the names that became complete. */
  decide(definitions: readonly Definition[], complete: ReadonlySet<TypeSlot>, blame: Blame): Iterable<TypeSlot> {
    const again: Definition[] = [];
    for (const definition of definitions) {
      const { slot } = this.find(definition.name);
      this.#stated.add(definition.name);
      if (definition.type === null) continue;
      if (slot.type !== null || this.#pending.has(slot)) again.push(definition);
      else this.#pending.set(slot, definition);
    }
    const search = new CircleSearch(this.#definitions, complete);
    for (const definition of this.#pending.values()) this.#checkCircle(definition, search, blame);
    for (const definition of this.#pending.values()) this.#checkChain(definition, blame);
    const comparer = new TypeComparer(this.#definitions);
    for (const definition of again) this.#checkSame(definition, comparer, blame);
    return search.complete;
  }

  #checkCircle(from: Definition, search: CircleSearch, blame: Blame): void {
    const circle = search.from(this.find(from.name));
    if (circle === null) return;
    // The names were free of circles before, so one of this batch is in it.
    const begin = circle.findIndex(({ slot }) => this.#pending.has(slot));
    const culprit = this.#pending.get(circle[begin]?.slot ?? this.find(from.name).slot) ?? from;
    const chain = [...circle.slice(begin), ...circle.slice(0, begin + 1)].map(({ name }) => `@${clip(name)}`);
    const shown = chain.length > 8 ? [...chain.slice(0, 5), '…', ...chain.slice(-2)] : chain;
    const isAlias = circle.every((name) => this.#definitions(name)?.kind === 'named');
    const what = isAlias ? 'stands for itself' : 'contains itself by value';
    throw blame(culprit, 'ERR_RECURSIVE', `@${clip(culprit.name)} ${what}: ${shown.join(' → ')}`);
  }

  /** Names of names of names are followed wherever a type is used: the way is kept short. */
  #checkChain(definition: Definition, blame: Blame): void {
    let type = definition.type;
    for (let length = 0; type?.kind === 'named'; length++) {
      if (length > MAX_TYPE_DEPTH) {
        throw blame(definition, 'ERR_DEPTH', `a name stands for names more than ${MAX_TYPE_DEPTH} times over`);
      }
      type = this.#definitions(type);
    }
  }

  #checkSame(definition: Definition, comparer: TypeComparer, blame: Blame): void {
    const { name, type } = definition;
    const old = this.#definitions(this.find(name));
    if (type === null || old === null || comparer.areSame(old, type)) return;
    throw blame(definition, 'ERR_REDEFINED', `@${clip(name)} is defined already, as ${clip(printType(old))}`);
  }

  /** From here on names and definitions are the registry's. Names that are stated come before those only used. */
  commit(entries: Map<string, Entry>): void {
    for (const name of new Set([...this.#stated, ...this.#new.keys()])) {
      const entry = this.#new.get(name);
      if (entry !== undefined) entries.set(name, entry);
    }
    for (const { name, type } of this.#pending.values()) {
      const entry = entries.get(name);
      if (entry !== undefined && type !== null) entry.fill(type);
    }
  }
}

/** A name that `@Name` can say. */
function checked(name: string): string {
  if (/^[A-Za-z_]\w*(?:::[A-Za-z_]\w*)*$/.test(name)) return name;
  throw new InterfixError('ERR_SYNTAX', `${JSON.stringify(clip(name))} is not a name: words, with '::' between them`);
}
