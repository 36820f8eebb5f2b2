// Prepared images by signature, so that a signature that was seen before costs a look-up.

import type { ConventionId } from '../abi/convention.ts';
import type { Signature } from '../ctype/ctype.ts';
import type { CodeImage } from '../emit/code-image.ts';
import { generate } from '../emit/generate.ts';
import { type Prepared, prepare } from '../plan/prepare.ts';
import type { TrampolineKind } from '../plan/step.ts';
import type { Registry } from '../signature/registry.ts';
import { TextCache } from './text-cache.ts';

export interface PreparedImage {
  readonly prepared: Prepared;
  readonly image: CodeImage;
}

const images = new TextCache<PreparedImage>();

/** `generate(prepare(…))` with default options, remembered for signatures given as text. */
export function imageOf(
  signature: Signature | string,
  kind: TrampolineKind,
  abi: ConventionId,
  registry?: Registry,
): PreparedImage {
  const make = (): PreparedImage => {
    const prepared = prepare(signature, { kind, abi, registry });
    return { prepared, image: generate(prepared) };
  };
  return typeof signature === 'string' ? images.get(`${kind} ${abi} ${signature}`, registry, make) : make();
}
