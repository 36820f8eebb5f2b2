// What a name stands for, at one moment: names are given definitions later than they are used.

import type { CType, NamedType, ResolvedType } from '../ctype/ctype.ts';

/** Where `@Name` is looked up. */
export interface NameScope {
  /** The named type, or null if nothing has that name here. */
  find(name: string): NamedType | null;
  /** The names that may have been meant. */
  known(): readonly string[];
  /** The type behind a name, and behind the names that it stands for; null as long as one of them has none. */
  definitionOf(type: CType): ResolvedType | null;
}

/** The definition of a name, or null as long as it has none. */
export type Definitions = (type: NamedType) => CType | null;

/** What the slots of the registries hold now. */
export const inSlots: Definitions = ({ slot }) => slot.type;

/** Follows a name through the names that it stands for, up to a type or to a name without a definition. */
export function behindNames(type: CType, definitions: Definitions = inSlots): CType {
  let found = type;
  while (found.kind === 'named') {
    const next = definitions(found);
    if (next === null) return found;
    found = next;
  }
  return found;
}

/** The type that a name stands for, or null as long as there is none. */
export function definitionIn(type: CType, definitions: Definitions = inSlots): ResolvedType | null {
  const found = behindNames(type, definitions);
  return found.kind === 'named' ? null : found;
}
