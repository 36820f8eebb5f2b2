// What was made of a text, by the text. A text means the same type everywhere, except for the names of a registry: every
// registry has entries of its own.

import type { Registry } from '../signature/registry.ts';

/** Entries per registry; an entry takes a few kilobytes. */
const CAPACITY = 1024;

export class TextCache<T> {
  readonly #plain: Map<string, T> = new Map();
  readonly #named: WeakMap<Registry, Map<string, T>> = new WeakMap();

  /** What `make` gave for that key before, or gives now. */
  get(key: string, registry: Registry | undefined, make: () => T): T {
    const entries = registry === undefined ? this.#plain : this.#of(registry);
    const found = entries.get(key);
    if (found !== undefined) return found;
    const made = make();
    if (entries.size >= CAPACITY) dropOldestHalf(entries);
    entries.set(key, made);
    return made;
  }

  #of(registry: Registry): Map<string, T> {
    const entries = this.#named.get(registry) ?? new Map<string, T>();
    this.#named.set(registry, entries);
    return entries;
  }
}

/** Half at a time: a Map steps over what was deleted from its front, so taking one each time costs more and more. */
function dropOldestHalf(entries: Map<string, unknown>): void {
  let remaining = CAPACITY / 2;
  for (const oldest of entries.keys()) {
    if (remaining-- === 0) return;
    entries.delete(oldest);
  }
}
