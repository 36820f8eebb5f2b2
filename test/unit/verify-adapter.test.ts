// The verifier of adapters: takes plans that are right, breaks each rule in every way it can be broken, and expects a refusal.

import { describe, expect, it } from 'vitest';
import { assert } from '../../src/errors.ts';
import { r9, r10, rax, rbx, rcx, rdi, rdx, rsi, xmm } from '../../src/isa/x64.ts';
import { type Prepared, type PrepareOptions, prepare } from '../../src/plan/prepare.ts';
import type { Addr, Plan, Step } from '../../src/plan/step.ts';
import { verifyAdapter } from '../../src/plan/verify-adapter.ts';

type Break = (steps: Step[], plan: Plan) => Step[] | Plan;

const adapter = (text: string, options: Omit<PrepareOptions, 'kind'>): Prepared =>
  prepare(text, { ...options, kind: 'adapter' });

/** Registers, and two of three stack arguments of which one moves. */
const TAIL = adapter('(int, int8, double, int, int, int, int, int64) -> int', { abi: 'sysv-x64', receiver: true });
const NARROW = adapter('(int8, bool) -> int', { abi: 'sysv-x64', receiver: true });
/** Registers to the stack, an extension in place, and a result that has to be moved. */
const FRAMED = adapter('(int, double, int, int, int8, float) -> {float, float}', { abi: 'win-x64', entry: 'sysv-x64' });
const FROM_STACK = adapter('(int, int, int, int, int8, int16) -> int8', { abi: 'sysv-x64', entry: 'win-x64' });
const VARIADIC = adapter('(int; double, double) -> int', { abi: 'sysv-x64', receiver: true });
const HIDDEN = adapter('(int) -> {[3:long]}', { abi: 'sysv-x64', receiver: true });
/** A record that finds no register although it needs one only, because of its padding. */
const PARTS = adapter('(int, int64, int128, int128, alignas(16) {long}) -> void', { abi: 'sysv-x64', receiver: true });

/** Two registers of different files, and a narrow one that its convention extends, to the frame. */
const KEPT = adapter('(int, float) -> {double, int}', { abi: 'sysv-x64', receiver: true, result: 'frame' });
const KEPT_NARROW = adapter('(int) -> int8', { abi: 'aapcs64-apple', entry: 'aapcs64', result: 'frame' });

const breaks = (rule: string, invariant: string, prepared: Prepared, change: Break): void => {
  it(rule, () => {
    const { plan, incoming, layout, frame } = prepared;
    assert(incoming !== null, 'an adapter has a caller');
    const kept = frame?.ret ?? null;
    const changed = change([...plan.steps], plan);
    const broken = Array.isArray(changed) ? { ...plan, steps: changed } : changed;
    const message = expect.stringContaining(invariant);
    expect(() => verifyAdapter(plan, incoming, layout, kept)).not.toThrow();
    expect(() => verifyAdapter(broken, incoming, layout, kept)).toThrow(
      expect.objectContaining({ code: 'ERR_INTERNAL', message }),
    );
  });
};

const at = (base: Addr['base'], offset = 0): Addr => ({ base, offset });
const indexOf = (steps: readonly Step[], which: (step: Step) => boolean): number => {
  const index = steps.findIndex(which);
  assert(index >= 0, 'the plan has such a step');
  return index;
};
const without = (steps: readonly Step[], which: (step: Step) => boolean): Step[] =>
  steps.toSpliced(indexOf(steps, which), 1);
const replaced = (steps: readonly Step[], which: (step: Step) => boolean, by: (step: Step) => Step): Step[] => {
  const index = indexOf(steps, which);
  return steps.map((step, each) => (each === index ? by(step) : step));
};
const isCall = ({ op }: Step): boolean => op === 'call';
const isMove = ({ op }: Step): boolean => op === 'move';
const isLoad = ({ op }: Step): boolean => op === 'load';
const isCopy = ({ op }: Step): boolean => op === 'copy';
const isStore = ({ op }: Step): boolean => op === 'store';
const beforeCall = (steps: readonly Step[], ...added: readonly Step[]): Step[] =>
  steps.toSpliced(indexOf(steps, isCall), 0, ...added);
const HELD = 'every place of the target holds what arrived for it';
const RETURNED = 'every register of the result holds what came back';
const STORED = 'the frame holds the result';

