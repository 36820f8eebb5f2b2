// What the classifier of System V refuses after it has classified: records whose only known compiler does not follow its
// own classes.

import { type CType, type RecordType, type ResolvedType, resolved } from '../ctype/ctype.ts';
import { SYSV_X64 } from '../ctype/data-model.ts';
import { layoutOfRecord, layoutOfType } from '../ctype/layout.ts';
import { unsupported } from '../errors.ts';
import type { Classes } from './eightbytes.ts';

interface Scalar {
  readonly type: ResolvedType;
  /** Bytes, from the start of the value. */
  readonly offset: number;
  readonly size: number;
}

/**
 * A __bf16 that is alone in its eightbyte, before an eightbyte of at most four bytes, has class SSE by psABI 3.2.3, and
 * clang 19 puts it in a general register all the same (observed); gcc 12 and clang 14 do not know the type.
 */
export function checkLoneBfloat16(type: ResolvedType, classes: Classes): void {
  if ((type.kind !== 'struct' && type.kind !== 'union') || classes.length !== 2 || classes[0] !== 'SSE') return;
  const scalars: Scalar[] = [];
  collectScalars(type, 0, scalars, new Map());
  const isLone = scalars.some((one) => isBfloat16(one) && scalars.every((other) => isApart(one, other)));
  const isNarrow = scalars.every(({ offset, size }) => offset + size <= 12);
  if (!isLone || !isNarrow) return;
  throw unsupported(
    'lone bfloat16',
    'a bfloat16 that is alone in the first eightbyte, before one of at most four bytes, is not passed as its class says',
  );
}

const isBfloat16 = ({ type, offset }: Scalar): boolean =>
  offset < 8 && type.kind === 'float' && type.name === 'bfloat16';

/** Whether `other` stands in the second eightbyte, or where `one` does: as another member of a union. */
const isApart = (one: Scalar, other: Scalar): boolean =>
  other.offset >= 8 || (other.offset === one.offset && other.size === one.size);

/** The scalars of a value that begins at `offset`; `seen` keeps types that are shared by many from doubling the work. */
function collectScalars(declared: CType, offset: number, found: Scalar[], seen: Map<CType, Set<number>>): void {
  const type = resolved(declared);
  const offsets = seen.get(type) ?? new Set<number>();
  seen.set(type, offsets);
  if (offsets.has(offset)) return;
  offsets.add(offset);
  if (type.kind === 'struct' || type.kind === 'union') {
    for (const field of membersOf(type)) collectScalars(field.type, offset + field.offset, found, seen);
  } else if (type.kind === 'array') {
    const { size } = layoutOfType(type.element, SYSV_X64);
    const count = size === 0 ? 0 : (type.length ?? 0);
    for (let index = 0; index < count; index++) collectScalars(type.element, offset + index * size, found, seen);
  } else {
    found.push({ type, offset, size: layoutOfType(type, SYSV_X64).size });
  }
}

/** Bit-fields are not scalars of an eightbyte of class SSE: with a name, or bits, they make it INTEGER. */
const membersOf = (record: RecordType) =>
  layoutOfRecord(record, SYSV_X64).members.filter(({ bitWidth }) => bitWidth === null);
