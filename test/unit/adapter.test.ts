// Adapters: which moves a signature needs, where a jump is enough, what is extended, and what is refused by name.

import { describe, expect, it } from 'vitest';
import type { ConventionId } from '../../src/abi/convention.ts';
import { conventions } from '../../src/abi/conventions.ts';
import { generate, trace } from '../../src/emit/generate.ts';
import { assert, InterfixError } from '../../src/errors.ts';
import { planAdapter } from '../../src/plan/adapter.ts';
import { kinds, type Prepared, prepare } from '../../src/plan/prepare.ts';
import { stepText } from '../../src/plan/print.ts';
import { namedSignatures } from '../support/golden.ts';
import { refusal } from '../support/refusal.ts';

interface Sides {
  readonly abi: ConventionId;
  readonly entry?: ConventionId;
  readonly receiver?: boolean;
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
