// What holds for every image: the same bytes every time, no addresses in them, marks and symbols in their places, a
// stack that is aligned at the call, and code that is not longer than it has to be.

import { describe, expect, it } from 'vitest';
import type { CodeImage } from '../../src/emit/code-image.ts';
import { generate, trace } from '../../src/emit/generate.ts';
import { rbp, rbx, rsp } from '../../src/isa/x64.ts';
import { kinds, prepare } from '../../src/plan/prepare.ts';
import type { SymbolName, TrampolineKind } from '../../src/plan/step.ts';
import { namedSignatures } from '../support/golden.ts';

const image = (kind: TrampolineKind, text: string, landingPad = true): CodeImage =>
  generate(prepare(text, { abi: 'sysv-x64', kind }), { landingPad });

const everyImage = [...namedSignatures()].flatMap(([name, text]) => kinds.map((kind) => ({ name, text, kind })));

const symbolsOf: Readonly<Record<TrampolineKind, readonly SymbolName[]>> = {
  forward: [],
  bound: ['target'],
  reverse: ['context', 'dispatcher'],
  entry: ['frame', 'target'],
  adapter: ['target'],
};

describe('generate', () => {
  it.each(everyImage)('gives the same bytes for the same signature, prepared twice: $kind $name', ({ text, kind }) => {
    const prepared = prepare(text, { abi: 'sysv-x64', kind });
    expect(generate(prepared)).toEqual(generate(prepared));
    expect(image(kind, text)).toEqual(generate(prepared));
  });

  it.each(everyImage)('writes the symbols of the kind as zeros, aligned, at the end: $kind $name', ({ text, kind }) => {
    const { bytes, symbols } = image(kind, text);
    for (const { name, offset } of symbols) {
      expect(symbolsOf[kind]).toContain(name);
      expect(offset % 8).toBe(0);
      expect([...bytes.subarray(offset, offset + 8)]).toEqual(new Array(8).fill(0));
    }
    const first = symbols[0]?.offset ?? bytes.length;
    expect(symbols.map(({ offset }) => offset)).toEqual(symbols.map((_, index) => first + 8 * index));
    expect(first + 8 * symbols.length).toBe(bytes.length);
  });

  it.each(everyImage)('marks parts in order from byte 0, each once: $kind $name', ({ text, kind }) => {
    const { bytes, marks } = image(kind, text);
    const offsets = marks.map(({ offset }) => offset);
    expect(offsets[0]).toBe(0);
    expect(offsets).toEqual([...new Set(offsets)].sort((a, b) => a - b));
    expect(offsets.every((offset) => offset < bytes.length)).toBe(true);
    const parts = marks.map(({ part }) => part);
    expect(new Set(parts).size).toBe(parts.length);
  });

  it.each(everyImage)('aligns the stack to 16 at the call: $kind $name', ({ text, kind }) => {
    const prepared = prepare(text, { abi: 'sysv-x64', kind });
    const { frame } = generate(prepared);
    const tail = prepared.plan.steps.some((step) => step.op === 'call' && step.tail);
    if (tail) expect(frame).toEqual({ base: rsp, saved: [], savedVectors: [], size: 0, local: 0, incoming: 8 });
    const { align, outSize, localSize } = prepared.plan;
    if (align > 16) return expect(frame.base).toBe(rbp); // what lies below is aligned by an instruction of its own
    if (!tail) expect((8 + 8 * frame.saved.length + frame.size) % 16).toBe(0);
    expect(frame.size).toBeGreaterThanOrEqual(outSize + localSize);
    expect(frame.saved.every((register) => register === rbx)).toBe(true);
  });

  it.each([
    ['sysv-x64', 36],
    ['win-x64', 36],
    ['aapcs64', 15 * 4],
    ['aapcs64-apple', 15 * 4],
    ['aapcs64-windows', 15 * 4],
  ] as const)('calls (int, int) -> int on %s with at most %i bytes', (abi, most) => {
    const { bytes } = generate(prepare('(int, int) -> int', { abi, kind: 'forward' }));
    expect(bytes.length).toBeLessThanOrEqual(most);
  });

  it.each(kinds)('uses the symbols of a %s, each once', (kind) => {
    expect(image(kind, '(int) -> int').symbols.map(({ name }) => name)).toEqual(symbolsOf[kind]);
  });

  it.each([
    [1, '({[510:int64]}) -> int', []],
    [2, '({[512:int64]}) -> int', [1]],
    [3, '({[513:int64]}) -> int', [1]],
    [4, '({[5000:int64]}) -> int', [9]],
  ])('touches a frame of pages page by page, the stack below it being guarded: %i', (_, text, pages) => {
    const texts = trace(prepare(text, { abi: 'sysv-x64', kind: 'bound' })).map((line) => line.text);
    const counts = texts.flatMap((line) => (/^mov eax, \d+$/.test(line) ? [Number(line.slice(9))] : []));
    expect(counts).toEqual(pages);
    expect(texts.filter((line) => line === 'or qword ptr [rsp], 0')).toHaveLength(pages.length);
    const { frame } = image('bound', text);
    const moved = texts.flatMap((line) => (line.startsWith('sub rsp, ') ? [Number(line.slice(9))] : []));
    const total = moved.reduce((sum, each) => sum + (each === 4096 ? each * (counts[0] ?? 1) : each), 0);
    expect(total).toBe(frame.size);
  });

  it('gives equal images for equal layouts of different signatures', () => {
    const one = image('bound', '(int, *char) -> int');
    expect(image('bound', 'f(a:uint32, b:*{x:double}) -> uint32').bytes).toEqual(one.bytes);
  });

  it('leaves endbr64 away, and nothing else, without a landing pad', () => {
    for (const kind of kinds) {
      const texts = (landingPad: boolean): string[] =>
        trace(prepare('(int) -> int', { abi: 'sysv-x64', kind }), { landingPad }).map(({ text }) => text);
      expect(texts(true)).toEqual(['endbr64', ...texts(false)]);
    }
    expect([...image('reverse', '() -> void').bytes.subarray(0, 4)]).toEqual([0xf3, 0x0f, 0x1e, 0xfa]);
    expect(image('forward', '(int, int) -> int', false).bytes.length).toBe(
      image('forward', '(int, int) -> int').bytes.length - 4,
    );
  });

  it('gives a frozen image', () => {
    expect(Object.isFrozen(image('forward', '() -> void'))).toBe(true);
  });

  it('of 100000 parameters ends', () => {
    const text = `(${'int, '.repeat(99_999)}int) -> int`;
    for (const kind of kinds) {
      const { bytes } = generate(prepare(text, { abi: 'sysv-x64', kind, receiver: kind === 'adapter' }));
      expect(bytes.length).toBeGreaterThan(100_000);
    }
  });
});

describe('the size of', () => {
  it.each([
    ['forward', 36, '(int, int) -> int'],
    ['bound', 44, '(int, int) -> int'],
  ] as const)('a %s trampoline is at most %i bytes for %s', (kind, most, text) => {
    expect(image(kind, text).bytes.length).toBeLessThanOrEqual(most);
  });
  it.each([
    ['forward', '() -> void'],
    ['forward', '(int, double) -> void'],
  ] as const)('a %s trampoline for %s is a tail jump without a frame', (kind, text) => {
    const texts = trace(prepare(text, { abi: 'sysv-x64', kind })).map((line) => line.text);
    expect(texts.at(-1)).toMatch(/^jmp /);
    expect(texts.filter((line) => /rsp|push|pop|call|ret/.test(line))).toEqual([]);
  });
});
