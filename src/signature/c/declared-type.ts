// A C type while it is being declared, and the steps that derive one from another: pointer to, array of, function
// returning. It knows what a CType does not keep: qualifiers of the object, functions apart from pointers to them.

import {
  array,
  type CType,
  functionType,
  type Parameter,
  pointer,
  type Signature,
  signature,
} from '../../ctype/ctype.ts';
import { MAX_TYPE_DEPTH, MAX_TYPE_SIZE } from '../../ctype/layout.ts';
import type { Cursor } from './cursor.ts';

/**
 * Types that one type may mention, each as often as it is mentioned. Typedefs of functions can mention one another, and
 * written out the last of forty lines would not fit into memory.
 */
export const MAX_TYPE_WEIGHT: number = 1 << 20;

/** What bounds the work on a type: how deep it nests, names not counted, and how long it is when written out. */
export interface Extent {
  readonly depth: number;
  readonly weight: number;
}

export interface DeclaredType extends Extent {
  readonly type: CType;
  /** Whether an object of the type is const; for an array, whether its elements are (C11 6.7.3p9). */
  readonly isConst: boolean;
  /** The function itself, not a pointer to it: a CType is the same for both. */
  readonly isFunction: boolean;
  /** What `aligned` on a typedef asks for beyond the type's own alignment, in bytes; null without. */
  readonly align: number | null;
}

/** A type that is not derived from others, or a name. */
export const simple = (type: CType): DeclaredType => ({
  type,
  isConst: false,
  isFunction: false,
  align: null,
  depth: 1,
  weight: 1,
});

export const withConst = (declared: DeclaredType, isConst: boolean): DeclaredType =>
  isConst && !declared.isConst ? { ...declared, isConst } : declared;

/** The extent of a type made of these. Throws `ERR_DEPTH` and `ERR_SIZE`. */
export function extentOf(parts: readonly Extent[], cursor: Cursor, position: number): Extent {
  let depth = 0;
  let weight = 1;
  for (const part of parts) {
    depth = Math.max(depth, part.depth);
    weight += part.weight;
  }
  if (++depth > MAX_TYPE_DEPTH) {
    throw cursor.error('ERR_DEPTH', `types nest deeper than ${MAX_TYPE_DEPTH}`, position);
  }
  if (weight > MAX_TYPE_WEIGHT) throw cursor.error('ERR_SIZE', 'this type mentions too many others', position);
  return { depth, weight };
}

export function pointerTo(target: DeclaredType, cursor: Cursor, position: number): DeclaredType {
  // As a value, a function type already is a pointer to the function.
  if (target.isFunction) return { ...target, isFunction: false, isConst: false };
  const extent = extentOf([target], cursor, position);
  return { ...simple(pointer(target.type, target.isConst)), ...extent };
}

/** An array; a length of null is one that only a flexible member, a parameter or a pointer may have. */
export function arrayOf(element: DeclaredType, length: bigint | null, cursor: Cursor, position: number): DeclaredType {
  const problem = elementProblem(element);
  if (problem !== null) throw cursor.error('ERR_TYPE', problem, position);
  if (length !== null && (length < 0n || length > MAX_TYPE_SIZE)) {
    throw cursor.error('ERR_SIZE', `an array cannot have ${shortened(length)} elements`, position);
  }
  const extent = extentOf([element], cursor, position);
  // GNU C's older way to say it: at the end of a struct, `[0]` and `[]` are laid out alike.
  const isFlexible = length === null || length === 0n;
  const type = array(element.type, isFlexible ? null : Number(length));
  return { ...simple(type), ...extent, isConst: element.isConst, align: element.align };
}

const shortened = (length: bigint): string => {
  const text = String(length);
  return text.length > 24 ? `${text.slice(0, 24)}…` : text;
};

function elementProblem({ type, isFunction }: DeclaredType): string | null {
  if (isFunction) return 'an element cannot be a function; a pointer to one can';
  if (type.kind === 'void') return 'an element cannot be void';
  if (type.kind === 'array' && type.length === null) return 'only the first length of an array may be missing';
  return null;
}

/** A parameter list as it stands between its parentheses. */
export interface ParameterList {
  readonly parameters: readonly Parameter[];
  readonly extents: readonly Extent[];
  readonly isVariadic: boolean;
}

export function functionReturning(
  result: DeclaredType,
  list: ParameterList,
  cursor: Cursor,
  position: number,
): DeclaredType {
  if (result.isFunction) throw cursor.error('ERR_TYPE', 'a function cannot return a function', position);
  if (result.type.kind === 'array') throw cursor.error('ERR_TYPE', 'a function cannot return an array', position);
  if (result.align !== null) throw overAligned('a result', cursor, position);
  const extent = extentOf([result, ...list.extents], cursor, position);
  const variadicFrom = list.isVariadic ? list.parameters.length : null;
  const type = functionType(signature(list.parameters, result.type, variadicFrom));
  return { ...simple(type), ...extent, isFunction: true };
}

/** What a parameter of that type really is: C11 6.7.6.3p7 and p8. */
export function asParameter(declared: DeclaredType, cursor: Cursor, position: number): DeclaredType {
  const { type } = declared;
  if (declared.isFunction) return { ...declared, isFunction: false };
  if (type.kind === 'array') return { ...declared, type: pointer(type.element, declared.isConst), align: null };
  if (type.kind === 'void') throw cursor.error('ERR_TYPE', 'a parameter cannot be void', position);
  if (declared.align !== null) throw overAligned('a parameter', cursor, position);
  return declared;
}

const overAligned = (what: string, cursor: Cursor, position: number): Error =>
  cursor.refusal('aligned', `${what} of a type that \`aligned\` changes is not supported`, position);

/** The signature of a function itself; null for every other type, pointers to functions included. */
export const signatureOf = ({ type, isFunction }: DeclaredType): Signature | null =>
  isFunction && type.kind === 'function' ? type.signature : null;
