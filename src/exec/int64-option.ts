// The option `int64`: what JavaScript gets of integers of 64 and 128 bits.

import { InterfixError } from '../errors.ts';
import type { Int64 } from '../signature/infer.ts';

/** The option's value; for `'number'`, bigints remain where a number would not be exact. */
export function checkedInt64(int64: Int64): Int64 {
  if (int64 === 'bigint' || int64 === 'number') return int64;
  throw new InterfixError('ERR_OPTION', `int64 is 'bigint' or 'number', got ${JSON.stringify(int64)}`);
}
