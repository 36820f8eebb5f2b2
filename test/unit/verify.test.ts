// The plan verifier: takes plans that are right, breaks each rule in every way it can be broken, and expects a refusal.

import { describe, expect, it } from 'vitest';
import { r8, rax, rcx, rdi, rdx, rsi, xmm } from '../../src/isa/x64.ts';
import { type Prepared, prepare } from '../../src/plan/prepare.ts';
import type { Addr, Plan, Step, TrampolineKind } from '../../src/plan/step.ts';
import { verify } from '../../src/plan/verify.ts';
import { namedSignatures } from '../support/golden.ts';

type Break = (steps: Step[], plan: Plan) => Step[] | Plan;

const prepared = (kind: TrampolineKind, text: string): Prepared => prepare(text, { abi: 'sysv-x64', kind });

/** One stack argument, six in registers and a result: every kind of move. */
const FORWARD = prepared('forward', '(int, {long, double}, {[3:long]}, float) -> {long, double}');
const TAIL = prepared('forward', '(int, double) -> void');
const REVERSE = prepared('reverse', '(int, {long, double}, {[3:long]}, int8) -> {int, float}');
/** The address of a copy arrives on the stack. */
const INDIRECT = prepare('(int, int, int, int, {[3:long]}) -> void', { abi: 'win-x64', kind: 'reverse' });
const ENTRY = prepared('entry', '(int, {[3:long]}) -> {[3:long]}');

/** `invariant` is a part of the message: that a plan is refused for another reason proves nothing. */
const breaks = (rule: string, invariant: string, { plan, layout }: Prepared, change: Break): void => {
  it(rule, () => {
    const changed = change([...plan.steps], plan);
    const broken = Array.isArray(changed) ? { ...plan, steps: changed } : changed;
    const message = expect.stringContaining(invariant);
    expect(() => verify(broken, layout)).toThrow(expect.objectContaining({ code: 'ERR_INTERNAL', message }));
  });
};

const at = (base: Addr['base'], offset = 0): Addr => ({ base, offset });
const callIn = (steps: readonly Step[]): number => steps.findIndex(({ op }) => op === 'call');
const without = (steps: readonly Step[], which: (step: Step) => boolean): Step[] => {
  const index = steps.findIndex(which);
  if (index < 0) throw new Error('the plan has no such step');
  return steps.toSpliced(index, 1);
};
const replaced = (steps: readonly Step[], which: (step: Step) => boolean, by: (step: Step) => Step): Step[] => {
  const index = steps.findIndex(which);
  const step = steps[index];
  if (step === undefined) throw new Error('the plan has no such step');
  return steps.with(index, by(step));
};
const isLoad = (step: Step): boolean => step.op === 'load';
const isStore = (step: Step): boolean => step.op === 'store';
const isCopy = (step: Step): boolean => step.op === 'copy';
const beforeCall = (steps: readonly Step[], ...added: readonly Step[]): Step[] =>
  steps.toSpliced(callIn(steps), 0, ...added);
const copyTo = (to: Addr, size = 8): Step => ({ op: 'copy', from: at('arg'), to, size, extend: 'none' });

describe('verify accepts', () => {
  it.each([...namedSignatures()])('every plan of %s', (_, text) => {
    for (const kind of ['forward', 'bound', 'reverse', 'entry'] as const) {
      const { plan, layout } = prepared(kind, text);
      expect(verify(plan, layout)).toBe(plan);
    }
  });
});

describe('verify, rule 1 (one call), refuses', () => {
  breaks('a plan without a call', 'a plan calls something', TAIL, (steps) => without(steps, ({ op }) => op === 'call'));
  breaks('a second call', 'a plan calls once', FORWARD, (steps) => [
    ...steps,
    { op: 'call', target: 'parameter', tail: false },
  ]);
  breaks('a step behind a tail call', 'nothing follows a tail call', TAIL, (steps) => [
    ...steps,
    { op: 'set', to: rax, value: 0 },
  ]);
  breaks('a tail call with outgoing stack', 'leaves nothing on the stack', TAIL, (_, plan) => ({
    ...plan,
    outSize: 16,
  }));
  breaks('a tail call with locals', 'leaves nothing on the stack', TAIL, (_, plan) => ({ ...plan, localSize: 8 }));
  breaks('a target that nobody passes', 'needs the parameter', FORWARD, (_, plan) => ({
    ...plan,
    params: plan.params.slice(1),
  }));
});

