// Adapters: which moves a signature needs, where a jump is enough, what is extended, and what is refused by name.

import { describe, expect, it } from 'vitest';
import type { ConventionId, VectorLevel } from '../../src/abi/convention.ts';
import { conventions } from '../../src/abi/conventions.ts';
import { generate, trace } from '../../src/emit/generate.ts';
import { assert, InterfixError } from '../../src/errors.ts';
import { planAdapter } from '../../src/plan/adapter.ts';
import { kinds, type Prepared, prepare, type ResultPlace } from '../../src/plan/prepare.ts';
import { stepText } from '../../src/plan/print.ts';
import { namedSignatures } from '../support/golden.ts';
import { refusal } from '../support/refusal.ts';

interface Sides {
  readonly abi: ConventionId;
  readonly entry?: ConventionId;
  readonly receiver?: boolean;
  readonly result?: ResultPlace;
  readonly vectors?: VectorLevel;
}

const SYSV: Sides = { abi: 'sysv-x64', receiver: true };
const adapter = (text: string, sides: Sides): Prepared => prepare(text, { ...sides, kind: 'adapter' });
const stepsOf = (text: string, sides: Sides): string[] =>
  adapter(text, sides).plan.steps.map((step) => stepText(step).replace(/ +/g, ' '));
const codeOf = (text: string, sides: Sides): string[] => trace(adapter(text, sides)).map((line) => line.text);
const isTail = (text: string, sides: Sides): boolean => stepsOf(text, sides).at(-1)?.startsWith('tail') === true;

const JUMP = 'jmp qword ptr [rip + target]';

describe('an adapter that drops the receiver has no instruction without a reason', () => {
  it.each<[string, string[]]>([
    ['() -> void', []],
    ['(int, int) -> int', ['mov edi, esi', 'mov esi, edx']],
    ['(int64, *char) -> int64', ['mov rdi, rsi', 'mov rsi, rdx']],
    ['(double, float) -> double', []],
    ['(double, int8, bool) -> double', ['movsx edi, sil', 'movzx esi, dl']],
    ['(longdouble, double) -> longdouble', []],
    [`(${'double, '.repeat(11)}double) -> double`, []],
    ['({long, long}) -> {long, long}', ['mov rdi, rsi', 'mov rsi, rdx']],
    ['(int) -> {[3:long]}', ['mov esi, edx']],
    ['(int; double) -> int', ['mov edi, esi', 'mov eax, 1']],
  ])('%s', (text, moves) => {
    expect(codeOf(text, SYSV)).toEqual(['endbr64', ...moves, JUMP]);
  });

  it('moves stack arguments up in the caller’s area, and jumps all the same', () => {
    expect(codeOf(`(${'int, '.repeat(7)}int64) -> int`, SYSV)).toEqual([
      'endbr64',
      'mov edi, esi',
      'mov esi, edx',
      'mov edx, ecx',
      'mov ecx, r8d',
      'mov r8d, r9d',
      'mov r9d, dword ptr [rsp + 8]',
      'mov eax, dword ptr [rsp + 16]',
      'mov dword ptr [rsp + 8], eax',
      'mov rax, qword ptr [rsp + 24]',
      'mov qword ptr [rsp + 16], rax',
      JUMP,
    ]);
  });

  it('is nothing but the jump without a receiver, unless narrow integers may arrive unextended', () => {
    const NARROW = 'int8, uint16, bool';
    expect(codeOf('(int, double, {long, long}, *char) -> int', { abi: 'sysv-x64' })).toEqual(['endbr64', JUMP]);
    expect(codeOf(`(${NARROW}) -> int8`, { abi: 'sysv-x64' })).toEqual([
      'endbr64',
      'movsx edi, dil',
      'movzx esi, si',
      'movzx edx, dl',
      JUMP,
    ]);
    expect(stepsOf(`(${NARROW}) -> int8`, { abi: 'aapcs64-apple' })).toEqual(['tail call symbol target']);
    expect(stepsOf(`(${NARROW}) -> int8`, { abi: 'aapcs64' })).toEqual(['tail call symbol target']);
  });
});

