// What all parts of the C parser share, and the two of its rules that other rules need before they are defined.

import type { DataModel } from '../../ctype/data-model.ts';
import { MAX_TYPE_DEPTH } from '../../ctype/layout.ts';
import type { Attributes } from './attributes.ts';
import type { Cursor } from './cursor.ts';
import type { DeclaredType } from './declared-type.ts';
import type { Scope } from './scope.ts';

/** What stands in front of the declarators. */
export interface Specifiers {
  readonly base: DeclaredType;
  readonly isTypedef: boolean;
  readonly isStatic: boolean;
  readonly attributes: Attributes;
  /** Whether `base` is a struct, union or enum written out here without a tag. */
  readonly isUntagged: boolean;
  /** Whether a struct, union or enum is declared here, so that no declarator needs to follow. */
  readonly declaresTag: boolean;
  readonly position: number;
}

export interface CContext {
  readonly cursor: Cursor;
  readonly scope: Scope;
  /** The platforms for which every constant has to have one value. */
  readonly models: readonly DataModel[];
  /** `#pragma pack` as it stands; null for none. */
  readonly pack: () => number | null;
  readonly specifiers: (context: CContext, depth: number) => Specifiers;
  /** A type without a declared name, as in a cast. */
  readonly typeName: (context: CContext, depth: number) => DeclaredType;
}

/** Bounds every recursion of the parser. */
export function checkDepth({ cursor }: CContext, depth: number): void {
  if (depth > MAX_TYPE_DEPTH) throw cursor.error('ERR_DEPTH', `declarations nest deeper than ${MAX_TYPE_DEPTH}`);
}
