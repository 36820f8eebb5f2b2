// Records that a compiler is not asked about, and why: it cannot say them, or it is known to differ from the compiler
// whose layouts we give. docs/layout.md lists the same.

import type { CType, Member, RecordType } from '../../src/ctype/ctype.ts';
import { SYSV_X64 } from '../../src/ctype/data-model.ts';
import { layoutOfRecord } from '../../src/ctype/layout.ts';
import type { Compiler } from './layout-oracle.ts';

/** Whether the type, or one that it contains by value, is such. */
function contains(type: CType, isSuch: (type: CType) => boolean): boolean {
  if (isSuch(type)) return true;
  switch (type.kind) {
    case 'array':
    case 'complex':
    case 'vector':
      return contains(type.element, isSuch);
    case 'struct':
    case 'union':
      return type.members.some((each) => contains(each.type, isSuch));
    case 'named':
      return type.slot.type !== null && contains(type.slot.type, isSuch);
    default:
      return false;
  }
}

const containsRecord = (type: CType, isSuch: (type: RecordType) => boolean): boolean =>
  contains(type, (each) => (each.kind === 'struct' || each.kind === 'union') && isSuch(each));

export const hasBitFields = (type: CType): boolean =>
  containsRecord(type, ({ members }) => members.some(({ bitWidth }) => bitWidth !== null));
export const hasPacking = (type: CType): boolean => containsRecord(type, ({ packing }) => packing !== null);
export const hasAlignas = (type: CType): boolean =>
  containsRecord(type, ({ align, members }) => align !== null || members.some((each) => each.align !== null));

const hasFloat = (type: CType, name: string): boolean =>
  contains(type, (each) => each.kind === 'float' && each.name === name);

/** Why the compiler is not asked, in a few words; null if it is. */
export function exclusion(compiler: Compiler, type: RecordType): string | null {
  const missing = compiler.lacks.find((name) => hasFloat(type, name));
  if (missing !== undefined) return `no ${missing}`;
  if (compiler.pins === 'mingw') return mingwPin(type);
  return compiler.pins === 'clang-on-linux' ? clangPin(type) : null;
}

/** gcc makes another thing of `alignas` on a bit-field under a smaller `#pragma pack`; on Linux we follow gcc. */
function clangPin(type: RecordType): string | null {
  const isVoid = (packing: RecordType['packing'], { bitWidth, align }: Member): boolean =>
    typeof packing === 'number' && bitWidth !== null && align !== null && align > packing;
  const has = containsRecord(type, ({ packing, members }) => members.some((each) => isVoid(packing, each)));
  return has ? 'alignas on a bit-field above its pragma pack' : null;
}

/** mingw's gcc is no Microsoft compiler: it has the Microsoft bit-fields, but GNU packing and GNU unions. */
function mingwPin(type: RecordType): string | null {
  if (hasFloat(type, 'longdouble')) return 'long double of 80 bits';
  if (containsRecord(type, isWithoutBytes)) return 'records of 0 bytes';
  if (containsRecord(type, ({ kind, members }) => kind === 'union' && members.some((each) => each.bitWidth !== null))) {
    return 'bit-fields align their union';
  }
  if (containsRecord(type, ({ members }) => members.some((each) => each.bitWidth !== null && each.align !== null))) {
    return 'alignas on bit-fields';
  }
  if (hasPacking(type) && (hasAlignas(type) || contains(type, ({ kind }) => kind === 'vector'))) {
    return 'packing wins over alignas and vectors';
  }
  const isPackedWithBreak = ({ packing, members }: RecordType): boolean =>
    packing === 'attribute' && members.some((each) => each.bitWidth === 0);
  return containsRecord(type, isPackedWithBreak) ? 'zero widths are not packed' : null;
}

const isWithoutBytes = (type: RecordType): boolean => layoutOfRecord(type, SYSV_X64).size === 0;