describe('an adapter jumps where nothing is left to do behind the call', () => {
  it.each<[string, Sides, boolean]>([
    ['(int) -> int', SYSV, true],
    ['(int) -> int', { abi: 'win-x64', receiver: true }, true], // our caller's home space is the target's
    ['(int) -> int', { abi: 'win-x64', entry: 'sysv-x64' }, false], // there is no home space to hand on
    ['(int) -> int', { abi: 'sysv-x64', entry: 'win-x64' }, false], // rdi and more must be put back afterwards
    ['(int) -> int', { abi: 'aapcs64', entry: 'aapcs64-apple' }, true],
    ['(int) -> int8', { abi: 'aapcs64', entry: 'aapcs64' }, true],
    ['(int) -> int8', { abi: 'aapcs64', entry: 'aapcs64-apple' }, false], // its result has to be extended
    ['(int) -> int8', { abi: 'aapcs64-apple', entry: 'aapcs64' }, true],
    // The record finds two registers where it found one, and what was behind it none: a register goes to the stack.
    ['(int, int, int, int, {long, long}, int) -> int', SYSV, false],
    ['(int, int64, int128, int128, alignas(16) {long}) -> void', SYSV, false],
    ['(int, int, int, int, int, int, {[3:long]}, int) -> int', SYSV, false], // 24 bytes would overlap themselves
    ['({[3:long]}, int, int, int, int, int, int) -> int', SYSV, true], // and stay where they are
    ['(; int, int) -> int', { abi: 'aapcs64-apple', entry: 'aapcs64' }, false], // there is no stack to hand on
  ])('%s, %o: %s', (text, sides, tail) => {
    expect(isTail(text, sides)).toBe(tail);
    const { plan } = adapter(text, sides);
    if (tail) expect([plan.outSize, plan.localSize]).toEqual([0, 0]);
  });
});

describe('an adapter has a frame of its own', () => {
  it('where the stack arguments of the target need more alignment than those of its caller', () => {
    const { incoming, layout, plan } = adapter(`(${'int, '.repeat(8)}int) -> int`, SYSV);
    assert(incoming !== null, 'an adapter has a caller');
    const aligned = planAdapter(incoming, { ...layout, stackAlign: 64 }, plan.incoming, plan.outgoing);
    expect([aligned.align, aligned.outSize, aligned.steps.at(-1)]).toEqual([
      64,
      64,
      { op: 'call', target: 'target', tail: false },
    ]);
  });
});