describe('verify of an adapter, rule 1 (one call), refuses', () => {
  breaks('a plan without a call', 'calls its target', TAIL, (steps) => without(steps, isCall));
  breaks('a call of something else', 'calls its target', TAIL, (steps) =>
    replaced(steps, isCall, () => ({ op: 'call', target: 'dispatcher', tail: true })),
  );
  breaks('a second call', 'no step call', FRAMED, (steps) => [...steps, ...steps.filter(isCall)]);
  breaks('a step behind a tail call', 'nothing follows a tail call', TAIL, (steps) => [
    ...steps,
    { op: 'set', to: rax, value: 0 },
  ]);
  breaks('a tail call with a frame', 'leaves nothing on the stack', TAIL, (_, plan) => ({ ...plan, outSize: 16 }));
  breaks('a local area', 'nothing of its own', FRAMED, (_, plan) => ({ ...plan, localSize: 16 }));
  breaks('a tail call without the home space of Windows', 'home space', FRAMED, (steps, plan) => ({
    ...plan,
    outSize: 0,
    steps: replaced(steps, isCall, () => ({ op: 'call', target: 'target', tail: true })),
  }));
  it('a tail call to what needs more alignment than its caller gave', () => {
    const { plan, incoming, layout } = TAIL;
    assert(incoming !== null, 'an adapter has a caller');
    expect(() => verifyAdapter(plan, incoming, { ...layout, stackAlign: 32 })).toThrow('the alignment that it needs');
  });
  breaks('a frame that is too small', 'room for the arguments', FRAMED, (_, plan) => ({ ...plan, outSize: 32 }));
  breaks('a frame that is no multiple of 16', 'areas are aligned', FRAMED, (_, plan) => ({
    ...plan,
    outSize: plan.outSize + 8,
  }));
});

describe('verify of an adapter, rule 2 (every value in its place), refuses', () => {
  for (const prepared of [TAIL, NARROW, FRAMED, FROM_STACK, VARIADIC, HIDDEN, PARTS, KEPT, KEPT_NARROW]) {
    const { plan, frame } = prepared;
    const call = plan.steps.findIndex(isCall);
    plan.steps.forEach((step, index) => {
      if (index === call) return;
      // What reads the register that a lost move frees is lost with it, or the place is empty.
      const invariant = index <= call ? '' : frame === null ? RETURNED : STORED;
      breaks(`any lost step: ${step.op} ${index} of ${plan.incoming.id}`, invariant, prepared, (steps) =>
        steps.toSpliced(index, 1),
      );
    });
  }
  breaks('a move from another register', HELD, TAIL, (steps) =>
    replaced(steps, isMove, (step) => (step.op === 'move' ? { ...step, from: rcx } : step)),
  );
  breaks('a move of too few bytes', HELD, TAIL, (steps) =>
    replaced(steps, isMove, (step) => (step.op === 'move' ? { ...step, size: 2 } : step)),
  );
  breaks('a load from another slot', HELD, TAIL, (steps) =>
    replaced(steps, isLoad, (step) => (step.op === 'load' ? { ...step, from: at('in', 8) } : step)),
  );
  breaks('a narrow integer that is not extended', HELD, NARROW, (steps) =>
    replaced(steps, isMove, (step) => (step.op === 'move' ? { ...step, extend: 'none' } : step)),
  );
  breaks('a narrow integer that is extended by zeros', HELD, NARROW, (steps) =>
    replaced(steps, isMove, (step) => (step.op === 'move' ? { ...step, extend: 'zero' } : step)),
  );
  breaks('a narrow integer on the stack that is not extended', HELD, FRAMED, (steps) =>
    replaced(without(steps, isMove), isStore, (step) => (step.op === 'store' ? { ...step, size: 1 } : step)),
  );
  breaks('another number of vector registers', 'are counted', VARIADIC, (steps) =>
    replaced(
      steps,
      ({ op }) => op === 'set',
      () => ({ op: 'set', to: rax, value: 1 }),
    ),
  );
  breaks('the address of the result in another register', HELD, HIDDEN, (steps) =>
    beforeCall(steps, { op: 'move', to: rdi, from: rdx, size: 4, extend: 'none' }),
  );
  breaks('a record of which a part is missing', HELD, PARTS, (steps) => without(steps, isStore));
  breaks('parts of the result from each other’s registers', STORED, KEPT, (steps) =>
    steps.map((step) => (step.op === 'store' ? { ...step, from: step.from === rax ? xmm(0) : rax, size: 4 } : step)),
  );
  breaks('less of the result than there is', STORED, KEPT, (steps) =>
    replaced(steps, isStore, (step) => (step.op === 'store' ? { ...step, size: 4 } : step)),
  );
  it('a result in memory, which is in no register to be stored', () => {
    const { plan, incoming, layout } = HIDDEN;
    assert(incoming !== null, 'an adapter has a caller');
    expect(() => verifyAdapter(plan, incoming, layout, { offset: 8, size: 24 })).toThrow('came back in registers');
  });
  breaks('a result that is not extended', RETURNED, FROM_STACK, (steps) =>
    steps.map((step, index) =>
      index > indexOf(steps, isCall) && step.op === 'move' ? { ...step, extend: 'none' } : step,
    ),
  );
});

