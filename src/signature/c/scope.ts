// The names of a C text: tags, typedefs and enumerators, and how they become names of a registry. All of a text goes
// into the registry at its end or nothing does.

import { type CType, type NamedType, named, resolved, type Signature, type TypeSlot } from '../../ctype/ctype.ts';
import type { DataModel } from '../../ctype/data-model.ts';
import type { TypeLayout } from '../../ctype/layout.ts';
import type { Registry } from '../registry.ts';
import { TypeComparer } from '../same-type.ts';
import { clip } from '../scanner.ts';
import { nearest } from '../suggest.ts';
import type { Cursor } from './cursor.ts';
import { type DeclaredType, simple } from './declared-type.ts';
import { isStartWord } from './harmless.ts';
import { Moving } from './moving.ts';
import type { Token } from './tokens.ts';
import { isOpaque, isVarying, libraryType, typeKeyword, typeNames } from './type-words.ts';

export type TagKind = 'struct' | 'union' | 'enum';

interface Slot extends TypeSlot {
  type: CType | null;
}

/** A struct, union or enum that goes by a name. While its text is being parsed the name's slot is ours. */
interface Tag {
  /** Null for a type of which nothing but the name is known. */
  kind: TagKind | null;
  readonly reference: NamedType;
  readonly slot: Slot;
}

/** What earlier texts of a registry declared, as far as the registry does not know it itself. */
interface Earlier {
  readonly typedefs: Map<string, DeclaredType>;
  readonly constants: Map<string, bigint>;
  readonly kinds: Map<string, TagKind | null>;
}

const earlierTexts = new WeakMap<Registry, Earlier>();

/** What a text declared, in types of its registry. */
export interface Declared {
  readonly functions: ReadonlyMap<string, Signature>;
  readonly types: ReadonlyMap<string, CType>;
}

