// Prepared images that are made once. A text that was seen before costs one look-up; one that was not, but is laid out
// like another, is parsed, and shares everything else:
//
//   text, registry ──parse──▶ signature ──structureKey──▶ (int,int,>int,) ──prepare, generate──▶ image
//                             with its names               no names, of no registry

import type { ConventionId, VectorLevel } from '../abi/convention.ts';
import type { Signature } from '../ctype/ctype.ts';
import type { CodeImage } from '../emit/code-image.ts';
import { generate } from '../emit/generate.ts';
import { type Prepared, prepare } from '../plan/prepare.ts';
import type { TrampolineKind } from '../plan/step.ts';
import { parseSignature } from '../signature/parse.ts';
import type { Registry } from '../signature/registry.ts';
import { structureKey } from '../signature/structure-key.ts';
import { hostAbi } from './host-abi.ts';
import { TextCache } from './text-cache.ts';

export interface PreparedImage {
  /** `layout.signature` and its types may be those of another signature that is laid out alike; `signature` is one's own. */
  readonly prepared: Prepared;
  /** Generated when it is asked for first. */
  readonly image: CodeImage;
}

/** What decides about a trampoline besides its signature. */
export interface ImageOptions {
  readonly abi: ConventionId;
  readonly vectors: VectorLevel;
  readonly registry: Registry | undefined;
  /** Whether an entry also keeps the error number of its calls. */
  readonly errno?: boolean;
  /** Whether the caller of an adapter passes a pointer in front that the target does not get. */
  readonly receiver?: boolean;
}

/** What signatures that are laid out alike share: of each, it is one's own but for the signature. It knows no registry. */
interface Variant extends PreparedImage {
  readonly errno: boolean;
  readonly receiver: boolean;
}

/** A parsed text, and what was made of it: a few kinds of trampoline for one convention or two. */
interface Known {
  readonly signature: Signature;
  readonly images: Variant[];
}

const texts = new TextCache<Known>();
const structures = new TextCache<Variant>();

/**
 * `generate(prepare(…))`, remembered. The code is called with this process's convention, whatever that of the C function
 * is. Throws what `prepare` throws.
 */
export function imageOf(signature: Signature | string, kind: TrampolineKind, options: ImageOptions): PreparedImage {
  if (typeof signature !== 'string') return variantOf(signature, kind, options);
  const { registry } = options;
  const parse = (): Known => ({ signature: parseSignature(signature, { registry }), images: [] });
  const known = texts.get(signature, registry, parse);
  const found = known.images.find((each) => isFor(each, kind, options));
  if (found !== undefined) return found;
  const made = variantOf(known.signature, kind, options);
  known.images.push(made);
  return made;
}

function isFor(made: Variant, kind: TrampolineKind, options: ImageOptions): boolean {
  const { abi, vectors, errno = false, receiver = false } = options;
  const { prepared } = made;
  const isOfKind = kind === prepared.kind && abi === prepared.abi && vectors === prepared.vectors;
  return isOfKind && errno === made.errno && receiver === made.receiver;
}

/** Shares all but the signature with others that are laid out alike. */
function variantOf(signature: Signature, kind: TrampolineKind, options: ImageOptions): Variant {
  const { abi, vectors, errno = false, receiver = false } = options;
  const structure = structureKey(signature);
  const make = (): Variant => {
    const prepared = prepare(signature, { kind, abi, entry: hostAbi(), vectors, errno, receiver });
    return variant(prepared, errno, receiver, () => generate(prepared));
  };
  if (structure === null) return make();
  const shared = structures.get(`${kind} ${abi} ${vectors} ${errno} ${receiver} ${structure}`, undefined, make);
  if (shared.prepared.signature === signature) return shared;
  return variant(renamed(shared.prepared, signature), errno, receiver, () => shared.image);
}

function variant(prepared: Prepared, errno: boolean, receiver: boolean, generated: () => CodeImage): Variant {
  let image: CodeImage | null = null;
  return {
    prepared,
    errno,
    receiver,
    get image(): CodeImage {
      image ??= generated();
      return image;
    },
  };
}

/** Spelt out, because spreading an object takes Node 20 as long as parsing a short text. */
function renamed(prepared: Prepared, signature: Signature): Prepared {
  const { abi, entry, kind, vectors, layout, plan, frame, incoming } = prepared;
  return Object.freeze({ signature, abi, entry, kind, vectors, layout, plan, frame, incoming });
}
