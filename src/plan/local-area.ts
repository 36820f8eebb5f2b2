// Hands out the local area of a stack frame, from its start, and knows the alignment that the area then needs.

import { alignUp } from '../ctype/layout.ts';
import type { Addr } from './step.ts';

/** Bytes. What the stack pointer is aligned to at every call, in every convention. */
export const STACK_ALIGN = 16;

export class LocalArea {
  #end = 0;
  #align: number;

  /** `align`: what the frame needs anyway, in bytes. */
  constructor(align: number = STACK_ALIGN) {
    this.#align = align;
  }

  /** `size` bytes at a multiple of `align`, and of 8. */
  take(size: number, align: number): Addr {
    this.#align = Math.max(this.#align, align);
    const offset = alignUp(this.#end, Math.max(8, align));
    this.#end = offset + size;
    return { base: 'local', offset };
  }

  /** Bytes; a multiple of 8. */
  get size(): number {
    return alignUp(this.#end, 8);
  }

  /** Bytes: a power of two, at least 16. */
  get align(): number {
    return this.#align;
  }
}
