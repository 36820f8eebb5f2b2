// What AAPCS64 sees in a type: whether it is a composite, whether anything of it travels, and which of its alignments
// counts for a call.

import type { RecordType, ResolvedType } from '../ctype/ctype.ts';
import type { DataModel } from '../ctype/data-model.ts';
import { layoutOfType } from '../ctype/layout.ts';
import type { Variant } from './aapcs64-variants.ts';
import { hasNoMembers } from './homogeneous.ts';
import type { PassedType } from './passed-types.ts';

export const isRecord = (type: ResolvedType): type is RecordType => type.kind === 'struct' || type.kind === 'union';

/** Large vectors are none in the words of AAPCS64, but are treated as if they were (observed: gcc 12, clang 14, 19). */
export const isComposite = (type: ResolvedType): boolean =>
  isRecord(type) || type.kind === 'complex' || type.kind === 'vector';

/**
 * Observed, clang 14, 19: a record whose bytes have no names travels no more than one without bytes, in C. gcc 12
 * passes it like any other.
 */
export const isPaddingOnly = (type: ResolvedType, { judge }: Variant): boolean =>
  judge === 'clang' && hasNoMembers(type);

/**
 * B.6: 8 or 16, by the natural alignment. For Apple and Windows clang counts what `alignas` on the record adds, too
 * (observed: clang 14, 19).
 */
export function callAlign({ type, align }: PassedType, { judge, dataModel }: Variant): 8 | 16 {
  const counted = judge === 'gcc' && isRecord(type) ? naturalAlign(type, dataModel) : align;
  return counted >= 16 ? 16 : 8;
}

/**
 * AAPCS64 5.9: the alignment of a record before `alignas` on the record itself. 10.1.8 adds the containers of
 * bit-fields, and gcc does so even where packing has undone it (observed: gcc 12).
 */
function naturalAlign(record: RecordType, model: DataModel): number {
  const { align } = layoutOfType(record.align === null ? record : { ...record, align: null }, model);
  const bitFields = record.members.filter(({ bitWidth }) => bitWidth !== null);
  return Math.max(align, ...bitFields.map(({ type }) => layoutOfType(type, model).align));
}