describe('an adapter between two conventions', () => {
  const TO_WINDOWS: Sides = { abi: 'win-x64', entry: 'sysv-x64' };
  const TO_SYSTEM_V: Sides = { abi: 'sysv-x64', entry: 'win-x64' };

  it('moves from the registers of one to those of the other, the stack first', () => {
    expect(stepsOf('(int, double, int8, int64, uint8, float) -> float', TO_WINDOWS)).toEqual([
      'move rcx ← rcx, 1 byte, zero-extended',
      'store out+32 ← rcx, 4 bytes',
      'store out+40 ← xmm1, 4 bytes',
      'move rcx ← rdi, 4 bytes',
      'move xmm1 ← xmm0, 8 bytes',
      'move r8 ← rsi, 1 byte, sign-extended',
      'move r9 ← rdx, 8 bytes',
      'call symbol target',
    ]);
    expect(stepsOf('(int, double, int8, int64, uint8, float) -> float', TO_SYSTEM_V)).toEqual([
      'move rdi ← rcx, 4 bytes',
      'move xmm0 ← xmm1, 8 bytes',
      'move rsi ← r8, 1 byte, sign-extended',
      'move rdx ← r9, 8 bytes',
      'load rcx ← in+32, 1 byte, zero-extended',
      'load xmm1 ← in+40, 4 bytes',
      'call symbol target',
    ]);
  });

  it('moves from one file to the other, arguments and results', () => {
    expect(stepsOf('({float, float}) -> {float, float}', TO_WINDOWS)).toEqual([
      'move rcx ← xmm0, 8 bytes',
      'call symbol target',
      'move xmm0 ← rax, 8 bytes',
    ]);
    expect(stepsOf('({float}) -> {float}', TO_SYSTEM_V)).toEqual([
      'move xmm0 ← rcx, 4 bytes',
      'call symbol target',
      'move rax ← xmm0, 4 bytes',
    ]);
  });

  it('fills both registers of a variadic Windows argument, and counts vector registers for System V', () => {
    expect(stepsOf('(int; double) -> int', TO_WINDOWS)).toEqual([
      'move rcx ← rdi, 4 bytes',
      'move rdx ← xmm0, 8 bytes',
      'move xmm1 ← xmm0, 8 bytes',
      'call symbol target',
    ]);
    expect(stepsOf('(int; double) -> int', TO_SYSTEM_V)).toContain('set rax ← 1');
    expect(stepsOf('(int; double) -> int', { abi: 'win-x64', receiver: true })).toEqual([
      'move rcx ← rdx, 4 bytes',
      'move rdx ← r8, 8 bytes',
      'move xmm1 ← xmm2, 8 bytes',
      'tail call symbol target',
    ]);
  });

  it('hands a copy by reference and a result in memory on, as addresses', () => {
    expect(stepsOf('(int, {[3:int64]}) -> {[3:int64]}', { abi: 'win-x64', receiver: true })).toEqual([
      'move rdx ← r8, 4 bytes',
      'move r8 ← r9, 8 bytes',
      'tail call symbol target',
    ]);
    expect(stepsOf('() -> {[3:int64]}', TO_SYSTEM_V)).toEqual(['move rdi ← rcx, 8 bytes', 'call symbol target']);
  });

  it('keeps the registers that its caller counts on', () => {
    const { frame } = generate(adapter('(int) -> int', TO_SYSTEM_V));
    expect(frame.saved.map(({ name }) => name).sort()).toEqual(['rdi', 'rsi']);
    expect(frame.savedVectors).toHaveLength(10);
  });

  it('copies a record of many bytes without losing the arguments in registers', () => {
    // Behind the record, room for one more register appears: the frame of our own is needed, and the record goes there.
    const text = '(int, int64, int128, int128, alignas(16) {long}, {[100:long]}) -> void';
    const code = codeOf(text, SYSV);
    const start = code.indexOf('mov r10, rdi');
    expect(code.slice(start, start + 10)).toEqual([
      'mov r10, rdi',
      'mov r11, rsi',
      'mov rax, rcx',
      'lea rsi, [rsp + 848]',
      'lea rdi, [rsp + 16]',
      'mov ecx, 800',
      'rep movsb',
      'mov rdi, r10',
      'mov rsi, r11',
      'mov rcx, rax',
    ]);
  });
});

describe('an adapter of wide vectors', () => {
  it('leaves the upper bits of those alone that stay in registers while one goes to the stack', () => {
    // The record finds a general register now, takes a vector register too, and the last vector has none.
    const text = `(${'int64, '.repeat(5)}{float, float, char}, ${'v[8:float], '.repeat(7)}v[8:float]) -> void`;
    const prepared = prepare(text, { abi: 'sysv-x64', kind: 'adapter', receiver: true, vectors: 'avx' });
    const steps = prepared.plan.steps.map((step) => stepText(step).replace(/ +/g, ' '));
    expect(steps[0]).toBe('store out ← xmm7, 32 bytes');
    expect(steps.filter((step) => step.endsWith(', 32 bytes'))).toHaveLength(8);
    const code = trace(prepared).map((line) => line.text);
    expect(code).toContain('vmovups ymmword ptr [rsp], ymm7');
    expect(code).toContain('vmovups ymm1, ymm0');
    expect(code).not.toContain('vzeroupper');
  });
});

