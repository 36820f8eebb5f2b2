// How JavaScript reaches one scalar of C in an ArrayBuffer: through which typed array, and at which index.

import type { CType } from '../ctype/ctype.ts';
import type { DataModel } from '../ctype/data-model.ts';
import { assert } from '../errors.ts';

/** The typed arrays over one buffer, by the names that generated source uses. */
export type ViewName = 'i8' | 'u8' | 'i16' | 'u16' | 'i32' | 'u32' | 'i64' | 'u64' | 'f32' | 'f64';

export type Views = Readonly<Record<ViewName, ArrayLike<number | bigint>>>;

/** A place in the buffer: `offset` bytes behind the value of the variable `base`, or behind the buffer's start. */
export interface Site {
  readonly base: string | null;
  readonly offset: number;
}

export interface Cell {
  readonly view: ViewName;
  /** log2 of the element size. */
  readonly shift: 0 | 1 | 2 | 3;
}

const integerCells: Readonly<Record<number, readonly [unsigned: Cell, signed: Cell]>> = {
  1: [cell('u8', 0), cell('i8', 0)],
  2: [cell('u16', 1), cell('i16', 1)],
  4: [cell('u32', 2), cell('i32', 2)],
  8: [cell('u64', 3), cell('i64', 3)],
};

function cell(view: ViewName, shift: Cell['shift']): Cell {
  return Object.freeze({ view, shift });
}

/** The cell of a scalar type, or null for a record, an array or void. */
export function cellOf(type: CType, model: DataModel): Cell | null {
  switch (type.kind) {
    case 'bool':
      return cell('u8', 0);
    case 'float':
      return type.name === 'float' ? cell('f32', 2) : cell('f64', 3);
    case 'pointer':
    case 'function':
      return cell('u64', 3);
    case 'integer':
    case 'enum': {
      const { size, signed } = model.integers[type.kind === 'enum' ? type.underlying.name : type.name];
      const pair = integerCells[size];
      assert(pair !== undefined, 'integers have 1, 2, 4 or 8 bytes');
      return signed ? pair[1] : pair[0];
    }
    default:
      return null;
  }
}

/** The index of a site in a view, as source: `4`, or `(base >> 2) + 4`. */
export function indexSource({ base, offset }: Site, shift: number): string {
  assert(offset % 2 ** shift === 0, 'a scalar stands at a multiple of its size');
  const index = offset / 2 ** shift;
  if (base === null) return String(index);
  const scaled = shift === 0 ? base : `(${base} >> ${shift})`;
  return index === 0 ? scaled : `${scaled} + ${index}`;
}

/** An expression for a byte offset. */
export function offsetSource({ base, offset }: Site): string {
  if (base === null) return String(offset);
  return offset === 0 ? base : `${base} + ${offset}`;
}

/** Hands out names that occur once in a source text, and remembers which views the text uses. */
export class SourceNames {
  #count = 0;
  readonly views: Set<ViewName> = new Set();

  fresh(prefix: string): string {
    return `${prefix}${this.#count++}`;
  }

  view(name: ViewName): ViewName {
    this.views.add(name);
    return name;
  }
}

/** The property of a member: its name, or its index if it has none. */
export const memberKey = (name: string | null, index: number): string => name ?? String(index);

/** `.name` or `[0]`. */
export const accessSource = (name: string | null, index: number): string => (name === null ? `[${index}]` : `.${name}`);
