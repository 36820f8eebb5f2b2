// Moves between registers that are meant to happen at once, put into an order in which they may happen one after another:
// no register is overwritten before everybody has read it. Nothing here knows what the values are for.
//
//   rsi → rdi, rdx → rsi          as they stand: each frees the register that the next one fills
//   rdi → rsi, rsi → rdx          the last one first
//   rdi → rsi, rsi → rdi          a cycle: rsi → scratch, rdi → rsi, scratch → rdi

import { assert } from '../errors.ts';
import type { Register } from '../isa/register.ts';
import type { Step } from './step.ts';

export type MoveStep = Extract<Step, { op: 'move' }>;

/**
 * The same moves in order, and for each cycle one more. `scratchOf` names a register of the same file that no move reads
 * or fills; it is asked only if there is a cycle. No two moves may fill the same register.
 */
export function shuffle(moves: readonly MoveStep[], scratchOf: (register: Register) => Register): MoveStep[] {
  const pending = [...moves];
  const ordered: MoveStep[] = [];
  let next = 0;
  while (pending.length > 0) {
    const move = pending[next];
    if (move === undefined) {
      // Everybody waits: one value is set aside, and its place is free.
      ordered.push(brokenCycle(pending, scratchOf));
      next = 0;
    } else if (isRead(move, pending)) next++;
    else {
      ordered.push(move);
      pending.splice(next, 1);
      next = 0;
    }
  }
  return ordered;
}

/** Whether another one that has not been made yet reads what a move overwrites. */
function isRead(move: MoveStep, pending: readonly MoveStep[]): boolean {
  for (const other of pending) if (other.from === move.to && other !== move) return true;
  return false;
}

/**
 * Saves the register that the first move fills, and lets its reader take the copy. Where every move waits for another
 * one, all of them lie on cycles and every register has one reader: what leaves a cycle has gone before. One scratch
 * register is enough, because the cycle then unwinds to its end before another one has to be broken.
 */
function brokenCycle(pending: MoveStep[], scratchOf: (register: Register) => Register): MoveStep {
  const needed = pending[0]?.to;
  const reader = pending.findIndex(({ from }) => from === needed);
  const waiting = pending[reader];
  assert(needed !== undefined && waiting !== undefined, 'a move that cannot go waits for another one');
  const scratch = scratchOf(needed);
  assert(
    pending.every(({ from, to }) => from !== scratch && to !== scratch),
    'the scratch register is free',
  );
  pending[reader] = { ...waiting, from: scratch };
  return { op: 'move', to: scratch, from: needed, size: waiting.size, extend: 'none' };
}
