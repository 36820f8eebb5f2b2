// psABI 3.2.3: the classes of a value's eightbytes. Which registers they travel in is decided in sysv-x64.ts.
//
//   struct { int a; float b; double c; }      eightbyte 0: a INTEGER, b SSE → INTEGER     eightbyte 1: c SSE
//            └ byte 0 ┴ 4 ─┴ 8 ────┘
//
// Where the text leaves a case open, or compilers part, gcc 12 decides; docs/abi/sysv-x64.md lists those cases.

import {
  type ArrayType,
  type ComplexType,
  type CType,
  type FloatType,
  type RecordType,
  type ResolvedType,
  resolved,
  type VectorType,
} from '../ctype/ctype.ts';
import type { DataModel } from '../ctype/data-model.ts';
import { hasRecords, layoutOfRecord, layoutOfType, type MemberLayout } from '../ctype/layout.ts';
import { assert, unsupported } from '../errors.ts';
import type { VectorLevel } from './convention.ts';

export type EightbyteClass = 'NO_CLASS' | 'INTEGER' | 'SSE' | 'SSEUP' | 'X87' | 'X87UP' | 'COMPLEX_X87';

/** One class per eightbyte, or MEMORY for the whole value. COMPLEX_X87 stands alone for all four of its eightbytes. */
export type Classes = readonly EightbyteClass[] | 'MEMORY';

/** Item 1: a larger object has class MEMORY. Bytes; also what an offset is counted modulo, for no alignment is larger. */
const MAX_BYTES = 64;

/** An aggregate larger than two eightbytes has class MEMORY unless it is one vector (item 5(c)). */
const MAX_MIXED_EIGHTBYTES = 2;

/** Bytes of the widest vector that has a register of its own. */
const WIDEST: Readonly<Record<VectorLevel, number>> = Object.freeze({ sse: 16, avx: 32, avx512: 64 });

interface Walk {
  readonly model: DataModel;
  readonly vectors: VectorLevel;
  /** The classes of records by offset, found already: types are shared, and each would double the work. */
  known: Map<CType, Map<number, Classes>> | null;
  /** What was met that a compiler loses bytes of, if the value around it travels in registers. */
  lost: Lost | null;
}

/** The rules by which such a value is refused. */
type Lost = 'vector of one __int128 in a record' | 'array of float16 across eightbytes';

const repeat = (first: EightbyteClass, rest: EightbyteClass, count: number): Classes =>
  Array.from({ length: count }, (_, index) => (index === 0 ? first : rest));

const INTEGER = repeat('INTEGER', 'INTEGER', 1);
const INTEGERS = repeat('INTEGER', 'INTEGER', 2);
const SSE = repeat('SSE', 'SSE', 1);
const SSES = repeat('SSE', 'SSE', 2);
const X87 = repeat('X87', 'X87UP', 2);
const COMPLEX_X87 = repeat('COMPLEX_X87', 'COMPLEX_X87', 1);

/** The classes of a value of type `type`, between functions that were compiled for vector registers of that level. */
export function classify(type: ResolvedType, model: DataModel, vectors: VectorLevel = 'sse'): Classes {
  const walk: Walk = { model, vectors, known: null, lost: null };
  const classes = classesAt(walk, type, 0);
  if (walk.lost !== null && type.kind !== 'vector' && classes !== 'MEMORY') {
    throw unsupported(walk.lost, `gcc loses bytes of a record that is passed in registers: ${walk.lost}`);
  }
  return classes;
}

/**
 * The classes of a value of `declared` that begins at byte `offset`, for the eightbytes from the one it begins in.
 * Recursive on purpose: the rules speak of fields, and clean up (item 5) what every aggregate inside has come to.
 */
function classesAt(walk: Walk, declared: CType, offset: number): Classes {
  const type = resolved(declared);
  switch (type.kind) {
    case 'bool':
    case 'integer':
    case 'enum':
    case 'pointer':
    case 'function':
      return integerClasses(layoutOfType(type, walk.model).size, offset);
    case 'float':
      return floatClasses(walk, type, offset);
    case 'complex':
      return complexClasses(walk, type, offset);
    case 'vector':
      return vectorClasses(walk, type, offset);
    case 'array':
      return arrayClasses(walk, type, offset);
    case 'struct':
    case 'union':
      return rememberedClasses(walk, type, offset % MAX_BYTES);
    default:
      assert(false, `${type.kind} is not passed`); // passed-types.ts refused it
  }
}

