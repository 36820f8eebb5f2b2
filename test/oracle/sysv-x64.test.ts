// System V x86-64 against the C compiler: random signatures, each kind of trampoline, executed.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Signature } from '../../src/ctype/ctype.ts';
import { signatureText } from '../support/c-source.ts';
import { randomSignature } from '../support/random-signature.ts';
import { BATCH_SIZE, Bench, compilerVersion, type Failure, reasonToSkip } from './bench.ts';
import { shrink } from './shrink.ts';
import { ALL_KINDS, verdicts } from './subject.ts';

const FIXED_SEEDS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
const FRESH_COUNT = 300;
/** Two compilers at a time: more cores than that are not promised. */
const WORKERS = 2;
const MOST_SHOWN = 4;
/** Much more than the seconds it takes: a busy machine is no failure. */
const TIMEOUT = 120_000;

interface Batch {
  readonly seed: number;
  readonly from: number;
  readonly count: number;
}

const skipped = reasonToSkip();
if (skipped !== null) console.log(`oracle skipped: ${skipped}`);

describe.skipIf(skipped !== null)('oracle: sysv-x64 against the C compiler', () => {
  let bench: Bench | undefined;
  beforeAll(async () => {
    console.log(`oracle: ${compilerVersion()}`);
    bench = await Bench.open();
  }, TIMEOUT);
  afterAll(() => bench?.close());

  const agrees = async (batches: readonly Batch[]): Promise<void> => {
    if (bench === undefined) throw new Error('the bench is not open');
    const messages = await runBatches(bench, batches);
    expect(messages.join('\n\n')).toBe('');
  };

  it(`agrees on ${FIXED_SEEDS.length * BATCH_SIZE} signatures of fixed seeds`, { timeout: TIMEOUT }, () =>
    agrees(FIXED_SEEDS.map((seed) => ({ seed, from: 0, count: BATCH_SIZE }))),
  );

  it(`agrees on ${FRESH_COUNT} signatures of a fresh seed`, { timeout: TIMEOUT }, () => {
    const seed = Number(process.env['INTERFIX_SEED'] ?? Date.now() % 2 ** 32);
    console.log(`oracle: fresh seed, repeat with INTERFIX_SEED=${seed}`);
    const half = FRESH_COUNT / WORKERS;
    return agrees(Array.from({ length: WORKERS }, (_, worker) => ({ seed, from: worker * half, count: half })));
  });
});

/** A message for each of the first failures of each batch, and a count of the rest. */
async function runBatches(bench: Bench, batches: readonly Batch[]): Promise<string[]> {
  const waiting = [...batches];
  const messages: string[] = [];
  const worker = async (): Promise<void> => {
    for (let batch = waiting.shift(); batch !== undefined; batch = waiting.shift()) {
      const { seed, from, count } = batch;
      const signatures = Array.from({ length: count }, (_, index) => randomSignature(seed, from + index));
      const failures = await verdicts(bench, signatures, ALL_KINDS);
      for (const failure of failures.slice(0, Math.max(0, MOST_SHOWN - messages.length))) {
        messages.push(await explain(bench, batch, signatures, failure));
      }
      if (failures.length > 0) messages.push(`seed ${seed}: ${failures.length} failures in ${count} signatures`);
    }
  };
  await Promise.all(Array.from({ length: WORKERS }, worker));
  return messages;
}

async function explain(
  bench: Bench,
  { seed, from }: Batch,
  signatures: readonly Signature[],
  failure: Failure,
): Promise<string> {
  const failing = signatures[failure.index];
  if (failing === undefined) throw new Error('the runner failed a signature that was not asked for');
  const small = await shrink(bench, failing, failure);
  return [
    `seed ${seed} index ${from + failure.index} ${failure.kind}: ${signatureText(failing)}`,
    ...failure.reasons.map((reason) => `  ${reason}`),
    `shrunk: ${signatureText(small.signature)}`,
    ...small.reasons.map((reason) => `  ${reason}`),
  ].join('\n');
}
