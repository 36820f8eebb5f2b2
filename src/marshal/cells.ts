// How JavaScript reaches one scalar of C in an ArrayBuffer: through which typed array, and at which index; through a
// DataView where it is not aligned; and by a function of formats.ts where JavaScript has no such scalar.

import { type CType, type ResolvedType, resolved } from '../ctype/ctype.ts';
import type { DataModel, FloatFormat } from '../ctype/data-model.ts';
import { assert, InterfixError } from '../errors.ts';
import type { Int64 } from '../signature/infer.ts';
import type { FormatFunctionName, FormatName } from './formats.ts';

/** The typed arrays over one buffer, by the names that generated source uses. */
export type ArrayName = 'i8' | 'u8' | 'i16' | 'u16' | 'i32' | 'u32' | 'i64' | 'u64' | 'f32' | 'f64';
/** `memory` is a DataView over all of the buffer. */
export type ViewName = ArrayName | 'memory';

export type Views = Readonly<Record<ArrayName, ArrayLike<number | bigint>> & { memory: DataView }>;

/**
 * A place in the buffer: `offset` bytes behind the value of the variable `base`, which is a multiple of `baseAlign`; or
 * behind the buffer's start.
 */
export interface Site {
  readonly base: string | null;
  readonly baseAlign: number;
  readonly offset: number;
}

export const BUFFER_START: Site = Object.freeze({ base: null, baseAlign: 8, offset: 0 });

export const within = ({ base, baseAlign, offset }: Site, by: number): Site => ({
  base,
  baseAlign,
  offset: offset + by,
});

/** The site of element `base` of an array at `site`, whose elements have `size` bytes. */
export function elementSite(site: Site, base: string, size: number): Site {
  const divides = (align: number): boolean => isAligned(site, align) && size % align === 0;
  return { base, baseAlign: [8, 4, 2].find(divides) ?? 1, offset: 0 };
}

const isAligned = ({ base, baseAlign, offset }: Site, align: number): boolean =>
  offset % align === 0 && (base === null || baseAlign % align === 0);

export interface Cell {
  readonly view: ArrayName;
  /** log2 of the element size. */
  readonly shift: 0 | 1 | 2 | 3;
}

/** A scalar without a typed array. */
export interface Codec {
  readonly format: FormatName;
}

export type Scalar = Cell | Codec;

const integerCells: Readonly<Record<number, readonly [unsigned: Scalar, signed: Scalar]>> = {
  1: [cell('u8', 0), cell('i8', 0)],
  2: [cell('u16', 1), cell('i16', 1)],
  4: [cell('u32', 2), cell('i32', 2)],
  8: [cell('u64', 3), cell('i64', 3)],
  16: [codec('Uint128'), codec('Int128')],
};

const floatCells: Readonly<Record<FloatFormat, Scalar>> = {
  binary16: codec('Float16'),
  bfloat16: codec('Bfloat16'),
  binary32: cell('f32', 2),
  binary64: cell('f64', 3),
  x87: codec('X87'),
  binary128: codec('Binary128'),
};

function cell(view: ArrayName, shift: Cell['shift']): Cell {
  return Object.freeze({ view, shift });
}

function codec(format: FormatName): Codec {
  return Object.freeze({ format });
}

/** How to reach a scalar type, or null for a type that is no scalar. */
export function scalarOf(type: ResolvedType, model: DataModel): Scalar | null {
  switch (type.kind) {
    case 'bool':
      return cell('u8', 0);
    case 'float':
      return floatCells[model.floats[type.name].format];
    case 'pointer':
    case 'function':
      return cell('u64', 3);
    case 'integer':
    case 'enum': {
      const { size, signed } = model.integers[type.kind === 'enum' ? type.underlying.name : type.name];
      const pair = integerCells[size];
      assert(pair !== undefined, 'integers have 1, 2, 4, 8 or 16 bytes');
      return signed ? pair[1] : pair[0];
    }
    default:
      return null;
  }
}

