// Whether two types are structurally the same, through names and recursion.

import type { CType } from '../ctype/ctype.ts';
import { behindNames, type Definitions, inSlots } from './name-scope.ts';
import { partsOf, shapeOf } from './type-shape.ts';

/**
 * Compares types. What was found equal, or is being assumed so, is remembered as sets of equal types (Hopcroft and
 * Karp's algorithm), which ends for recursive types and takes hardly more than linear time for all comparisons
 * together. After a `false` the assumptions are worthless, and so is the comparer.
 */
export class TypeComparer {
  readonly #definitions: Definitions;
  readonly #leaders = new Map<CType, CType>();

  constructor(definitions: Definitions = inSlots) {
    this.#definitions = definitions;
  }

  areSame(one: CType, other: CType): boolean {
    const open: [CType, CType][] = [[one, other]];
    for (let pair = open.pop(); pair !== undefined; pair = open.pop()) {
      const a = behindNames(pair[0], this.#definitions);
      const b = behindNames(pair[1], this.#definitions);
      if (a === b) continue;
      if (a.kind === 'named' || b.kind === 'named') {
        // Not (yet) defined: the same only as itself.
        if (a.kind !== b.kind || a.kind !== 'named' || b.kind !== 'named' || a.slot !== b.slot) return false;
        continue;
      }
      if (shapeOf(a) !== shapeOf(b)) return false;
      const parts = partsOf(a);
      if (parts.length === 0 || !this.#unite(a, b)) continue;
      const others = partsOf(b);
      for (const [index, part] of parts.entries()) open.push([part, others[index] ?? part]);
    }
    return true;
  }

  /** Puts both into one set; false if they are in one already. */
  #unite(one: CType, other: CType): boolean {
    const a = this.#leaderOf(one);
    const b = this.#leaderOf(other);
    if (a !== b) this.#leaders.set(a, b);
    return a !== b;
  }

  #leaderOf(type: CType): CType {
    let leader = type;
    for (let next = this.#leaders.get(leader); next !== undefined; next = this.#leaders.get(leader)) {
      const above = this.#leaders.get(next);
      if (above !== undefined) this.#leaders.set(leader, above);
      leader = next;
    }
    return leader;
  }
}

/** Whether the types are structurally the same: a name is what it stands for, names of parameters do not count. */
export const sameType = (one: CType, other: CType): boolean => new TypeComparer().areSame(one, other);
