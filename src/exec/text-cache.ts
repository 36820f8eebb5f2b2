// What was made of a text, by the text. A text means the same type everywhere, except for the names of a registry: every
// registry has entries of its own.

import type { Registry } from '../signature/registry.ts';

/** Entries per registry that are kept for certain; there may be twice as many. An entry takes a few kilobytes. */
const CAPACITY = 512;

/**
 * Two maps: when the newer one is full, it becomes the older one, and what was in that is forgotten unless it was asked for
 * meanwhile. Nothing is ever deleted: a Map steps over what was deleted from its front, and allocates to do so.
 */
class Entries<T> {
  #newer = new Map<string, T>();
  #older = new Map<string, T>();

  find(key: string): T | undefined {
    const found = this.#newer.get(key);
    if (found !== undefined) return found;
    const old = this.#older.get(key);
    if (old !== undefined) this.add(key, old);
    return old;
  }

  add(key: string, made: T): void {
    if (this.#newer.size >= CAPACITY) {
      this.#older = this.#newer;
      this.#newer = new Map();
    }
    this.#newer.set(key, made);
  }
}

export class TextCache<T> {
  readonly #plain: Entries<T> = new Entries();
  readonly #named: WeakMap<Registry, Entries<T>> = new WeakMap();

  /** What `make` gave for that key before, or gives now. */
  get(key: string, registry: Registry | undefined, make: () => T): T {
    return this.find(key, registry) ?? this.add(key, registry, make());
  }

  find(key: string, registry: Registry | undefined): T | undefined {
    return registry === undefined ? this.#plain.find(key) : this.#named.get(registry)?.find(key);
  }

  /** `made`, which is found under that key from now on. */
  add(key: string, registry: Registry | undefined, made: T): T {
    (registry === undefined ? this.#plain : this.#of(registry)).add(key, made);
    return made;
  }

  #of(registry: Registry): Entries<T> {
    const entries = this.#named.get(registry) ?? new Entries<T>();
    this.#named.set(registry, entries);
    return entries;
  }
}
