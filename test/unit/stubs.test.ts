// Many functions behind one body: which numbers of stubs there may be, what the plan says about them, what they mean.

import { describe, expect, it } from 'vitest';
import { generate } from '../../src/emit/generate.ts';
import { rdi } from '../../src/isa/x64.ts';
import { ByteMemory } from '../../src/plan/byte-memory.ts';
import { interpret } from '../../src/plan/interpret.ts';
import { kinds, prepare } from '../../src/plan/prepare.ts';
import { stepText } from '../../src/plan/print.ts';
import type { Plan, Step } from '../../src/plan/step.ts';
import { withStubs } from '../../src/plan/stubs.ts';
import { verify } from '../../src/plan/verify.ts';
import { namedSignatures } from '../support/golden.ts';
import { refusal } from '../support/refusal.ts';

const STUBS = { count: 3, stride: 88 };
const OPTIONS = { abi: 'sysv-x64', kind: 'reverse' } as const;
const prepared = prepare('(int, {[3:long]}) -> {long, double}', { ...OPTIONS, stubs: STUBS });

describe('stubs', () => {
  it.each([
    { count: 0, stride: 1 },
    { count: 65_537, stride: 1 },
    { count: 1.5, stride: 1 },
    { count: Number.NaN, stride: 1 },
    { count: 1, stride: 0 },
    { count: 1, stride: 32_769 },
    { count: 1, stride: -8 },
  ])('are refused out of range: $count of stride $stride', (stubs) => {
    expect(() => prepare('() -> void', { ...OPTIONS, stubs })).toThrow(refusal('ERR_OPTION', /stubs\.(count|stride)/));
    expect(() => withStubs(prepared, stubs)).toThrow(refusal('ERR_OPTION', /stubs\.(count|stride)/));
  });

  it.each(kinds.filter((kind) => kind !== 'reverse'))('are refused of a trampoline of kind %s', (kind) => {
    const refused = refusal('ERR_OPTION', new RegExp(`kind reverse have stubs, not ${kind}`));
    expect(() => prepare('(int) -> int', { ...OPTIONS, kind, stubs: STUBS })).toThrow(refused);
    expect(() => withStubs(prepare('(int) -> int', { ...OPTIONS, kind }), STUBS)).toThrow(refused);
  });

  it('change one step of the plan, and nothing of the layout', () => {
    const plain = prepare('(int, {[3:long]}) -> {long, double}', OPTIONS);
    expect(plain.plan.stubs).toBeUndefined();
    const differing = prepared.plan.steps.filter(
      (step, index) => stepText(step) !== stepText(plain.plan.steps[index] ?? step),
    );
    expect(differing.map(stepText)).toEqual(['set       rdi ← symbol context + stub']);
    expect(prepared.layout).toEqual(plain.layout);
  });

  it('of another number have the same body', () => {
    for (const [name, text] of namedSignatures()) {
      const few = prepare(text, { ...OPTIONS, stubs: STUBS });
      const many = withStubs(few, { count: 500, stride: 16 });
      expect(withStubs(many, STUBS), name).toEqual(few);
      expect(withStubs(prepare(text, OPTIONS), STUBS), name).toEqual(few);
      const { bytes, stubs } = generate(few);
      const { offset = 0 } = stubs ?? {};
      expect(generate(many).bytes.subarray(0, offset), name).toEqual(bytes.subarray(0, offset));
    }
  });

  it('are where the image says, aligned and behind everything else', () => {
    const { bytes, stubs, symbols, marks } = generate(prepared);
    expect(stubs).toEqual({ offset: bytes.length - 3 * 16, size: 16, count: 3 });
    expect((stubs?.offset ?? 1) % 16).toBe(0);
    for (const { offset } of symbols) expect(offset + 8).toBeLessThanOrEqual(stubs?.offset ?? 0);
    expect(marks.find(({ offset }) => offset === stubs?.offset)?.part).toBe('landing pad');
    expect(generate(prepare('(int) -> int', OPTIONS)).stubs).toBeNull();
  });
});

describe('the interpreter', () => {
  /** What the dispatcher gets as its context. */
  const contextOf = (stub: number | undefined): number => {
    const { plan } = prepare('() -> void', { ...OPTIONS, stubs: STUBS });
    let context = -1n;
    interpret(plan, {
      memory: new ByteMemory(),
      registers: new Map(),
      incoming: 0,
      symbols: { dispatcher: 5000, context: 1000 },
      ...(stub !== undefined && { stub }),
      call: (_, registers) => {
        const bytes = registers.get(rdi)?.map((byte) => byte ?? 0) ?? [];
        context = new DataView(Uint8Array.from(bytes).buffer).getBigUint64(0, true);
      },
    });
    return Number(context);
  };

  it('adds what the stub brings', () => {
    expect([0, 1, 2].map(contextOf)).toEqual([1000, 1088, 1176]);
  });

  it.each([undefined, 3])('refuses to enter by a stub that is not there: %s', (stub) => {
    expect(() => contextOf(stub)).toThrow(refusal('ERR_INTERNAL', /entered by a stub/));
  });
});

describe('verify, rule 7 (what a stub brings), refuses', () => {
  const { plan, layout } = prepared;
  const isContext = (step: Step): boolean => step.op === 'set' && step.value === 'context';
  const { stubs: _, ...withoutStubs } = plan;
  const plainSteps = plan.steps.map(
    (step): Step => (isContext(step) && step.op === 'set' ? { op: 'set', to: step.to, value: step.value } : step),
  );

  it.each<[string, Plan]>([
    ['a plan that adds it without stubs', withoutStubs],
    ['a plan with stubs that does not ask for it', { ...plan, steps: plainSteps }],
    [
      'a plan that asks for it behind the call',
      { ...plan, steps: [...plainSteps, { op: 'set', to: rdi, value: 0, plus: 'stub' }] },
    ],
  ])('%s', (_name, broken) => {
    expect(() => verify(broken, layout)).toThrow(refusal('ERR_INTERNAL', /what a stub brings is used once/));
  });
});
