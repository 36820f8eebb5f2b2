// What holds for every AArch64 image: the registers that each part of it may change, the frame, landing pads, literals,
// and code that is not longer than it has to be.

import { describe, expect, it } from 'vitest';
import { lowerAArch64 } from '../../src/emit/aarch64/lower.ts';
import { placesOf } from '../../src/emit/aarch64/places.ts';
import type { CodeImage } from '../../src/emit/code-image.ts';
import { generate, trace } from '../../src/emit/generate.ts';
import type { ListingLine } from '../../src/emit/listing.ts';
import { v, x } from '../../src/isa/aarch64.ts';
import { kinds, prepare } from '../../src/plan/prepare.ts';
import { isRegister, type Plan, type Step, type SymbolName, type TrampolineKind } from '../../src/plan/step.ts';
import { ABIS, type Case, cases } from './aarch64-cases.ts';

const image = (kind: TrampolineKind, text: string, landingPad = true): CodeImage =>
  generate(prepare(text, { abi: 'aapcs64', kind }), { landingPad });
const texts = (kind: TrampolineKind, text: string, landingPad = true): string[] =>
  trace(prepare(text, { abi: 'aapcs64', kind }), { landingPad }).map((line) => line.text);

/** The registers that an instruction changes, from its text: `v0` for `q0`, `d0`, `s0` and `h0`. */
function changedBy(text: string): string[] {
  const [, mnemonic = '', operands = ''] = /^([\w.]+) ?(.*)$/.exec(text) ?? [];
  const post = /\[(\w+)\], #|\[(\w+), #-?\d+\]!/.exec(operands);
  const based = post === null ? [] : [post[1] ?? post[2] ?? ''];
  if (/^(st|b\.|br$|blr$|ret$|bti$|udf$|\.)/.test(mnemonic) || text.includes('.quad')) return based;
  const count = mnemonic === 'ldp' ? 2 : 1;
  const names = operands.split(', ').slice(0, count);
  return [...based, ...names].map((name) => name.replace(/^w/, 'x').replace(/^[hsdq](?=\d)/, 'v'));
}

/** No parameter, argument or result lives in these, and no caller expects them back. */
const SCRATCH = ['x9', 'x10', 'x12', 'x13', 'x14', 'x15', 'x16', 'x17', 'v16', 'v17', 'xzr'];

/** What the plan says that a step changes: an odd size is shifted down in its own register as it is stored. */
const givenBy = (step: Step): string[] => {
  if (step.op === 'load' || step.op === 'set' || step.op === 'move') return [step.to.name];
  if (step.op === 'address' && isRegister(step.to)) return [step.to.name];
  return step.op === 'store' ? [step.from.name] : [];
};

/** Every case in which something is found, with what it is. */
const found = (problemsOf: (each: Case) => readonly string[]): string[] =>
  cases.flatMap((each) => problemsOf(each).map((problem) => `${each.name}: ${problem}`));

/** The instructions of a case that change a register which is not allowed to them. */
const changedBeyond = (lines: readonly ListingLine[], allowed: readonly string[]): string[] =>
  lines.flatMap(({ text }) => (changedBy(text).every((name) => allowed.includes(name)) ? [] : [text]));