describe('verify of an adapter, rule 3 (what is read), refuses', () => {
  const read =
    (from: Step): Break =>
    (steps) => [from, ...steps];
  breaks('moves in the wrong order', HELD, TAIL, (steps) => {
    const [first, second, ...rest] = steps;
    return first === undefined || second === undefined ? [] : [second, first, ...rest];
  });
  breaks(
    'a register that nothing arrived in',
    'a register that is read',
    TAIL,
    read({ op: 'move', to: r10, from: r10, size: 8, extend: 'none' }),
  );
  breaks('a register that was stored', 'a register that is read', FRAMED, (steps) => {
    const store = steps.find(isStore);
    assert(store?.op === 'store', 'there is one');
    return beforeCall(steps, { op: 'move', to: r10, from: store.from, size: 1, extend: 'none' }).toSpliced(
      indexOf(steps, isStore) + 1,
      0,
      { op: 'move', to: r10, from: store.from, size: 1, extend: 'none' },
    );
  });
  breaks(
    'more bytes of a register than arrived',
    'no more is read than is known',
    TAIL,
    read({ op: 'move', to: r10, from: rsi, size: 8, extend: 'none' }),
  );
  breaks(
    'a slot that nothing arrived in',
    'what is read has arrived there',
    TAIL,
    read({ op: 'load', to: r10, from: at('in', 400), size: 8, extend: 'none' }),
  );
  breaks(
    'more bytes of a slot than arrived',
    'no more is read than is known',
    TAIL,
    read({ op: 'load', to: r10, from: at('in'), size: 8, extend: 'none' }),
  );
  breaks('a slot that was overwritten', 'has not been overwritten', TAIL, (steps) =>
    beforeCall(steps, { op: 'load', to: r10, from: at('in'), size: 4, extend: 'none' }),
  );
  breaks(
    'our own area',
    'reads the arguments of its caller',
    FRAMED,
    read({ op: 'load', to: r9, from: at('out'), size: 4, extend: 'none' }),
  );
});

describe('verify of an adapter, rule 4 (areas), refuses', () => {
  const copyTo =
    (to: Addr): Break =>
    (steps) => {
      const copy = steps.find(isCopy);
      assert(copy?.op === 'copy', 'there is one');
      return replaced(steps, isCopy, () => ({ ...copy, to }));
    };
  breaks('writing above the arguments of its caller', 'inside their area', TAIL, copyTo(at('in', 24)));
  breaks('writing below them', 'inside their area', TAIL, copyTo(at('in', -8)));
  breaks('an area of its own before a tail call', 'inside their area', TAIL, copyTo(at('out')));
  breaks('writing past its own area', 'inside their area', FRAMED, (steps, plan) =>
    replaced(steps, isStore, (step) => (step.op === 'store' ? { ...step, to: at('out', plan.outSize) } : step)),
  );
  breaks('the area of its caller, with one of its own', 'inside their area', FRAMED, (steps) =>
    replaced(steps, isStore, (step) => (step.op === 'store' ? { ...step, to: at('in') } : step)),
  );
  breaks('a byte that is written twice', 'written twice', FRAMED, (steps) => {
    const stores = steps.filter(isStore);
    const [first] = stores;
    assert(first?.op === 'store', 'there is one');
    return steps.map((step) => (step.op === 'store' && step !== first ? { ...step, to: first.to } : step));
  });
  const storeTo =
    (offset: number): Break =>
    (steps) =>
      replaced(steps, isStore, (step) => (step.op === 'store' ? { ...step, to: at('frame', offset) } : step));
  const store: Step = { op: 'store', from: rsi, to: at('frame', 16), size: 1 };
  breaks('the frame behind the result', 'inside their area', KEPT, storeTo(32));
  breaks('the last byte of the result and one more', 'inside their area', KEPT, storeTo(25));
  breaks('the arguments in the frame', 'inside their area', KEPT, storeTo(8));
  breaks('a byte of the result twice', 'written twice', KEPT, storeTo(24));
  breaks('the frame in front of the call', 'inside their area', KEPT, (steps) => beforeCall(steps, store));
  breaks('the frame where the result is returned', 'inside their area', FRAMED, (steps) => [
    ...steps,
    { ...store, from: rax },
  ]);
  breaks('the extension of a narrow result beside its place', 'inside their area', KEPT_NARROW, (steps) =>
    replaced(steps, isStore, (step) => (step.op === 'store' ? { ...step, size: 4 } : step)),
  );
  breaks('a result that is stored twice', 'a register that is read', KEPT, (steps) => [
    ...steps,
    ...steps.filter(isStore),
  ]);
  breaks('a symbol', 'no symbols', TAIL, (steps) => beforeCall(steps, { op: 'set', to: rax, value: 'context' }));
  breaks('a step of other kinds', 'no step point', TAIL, (steps) => [{ op: 'point', index: 0 }, ...steps]);
});

describe('verify of an adapter, rule 5 (what the caller counts on), refuses', () => {
  breaks('a callee-saved register', 'is left alone', TAIL, (steps) => [
    { op: 'move', to: rbx, from: rsi, size: 4, extend: 'none' },
    ...steps,
  ]);
  it('but takes one that the prologue saves, because the target may change it', () => {
    const { plan, incoming, layout } = FROM_STACK;
    assert(incoming !== null, 'an adapter has a caller');
    expect(incoming.convention).toBe('win-x64');
    expect(plan.steps.some((step) => step.op === 'move' && step.to === rdi)).toBe(true);
    const vector: Step = { op: 'set', to: xmm(15), value: 0 };
    expect(() => verifyAdapter({ ...plan, steps: [vector, ...plan.steps] }, incoming, layout)).not.toThrow();
  });
});
