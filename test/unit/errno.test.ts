// Entries that keep the error number: where it lies, when it is read, and that nothing else of the call changes.

import { describe, expect, it } from 'vitest';
import { conventionOf, conventions } from '../../src/abi/conventions.ts';
import { generate } from '../../src/emit/generate.ts';
import { listing } from '../../src/emit/listing.ts';
import { ByteMemory, bytesOf, numberOf } from '../../src/plan/byte-memory.ts';
import { interpret, type RegisterFile } from '../../src/plan/interpret.ts';
import { kinds, type Prepared, prepare } from '../../src/plan/prepare.ts';
import type { Plan } from '../../src/plan/step.ts';
import { verify } from '../../src/plan/verify.ts';
import { refusal } from '../support/refusal.ts';

const SIGNATURES: readonly string[] = [
  '() -> void',
  '(int, double) -> int8',
  '(*char) -> longdouble',
  '() -> {[5:int64]}',
  '({double, int}) -> {double, int}',
  '(int, int, int, int, int, int, int, int, int, int) -> int',
];

const cases = conventions.flatMap((abi) => SIGNATURES.map((signature) => ({ abi, signature })));

const entry = (signature: string, abi: Prepared['abi'], errno = true): Prepared =>
  prepare(signature, { abi, kind: 'entry', errno });

describe.each(cases)('$abi: an entry of $signature that keeps the error number', ({ abi, signature }) => {
  it('has four bytes for it behind the result, and else the same frame', () => {
    const { frame } = entry(signature, abi);
    const plain = entry(signature, abi, false).frame;
    expect(frame).toMatchObject({ args: plain?.args, ret: plain?.ret });
    const { offset, size } = frame?.errno ?? { offset: 0, size: 0 };
    expect(size).toBe(4);
    expect(offset % 4).toBe(0);
    expect(offset).toBeGreaterThanOrEqual((frame?.ret.offset ?? 0) + (frame?.ret.size ?? 0));
    expect(offset + size).toBeLessThanOrEqual(frame?.size ?? 0);
    expect(plain?.errno).toBeNull();
  });

  it('reads it once, behind the call, and stores it there; no other step differs', () => {
    const { frame, plan } = entry(signature, abi);
    const copies = plan.steps.filter((step) => step.op === 'copy' && step.from.base === 'errno');
    const to = { base: 'frame', offset: frame?.errno?.offset };
    expect(copies).toEqual([{ op: 'copy', from: { base: 'errno', offset: 0 }, to, size: 4, extend: 'none' }]);
    const order = plan.steps.flatMap((step) => (step === copies[0] || step.op === 'call' ? [step.op] : []));
    expect(order).toEqual(['call', 'copy']);
    expect(plan.steps.filter((step) => step !== copies[0])).toEqual(entry(signature, abi, false).plan.steps);
  });

  it('asks for its address as a symbol, and has code for it', () => {
    const prepared = entry(signature, abi);
    const image = generate(prepared);
    expect(image.symbols.map(({ name }) => name).sort()).toEqual(['errno', 'frame', 'target']);
    expect(generate(entry(signature, abi, false)).symbols.map(({ name }) => name)).not.toContain('errno');
    const step = prepared.plan.steps.findIndex((each) => each.op === 'copy' && each.from.base === 'errno');
    expect(listing(prepared).filter((line) => line.step === step).length).toBeGreaterThan(0);
  });

  it('leaves in the frame what the function has left', () => {
    for (const number of [0, 2, 0x7fff_ffff]) expect(errnoAfter(entry(signature, abi), number)).toBe(number);
  });
});

/** Interprets the plan with a function that sets the error number and leaves its result undefined in registers. */
function errnoAfter({ plan, frame, layout }: Prepared, number: number): number {
  const memory = new ByteMemory();
  const [frameAt, errnoAt] = [memory.allocate(frame?.size ?? 0), memory.allocate(4)];
  memory.write(errnoAt, bytesOf(99).slice(0, 4));
  for (const { offset, size } of frame?.args ?? []) memory.write(frameAt + offset, new Array<number>(size).fill(0));
  const registers: RegisterFile = new Map();
  const call = (_: number, left: RegisterFile): void => {
    const { placement } = layout.ret;
    if (placement.mode === 'hidden') {
      const { pointer } = placement;
      const at = pointer.in === 'register' ? left.get(pointer.register) : undefined;
      memory.write(numberOf(at ?? []), new Array<number>(layout.ret.size).fill(1));
    }
    left.clear();
    if (placement.mode === 'direct') {
      for (const { at, size } of placement.pieces)
        if (at.in === 'register') left.set(at.register, new Array<number>(Math.max(size, 8)).fill(1));
    }
    memory.write(errnoAt, bytesOf(number).slice(0, 4));
  };
  const symbols = { target: 0x7777, frame: frameAt, errno: errnoAt };
  interpret(plan, { memory, registers, incoming: memory.allocate(64), symbols, call });
  return numberOf(memory.read(frameAt + (frame?.errno?.offset ?? 0), 4));
}

describe('the error number', () => {
  it.each(kinds.filter((kind) => kind !== 'entry'))('is not kept by trampolines of kind %s', (kind) => {
    expect(() => prepare('() -> int', { abi: 'sysv-x64', kind, errno: true })).toThrow(refusal('ERR_OPTION', kind));
  });

  it('is never read in front of the call: such a plan is refused', () => {
    const { plan, layout } = entry('() -> int', 'sysv-x64');
    const early: Plan = { ...plan, steps: [...plan.steps].sort((a, b) => rank(a) - rank(b)) };
    expect(() => verify(plan, layout)).not.toThrow();
    expect(() => verify(early, layout)).toThrow(refusal('ERR_INTERNAL', 'behind the call'));
  });

  it('crosses conventions: the entry is System V, the function Windows', () => {
    const options = { abi: 'win-x64', entry: 'sysv-x64', kind: 'entry', errno: true } as const;
    expect(errnoAfter(prepare('(int) -> int', options), 7)).toBe(7);
    expect(conventionOf('win-x64').isa).toBe('x64');
  });
});

const rank = (step: Plan['steps'][number]): number => (step.op === 'copy' && step.from.base === 'errno' ? 0 : 1);