describe('aarch64 code', () => {
  it('is there for all kinds of three conventions', () => {
    expect(cases.length).toBeGreaterThan(500);
  });

  it('of a step changes its own register and scratch registers only', () => {
    const problems = found(({ prepared: { plan }, lines }) =>
      plan.steps.flatMap((step, index) => {
        const ofStep = lines.filter((line) => line.step === index);
        return changedBeyond(ofStep, [...SCRATCH, ...givenBy(step)]);
      }),
    );
    expect(problems).toEqual([]);
  });

  it('of a step leaves the pointers alone that left their registers, and the chosen argument but to choose another', () => {
    const problems = found(({ prepared: { plan }, lines }) => {
      const homes = [...placesOf(plan).pointers.values()].map(({ name }) => name);
      const kept = homes.filter((name) => SCRATCH.includes(name) || name === 'x19');
      const points = plan.steps.map(({ op }) => op === 'point');
      const isLoss = ({ text, step }: ListingLine): boolean =>
        step !== null &&
        !/, (frame|errno)$/.test(text) &&
        changedBy(text).some((name) => kept.includes(name) || (name === 'x9' && points[step] !== true));
      const texts = lines.filter(isLoss).map(({ text }) => text);
      return new Set(homes).size === homes.length ? texts : [...texts, 'two pointers in one register'];
    });
    expect(problems).toEqual([]);
  });

  it('round the steps changes x19, x29, x30, sp and scratch registers only', () => {
    const allowed = [...SCRATCH, 'x19', 'x29', 'x30', 'sp'];
    const round = (lines: readonly ListingLine[]): ListingLine[] => lines.filter(({ step }) => step === null);
    expect(found(({ lines }) => changedBeyond(round(lines), allowed))).toEqual([]);
  });

  it('saves x19 if it changes it, and restores it', () => {
    const problems = found(({ lines }) => {
      const texts = lines.map(({ text }) => text).filter((text) => /\bx19\b/.test(text));
      const isSaved = texts[0] === 'str x19, [sp, #16]' && texts.at(-1) === 'ldr x19, [sp, #16]';
      return texts.length === 0 || isSaved ? [] : texts;
    });
    expect(problems).toEqual([]);
  });

  it('never names x18, x11 or the other callee-saved registers', () => {
    const others = /\b[xw](11|18|2[0-8])\b|\b[hsdq]([89]|1[0-5])\b/;
    expect(found(({ lines }) => lines.flatMap(({ text }) => (others.test(text) ? [text] : [])))).toEqual([]);
  });

  it.each(ABIS)('is marked in order, its literals aligned at its end: %s', (abi) => {
    for (const { prepared } of cases.filter((each) => each.prepared.abi === abi)) {
      const { bytes, marks, symbols } = generate(prepared);
      const offsets = marks.map(({ offset }) => offset);
      expect(offsets).toEqual([...new Set(offsets)].sort((a, b) => a - b));
      expect(bytes.length % 4).toBe(0);
      const first = bytes.length - 8 * symbols.length;
      expect(symbols.map(({ offset }) => offset)).toEqual(symbols.map((_, index) => first + 8 * index));
      expect(symbols.length === 0 || first % 8 === 0).toBe(true);
      expect(bytes.subarray(first).every((byte) => byte === 0)).toBe(true);
    }
  });

  it('moves the stack pointer by multiples of 16, and rounds it where the plan asks for more', () => {
    const problems = found(({ prepared: { plan }, lines }) => {
      const texts = lines.map(({ text }) => text);
      const rounds = texts.includes(`and sp, x16, #-${plan.align}`);
      const odd = texts.filter((text) => {
        const [, moved = '0'] = /^(?:stp|ldp) x29, .*#(-?\d+)\D*$|^sub sp, sp, #(\d+)$/.exec(text) ?? [];
        return Number(moved) % 16 !== 0;
      });
      return rounds === plan.align > 16 ? odd : texts;
    });
    expect(problems).toEqual([]);
  });
});

describe('aarch64 landing pads', () => {
  it.each(kinds)('are left away on demand, and nothing else: %s', (kind) => {
    expect(texts(kind, '(int) -> int')).toEqual(['bti c', ...texts(kind, '(int) -> int', false)]);
    expect([...image(kind, '() -> void').bytes.subarray(0, 4)]).toEqual([0x5f, 0x24, 0x03, 0xd5]);
  });

  it('are entered by tail calls, which therefore branch through x16 or x17', () => {
    for (const { prepared } of cases) {
      for (const { text } of trace(prepared)) if (text.startsWith('br ')) expect(text).toMatch(/^br x1[67]$/);
    }
  });
});