export class Scope {
  readonly #cursor: Cursor;
  readonly #registry: Registry;
  readonly #earlier: Earlier;
  readonly #tags = new Map<string, Tag>();
  readonly #typedefs = new Map<string, DeclaredType>();
  /** Types that this text gives a name, in order: those it only mentions are not among them. */
  readonly #declared = new Set<string>();
  readonly #functions = new Map<string, DeclaredType>();
  /** A name that the registry has no definition of may have one here, or at least is the same one here. */
  readonly #comparer = new TypeComparer((name) => {
    const here = this.#tags.get(name.name)?.reference;
    return name.slot.type ?? (here === name ? null : (here ?? null));
  });
  readonly constants: Map<string, bigint> = new Map();
  /** Sizes that expressions asked for. */
  readonly layouts: Map<CType, Map<DataModel, TypeLayout>> = new Map();

  constructor(cursor: Cursor, registry: Registry) {
    this.#cursor = cursor;
    this.#registry = registry;
    this.#earlier = earlierTexts.get(registry) ?? { typedefs: new Map(), constants: new Map(), kinds: new Map() };
    earlierTexts.set(registry, this.#earlier);
  }

  /** Whether a declaration or a type begins with that token. */
  startsType({ kind, text }: Token): boolean {
    if (kind !== 'word') return false;
    return typeKeyword(text) !== null || isStartWord(text) || this.typedefNamed(text) !== null || isVarying(text);
  }

  constant(name: string): bigint | null {
    return this.constants.get(name) ?? this.#earlier.constants.get(name) ?? null;
  }

  defineConstant(name: string, value: bigint, position: number): void {
    const known = this.constant(name);
    if (known !== null && known !== value) throw this.#redefined(name, `it already is ${known}`, position);
    this.constants.set(name, value);
  }

  /** The type that a typedef name stands for: one of this text, of earlier ones, of the registry, of a C header. */
  typedefNamed(name: string): DeclaredType | null {
    const known = this.#typedefs.get(name) ?? this.#earlier.typedefs.get(name);
    if (known !== undefined) return known;
    if (this.#registry.has(name)) return simple(this.#tag(name).reference);
    const type = libraryType(name);
    if (type !== null) return simple(type);
    return isOpaque(name) ? simple(this.#tag(name).reference) : null;
  }

  /** The tag of that kind and name, declared here if it is new. */
  tag(kind: TagKind, name: string, position: number): Tag {
    const tag = this.#tag(name);
    this.#declared.add(name);
    if (tag.kind === null && tag.slot.type === null) tag.kind = kind;
    if (tag.kind !== kind) throw this.#redefined(name, `it already is ${tag.kind ?? 'another type'}`, position);
    const typedef = this.#typedefs.get(name) ?? this.#earlier.typedefs.get(name);
    if (typedef !== undefined && !isNamed(typedef, name)) {
      throw this.#redefined(name, 'a typedef of that name is another type', position);
    }
    return tag;
  }

  #tag(name: string): Tag {
    const known = this.#tags.get(name);
    if (known !== undefined) return known;
    const definition = this.#registry.has(name) ? this.#registry.lookup(name) : null;
    const slot: Slot = { type: definition };
    const kind = definition === null ? (this.#earlier.kinds.get(name) ?? null) : kindOf(definition);
    const tag: Tag = { kind, reference: named(name, slot), slot };
    this.#tags.set(name, tag);
    return tag;
  }

  /** Gives a tag its definition; a second one has to say the same. */
  define({ reference, slot }: Tag, type: CType, position: number): void {
    if (slot.type === null) slot.type = type;
    else if (!this.#comparer.areSame(slot.type, type)) {
      throw this.#redefined(reference.name, 'it already has another definition', position);
    }
  }

  /** A struct, union or enum without a tag goes by the name of its typedef. */
  defineUntagged(kind: TagKind, name: string, type: CType, position: number): NamedType {
    const tag = this.tag(kind, name, position);
    this.define(tag, type, position);
    return tag.reference;
  }

  defineTypedef(name: string, declared: DeclaredType, position: number): void {
    const known = this.#typedefs.get(name) ?? this.#earlier.typedefs.get(name);
    const inRegistry = known === undefined && this.#registry.has(name) ? this.#registry.lookup(name) : null;
    const differs =
      known === undefined
        ? inRegistry !== null && !isNamed(declared, name) && !this.#comparer.areSame(inRegistry, declared.type)
        : known.isFunction !== declared.isFunction || !this.#comparer.areSame(known.type, declared.type);
    if (differs) throw this.#redefined(name, 'it already is another type', position);
    if (this.#tags.has(name) && !isNamed(declared, name)) {
      throw this.#redefined(name, 'a tag of that name is another type, and both would be one name here', position);
    }
    this.#typedefs.set(name, declared);
    this.#declared.add(name);
  }

  defineFunction(name: string, declared: DeclaredType, position: number): void {
    const known = this.#functions.get(name);
    if (known !== undefined && !this.#comparer.areSame(known.type, declared.type)) {
      throw this.#redefined(name, 'the function is already declared with other types', position);
    }
    if (known === undefined) this.#functions.set(name, declared);
  }

  /** Whether objects of the type can exist at this point of the text. */
  isComplete(type: CType): boolean {
    if (type.kind === 'named') return type.slot.type !== null && this.isComplete(type.slot.type);
    return type.kind !== 'void' && !(type.kind === 'array' && type.length === null);
  }

  /** A name of which nothing is said but that it is a type: what has no description in a CType. */
  opaque(name: string, position: number): DeclaredType {
    const tag = this.#tag(name);
    if (tag.kind !== null || tag.slot.type !== null)
      throw this.#redefined(name, 'it already is another type', position);
    this.#declared.add(name);
    return simple(tag.reference);
  }

  /** What a name that is no type was probably meant to be. */
  suggestion(name: string): string | null {
    const { kind } = this.#tags.get(name) ?? {};
    if (kind !== undefined && kind !== null) return `${kind} ${name}`;
    const names = [...typeNames, ...this.#typedefs.keys(), ...this.#earlier.typedefs.keys(), ...this.#registry.names()];
    return nearest(name, names)?.name ?? null;
  }

  /** Puts everything into the registry. */
  commit(): Declared {
    const moving = new Moving(this.#registry, new Set([...this.#tags.values()].map(({ reference }) => reference)));
    const definitions = new Map<string, CType | null>();
    for (const [name, { slot }] of this.#tags) {
      const isKnown = this.#registry.has(name) && this.#registry.lookup(name) !== null;
      if (!isKnown) definitions.set(name, slot.type === null ? null : moving.type(slot.type));
    }
    for (const [name, declared] of this.#typedefs) {
      const isKnown = this.#registry.has(name) && this.#registry.lookup(name) !== null;
      if (!isKnown && !isNamed(declared, name)) definitions.set(name, moving.type(declared.type));
    }
    this.#registry.add(definitions);
    const types = new Map<string, CType>();
    for (const name of this.#declared) types.set(name, this.#registry.lookup(name) ?? this.#registry.reference(name));
    const functions = new Map<string, Signature>();
    for (const [name, { type }] of this.#functions) {
      if (type.kind === 'function') functions.set(name, { ...moving.signature(type.signature), name });
    }
    this.#remember(moving);
    return { functions, types };
  }

  #remember(moving: Moving): void {
    const { typedefs, constants, kinds } = this.#earlier;
    for (const [name, { kind }] of this.#tags) kinds.set(name, kind);
    for (const [name, value] of this.constants) constants.set(name, value);
    for (const [name, declared] of this.#typedefs)
      typedefs.set(name, { ...declared, type: moving.type(declared.type) });
  }

  #redefined(name: string, why: string, position: number): Error {
    return this.#cursor.error('ERR_REDEFINED', `'${clip(name)}' is declared again: ${why}`, position);
  }
}

/** Whether the type is what goes by that name. */
const isNamed = ({ type, isFunction }: DeclaredType, name: string): boolean =>
  type.kind === 'named' && type.name === name && !isFunction;

function kindOf(definition: CType): TagKind | null {
  const { kind } = resolved(definition);
  return kind === 'struct' || kind === 'union' || kind === 'enum' ? kind : null;
}