describe('an adapter that leaves the result in the frame', () => {
  const KEPT: Sides = { ...SYSV, result: 'frame' };

  it.each<[string, string[], string[]]>([
    ['() -> int', [], ['mov dword ptr [r10], eax']],
    ['(int, double) -> double', ['mov edi, esi'], ['movsd qword ptr [r10 + 16], xmm0']],
    // The callee leaves the upper bits of a narrow result undefined (psABI 3.2.3); they go nowhere.
    ['(int8) -> int8', ['movsx edi, sil'], ['mov byte ptr [r10 + 8], al']],
    ['() -> uint16', [], ['mov word ptr [r10], ax']],
    ['() -> bool', [], ['mov byte ptr [r10], al']],
    ['() -> uint64', [], ['mov qword ptr [r10], rax']],
    ['() -> float16', [], ['pextrw r11d, xmm0, 0', 'mov word ptr [r10], r11w']],
    ['() -> longdouble', [], ['fstp tbyte ptr [r10]']],
    ['() -> {double, long}', [], ['movsd qword ptr [r10], xmm0', 'mov qword ptr [r10 + 8], rax']],
    ['() -> {[3:char]}', [], ['mov word ptr [r10], ax', 'shr rax, 16', 'mov byte ptr [r10 + 2], al']],
  ])('%s: stores it behind the call, exactly its bytes', (text, moves, stores) => {
    const CALL = ['call qword ptr [rip + target]', 'mov r10, qword ptr [rip + frame]'];
    expect(codeOf(text, KEPT)).toEqual(['endbr64', 'push rax', ...moves, ...CALL, ...stores, 'pop rcx', 'ret']);
    expect(generate(adapter(text, KEPT)).symbols.map(({ name }) => name)).toEqual(['target', 'frame']);
  });

  it('finds it where an entry of the signature leaves it, for every convention', () => {
    for (const abi of conventions) {
      for (const [name, text] of namedSignatures()) {
        const { layout, frame } = prepare(text, { abi, kind: 'entry' });
        if (layout.ret.placement.mode === 'hidden') continue;
        const kept = adapter(text, { abi, receiver: true, result: 'frame' });
        expect(kept.frame, name).toEqual(frame);
        expect(kept.incoming?.ret.size).toBe(0);
      }
    }
  });

  it.each(['(int) -> void', '(int, double) -> {}', '(; int) -> void'])('%s: is the same as without, a jump', (text) => {
    expect(stepsOf(text, KEPT)).toEqual(stepsOf(text, SYSV));
    expect(isTail(text, KEPT)).toBe(true);
  });

  it.each<Sides>([
    { abi: 'win-x64', entry: 'sysv-x64', result: 'frame' },
    { abi: 'sysv-x64', entry: 'win-x64', result: 'frame', receiver: true },
    { abi: 'aapcs64', entry: 'aapcs64-apple', result: 'frame' },
    { abi: 'aapcs64-apple', entry: 'aapcs64', result: 'frame', receiver: true },
  ])('takes it from the registers of the target: %o', (sides) => {
    const [own, other] = [sides.abi === 'win-x64' ? 'rax' : 'xmm0', sides.abi.startsWith('aapcs64') ? 'v0' : null];
    const steps = stepsOf('(int) -> {float}', sides);
    expect(steps.at(-1)).toBe(`store frame+8 ← ${other ?? own}, 4 bytes`);
    expect(stepsOf('(int) -> int8', sides).at(-1)).toMatch(/^store frame\+8 ← (rax|x0), 1 byte$/);
  });

  it('clears the upper halves of wide vectors behind the store, and not in front of the call', () => {
    const wide: Sides = { ...KEPT, vectors: 'avx' };
    const text = `(${'v[8:float], '.repeat(9)}int) -> v[8:float]`;
    const code = codeOf(text, wide);
    expect(code.filter((line) => line === 'vzeroupper')).toHaveLength(1);
    const store = code.findIndex((line) => /^vmovups ymmword ptr \[r10.*\], ymm0$/.test(line));
    expect(code[store + 1]).toBe('vzeroupper');
    expect(codeOf(text, { ...wide, result: 'returned' })).not.toContain('vzeroupper');
  });

  it.each(['() -> {[3:long]}', '(int) -> {longdouble, int}'])('%s: is refused, its result is in memory', (text) => {
    const run = (): unknown => adapter(text, KEPT);
    expect(run).toThrow(refusal('ERR_UNSUPPORTED', 'no adapter: the result is in memory'));
    expect(run).toThrow(expect.objectContaining({ rule: 'adapter-memory' }));
    expect(() => adapter(text, SYSV)).not.toThrow();
  });

  it.each(kinds.filter((kind) => kind !== 'adapter'))('is no kind %s', (kind) => {
    const run = (): unknown => prepare('(int) -> int', { abi: 'sysv-x64', kind, result: 'frame' });
    expect(run).toThrow(
      refusal('ERR_OPTION', `a result is left in the frame by trampolines of kind adapter, not ${kind}`),
    );
    expect(() => prepare('(int) -> int', { abi: 'sysv-x64', kind, result: 'returned' })).not.toThrow();
  });

  it('leaves it nowhere else', () => {
    const run = (): unknown => adapter('(int) -> int', { ...SYSV, result: 'memory' as ResultPlace });
    expect(run).toThrow(refusal('ERR_OPTION', "unknown result 'memory', known are: returned, frame"));
  });
});

