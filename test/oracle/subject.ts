// The code under test as the bench takes it: every kind of trampoline of a signature, and the compiler's own beside them.

import type { Signature } from '../../src/ctype/ctype.ts';
import { generate } from '../../src/emit/generate.ts';
import { prepare } from '../../src/plan/prepare.ts';
import type { Bench, Failure, OracleKind, TestedFunction } from './bench.ts';

/** A convention together with the kinds whose contract the runner knows. */
export const ABI = 'sysv-x64';
export const GENERATED: readonly OracleKind[] = ['forward', 'bound', 'entry', 'reverse'];
export const ALL_KINDS: readonly OracleKind[] = [...GENERATED, 'compiled-forward', 'compiled-reverse'];

/** Prepares and generates one kind for a signature; the compiled kinds need neither. */
export function subject(signature: Signature, index: number, kind: OracleKind): TestedFunction {
  if (kind === 'compiled-forward' || kind === 'compiled-reverse') return { index, kind, image: null, frame: null };
  const prepared = prepare(signature, { abi: ABI, kind });
  return { index, kind, image: generate(prepared), frame: kind === 'entry' ? prepared.frame : null };
}

/** Runs the kinds of every signature. An exception on the way to the code is a failure like any other. */
export async function verdicts(
  bench: Bench,
  signatures: readonly Signature[],
  kinds: readonly OracleKind[],
): Promise<Failure[]> {
  const thrown: Failure[] = [];
  const functions = (): TestedFunction[] =>
    signatures.flatMap((signature, index) =>
      kinds.flatMap((kind) => {
        try {
          return [subject(signature, index, kind)];
        } catch (error) {
          thrown.push({ index, kind, reasons: [`threw ${error instanceof Error ? error.stack : error}`] });
          return [];
        }
      }),
    );
  const failures = await bench.run(signatures, functions);
  return [...thrown, ...failures];
}
