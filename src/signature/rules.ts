// What C forbids of a type in some place whatever the platform: now, or once the name it goes by has a definition.

import type { CType, ResolvedType } from '../ctype/ctype.ts';
import type { NameScope } from './name-scope.ts';
import { greatestWidth } from './platform-ranges.ts';
import type { Scanner } from './scanner.ts';

/** What is wrong with a type in this place, or null. */
export type Rule = (type: ResolvedType) => string | null;

const mustNotBeVoid = (what: string): Rule => {
  const wrong = `${what} cannot be void`;
  return (type) => (type.kind === 'void' ? wrong : null);
};

export const memberRule: Rule = mustNotBeVoid('a member');
export const argumentRule: Rule = mustNotBeVoid('an argument');
const elementIsNotVoid: Rule = mustNotBeVoid('an element');

/** C11 6.7.2.1p18. */
export const notFlexibleRule: Rule = (type) =>
  type.kind === 'array' && type.length === null
    ? 'a flexible array can only be the last of several members of a struct'
    : null;

export const elementRule: Rule = (type) => elementIsNotVoid(type) ?? notFlexibleRule(type);

/** C11 6.7.6.3p1. */
export const resultRule: Rule = (type) => (type.kind === 'array' ? 'a function cannot return an array' : null);

/** C11 6.7.2.1p4; that any integer type will do, p5 leaves to the compiler, and all of them allow it. */
export function bitFieldRule(width: number): Rule {
  return (type) => {
    const bits = bitsOf(type);
    if (bits === null) return 'a bit-field needs an integer type';
    return width > bits ? `a bit-field of ${width} bits is wider than its type` : null;
  };
}

function bitsOf(type: ResolvedType): number | null {
  switch (type.kind) {
    case 'bool':
      return 1;
    case 'integer':
      return greatestWidth(type.name);
    case 'enum':
      return greatestWidth(type.underlying.name);
    default:
      return null;
  }
}

interface Deferred {
  readonly type: CType;
  readonly position: number;
  readonly rule: Rule;
}

/** Holds the types of one text against the rules. */
export class RuleBook {
  readonly #scanner: Scanner;
  readonly #scope: NameScope | null;
  #deferred: Deferred[] | null = null;

  constructor(scanner: Scanner, scope: NameScope | null) {
    this.#scanner = scanner;
    this.#scope = scope;
  }

  /** Throws `ERR_TYPE` now or, if the type goes by a name without a definition, in `settle`. */
  check(type: CType, position: number, rule: Rule): void {
    const found = this.#definitionOf(type);
    if (found !== null) return this.#hold(found, position, rule);
    this.#deferred ??= [];
    this.#deferred.push({ type, position, rule });
  }

  /** Checks what could not be checked yet. A name that is still open is checked when it is laid out. */
  settle(): void {
    for (const { type, position, rule } of this.#deferred ?? []) {
      const found = this.#definitionOf(type);
      if (found !== null) this.#hold(found, position, rule);
    }
  }

  #definitionOf(type: CType): ResolvedType | null {
    return type.kind === 'named' ? (this.#scope?.definitionOf(type) ?? null) : type;
  }

  #hold(type: ResolvedType, position: number, rule: Rule): void {
    const wrong = rule(type);
    if (wrong !== null) throw this.#scanner.error('ERR_TYPE', wrong, position);
  }
}