/**
 * Item 1: a value with an unaligned field has class MEMORY. A field is unaligned if a scalar in it is not at a multiple
 * of its size; `alignas` and the alignment of a record around it do not count (observed: gcc 12; clang 14 and 19 count
 * them, docs/abi/sysv-x64.md).
 */
const integerClasses = (size: number, offset: number): Classes =>
  offset % size !== 0 ? 'MEMORY' : size > 8 ? INTEGERS : INTEGER;

function floatClasses({ model }: Walk, { name }: FloatType, offset: number): Classes {
  const { size, format } = model.floats[name];
  if (offset % size !== 0) return 'MEMORY';
  return format === 'x87' ? X87 : SSE;
}

function complexClasses({ model }: Walk, { element }: ComplexType, offset: number): Classes {
  if (element.name === 'bfloat16') {
    throw unsupported(
      'complex bfloat16',
      'no compiler here has a complex type of __bf16: how one is passed is not known',
    );
  }
  const { size, format } = model.floats[element.name];
  if (offset % size !== 0) return 'MEMORY';
  if (format === 'x87') return COMPLEX_X87;
  // A pair that does not begin an eightbyte may end in the next one. One of float16 at offset 2 or 4 does not, and takes
  // the next one all the same, which is padding then (observed: gcc 12; clang 19 takes one eightbyte).
  return size === 8 || offset % 8 !== 0 ? SSES : SSE;
}

function vectorClasses(walk: Walk, type: VectorType, offset: number): Classes {
  const { element, length } = type;
  if (element.kind === 'float' && element.name === 'longdouble') {
    throw unsupported('vector of long double', 'C has no vectors of long double');
  }
  const { size } = layoutOfType(type, walk.model);
  const ofInt128 = element.kind === 'integer' && element.name.endsWith('128');
  // observed: gcc 12 loses the upper half of a struct and takes two registers for an array; clang 14, 19 take one
  if (ofInt128 && length === 1) walk.lost = 'vector of one __int128 in a record';
  if (offset % size !== 0 || size > WIDEST[walk.vectors]) return 'MEMORY';
  if (ofInt128 && length > 1) return 'MEMORY'; // observed: gcc 12, clang 19, at every level
  if (size > 8) return repeat('SSE', 'SSEUP', size / 8);
  // observed: gcc 12, and clang 14 and 19 but for their own results
  return element.kind === 'float' && element.name === 'double' ? 'MEMORY' : SSE;
}

const eightbytesOf = (size: number, offset: number): number => Math.ceil((size + (offset % 8)) / 8);

/**
 * An array repeats the classes of its first element; where the others would fall is not asked (observed: gcc 12). Of an
 * array without elements that begins within an eightbyte this leaves the class of the element there.
 */
function arrayClasses(walk: Walk, type: ArrayType, offset: number): Classes {
  const { size } = layoutOfType(type, walk.model);
  const count = eightbytesOf(size, offset);
  if (size > MAX_BYTES) return 'MEMORY';
  if (count === 0) return [];
  const first = classesAt(walk, type.element, offset);
  if (first === 'MEMORY') return 'MEMORY';
  const classes = cleanedUp(Array.from({ length: count }, (_, index) => first[index % first.length] ?? 'NO_CLASS'));
  // observed: gcc 12 moves two bytes of an eightbyte that begins with the last float16 of an element; clang 19 moves all
  const isSplit = offset % 8 !== 0 && first.length > 1 && first.at(-1) === 'SSE' && (type.length ?? 0) > 1;
  if (isSplit && classes !== 'MEMORY') walk.lost = 'array of float16 across eightbytes';
  return classes;
}

function rememberedClasses(walk: Walk, type: RecordType, offset: number): Classes {
  if (!hasRecords(type)) return recordClasses(walk, type, offset); // as layout.ts has it
  walk.known ??= new Map();
  const byOffset = walk.known.get(type) ?? new Map<number, Classes>();
  walk.known.set(type, byOffset);
  const classes = byOffset.get(offset) ?? recordClasses(walk, type, offset);
  byOffset.set(offset, classes);
  return classes;
}

