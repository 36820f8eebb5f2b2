// Prepared images by signature, so that a signature that was seen before costs a look-up. Structural: the key is the
// text itself, and a text means the same type everywhere.

import type { ConventionId } from '../abi/convention.ts';
import type { Signature } from '../ctype/ctype.ts';
import type { CodeImage } from '../emit/code-image.ts';
import { generate } from '../emit/generate.ts';
import { type Prepared, prepare } from '../plan/prepare.ts';
import type { TrampolineKind } from '../plan/step.ts';

export interface PreparedImage {
  readonly prepared: Prepared;
  readonly image: CodeImage;
}

/** Entries; the oldest goes first. An entry takes a few kilobytes. */
const CAPACITY = 1024;

const byText = new Map<string, PreparedImage>();

/** `generate(prepare(…))` with default options, remembered for signatures given as text. */
export function imageOf(signature: Signature | string, kind: TrampolineKind, abi: ConventionId): PreparedImage {
  if (typeof signature !== 'string') return make(signature, kind, abi);
  const key = `${kind} ${abi} ${signature}`;
  const found = byText.get(key);
  if (found !== undefined) return found;
  const made = make(signature, kind, abi);
  if (byText.size >= CAPACITY) {
    // Half at a time: a Map steps over what was deleted from its front, so taking one each time costs more and more.
    let remaining = CAPACITY / 2;
    for (const oldest of byText.keys()) {
      if (remaining-- === 0) break;
      byText.delete(oldest);
    }
  }
  byText.set(key, made);
  return made;
}

function make(signature: Signature | string, kind: TrampolineKind, abi: ConventionId): PreparedImage {
  const prepared = prepare(signature, { kind, abi });
  return { prepared, image: generate(prepared) };
}
