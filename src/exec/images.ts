// Prepared images that are made once. A text that was seen before costs one look-up; one that was not, but is laid out
// like another, is parsed, and shares everything else:
//
//   text, registry ──parse──▶ signature ──structureKey──▶ (int,int,>int,) ──prepare, generate──▶ image
//                             with its names               no names, of no registry

import type { ConventionId, VectorLevel } from '../abi/convention.ts';
import type { Signature } from '../ctype/ctype.ts';
import type { CodeImage } from '../emit/code-image.ts';
import { generate } from '../emit/generate.ts';
import { type Placed, type Prepared, place, planned, type ResultPlace } from '../plan/prepare.ts';
import type { TrampolineKind } from '../plan/step.ts';
import { parseSignature } from '../signature/parse.ts';
import type { Registry } from '../signature/registry.ts';
import { structureKey } from '../signature/structure-key.ts';
import { hostAbi } from './host-abi.ts';
import { TextCache } from './text-cache.ts';

export interface PreparedImage {
  readonly signature: Signature;
  /**
   * Planned when it is asked for first. `layout.signature` and its types may be those of another signature that is laid
   * out alike; `signature` is one's own.
   */
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
  /** Where an adapter leaves the result. */
  readonly result?: ResultPlace;
}

/** One choice of options: there are a few in a program. Knows no registry. */
interface Choice {
  readonly kind: TrampolineKind;
  readonly abi: ConventionId;
  readonly vectors: VectorLevel;
  readonly errno: boolean;
  readonly receiver: boolean;
  readonly result: ResultPlace;
  readonly entry: ConventionId;
  readonly structures: TextCache<Structure>;
}

/** What signatures that are laid out alike share. It refers to no registry. */
class Structure {
  readonly placed: Placed;
  #prepared: Prepared | null = null;
  #image: CodeImage | null = null;

  constructor(placed: Placed) {
    this.placed = placed;
    // Of the other kinds, what was placed can be planned.
    if (placed.kind === 'adapter') this.#prepared = planned(placed);
  }

  get prepared(): Prepared {
    this.#prepared ??= planned(this.placed);
    return this.#prepared;
  }

  get image(): CodeImage {
    this.#image ??= generate(this.prepared);
    return this.#image;
  }
}

/** One's own but for the structure. */
class Variant implements PreparedImage {
  readonly signature: Signature;
  readonly choice: Choice;
  readonly #structure: Structure;
  #prepared: Prepared | null = null;
  /** Another one for the same text. */
  next: Variant | null = null;

  constructor(signature: Signature, choice: Choice, structure: Structure) {
    this.signature = signature;
    this.choice = choice;
    this.#structure = structure;
  }

  get prepared(): Prepared {
    this.#prepared ??= renamed(this.#structure.prepared, this.signature);
    return this.#prepared;
  }

  get image(): CodeImage {
    return this.#structure.image;
  }
}

/** The first that was made of each text; the others, for other kinds and conventions, are linked to it. */
const texts = new TextCache<Variant>();
const choices: Choice[] = [];

/**
 * `generate(prepare(…))`, remembered. The code is called with this process's convention, whatever that of the C function
 * is. Throws what `prepare` throws, at once; the rest is done when it is asked for.
 */
export function imageOf(signature: Signature | string, kind: TrampolineKind, options: ImageOptions): PreparedImage {
  const choice = knownChoice(kind, options);
  if (typeof signature !== 'string') return variantOf(signature, kind, options, choice);
  const { registry } = options;
  const first = texts.find(signature, registry);
  for (let each = first ?? null; each !== null; each = each.next) if (each.choice === choice) return each;
  const made = variantOf(first?.signature ?? parseSignature(signature, { registry }), kind, options, choice);
  if (first === undefined) return texts.add(signature, registry, made);
  made.next = first.next;
  first.next = made;
  return made;
}

/** Shares everything but names with others that are laid out alike. */
function variantOf(
  signature: Signature,
  kind: TrampolineKind,
  options: ImageOptions,
  known: Choice | undefined,
): Variant {
  const key = structureKey(signature);
  const found = key === null ? undefined : known?.structures.find(key, undefined);
  if (known !== undefined && found !== undefined) return new Variant(signature, known, found);
  const { abi, vectors, errno = false, receiver = false, result = 'returned' } = options;
  const entry = known?.entry ?? hostAbi();
  const made = new Structure(place(signature, { kind, abi, entry, vectors, errno, receiver, result }));
  // Only now is it known that there are such options.
  const choice = known ?? {
    kind,
    abi,
    vectors,
    errno,
    receiver,
    result,
    entry,
    structures: new TextCache<Structure>(),
  };
  if (known === undefined) choices.push(choice);
  if (key !== null) choice.structures.add(key, undefined, made);
  return new Variant(signature, choice, made);
}

function knownChoice(kind: TrampolineKind, options: ImageOptions): Choice | undefined {
  const { abi, vectors, errno = false, receiver = false, result = 'returned' } = options;
  for (const each of choices) {
    const isForCallee = kind === each.kind && abi === each.abi && vectors === each.vectors;
    const isForCaller = errno === each.errno && receiver === each.receiver && result === each.result;
    if (isForCallee && isForCaller) return each;
  }
  return undefined;
}

/** Spelt out, because spreading an object takes Node 20 as long as parsing a short text. */
function renamed(prepared: Prepared, signature: Signature): Prepared {
  if (prepared.signature === signature) return prepared;
  const { abi, entry, kind, vectors, layout, plan, frame, incoming } = prepared;
  return Object.freeze({ signature, abi, entry, kind, vectors, layout, plan, frame, incoming });
}
