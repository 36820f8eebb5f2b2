// Makes a failing signature smaller while it still fails, so that a report shows little more than the cause.

import { type Signature, signature, VOID } from '../../src/ctype/ctype.ts';
import type { Bench, Failure, OracleKind } from './bench.ts';
import { verdicts } from './subject.ts';

export interface Shrunk {
  readonly signature: Signature;
  readonly reasons: readonly string[];
}

/** Greedy: takes the first simpler signature that fails, until none does. All candidates of a round share a compilation. */
export async function shrink(bench: Bench, failing: Signature, { kind, reasons }: Failure): Promise<Shrunk> {
  let best: Shrunk = { signature: failing, reasons };
  for (;;) {
    const candidates = simpler(best.signature);
    const next = candidates.length === 0 ? null : await firstFailing(bench, candidates, kind);
    if (next === null) return best;
    best = next;
  }
}

async function firstFailing(bench: Bench, candidates: readonly Signature[], kind: OracleKind): Promise<Shrunk | null> {
  const failures = await verdicts(bench, candidates, [kind]);
  for (const [index, candidate] of candidates.entries()) {
    const failure = failures.find((each) => each.index === index);
    if (failure !== undefined) return { signature: candidate, reasons: failure.reasons };
  }
  return null;
}

function simpler({ parameters, result, variadicFrom }: Signature): Signature[] {
  const candidates = parameters.map((_, dropped) => {
    const rest = parameters.filter((_, index) => index !== dropped);
    const from = variadicFrom !== null && dropped < variadicFrom ? variadicFrom - 1 : variadicFrom;
    return signature(rest, result, from === 0 ? null : from); // C11 has no function with `...` alone
  });
  if (result.kind !== 'void') candidates.push(signature(parameters, VOID, variadicFrom));
  if (variadicFrom !== null) candidates.push(signature(parameters, result));
  return candidates;
}
