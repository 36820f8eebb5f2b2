// Short ways to say members in tests of layouts.

import { type CType, type IntegerName, integer, type Member, member } from '../../src/ctype/ctype.ts';
import { type DataModel, dataModels } from '../../src/ctype/data-model.ts';

export const MODELS: readonly DataModel[] = Object.values(dataModels);

/** A bit-field named `b`, or an unnamed one. */
export const bits = (type: IntegerName, width: number, align: number | null = null): Member =>
  member('b', integer(type), width, align);
export const gap = (type: IntegerName, width: number): Member => member(null, integer(type), width);
export const field = (type: CType | IntegerName, align: number | null = null): Member =>
  member('m', typeof type === 'string' ? integer(type) : type, null, align);