describe('an adapter is refused', () => {
  it.each<[string, string, Sides, string]>([
    ['a long of two sizes', '(long) -> int', { abi: 'win-x64', entry: 'sysv-x64' }, 'adapter-pieces'],
    ['a result of two sizes', '() -> long', { abi: 'sysv-x64', entry: 'win-x64' }, 'adapter-pieces'],
    [
      'a long double of two formats',
      '(longdouble) -> int',
      { abi: 'aapcs64-apple', entry: 'aapcs64' },
      'adapter-pieces',
    ],
    [
      'a record by value and by reference',
      '({[3:int64]}) -> int',
      { abi: 'win-x64', entry: 'sysv-x64' },
      'adapter-memory',
    ],
    [
      'a record by reference and by value',
      '({[3:int64]}) -> int',
      { abi: 'sysv-x64', entry: 'win-x64' },
      'adapter-memory',
    ],
    [
      'a result in memory and in registers',
      '() -> {int64, int64}',
      { abi: 'sysv-x64', entry: 'win-x64' },
      'adapter-memory',
    ],
    [
      'a result in registers and in memory',
      '() -> {int64, int64}',
      { abi: 'win-x64', entry: 'sysv-x64' },
      'adapter-memory',
    ],
    ['a result in two registers and in one', '() -> int128', { abi: 'win-x64', entry: 'sysv-x64' }, 'adapter-pieces'],
    [
      'an HFA in pieces and whole',
      '({float, float}; int) -> int',
      { abi: 'aapcs64-windows', entry: 'aapcs64' },
      'adapter-pieces',
    ],
  ])('for %s', (_, text, sides, rule) => {
    const run = (): unknown => adapter(text, sides);
    expect(run).toThrow(refusal('ERR_UNSUPPORTED', 'no adapter: '));
    expect(run).toThrow(expect.objectContaining({ rule }));
  });

  it('for a copy by reference that is less aligned than the target counts on', () => {
    const { incoming, layout, plan } = adapter('({[3:int64]}) -> int', { abi: 'win-x64', receiver: true });
    assert(incoming !== null, 'an adapter has a caller');
    const args = incoming.args.map((arg) =>
      arg.placement.mode === 'indirect' ? { ...arg, placement: { ...arg.placement, copyAlign: 8 } } : arg,
    );
    const run = (): unknown => planAdapter({ ...incoming, args }, layout, plan.incoming, plan.outgoing);
    expect(run).toThrow(refusal('ERR_UNSUPPORTED', 'argument 0 arrives at a multiple of 8 bytes, and 16 are needed'));
    expect(run).toThrow(expect.objectContaining({ rule: 'adapter-memory' }));
  });

  it.each(kinds.filter((kind) => kind !== 'adapter'))('no receiver by kind %s', (kind) => {
    const run = (): unknown => prepare('(int) -> int', { abi: 'sysv-x64', kind, receiver: true });
    expect(run).toThrow(refusal('ERR_OPTION', 'a receiver is dropped by trampolines of kind adapter'));
    expect(() => prepare('(int) -> int', { abi: 'sysv-x64', kind, receiver: false })).not.toThrow();
  });

  it.each(conventions)('for nothing within one convention: %s', (abi) => {
    for (const [name, text] of namedSignatures()) {
      if (!passes(text, abi)) continue;
      for (const receiver of [false, true]) {
        const { plan, incoming, layout } = adapter(text, { abi, receiver });
        expect(plan.kind, name).toBe('adapter');
        expect((incoming?.args.length ?? 0) - layout.args.length).toBe(receiver ? 1 : 0);
      }
    }
  });
});

/** What a convention refuses itself, no adapter of it takes. */
function passes(text: string, abi: ConventionId): boolean {
  try {
    prepare(text, { abi, kind: 'forward' });
    prepare(text.replace(/\(/, '(*void, ').replace('(*void, )', '(*void)'), { abi, kind: 'forward' });
    return true;
  } catch (error) {
    if (error instanceof InterfixError) return false;
    throw error;
  }
}