describe('verify, rule 2 (a register has one value), refuses', () => {
  const again: Step = { op: 'set', to: rdi, value: 0 };
  breaks('a register loaded and then set', 'is loaded once', FORWARD, (steps) => beforeCall(steps, again));
  breaks('a register loaded twice', 'is loaded once', FORWARD, (steps) => [
    ...beforeCall(steps, ...steps.filter(isLoad).slice(0, 1)),
  ]);
  breaks('a register loaded and then given an address', 'is loaded once', FORWARD, (steps) =>
    beforeCall(steps, { op: 'address', of: at('ret'), to: rsi }),
  );
  breaks('a register stored twice', 'still has its value', REVERSE, (steps) => [
    { op: 'store', from: rdi, to: at('local', 0), size: 4 },
    ...steps,
  ]);
  breaks('an argument stored after its register was overwritten', 'still has its value', REVERSE, (steps) => [
    again,
    ...steps,
  ]);
  breaks('a result stored after its register was overwritten', 'still has its value', FORWARD, (steps) =>
    steps.toSpliced(callIn(steps) + 1, 0, { op: 'set', to: rax, value: 0 }),
  );
});

describe('verify, rule 3 (memory before registers), refuses', () => {
  breaks('a copy behind a load', 'memory is moved before', FORWARD, (steps) => {
    const copy = steps.find(isCopy);
    return copy === undefined ? steps : beforeCall(without(steps, isCopy), { op: 'point', index: 2 }, copy);
  });
  breaks('an address written to memory behind a load', 'memory is moved before', REVERSE, (steps) => {
    const isAddress = (step: Step): boolean => step.op === 'address' && 'base' in step.to;
    const address = steps.find(isAddress);
    return address === undefined ? steps : beforeCall(without(steps, isAddress), address);
  });
});

describe('verify, rule 4 (stores before loads), refuses', () => {
  // A known gap: only the same register is looked for among those loaded. Make this an `it` when it is closed.
  it('an argument stored after another register was loaded', () => {
    const { plan, layout } = REVERSE;
    const isLast = (step: Step): boolean => step.op === 'store' && step.from === xmm(0);
    const steps = beforeCall(without(plan.steps, isLast), ...plan.steps.filter(isLast));
    expect(() => verify({ ...plan, steps }, layout)).toThrow(expect.objectContaining({ code: 'ERR_INTERNAL' }));
  });
});

describe('verify, rule 5 (areas), refuses', () => {
  breaks('an outgoing area that is no multiple of 16', 'areas are aligned', FORWARD, (_, plan) => ({
    ...plan,
    outSize: plan.outSize + 8,
  }));
  breaks('a local area that is no multiple of 8', 'areas are aligned', REVERSE, (_, plan) => ({
    ...plan,
    localSize: plan.localSize + 4,
  }));
  breaks('a copy past the outgoing area', 'writes stay inside', FORWARD, (_, plan) => ({
    ...plan,
    outSize: plan.outSize - 16,
  }));
  breaks('a store past the local area', 'writes stay inside', REVERSE, (_, plan) => ({
    ...plan,
    localSize: plan.localSize - 8,
  }));
  breaks('a read past the local area', 'reads stay inside', ENTRY, (steps) =>
    replaced(
      steps,
      (step) => step.op === 'copy' && step.from.base === 'local',
      (step) => (step.op === 'copy' ? { ...step, from: at('local', 8) } : step),
    ),
  );
  breaks('a byte of the outgoing area written twice', 'written twice', FORWARD, (steps) => [
    ...steps.slice(0, 1),
    copyTo(at('out', 16), 1),
    ...steps.slice(1),
  ]);
  breaks('a byte of the local area written twice', 'written twice', REVERSE, (steps) => [
    ...steps.slice(0, 1),
    { op: 'store', from: r8, to: at('local', 16), size: 8 },
    { op: 'store', from: xmm(7), to: at('local', 20), size: 4 },
    ...steps.slice(1),
  ]);
  breaks('a byte of the result written twice', 'written twice', FORWARD, (steps) => [
    ...steps,
    { op: 'store', from: rdx, to: at('ret', 7), size: 1 },
  ]);
  breaks('writing to the outgoing area behind the call', 'writes stay inside', FORWARD, (steps) => [
    ...steps,
    { op: 'store', from: rdx, to: at('out'), size: 8 },
  ]);
  breaks('reading the outgoing area', 'nobody reads', FORWARD, (steps) =>
    beforeCall(steps, { op: 'load', to: rax, from: at('out'), size: 8, extend: 'none' }),
  );
  breaks('a negative offset', 'no negative offsets', FORWARD, (steps) =>
    beforeCall(steps, { op: 'load', to: rax, from: at('arg', -8), size: 8, extend: 'none' }),
  );
  breaks('an argument read before any point', 'stands behind a point', FORWARD, (steps) =>
    steps.filter(({ op }) => op !== 'point'),
  );
  breaks('an argument read behind the call without a new point', 'stands behind a point', FORWARD, (steps) => [
    ...steps,
    { op: 'load', to: rcx, from: at('arg'), size: 8, extend: 'none' },
  ]);
  for (const base of ['in', 'arg', 'args'] as const) {
    breaks(`writing to ${base}`, 'is ours to write', FORWARD, (steps) => [
      { op: 'point', index: 0 },
      copyTo(at(base)),
      ...steps,
    ]);
  }
  breaks('a point without the parameter args', 'point needs the parameter', FORWARD, (_, plan) => ({
    ...plan,
    params: plan.params.filter(({ name }) => name !== 'args'),
  }));
  breaks('the address of a ret that nobody passes', 'is a parameter', ENTRY, (steps) =>
    replaced(
      steps,
      ({ op }) => op === 'address',
      () => ({ op: 'address', of: at('ret'), to: rdi }),
    ),
  );
  for (const size of [0, 9]) {
    breaks(`a load of ${size} bytes to a general register`, 'cannot be loaded', FORWARD, (steps) =>
      beforeCall(steps, { op: 'load', to: rax, from: at('arg'), size, extend: 'none' }),
    );
  }
  for (const size of [1, 3, 5, 12]) {
    breaks(`a store of ${size} bytes from a vector register`, 'does not hold that many bytes', REVERSE, (steps) => [
      { op: 'store', from: xmm(7), to: at('local'), size },
      ...steps,
    ]);
  }
});

