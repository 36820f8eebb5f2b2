// The conventions by id, and the questions about types that need a convention's data model.

import { type CType, resolved } from '../ctype/ctype.ts';
import { dataModelIds, dataModelOf } from '../ctype/data-model.ts';
import { layoutOfRecord, layoutOfType, type MemberLayout } from '../ctype/layout.ts';
import { InterfixError, unsupported } from '../errors.ts';
import { type ParseOptions, parseType } from '../signature/parse.ts';
import { aapcs64, aapcs64Apple, aapcs64Windows } from './aapcs64.ts';
import type { Convention, ConventionId } from './convention.ts';
import { sysvX64 } from './sysv-x64.ts';
import { winX64 } from './win-x64.ts';

const known: ReadonlyMap<ConventionId, Convention> = new Map(
  [sysvX64, winX64, aapcs64, aapcs64Apple, aapcs64Windows].map((convention) => [convention.id, convention]),
);

/** The ids of the conventions that this version can generate code for. */
export const conventions: readonly ConventionId[] = Object.freeze([...known.keys()]);

/** Conventions that exist, and of which no oracle has proven ours yet. */
const refused: readonly string[] = Object.freeze(['vectorcall']);

/** The convention of that id. Throws `ERR_UNSUPPORTED` for one that is refused and `ERR_OPTION` for an unknown word. */
export function conventionOf(id: ConventionId): Convention {
  const convention = known.get(id);
  if (convention !== undefined) return convention;
  if (refused.includes(id)) throw unsupported(id, `the calling convention ${id} is not supported`);
  throw new InterfixError('ERR_OPTION', `unknown calling convention '${id}', known are: ${dataModelIds.join(', ')}`);
}

const typeOf = (type: CType | string, options?: ParseOptions): CType =>
  typeof type === 'string' ? parseType(type, options) : type;

/** Bytes that a value of the type takes in memory, padding included. Throws `ERR_TYPE` for void. */
export const sizeOf = (type: CType | string, abi: ConventionId, options?: ParseOptions): number =>
  layoutOfType(typeOf(type, options), dataModelOf(abi)).size;

/** The alignment of the type in memory: a power of two, in bytes. */
export const alignOf = (type: CType | string, abi: ConventionId, options?: ParseOptions): number =>
  layoutOfType(typeOf(type, options), dataModelOf(abi)).align;

/** Size, alignment and, for a struct or union, the members with their offsets; all in bytes. */
export interface LayoutDescription {
  readonly size: number;
  readonly align: number;
  readonly members: readonly MemberLayout[];
}

export function layoutOf(type: CType | string, abi: ConventionId, options?: ParseOptions): LayoutDescription {
  const dataModel = dataModelOf(abi);
  const parsed = resolved(typeOf(type, options));
  if (parsed.kind === 'struct' || parsed.kind === 'union') return layoutOfRecord(parsed, dataModel);
  return Object.freeze({ ...layoutOfType(parsed, dataModel), members: [] });
}
