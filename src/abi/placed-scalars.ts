// Scalars in registers, as they were placed before: most values of most calls are such, and would be made anew for every
// signature. Decides nothing: it holds what a classifier has decided.

import type { CType, FloatType, IntegerType, ResolvedType } from '../ctype/ctype.ts';
import type { Passed, Placement, ReturnPlacement } from './call-layout.ts';

/** How many registers of each file are taken. */
export interface Taken {
  gpr: number;
  vec: number;
}

interface Placed extends Readonly<Taken> {
  readonly passed: Passed<Placement>;
}

/** More than any file has registers for arguments. */
const FILE_SIZE = 16;

/** Of one convention under which nothing counts for a scalar in a register but its type and the registers that are taken. */
export class PlacedScalars {
  /** By the name of the type, then by the registers that were taken before. */
  readonly #arguments: Map<string, (Placed | undefined)[]> = new Map();
  readonly #results: Map<string, Passed<ReturnPlacement>> = new Map();

  /** What `type` was placed as when as many registers were taken; takes those that it needs. */
  argument(type: ResolvedType, taken: Taken): Passed<Placement> | undefined {
    if (type.kind !== 'integer' && type.kind !== 'float') return undefined;
    const found = this.#arguments.get(type.name)?.[FILE_SIZE * taken.gpr + taken.vec];
    if (found === undefined) return undefined;
    taken.gpr = found.gpr;
    taken.vec = found.vec;
    return found.passed;
  }

  /** Keeps a scalar that was placed when the registers in `before` were taken, unless it takes none: it is on the stack. */
  addArgument(passed: Passed<Placement>, before: Readonly<Taken>, { gpr, vec }: Readonly<Taken>): void {
    const { type } = passed;
    if (!isScalar(type) || (gpr === before.gpr && vec === before.vec)) return;
    const known = this.#arguments.get(type.name) ?? [];
    known[FILE_SIZE * before.gpr + before.vec] = { passed: frozen(passed), gpr, vec };
    this.#arguments.set(type.name, known);
  }

  result(type: ResolvedType): Passed<ReturnPlacement> | undefined {
    return type.kind === 'integer' || type.kind === 'float' ? this.#results.get(type.name) : undefined;
  }

  addResult(passed: Passed<ReturnPlacement>): Passed<ReturnPlacement> {
    const { type, placement } = passed;
    if (isScalar(type) && placement.mode === 'direct') this.#results.set(type.name, frozen(passed));
    return passed;
  }
}

/** One that nobody can change: it is shared. */
const isScalar = (type: CType): type is IntegerType | FloatType =>
  (type.kind === 'integer' || type.kind === 'float') && Object.isFrozen(type);

/** Many layouts share it. */
function frozen<P extends Placement | ReturnPlacement>(passed: Passed<P>): Passed<P> {
  const { placement } = passed;
  if (placement.mode === 'direct') for (const piece of Object.freeze(placement.pieces)) Object.freeze(piece);
  Object.freeze(placement);
  return Object.freeze(passed);
}