function recordClasses(walk: Walk, type: RecordType, offset: number): Classes {
  const { size, members } = layoutOfRecord(type, walk.model);
  if (size > MAX_BYTES) return 'MEMORY';
  const found = new Array<EightbyteClass>(eightbytesOf(size, offset)).fill('NO_CLASS');
  if (found.length === 0) return found;
  for (const field of members) {
    const member = resolved(field.type);
    if (member.kind === 'array' && member.length === null) continue; // observed: gcc 12; clang 14, 19: MEMORY
    const classes =
      field.bitWidth === null
        ? classesAt(walk, member, offset + field.offset)
        : bitFieldClasses(type, field, field.bitWidth, offset);
    if (classes === 'MEMORY') return 'MEMORY';
    const at = Math.floor(((offset % 8) + field.offset + Math.floor((field.bitOffset ?? 0) / 8)) / 8);
    if (!addClasses(found, classes, at)) return 'MEMORY';
  }
  return cleanedUp(found);
}

/** Merges the classes of a field into those found, from eightbyte `at` on; false if the whole has class MEMORY. */
function addClasses(found: EightbyteClass[], added: readonly EightbyteClass[], at: number): boolean {
  let index = at;
  for (const one of added) {
    const present = found[index];
    if (present === undefined) return true;
    const merged = merge(present, one);
    if (merged === 'MEMORY') return false;
    found[index++] = merged;
  }
  return true;
}

/**
 * Bit-fields are INTEGER in every eightbyte that they touch and never unaligned; those without a name too, if they have
 * bits (observed: gcc 12; clang 14 and 19 pass over them). gcc 12 takes two kinds for ordinary members, which may be
 * unaligned: all those of unions, without bits or with, and those of structs that are as large as an integer and lie as
 * one would.
 */
function bitFieldClasses(record: RecordType, field: MemberLayout, width: number, offset: number): Classes {
  if (width === 0 && record.kind === 'struct') return [];
  const start = 8 * field.offset + (field.bitOffset ?? 0); // bits from the start of the record
  const whole = Math.max(8, 2 ** Math.ceil(Math.log2(width)));
  const ordinary = width === whole && start % whole === 0 && record.packing !== 'attribute';
  if (record.kind === 'union' || ordinary) return integerClasses(whole / 8, offset + start / 8);
  const bits = 8 * (offset % 8) + start;
  const touched = Math.ceil((bits + width) / 64) - Math.floor(bits / 64);
  return touched > 1 ? repeat('INTEGER', 'INTEGER', touched) : INTEGER;
}

/** psABI 3.2.3, item 5, for an aggregate at any depth; (a) is said by 'MEMORY' itself. */
function cleanedUp(classes: EightbyteClass[]): Classes {
  if (classes.length > MAX_MIXED_EIGHTBYTES && !isOneVector(classes)) return 'MEMORY'; // (c)
  let before: EightbyteClass | undefined;
  for (let index = 0; index < classes.length; index++) {
    const one = classes[index];
    if (one === 'X87UP' && before !== 'X87') return 'MEMORY'; // (b)
    if (one === 'SSEUP' && before !== 'SSE' && before !== 'SSEUP') classes[index] = 'SSE'; // (d)
    before = classes[index];
  }
  return classes;
}

const isOneVector = (classes: Classes & object): boolean =>
  classes.every((one, index) => one === (index === 0 ? 'SSE' : 'SSEUP'));

const isX87 = (one: EightbyteClass): boolean => one === 'X87' || one === 'X87UP' || one === 'COMPLEX_X87';

/** psABI 3.2.3, item 4, in its order; (c), a MEMORY field, ends the walk before anything is merged. */
export function merge(a: EightbyteClass, b: EightbyteClass): EightbyteClass | 'MEMORY' {
  if (a === b) return a; // (a)
  if (a === 'NO_CLASS') return b; // (b)
  if (b === 'NO_CLASS') return a;
  if (a === 'INTEGER' || b === 'INTEGER') return 'INTEGER'; // (d)
  if (isX87(a) || isX87(b)) return 'MEMORY'; // (e)
  return 'SSE'; // (f)
}