describe('the length of aarch64 code', () => {
  it.each([
    ['forward', 15, '(int, int) -> int'],
    ['bound', 15, '(int, int) -> int'],
    ['entry', 13, '(int, int) -> int'],
    ['reverse', 17, '(int, int) -> int'],
  ] as const)('for %s is at most %i instructions', (kind, most, text) => {
    expect(texts(kind, text).length).toBeLessThanOrEqual(most);
  });

  it.each([
    ['() -> void', ['bti c', 'mov x17, x0', 'br x17']],
    ['(int) -> void', ['bti c', 'mov x17, x0', 'ldr x9, [x2]', 'ldr w0, [x9]', 'br x17']],
    ['(int) -> {[3:long]}', ['bti c', 'mov x17, x0', 'mov x8, x1', 'ldr x9, [x2]', 'ldr w0, [x9]', 'br x17']],
  ])('forward of %s has no frame', (text, lines) => {
    expect(texts('forward', text)).toEqual(lines);
  });

  it('bound leaves its parameters where they are as long as nothing needs their registers', () => {
    expect(texts('bound', '(double) -> void')).toEqual([
      'bti c',
      'ldr x9, [x1]',
      'ldr d0, [x9]',
      'ldr x16, target',
      'br x16',
    ]);
  });

  it('entry loads its frame again behind the call, which saves a register', () => {
    expect(texts('entry', '(int) -> int')).toEqual([
      'bti c',
      'stp x29, x30, [sp, #-16]!',
      'mov x29, sp',
      'ldr x12, frame',
      'ldr w0, [x12]',
      'ldr x16, target',
      'blr x16',
      'ldr x12, frame',
      'str w0, [x12, #8]',
      'mov x0, #0',
      'ldp x29, x30, [sp], #16',
      'ret',
    ]);
  });

  it('reverse keeps what arrived above the frame record', () => {
    expect(texts('reverse', '(int8) -> {float, float}')).toEqual([
      'bti c',
      'stp x29, x30, [sp, #-48]!',
      'mov x29, sp',
      'strb w0, [sp, #32]',
      'add x10, sp, #32',
      'str x10, [sp, #24]',
      'ldr x0, context',
      'add x1, sp, #16',
      'add x2, sp, #24',
      'ldr x16, dispatcher',
      'blr x16',
      'ldr s1, [sp, #20]',
      'ldr s0, [sp, #16]',
      'ldp x29, x30, [sp], #48',
      'ret',
    ]);
  });
});

describe('aarch64 literals', () => {
  const word = (bytes: Uint8Array, at: number): number => new DataView(bytes.buffer).getUint32(at, true);
  const imm16 = (bytes: Uint8Array, at: number): number => (word(bytes, at) >>> 5) & 0xffff;

  it('beyond the reach of ldr are addressed from the program counter', () => {
    const prepared = prepare(`(${'int, '.repeat(74_999)}int) -> int`, { abi: 'aapcs64', kind: 'entry' });
    const { bytes, symbols } = generate(prepared);
    const lines = trace(prepared);
    const frame = symbols.find(({ name }) => name === 'frame');
    expect(lines.at(-1)?.offset).toBeGreaterThan(2 ** 20);
    const uses = lines.filter(({ text }) => text === 'adr x17, . + 0');
    expect(uses).toHaveLength(3);
    const [before] = uses;
    const from = before?.offset ?? 0;
    const distance = imm16(bytes, from + 4) + 0x10000 * imm16(bytes, from + 8);
    expect(from + distance).toBe(frame?.offset);
    const at = lines.findIndex(({ offset }) => offset === from);
    expect(lines.slice(at + 1, at + 4).map(({ text }) => text)).toEqual([
      `mov x12, #${distance % 0x10000}`,
      `movk x12, #${Math.floor(distance / 0x10000)}, lsl #16`,
      'ldr x12, [x17, x12]',
    ]);
  });
});

describe('aarch64 lowering refuses', () => {
  const { plan } = prepare('({[3:long]}, int) -> int', { abi: 'aapcs64', kind: 'forward' });
  const refuses = (rule: string, broken: Plan): void => {
    it(rule, () => {
      const lower = (): unknown => lowerAArch64(broken, { landingPad: true });
      expect(lower).toThrow(expect.objectContaining({ code: 'ERR_INTERNAL' }));
    });
  };
  const symbol: SymbolName = 'target';
  refuses('a callee that saves less than our caller expects', {
    ...plan,
    outgoing: { ...plan.outgoing, calleeSaved: [x(19)] },
  });
  refuses('a vector piece of 6 bytes', {
    ...plan,
    steps: [{ op: 'store', from: v(0), to: { base: 'ret', offset: 0 }, size: 6 }, ...plan.steps],
  });
  refuses('a frame under a tail call', { ...plan, localSize: 16, steps: [{ op: 'call', target: symbol, tail: true }] });
  refuses('a pointer that nobody passes', { ...plan, params: [] });
});
