// What the classifier of Microsoft's x64 convention refuses: vectors on which Microsoft's text is silent and compilers
// disagree.

import { resolved, type VectorType } from '../ctype/ctype.ts';
import { WIN_X64 } from '../ctype/data-model.ts';
import { layoutOfType } from '../ctype/layout.ts';
import { unsupported } from '../errors.ts';
import type { VectorLevel } from './convention.ts';

/** Bytes of the widest vector register. */
const REGISTER_BYTES: Readonly<Record<VectorLevel, number>> = Object.freeze({ sse: 16, avx: 32, avx512: 64 });

/**
 * A vector of one double is passed as a double, as an integer or by reference; one of 128-bit integers as one vector or
 * as its elements (observed: gcc 12 against clang 14, 19). Of one 64-bit integer, all make an integer.
 */
export function checkVector({ element, length }: VectorType, what: string): void {
  const type = resolved(element);
  const { size } = layoutOfType(type, WIN_X64);
  const isOne = length === 1 && type.kind === 'float';
  if (!isOne && size <= 8) return;
  const which = isOne ? 'one floating-point element' : '128-bit integers';
  throw unsupported('vector', `${what} is a vector of ${which}, which compilers for win-x64 pass differently`);
}

/**
 * A vector that no register of the level holds is returned in memory by gcc 12 and in several registers by clang 14 and
 * 19.
 */
export function checkResultVector(vector: VectorType, size: number, vectors: VectorLevel): void {
  checkVector(vector, 'the result');
  if (size <= REGISTER_BYTES[vectors]) return;
  const needed = size === 32 ? 'avx' : 'avx512';
  throw unsupported(
    'vector',
    `the result is a vector of ${size} bytes, which compilers for win-x64 return differently with '${vectors}' ` +
      `vectors; with '${needed}' it is known`,
  );
}
