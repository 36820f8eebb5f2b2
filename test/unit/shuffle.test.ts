// Moves that happen at once, one after another: every permutation of up to five registers, and random graphs of moves in
// which registers are read often and filled once, against a simulation.

import { describe, expect, it } from 'vitest';
import type { Register } from '../../src/isa/register.ts';
import { gprs, r10, r11, rcx, rdi, rdx, rsi, xmm, xmms } from '../../src/isa/x64.ts';
import { type MoveStep, shuffle } from '../../src/plan/shuffle.ts';
import { random } from '../support/random.ts';

const GRAPHS = 4000;

const move = (from: Register, to: Register): MoveStep => ({ op: 'move', from, to, size: 8, extend: 'none' });

const scratchOf = (register: Register): Register => (register.file === 'vec' ? xmm(15) : r10);
const none = (register: Register): Register => {
  throw new Error(`asked for a scratch register for ${register.name}`);
};

/** Runs the moves on registers that hold their own names. */
function run(moves: readonly MoveStep[]): Map<Register, string> {
  const held = new Map([...gprs, ...xmms].map((register) => [register, register.name]));
  for (const { from, to } of moves) held.set(to, held.get(from) ?? '');
  return held;
}

function expectAtOnce(moves: readonly MoveStep[], ordered: readonly MoveStep[]): void {
  const held = run(ordered);
  for (const { from, to } of moves) expect(held.get(to), `${to.name} of ${shown(moves)}`).toBe(from.name);
  const changed = [...held].filter(([register, name]) => register.name !== name).map(([register]) => register);
  const filled = new Set<Register>([...moves.map(({ to }) => to), scratchOf(rdi), scratchOf(xmm(0))]);
  for (const register of changed) expect(filled.has(register), `${register.name} is not ours to change`).toBe(true);
}

const shown = (moves: readonly MoveStep[]): string =>
  moves.map(({ from, to }) => `${from.name} → ${to.name}`).join(', ');

function permutations<T>(items: readonly T[]): T[][] {
  if (items.length === 0) return [[]];
  return items.flatMap((item, index) => permutations(items.toSpliced(index, 1)).map((rest) => [item, ...rest]));
}

/** Cycles of two and more in a permutation of the registers. */
function cyclesOf(moves: readonly MoveStep[]): number {
  const next = new Map(moves.map(({ from, to }) => [from, to]));
  const seen = new Set<Register>();
  let cycles = 0;
  for (const start of next.keys()) {
    if (seen.has(start)) continue;
    let length = 0;
    for (let at: Register | undefined = start; at !== undefined && !seen.has(at); at = next.get(at)) {
      seen.add(at);
      length++;
    }
    if (length > 1) cycles++;
  }
  return cycles;
}

describe('shuffle', () => {
  it.each([1, 2, 3, 4, 5])(
    'puts every permutation of %i registers in order, with one more move for each cycle',
    (size) => {
      const registers = [rdi, rsi, rdx, rcx, r11].slice(0, size);
      for (const targets of permutations(registers)) {
        const moves = registers.map((from, index) => move(from, targets[index] ?? from));
        const ordered = shuffle(moves, scratchOf);
        expectAtOnce(moves, ordered);
        expect(ordered.length).toBe(moves.length + cyclesOf(moves));
      }
    },
  );

  it(`puts ${GRAPHS} random graphs in order, of both files, in which a register may be read by many`, () => {
    const registers = [...gprs.filter((register) => register !== r10), ...xmms.slice(0, 15)];
    for (let index = 0; index < GRAPHS; index++) {
      const r = random(7, index);
      const pool = Array.from({ length: 2 + r.int(8) }, () => r.pick(registers));
      const targets = [...new Set(Array.from({ length: 1 + r.int(8) }, () => r.pick(pool)))];
      const moves = targets.map((to) => move(r.pick(pool), to));
      expectAtOnce(moves, shuffle(moves, scratchOf));
    }
  });

  it('asks for no scratch register where there is no cycle', () => {
    const chain = [move(rdi, rsi), move(rsi, rdx), move(rdx, rcx), move(rdx, r11)];
    expect(shown(shuffle(chain, none))).toBe('rdx → rcx, rdx → r11, rsi → rdx, rdi → rsi');
    expect(shown(shuffle([], none))).toBe('');
    expect(() => shuffle([move(rdi, rsi), move(rsi, rdi)], none)).toThrow('asked for a scratch register');
  });

  it('saves one register of a cycle, whole, and extends what comes out of it', () => {
    const moves: MoveStep[] = [
      { op: 'move', from: rdi, to: rsi, size: 1, extend: 'sign' },
      { op: 'move', from: rsi, to: rdi, size: 8, extend: 'none' },
    ];
    expect(shuffle(moves, scratchOf)).toEqual([
      { op: 'move', from: rsi, to: r10, size: 8, extend: 'none' },
      { op: 'move', from: rdi, to: rsi, size: 1, extend: 'sign' },
      { op: 'move', from: r10, to: rdi, size: 8, extend: 'none' },
    ]);
  });

  it('lets a register that is extended where it is wait for its other readers', () => {
    const extended: MoveStep = { op: 'move', from: rdi, to: rdi, size: 1, extend: 'zero' };
    expect(shown(shuffle([extended, move(rdi, rsi)], none))).toBe('rdi → rsi, rdi → rdi');
  });

  it('refuses a scratch register that is in use', () => {
    const moves = [move(rdi, rsi), move(rsi, rdi), move(r10, rdx)];
    expect(shown(shuffle(moves, scratchOf)).length).toBeGreaterThan(0); // r10 has gone before the cycle is broken
    expect(() => shuffle([move(rdi, r10), move(r10, rdi)], scratchOf)).toThrow('the scratch register is free');
  });
});
