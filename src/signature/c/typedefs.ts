// What attributes make of the type of a typedef: vectors, machine modes, alignments.

import {
  type CType,
  type FloatType,
  type IntegerType,
  integer,
  type RecordType,
  resolved,
  struct,
  union,
  vector,
} from '../../ctype/ctype.ts';
import type { DataModel } from '../../ctype/data-model.ts';
import { layoutOfType } from '../../ctype/layout.ts';
import { clip } from '../scanner.ts';
import type { Attributes } from './attributes.ts';
import type { CContext } from './context.ts';
import type { DeclaredType } from './declared-type.ts';

/**
 * The type that a typedef of `declared` with these attributes names; null if no CType describes it: a vector of an
 * unsupported size, an alignment below that of the type.
 */
export function withAttributes(
  context: CContext,
  declared: DeclaredType,
  all: readonly Attributes[],
  position: number,
): DeclaredType | null {
  let changed = declared;
  for (const { packed, mode, vector: asked } of all) {
    if (packed !== null) {
      throw context.cursor.refusal('packed', 'packed belongs behind the } of a record', packed.position);
    }
    if (mode !== null) changed = { ...changed, type: inMode(context, changed.type, mode.value, mode.position) };
    if (asked !== null) {
      const type = vectorOf(context, changed.type, asked);
      if (type === null) return null;
      changed = { ...changed, type };
    }
  }
  const align = Math.max(...all.map((each) => each.align?.value ?? 0));
  return align === 0 ? changed : aligned(context, changed, align, position);
}

/**
 * An untagged record whose typedef has an `aligned`: where that only moves records apart, and does not leave them
 * smaller than their alignment, it is the record's own.
 */
export function alignedRecord({ models }: CContext, type: RecordType, all: readonly Attributes[]): RecordType {
  const align = Math.max(...all.map((each) => each.align?.value ?? 0));
  const isOwn = models.every((model) => {
    const own = layoutOfType(type, model);
    return own.align < align && own.size % align === 0;
  });
  if (!isOwn) return type;
  return (type.kind === 'struct' ? struct : union)(type.members, type.packing, align);
}

/** GCC's names of machine modes, in bits; `word` and `pointer` have 64 on every platform here. */
const MODES: ReadonlyMap<string, 8 | 16 | 32 | 64 | 128> = new Map([
  ...([
    ['QI', 8],
    ['byte', 8],
    ['HI', 16],
    ['SI', 32],
    ['DI', 64],
    ['TI', 128],
  ] as const), // prettier-ignore
  ...([
    ['word', 64],
    ['pointer', 64],
    ['unwind_word', 64],
    ['libgcc_cmp_return', 64],
  ] as const), // prettier-ignore
]);

function inMode({ cursor, models }: CContext, type: CType, mode: string, position: number): CType {
  const bits = MODES.get(mode);
  if (bits === undefined) throw cursor.refusal('mode', `the machine mode '${clip(mode)}' is not understood`, position);
  if (type.kind !== 'integer') throw cursor.refusal('mode', 'a machine mode of other than an integer', position);
  // The only integers whose sign varies are char and wchar_t.
  const signs = new Set(models.map((model) => model.integers[type.name].signed));
  if (signs.size > 1) throw cursor.refusal('platform', `the sign of ${type.name} differs between platforms`, position);
  return integer(signs.has(true) ? `int${bits}` : `uint${bits}`);
}

type AskedVector = NonNullable<Attributes['vector']>;

function vectorOf(context: CContext, type: CType, { value, position }: AskedVector): CType | null {
  const { cursor, models } = context;
  const { count, unit } = value;
  const element = cursor.at(position, () => resolved(type));
  if (element.kind !== 'integer' && element.kind !== 'float') {
    throw cursor.error('ERR_TYPE', 'a vector has elements of an integer or floating-point type', position);
  }
  const sizes = new Set(models.map((model) => sizeOfElement(element, model)));
  const [size, ...others] = sizes;
  if (size === undefined || others.length > 0) {
    throw cursor.refusal('platform', `the size of ${element.name} differs between platforms`, position);
  }
  const bytes = unit === 'bytes' ? count : count * BigInt(size);
  const isSupported = bytes >= 8n && bytes <= 64n && (bytes & (bytes - 1n)) === 0n && bytes >= BigInt(size);
  if (!isSupported) return null;
  return vector(element, Number(bytes) / size);
}

const sizeOfElement = (element: IntegerType | FloatType, model: DataModel): number =>
  element.kind === 'integer' ? model.integers[element.name].size : model.floats[element.name].size;

/**
 * A CType has no alignment of its own, only records and members have: what goes beyond the type's own is kept beside
 * the typedef, for the members that it declares.
 */
function aligned(context: CContext, declared: DeclaredType, align: number, position: number): DeclaredType | null {
  const { cursor, models } = context;
  if (declared.isFunction) return declared;
  const own = models.map((model) => cursor.at(position, () => layoutOfType(declared.type, model)).align);
  if (own.some((each) => each > align)) return null;
  return own.every((each) => each === align) ? declared : { ...declared, align: Math.max(declared.align ?? 1, align) };
}
