// The code under test as the bench takes it: every kind of trampoline of a signature, and the compiler's own beside them.

import type { CallLayout } from '../../src/abi/call-layout.ts';
import type { ConventionId } from '../../src/abi/convention.ts';
import { conventionOf } from '../../src/abi/conventions.ts';
import type { Signature } from '../../src/ctype/ctype.ts';
import type { CodeImage } from '../../src/emit/code-image.ts';
import { generate } from '../../src/emit/generate.ts';
import { InterfixError } from '../../src/errors.ts';
import { type Prepared, prepare } from '../../src/plan/prepare.ts';
import { type Bench, gatesOf } from './bench.ts';
import type { Failure, OracleKind, TestedFunction } from './runner-input.ts';
import type { Target } from './targets.ts';

/** The kinds whose contract the runner knows. */
export const GENERATED = ['forward', 'bound', 'entry', 'reverse'] as const;
/**
 * A function of the signature that calls another: of the same parameters, or with one more in front; then the result may
 * stay in the call frame.
 */
export const ADAPTERS = ['adapter', 'receiver', 'kept'] as const;
export const COMPILED = ['compiled-forward', 'compiled-reverse'] as const;
export const ALL_KINDS: readonly OracleKind[] = [...GENERATED, ...COMPILED];

/** What is told to the runner besides the code: what a result leaves behind, apart from its bytes. */
function traces({ placement }: CallLayout['ret']): Pick<TestedFunction, 'echoes' | 'x87'> {
  const pieces = placement.mode === 'direct' ? placement.pieces : [];
  return {
    echoes: placement.mode === 'hidden' && placement.echoed !== null,
    x87: pieces.filter(({ at }) => at.in === 'register' && at.register.file === 'x87').length,
  };
}

/** Of a function that returns nothing. */
const NO_TRACES: ReturnType<typeof traces> = { echoes: false, x87: 0 };

/** What interfix makes of a signature. */
export function generated(
  { abi, vectors }: Target,
  signature: Signature,
  kind: Exclude<OracleKind, (typeof COMPILED)[number]>,
  entry: ConventionId = abi,
): { readonly prepared: Prepared; readonly image: CodeImage } {
  const kept = kind === 'kept';
  const receiver = kind === 'receiver' || kept;
  const result = kept ? 'frame' : 'returned';
  const prepared = prepare(signature, { abi, kind: receiver ? 'adapter' : kind, receiver, result, entry, vectors });
  return { prepared, image: generate(prepared) };
}

/** A result that C leaves in memory is kept in no frame: there is nothing to run. */
const exists = (kind: OracleKind, { abi, vectors }: Target, signature: Signature): boolean =>
  kind !== 'kept' || conventionOf(abi).layout(signature, vectors).ret.placement.mode !== 'hidden';

/** The last one brings more than 16 bits. */
const STUBS = { count: 3, stride: 32_767 };

/** A `reverse` that is entered through its first stub, and the same through its last one. */
function stubbed(target: Target, signature: Signature, index: number, entry: ConventionId): TestedFunction[] {
  const plain = subject(target, signature, index, 'reverse', entry);
  const { abi, vectors } = target;
  const image = generate(prepare(signature, { abi, kind: 'reverse', entry, vectors, stubs: STUBS }));
  const { offset, size } = image.stubs ?? { offset: 0, size: 0 };
  return [0, STUBS.count - 1].map((stub) => ({
    ...plain,
    image,
    stub: { start: offset + stub * size, brought: stub * STUBS.stride },
  }));
}

/** Prepares and generates one kind for a signature; the compiled kinds need neither. `entry`: where it is not the abi. */
export function subject(
  target: Target,
  signature: Signature,
  index: number,
  kind: OracleKind,
  entry: ConventionId = target.abi,
): TestedFunction {
  const side = { index, kind, entry: gatesOf(entry) };
  if (kind === 'compiled-forward' || kind === 'compiled-reverse') {
    return {
      ...side,
      image: null,
      frame: null,
      ...traces(conventionOf(target.abi).layout(signature, target.vectors).ret),
    };
  }
  const { prepared, image } = generated(target, signature, kind, entry);
  if (kind === 'kept') return { ...side, image, frame: prepared.frame, ...NO_TRACES };
  const frame = kind === 'entry' ? prepared.frame : null;
  return { ...side, image, frame, ...traces(prepared.layout.ret) };
}

const refusedRule = (error: unknown): string | null =>
  error instanceof InterfixError && error.code === 'ERR_UNSUPPORTED' ? (error.rule ?? '') : null;

function reasonOf(error: unknown, rule: string | null): string {
  if (!(error instanceof Error)) return `threw ${error}`;
  return rule === null
    ? `threw ${error.stack}`
    : `refused by the rule '${rule}', which the target does not list: ${error.message}`;
}

export interface Verdict {
  readonly failures: readonly Failure[];
  /** How many signatures were refused, by rule. */
  readonly refused: ReadonlyMap<string, number>;
}

/**
 * Runs the kinds of every signature. An exception on the way to the code is a failure like any other, unless it is a
 * refusal that the target allows: then the signature counts as refused, and no kind of it is run.
 */
export async function verdicts(
  bench: Bench,
  target: Target,
  signatures: readonly Signature[],
  kinds: readonly OracleKind[],
  entry: ConventionId = target.abi,
): Promise<Verdict> {
  const thrown: Failure[] = [];
  const refused = new Map<string, number>();
  const functions = (): TestedFunction[] =>
    signatures.flatMap((signature, index) => {
      const tested: TestedFunction[] = [];
      for (const kind of kinds) {
        try {
          if (!exists(kind, target, signature)) continue;
          tested.push(subject(target, signature, index, kind, entry));
          if (kind === 'reverse') tested.push(...stubbed(target, signature, index, entry));
        } catch (error) {
          const rule = refusedRule(error);
          if (rule !== null && target.refusals.includes(rule)) {
            refused.set(rule, (refused.get(rule) ?? 0) + 1);
            return [];
          }
          thrown.push({ index, kind, reasons: [reasonOf(error, rule)] });
        }
      }
      return tested;
    });
  const failures = await bench.run(target, signatures, functions);
  return { failures: [...thrown, ...failures], refused };
}