/** The cell of an element of an array that lies in one typed array, so that all of it can be taken at once; or null. */
export function plainCell(element: CType, site: Site, model: DataModel): Cell | null {
  const type = resolved(element);
  const scalar = scalarOf(type, model);
  if (scalar === null || 'format' in scalar || type.kind === 'bool') return null;
  return isAligned(site, 2 ** scalar.shift) ? scalar : null;
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

/** What the methods of a DataView call the elements of a typed array. */
const METHODS: Readonly<Record<ArrayName, string>> = {
  i8: 'Int8',
  u8: 'Uint8',
  i16: 'Int16',
  u16: 'Uint16',
  i32: 'Int32',
  u32: 'Uint32',
  i64: 'BigInt64',
  u64: 'BigUint64',
  f32: 'Float32',
  f64: 'Float64',
};

/** An expression for the scalar at a site. */
export function loadSource(scalar: Scalar, site: Site, names: SourceNames): string {
  if ('format' in scalar)
    return `${names.format(`get${scalar.format}`)}(${names.view('memory')}, ${offsetSource(site)})`;
  const { view, shift } = scalar;
  if (isAligned(site, 2 ** shift)) return `${names.view(view)}[${indexSource(site, shift)}]`;
  return `${names.view('memory')}.get${METHODS[view]}(${offsetSource(site)}, true)`;
}

/** The statement that stores the value of an expression at a site. */
export function storeSource(scalar: Scalar, site: Site, value: string, names: SourceNames): string {
  if ('format' in scalar)
    return `${names.format(`set${scalar.format}`)}(${names.view('memory')}, ${offsetSource(site)}, ${value});`;
  const { view, shift } = scalar;
  if (isAligned(site, 2 ** shift)) return `${names.view(view)}[${indexSource(site, shift)}] = ${value};`;
  return `${names.view('memory')}.set${METHODS[view]}(${offsetSource(site)}, ${value}, true);`;
}

/** A union of more bytes than this is filled by a call. */
const MAX_STORED = 64;

/** Statements that make so many bytes zero. */
export function clearSource(site: Site, size: number, names: SourceNames): string {
  const [view, width] = size % 8 === 0 && isAligned(site, 8) ? (['f64', 3] as const) : (['i32', 2] as const);
  const step = 2 ** width;
  if (size > MAX_STORED || size % step !== 0 || !isAligned(site, step)) {
    const start = offsetSource(site);
    return `${names.view('u8')}.fill(0, ${start}, ${start} + ${size});`;
  }
  const stores = Array.from({ length: size / step }, (_, index) =>
    storeSource(cell(view, width), within(site, index * step), '0', names),
  );
  return stores.join(' ');
}

/** Source that is larger than this could not be compiled in reasonable time. */
export const MAX_INLINE_VALUES: number = 1 << 16;

const MAX_CONSTANTS = 64;

/** Hands out names that occur once in a source text, and remembers what the text uses, and what it makes of wide integers. */
export class SourceNames {
  readonly int64: Int64;
  /** Whether what is rarely done is no call to V8; see refusal-source.ts. */
  readonly hidesCalls: boolean;
  #count = 0;
  #values = 0;
  readonly views: Set<ViewName> = new Set();
  readonly formats: Set<FormatFunctionName> = new Set();
  readonly #constants = new Map<string, string>();
  readonly #distinct: string[] = [];

  constructor(int64: Int64 = 'bigint', hidesCalls = false) {
    this.int64 = int64;
    this.hidesCalls = hidesCalls;
  }

  fresh(prefix: string): string {
    return `${prefix}${this.#count++}`;
  }

  view(name: ViewName): ViewName {
    this.views.add(name);
    return name;
  }

  format(name: FormatFunctionName): FormatFunctionName {
    this.formats.add(name);
    return name;
  }

  /** Whether constants still serve what they are for: V8 inlines functions of up to 460 bytes of bytecode. */
  get isShort(): boolean {
    return this.#constants.size < MAX_CONSTANTS;
  }

  /** Names the value of an expression that need not be made anew for every call. */
  constant(prefix: string, value: string): string {
    const name = this.#constants.get(value) ?? this.fresh(prefix);
    this.#constants.set(value, name);
    return name;
  }

  /** As `constant`, for a value that nothing else shares. */
  distinct(prefix: string, value: string): string {
    const name = this.fresh(prefix);
    this.#distinct.push(`const ${name} = ${value};`);
    return name;
  }

  /** Statements for the beginning of the body. */
  get constants(): string[] {
    return [...[...this.#constants].map(([value, name]) => `const ${name} = ${value};`), ...this.#distinct];
  }

  /** Counts the values that the text mentions one by one: records that share types grow without bound otherwise. */
  countValue(): void {
    this.#values++;
    if (this.#values > MAX_INLINE_VALUES)
      throw new InterfixError('ERR_SIZE', `a value of more than ${MAX_INLINE_VALUES} parts cannot be converted`);
  }
}