describe('verify, rule 6 (every piece once), refuses', () => {
  breaks('an argument that no step loads', 'moved once', FORWARD, (steps) => without(steps, isLoad));
  breaks('a second piece that no step loads', 'moved once', FORWARD, (steps) =>
    without(steps, (step) => step.op === 'load' && step.to === xmm(0)),
  );
  breaks('a stack argument that no step copies', 'moved once', FORWARD, (steps) => without(steps, isCopy));
  breaks('an argument loaded into another register', 'moved once', FORWARD, (steps) =>
    replaced(steps, isLoad, (step) => (step.op === 'load' ? { ...step, to: r8 } : step)),
  );
  breaks('a piece loaded in part', 'moved whole', FORWARD, (steps) =>
    replaced(
      steps,
      (step) => step.op === 'load' && step.to === rsi,
      (step) => (step.op === 'load' ? { ...step, size: 4 } : step),
    ),
  );
  breaks('a stack argument copied in part', 'moved whole', FORWARD, (steps) =>
    replaced(steps, isCopy, (step) => (step.op === 'copy' ? { ...step, size: 16 } : step)),
  );
  breaks('a piece of the result that is not stored', 'moved once', FORWARD, (steps) => without(steps, isStore));
  breaks('an argument that arrives and is not stored', 'moved once', REVERSE, (steps) => without(steps, isStore));
  breaks('an argument that arrives and is stored in part', 'moved whole', REVERSE, (steps) =>
    replaced(steps, isStore, (step) => (step.op === 'store' ? { ...step, size: 2 } : step)),
  );
  breaks('a stack argument whose address is not given', 'moved once', REVERSE, (steps) =>
    without(steps, (step) => step.op === 'address' && step.of.base === 'in'),
  );
  breaks('a stack argument whose address is given twice', 'moved once', REVERSE, (steps, plan) => ({
    ...plan,
    localSize: plan.localSize + 8,
    steps: [{ op: 'address', of: at('in'), to: at('local', plan.localSize) }, ...steps],
  }));
  breaks('an argument that is only loaded behind the call', 'moved once', FORWARD, (steps) => [
    ...without(steps, (step) => step.op === 'load' && step.to === rdi),
    { op: 'point', index: 0 },
    { op: 'load', to: rdi, from: at('arg'), size: 4, extend: 'sign' },
  ]);
  breaks('a pointer on the stack that is kept in part', 'moved whole', INDIRECT, (steps) =>
    replaced(steps, isCopy, (step) => (step.op === 'copy' ? { ...step, size: 4 } : step)),
  );
  breaks('a result that is not loaded', 'moved once', REVERSE, (steps) => {
    const call = callIn(steps);
    return [...steps.slice(0, call + 1), ...without(steps.slice(call + 1), isLoad)];
  });
});
