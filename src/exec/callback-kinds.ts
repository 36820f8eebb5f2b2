// What callbacks of one signature and with the same options share: where their values lie, the decoder, and the pool that
// their stubs come from. A signature and options that were seen before cost one look-up and a few comparisons.

import { conventionOf } from '../abi/conventions.ts';
import type { Signature } from '../ctype/ctype.ts';
import { assert, InterfixError } from '../errors.ts';
import { decoderSource } from '../marshal/callback-source.ts';
import { checkArity } from './arity.ts';
import { listeningHost } from './callback-delivery.ts';
import type { Decode } from './callback-endpoints.ts';
import { type CallbackOptions, contextRules } from './callback-options.ts';
import { poolFor, type StubPool } from './callback-stubs.ts';
import { compile } from './compile.ts';
import { type ContextRules, HEADER_BYTES } from './host.ts';
import { hostAbi } from './host-abi.ts';
import { imageOf, type PreparedImage } from './images.ts';
import { TextCache } from './text-cache.ts';

export class CallbackKind {
  readonly signature: Signature;
  readonly rules: ContextRules;
  readonly #options: CallbackOptions;
  readonly #made: PreparedImage;
  #decode: Decode | undefined;
  #pool: StubPool | undefined;

  /** Throws what is wrong with the signature and the options, but for those that may differ within a kind. */
  constructor(declared: Signature | string, options: CallbackOptions) {
    const { abi = hostAbi(), vectors = 'sse', registry } = options;
    this.#made = imageOf(declared, 'reverse', { abi, vectors, registry });
    const { frame, signature } = this.#made.prepared;
    assert(frame !== null, 'a reverse trampoline has a record');
    checkArity(signature);
    this.signature = signature;
    this.rules = contextRules(options, signature.result);
    this.#options = options;
    if (frame.size > listeningHost().invocations.byteLength - HEADER_BYTES) {
      throw new InterfixError(
        'ERR_SIZE',
        `the arguments and the result of a callback need ${frame.size} bytes, too many`,
      );
    }
  }

  /** Whether it is the kind for these options: whatever is equal to what was checked is right, too. */
  answers({ abi, vectors, registry, int64, thread, queue, whenFull, timeout }: CallbackOptions): boolean {
    const own = this.#options;
    return (
      abi === own.abi &&
      vectors === own.vectors &&
      registry === own.registry &&
      int64 === own.int64 &&
      thread === own.thread &&
      queue === own.queue &&
      whenFull === own.whenFull &&
      timeout === own.timeout
    );
  }

  get decode(): Decode {
    this.#decode ??= this.#compile();
    return this.#decode;
  }

  get pool(): StubPool {
    if (this.#pool === undefined || this.#pool.isSealed) this.#pool = poolFor(this.#made, this.rules);
    return this.#pool;
  }

  #compile(): Decode {
    const { frame, signature } = this.#made.prepared;
    assert(frame !== null, 'a reverse trampoline has a record');
    const { abi = hostAbi(), int64 = 'bigint' } = this.#options;
    const source = decoderSource(signature, frame, conventionOf(abi).dataModel, int64);
    return compile(source, listeningHost().invocations, {}) as Decode;
  }
}

/** More than a program has that does not make options up. */
const MAX_VARIANTS = 32;
const texts = new TextCache<CallbackKind[]>();
const signatures: WeakMap<Signature, CallbackKind[]> = new WeakMap();

const noKinds = (): CallbackKind[] => [];

/** By the options of a signature. */
function kindsOf(signature: Signature | string, options: CallbackOptions): CallbackKind[] {
  if (typeof signature === 'string') return texts.get(signature, options.registry, noKinds);
  const found = signatures.get(signature) ?? [];
  signatures.set(signature, found);
  return found;
}

/** Throws what is wrong with the signature and the options, but for those that may differ within a kind. */
export function callbackKind(signature: Signature | string, options: CallbackOptions): CallbackKind {
  const kinds = kindsOf(signature, options);
  for (const kind of kinds) if (kind.answers(options)) return kind;
  const made = new CallbackKind(signature, { ...options });
  if (kinds.length >= MAX_VARIANTS) kinds.splice(0, MAX_VARIANTS / 2);
  kinds.push(made);
  return made;
}
