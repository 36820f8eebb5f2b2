// `_Static_assert(…)`: what it states is about the platform of the text, so it is skipped, not checked.

import type { Cursor } from './cursor.ts';

export function skipStaticAssert(cursor: Cursor): boolean {
  if (!cursor.is('_Static_assert') && !cursor.is('static_assert')) return false;
  cursor.next();
  if (!cursor.is('(')) throw cursor.unexpected("'('");
  cursor.skipBalanced();
  cursor.expect(';');
  return true;
}
