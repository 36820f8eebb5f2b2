// Everything in which AAPCS64, Apple's and Microsoft's convention differ, as three tables of facts.

import { AAPCS64, AAPCS64_APPLE, AAPCS64_WINDOWS, type DataModel } from '../ctype/data-model.ts';
import type { Judge } from './homogeneous.ts';

export interface Variant {
  readonly dataModel: DataModel;
  /** Whose answer counts where compilers differ. */
  readonly judge: Judge;
  /** Whether integers narrower than 32 bits travel extended, as arguments and as results. */
  readonly extendsNarrow: boolean;
  /** Whether one may count on that. */
  readonly guaranteesNarrow: boolean;
  /** C.10: whether what is aligned to 16 bytes begins in a register with an even number. */
  readonly pairsAreEven: boolean;
  /** Whether a scalar takes no more of the stack than its size, and an HFA no more alignment than its members. */
  readonly packsStack: boolean;
  /**
   * What `...` changes. `same`: nothing. `stack`: variadic arguments are all on the stack. `general`: no argument of the
   * function, named or not, uses a vector register.
   */
  readonly variadic: 'same' | 'stack' | 'general';
}

/** How one argument was declared. */
export type Role = 'named' | 'named before ...' | 'variadic';

export const linux: Variant = Object.freeze({
  dataModel: AAPCS64,
  judge: 'gcc',
  extendsNarrow: false, // 6.8.2: narrowing is the callee's business
  guaranteesNarrow: false,
  pairsAreEven: true,
  packsStack: false,
  variadic: 'same',
});

/** Apple, *Writing ARM64 code for Apple platforms*. */
export const apple: Variant = Object.freeze({
  dataModel: AAPCS64_APPLE,
  judge: 'clang',
  extendsNarrow: true,
  guaranteesNarrow: true, // "The caller of a function is responsible for signing or zero-extending"
  pairsAreEven: false,
  packsStack: true,
  variadic: 'stack',
});

/**
 * Microsoft, *Overview of ARM64 ABI conventions*. Nothing there tells who extends narrow integers. Clang does not, and
 * does not rely on it (observed: clang 14, 19); extending them is right for both.
 */
export const windows: Variant = Object.freeze({
  dataModel: AAPCS64_WINDOWS,
  judge: 'clang',
  extendsNarrow: true,
  guaranteesNarrow: false,
  pairsAreEven: true,
  packsStack: false,
  variadic: 'general',
});

export const usesOnlyStack = (role: Role, { variadic }: Variant): boolean =>
  variadic === 'stack' && role === 'variadic';

export const usesOnlyGeneral = (role: Role, { variadic }: Variant): boolean =>
  variadic === 'general' && role !== 'named';
