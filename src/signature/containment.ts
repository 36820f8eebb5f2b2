// Whether a name contains itself by value, which would make it infinitely large.

import type { CType, NamedType, TypeSlot } from '../ctype/ctype.ts';
import { MAX_TYPE_DEPTH } from '../ctype/layout.ts';
import { InterfixError } from '../errors.ts';
import type { Definitions } from './name-scope.ts';
import { partsByValue, partsOf } from './type-shape.ts';

/** The names that a type contains by value, not looking behind them. */
function namesByValue(root: CType): NamedType[] {
  const names: NamedType[] = [];
  const seen = new Set<CType>([root]);
  for (const type of seen) {
    if (type.kind === 'named') names.push(type);
    else for (const part of partsByValue(type)) seen.add(part);
  }
  return names;
}

/** A name whose insides are being looked at. */
interface Visit {
  readonly name: NamedType;
  readonly inside: readonly NamedType[];
  next: number;
  /** Whether everything inside has a definition, so that no later definition can close a circle through it. */
  isComplete: boolean;
}

/** Looks for names that contain themselves among the names it is shown, and everything inside them. */
export class CircleSearch {
  readonly #definitions: Definitions;
  readonly #known: ReadonlySet<TypeSlot>;
  readonly #complete = new Set<TypeSlot>();
  readonly #done = new Set<TypeSlot>();
  readonly #stack: Visit[] = [];
  readonly #path = new Set<TypeSlot>();

  /** Names in `known` are complete: they need not be looked into again. */
  constructor(definitions: Definitions, known: ReadonlySet<TypeSlot>) {
    this.#definitions = definitions;
    this.#known = known;
  }

  /** Names that no later definition can make recursive, of those that were looked at. */
  get complete(): Iterable<TypeSlot> {
    return this.#complete;
  }

  /** Names each of which contains the next one, and the last one the first; null if `start` leads to no such circle. */
  from(start: NamedType): readonly NamedType[] | null {
    if (!this.#done.has(start.slot)) this.#enter(start);
    for (let visit = this.#stack.at(-1); visit !== undefined; visit = this.#stack.at(-1)) {
      const inside = visit.inside[visit.next++];
      if (inside === undefined) this.#leave(visit);
      else if (this.#path.has(inside.slot)) return this.#circleFrom(inside);
      else if (!this.#isComplete(inside) && (this.#done.has(inside.slot) || !this.#enter(inside))) {
        visit.isComplete = false;
      }
    }
    return null;
  }

  #isComplete({ slot }: NamedType): boolean {
    return this.#known.has(slot) || this.#complete.has(slot);
  }

  /** False if the name has no definition. */
  #enter(name: NamedType): boolean {
    const definition = this.#definitions(name);
    if (definition === null) return false;
    this.#stack.push({ name, inside: namesByValue(definition), next: 0, isComplete: true });
    this.#path.add(name.slot);
    return true;
  }

  #leave({ name, isComplete }: Visit): void {
    this.#stack.pop();
    this.#path.delete(name.slot);
    this.#done.add(name.slot);
    const outer = this.#stack.at(-1);
    if (isComplete) this.#complete.add(name.slot);
    else if (outer !== undefined) outer.isComplete = false;
  }

  #circleFrom({ slot }: NamedType): NamedType[] {
    const names = this.#stack.map((visit) => visit.name);
    return names.slice(names.findIndex((name) => name.slot === slot));
  }
}

/** Throws `ERR_DEPTH` for a type of too many levels, with every name it mentions given to `visit`. */
export function walkType(root: CType, visit: (name: NamedType) => void): void {
  const heights = new Map<CType, number>();
  const heightOf = (type: CType, depth: number): number => {
    if (type.kind === 'named') visit(type);
    let height = heights.get(type) ?? 0;
    if (height === 0) {
      if (depth > MAX_TYPE_DEPTH) throw tooDeep();
      height = 1;
      for (const part of partsOf(type)) height = Math.max(height, 1 + heightOf(part, depth + 1));
      heights.set(type, height);
    }
    if (depth + height - 1 > MAX_TYPE_DEPTH) throw tooDeep();
    return height;
  };
  heightOf(root, 1);
}

const tooDeep = (): InterfixError => new InterfixError('ERR_DEPTH', `types nest deeper than ${MAX_TYPE_DEPTH}`);
