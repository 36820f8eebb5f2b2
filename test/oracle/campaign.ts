// A campaign: many batches of random signatures against one compiler, and a message for the first failures, shrunk.

import type { ConventionId } from '../../src/abi/convention.ts';
import type { Signature } from '../../src/ctype/ctype.ts';
import { printSignature } from '../../src/signature/print.ts';
import { signatureText } from '../support/c-source.ts';
import { randomSignature } from '../support/random-signature.ts';
import { BATCH_SIZE, type Bench, CompilerCrash } from './bench.ts';
import { NeedsLibrary } from './link.ts';
import type { Failure, OracleKind } from './runner-input.ts';
import { shrink } from './shrink.ts';
import { verdicts } from './subject.ts';
import type { Target } from './targets.ts';

export interface Campaign {
  readonly target: Target;
  readonly kinds: readonly OracleKind[];
  /** The convention of the other side. */
  readonly entry: ConventionId;
  readonly seed: number;
  readonly count: number;
  /** What the signatures are drawn by; every type by default. */
  readonly draw?: typeof randomSignature;
}

export interface Outcome {
  /** Empty where everything agrees. */
  readonly messages: readonly string[];
  /** Signatures that were run, without those that were refused. */
  readonly run: number;
  /** Signatures that were refused, by rule, and those that the compiler could not compile. */
  readonly refused: ReadonlyMap<string, number>;
}

/** Two compilers at a time: more cores than that are not promised. */
const WORKERS = 2;
const MOST_SHOWN = 4;

export async function carryOut(bench: Bench, campaign: Campaign): Promise<Outcome> {
  const { target, seed, count, draw = randomSignature } = campaign;
  const messages: string[] = [];
  const refused = new Map<string, number>();
  let next = 0;
  let run = 0;
  const worker = async (): Promise<void> => {
    while (next < count) {
      const from = next;
      next += BATCH_SIZE;
      const size = Math.min(BATCH_SIZE, count - from);
      const signatures = Array.from({ length: size }, (_, index) => draw(seed, from + index, target.profile));
      for (const outcome of await answers(bench, campaign, signatures, from, MOST_SHOWN - messages.length)) {
        messages.push(...outcome.messages);
        run += outcome.run;
        for (const [rule, times] of outcome.refused) refused.set(rule, (refused.get(rule) ?? 0) + times);
      }
    }
  };
  await Promise.all(Array.from({ length: WORKERS }, worker));
  return { messages, run, refused };
}

/** What the compiler answers to signatures from index `from` on. Where it gives none, halves find the signature. */
async function answers(
  bench: Bench,
  campaign: Campaign,
  signatures: readonly Signature[],
  from: number,
  most: number,
): Promise<readonly Outcome[]> {
  try {
    const name = (failure: Failure): string => `seed ${campaign.seed} index ${from + failure.index}`;
    return [await tryOut(bench, campaign, signatures, name, most)];
  } catch (error) {
    const reason = withoutAnswer(error);
    if (reason === null) throw error;
    if (signatures.length === 1) return [{ messages: [], run: 0, refused: new Map([[reason, 1]]) }];
    const half = Math.ceil(signatures.length / 2);
    const first = await answers(bench, campaign, signatures.slice(0, half), from, most);
    return [...first, ...(await answers(bench, campaign, signatures.slice(half), from + half, most))];
  }
}

/** Why the compiler has nothing to say about a signature. */
function withoutAnswer(error: unknown): string | null {
  if (error instanceof CompilerCrash) return '(compiler crashed)';
  return error instanceof NeedsLibrary ? '(code needs a library)' : null;
}

/** One batch. `name` says where a failing signature comes from; the first `most` failures are shrunk. */
export async function tryOut(
  bench: Bench,
  { target, kinds, entry }: Pick<Campaign, 'target' | 'kinds' | 'entry'>,
  signatures: readonly Signature[],
  name: (failure: Failure) => string,
  most: number = MOST_SHOWN,
): Promise<Outcome> {
  const { failures, refused } = await verdicts(bench, target, signatures, kinds, entry);
  const messages: string[] = [];
  for (const failure of firstOfEach(failures).slice(0, Math.max(0, most))) {
    const failing = signatures[failure.index];
    if (failing === undefined) throw new Error('the runner failed a signature that was not asked for');
    const small = await shrink(bench, target, failing, failure, entry);
    const head = `${name(failure)} ${failure.kind}: ${signatureText(failing)}`;
    messages.push(
      [head, ...lines(failure.reasons), 'shrunk:', ...shown(small.signature), ...lines(small.reasons)].join('\n'),
    );
  }
  if (failures.length > 0) messages.push(`${failures.length} failures in ${signatures.length} signatures`);
  const refusals = [...refused.values()].reduce((sum, times) => sum + times, 0);
  return { messages, run: signatures.length - refusals, refused };
}

/** One failure for each signature: its kinds mostly fail for one reason. */
const firstOfEach = (failures: readonly Failure[]): Failure[] =>
  failures.filter(({ index }, at) => failures.findIndex((each) => each.index === index) === at);

const lines = (reasons: readonly string[]): string[] => reasons.map((reason) => `  ${reason}`);

/** In C, and in our language for regressions.ts. */
const shown = (signature: Signature): string[] => [signatureText(signature), printSignature(signature)];
