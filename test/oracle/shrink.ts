// Makes a failing signature smaller while it still fails, so that a report shows little more than the cause.

import type { ConventionId } from '../../src/abi/convention.ts';
import type { CType, Signature } from '../../src/ctype/ctype.ts';
import { dataModelOf } from '../../src/ctype/data-model.ts';
import { layoutOfType } from '../../src/ctype/layout.ts';
import type { Bench } from './bench.ts';
import type { Failure, OracleKind } from './runner-input.ts';
import { simplerSignatures } from './simpler.ts';
import { verdicts } from './subject.ts';
import type { Target } from './targets.ts';

export interface Shrunk {
  readonly signature: Signature;
  readonly reasons: readonly string[];
}

/** A failing function that is being made smaller. */
interface Hunt {
  readonly bench: Bench;
  readonly target: Target;
  readonly entry: ConventionId;
  readonly kind: OracleKind;
}

/** Greedy: takes the first simpler signature that fails, until none does. All candidates of a round share a compilation. */
export async function shrink(
  bench: Bench,
  target: Target,
  failing: Signature,
  { kind, reasons }: Failure,
  entry: ConventionId = target.abi,
): Promise<Shrunk> {
  const hunt = { bench, target, entry, kind };
  let best: Shrunk = { signature: failing, reasons };
  for (;;) {
    const candidates = simplerSignatures(best.signature).filter((each) => isAsked(target, each));
    const next = await firstFailing(hunt, candidates);
    if (next === null) return best;
    best = next;
  }
}

/** Whether the target is asked about such signatures at all, and C has them. */
function isAsked({ abi, profile }: Target, { parameters, result, variadicFrom }: Signature): boolean {
  const exists = (type: CType): boolean => {
    if (type.kind === 'void') return true;
    try {
      return layoutOfType(type, dataModelOf(abi)).size >= 0;
    } catch {
      return false;
    }
  };
  const isLeftOut = (type: CType, role: 'named' | 'unnamed' | 'result'): boolean =>
    profile.isExcluded?.(type, role) === true || !exists(type);
  if (isLeftOut(result, 'result')) return false;
  return parameters.every(({ type }, index) => !isLeftOut(type, index < (variadicFrom ?? 99) ? 'named' : 'unnamed'));
}

async function firstFailing(hunt: Hunt, candidates: readonly Signature[]): Promise<Shrunk | null> {
  const [first, second] = candidates;
  if (first === undefined) return null;
  try {
    return await failingOf(hunt, candidates);
  } catch (error) {
    // A compiler that does not take one of the candidates says so of all.
    if (second === undefined) return null;
    const half = candidates.length >> 1;
    if (half === 0) throw error;
    return (await firstFailing(hunt, candidates.slice(0, half))) ?? firstFailing(hunt, candidates.slice(half));
  }
}

async function failingOf(
  { bench, target, entry, kind }: Hunt,
  candidates: readonly Signature[],
): Promise<Shrunk | null> {
  const { failures } = await verdicts(bench, target, candidates, [kind], entry);
  for (const [index, candidate] of candidates.entries()) {
    const failure = failures.find((each) => each.index === index);
    if (failure !== undefined) return { signature: candidate, reasons: failure.reasons };
  }
  return null;
}
