// Prepared images by signature, so that a signature that was seen before costs a look-up.

import type { ConventionId, VectorLevel } from '../abi/convention.ts';
import type { Signature } from '../ctype/ctype.ts';
import type { CodeImage } from '../emit/code-image.ts';
import { generate } from '../emit/generate.ts';
import { type Prepared, prepare } from '../plan/prepare.ts';
import type { TrampolineKind } from '../plan/step.ts';
import type { Registry } from '../signature/registry.ts';
import { hostAbi } from './host-abi.ts';
import { TextCache } from './text-cache.ts';

export interface PreparedImage {
  readonly prepared: Prepared;
  readonly image: CodeImage;
}

const images = new TextCache<PreparedImage>();

/** What decides about a trampoline besides its signature. */
export interface ImageOptions {
  readonly abi: ConventionId;
  readonly vectors: VectorLevel;
  readonly registry: Registry | undefined;
  /** Whether an entry also keeps the error number of its calls. */
  readonly errno?: boolean;
}

/**
 * `generate(prepare(…))`, remembered for signatures given as text. The code is called with this process's convention,
 * whatever that of the C function is.
 */
export function imageOf(
  signature: Signature | string,
  kind: TrampolineKind,
  { abi, vectors, registry, errno = false }: ImageOptions,
): PreparedImage {
  const make = (): PreparedImage => {
    const prepared = prepare(signature, { kind, abi, entry: hostAbi(), vectors, registry, errno });
    return { prepared, image: generate(prepared) };
  };
  return typeof signature === 'string'
    ? images.get(`${kind} ${abi} ${vectors} ${errno} ${signature}`, registry, make)
    : make();
}
