// Which instructions move a piece of each size on x86-64, and in which registers nothing may be lost on the way.

import { describe, expect, it } from 'vitest';
import { sysvX64 } from '../../src/abi/sysv-x64.ts';
import { winX64 } from '../../src/abi/win-x64.ts';
import { trace } from '../../src/emit/generate.ts';
import { lowerX64 } from '../../src/emit/x64/lower.ts';
import type { Register } from '../../src/isa/register.ts';
import { r8, rax, rcx, st0, xmm } from '../../src/isa/x64.ts';
import { prepare } from '../../src/plan/prepare.ts';
import type { Plan, Step } from '../../src/plan/step.ts';

const CALL: Step = { op: 'call', target: 'target', tail: false };

/** The instructions between prologue and call, for a plan with a local area at the stack pointer. */
function textsOf(steps: readonly Step[]): string[] {
  const areas = { outSize: 0, localSize: 136, align: 16 };
  const ends = { incoming: sysvX64, outgoing: sysvX64, params: [] };
  const plan: Plan = { kind: 'bound', ...ends, ...areas, steps: [...steps, CALL] };
  const lines: { readonly offset: number; readonly text: string }[] = [];
  lowerX64(plan, { landingPad: false }, lines);
  const texts = lines.map(({ text }) => text);
  return texts.slice(1, texts.indexOf('call qword ptr [rip + target]'));
}

const load = (to: Register, size: number): Step => ({
  op: 'load',
  to,
  from: { base: 'local', offset: 64 },
  size,
  extend: 'none',
});
const store = (from: Register, size: number): Step => ({ op: 'store', from, to: { base: 'local', offset: 64 }, size });

describe('a load on x86-64', () => {
  it.each<[Register, number, string[]]>([
    [xmm(9), 2, ['pinsrw xmm9, word ptr [rsp + 64], 0']],
    [xmm(9), 4, ['movss xmm9, dword ptr [rsp + 64]']],
    [xmm(9), 6, ['movss xmm9, dword ptr [rsp + 64]', 'pinsrw xmm9, word ptr [rsp + 68], 2']],
    [xmm(9), 8, ['movsd xmm9, qword ptr [rsp + 64]']],
    [xmm(9), 16, ['movups xmm9, xmmword ptr [rsp + 64]']],
    [xmm(9), 32, ['vmovups ymm9, ymmword ptr [rsp + 64]']],
    [xmm(9), 64, ['vmovups zmm9, zmmword ptr [rsp + 64]']],
    [st0, 10, ['fld tbyte ptr [rsp + 64]']],
  ])('of %o takes %i bytes and no more', (to, size, texts) => {
    expect(textsOf([load(to, size)])).toEqual(texts);
  });
});

describe('a store on x86-64', () => {
  it.each<[Register, number, string[]]>([
    [xmm(9), 2, ['pextrw r11d, xmm9, 0', 'mov word ptr [rsp + 64], r11w']],
    [xmm(9), 4, ['movss dword ptr [rsp + 64], xmm9']],
    [xmm(9), 6, ['movss dword ptr [rsp + 64], xmm9', 'pextrw r11d, xmm9, 2', 'mov word ptr [rsp + 68], r11w']],
    [xmm(9), 8, ['movsd qword ptr [rsp + 64], xmm9']],
    [xmm(9), 16, ['movups xmmword ptr [rsp + 64], xmm9']],
    [xmm(9), 32, ['vmovups ymmword ptr [rsp + 64], ymm9', 'vzeroupper']],
    [xmm(9), 64, ['vmovups zmmword ptr [rsp + 64], zmm9', 'vzeroupper']],
    [st0, 10, ['fstp tbyte ptr [rsp + 64]']],
  ])('of %o writes %i bytes and no more', (from, size, texts) => {
    expect(textsOf([store(from, size)])).toEqual(texts);
  });

  it('of wide vectors clears the upper bits once, behind the last one on its side of the call', () => {
    const steps = [store(xmm(0), 32), store(r8, 8), store(xmm(1), 64), store(xmm(2), 16)];
    expect(textsOf(steps).map((text) => text.replace(/ .*/, ''))).toEqual([
      'vmovups',
      'mov',
      'vmovups',
      'vzeroupper',
      'movups',
    ]);
  });

  it('of a wide result clears the upper bits too', () => {
    const options = { abi: 'sysv-x64', kind: 'bound', vectors: 'avx' } as const;
    const texts = trace(prepare('() -> v[8:float]', options)).map(({ text }) => text);
    expect(texts.slice(-4)).toEqual(['vmovups ymmword ptr [rbx], ymm0', 'vzeroupper', 'pop rbx', 'ret']);
  });
});

describe('the scratch registers of x86-64', () => {
  /** Every register that an instruction names, by its 64-bit name. */
  const named = (text: string): string[] =>
    [...text.matchAll(/\br(1[0-5]|[89])[bwd]?\b|\b[re]([a-d]x|[sd]i|[sb]p)\b/g)].map(
      ([, number, name]) => `r${number ?? name}`,
    );
  const argumentsOf = (names: readonly Register[]): string[] => names.map(({ name }) => name);

  it.each([
    ['sysv-x64', sysvX64],
    ['win-x64', winX64],
  ] as const)('are not where %s passes arguments or results', (_, { argumentRegisters, calleeSaved }) => {
    for (const scratch of ['r10', 'r11']) {
      expect(argumentsOf(argumentRegisters.gpr)).not.toContain(scratch);
      expect(argumentsOf(calleeSaved)).not.toContain(scratch);
    }
    expect(argumentsOf(argumentRegisters.gpr)).not.toContain(rax.name);
    expect(argumentsOf(calleeSaved)).not.toContain(rcx.name);
  });

  it.each(['sysv-x64', 'win-x64'] as const)('lose no parameter of %s that is still used', (abi) => {
    const text = '({[100:int64]}, float16, {[3:int8]}, int, int, int, int, int) -> {[100:int64]}';
    const { plan } = prepare(text, { abi, kind: 'forward', entry: 'win-x64' });
    const texts = trace(prepare(text, { abi, kind: 'forward', entry: 'win-x64' })).map((line) => line.text);
    const target = plan.params.find(({ name }) => name === 'target')?.register.name ?? '';
    const moved = texts.indexOf(`mov r11, ${target}`);
    expect(moved).toBeGreaterThan(0);
    const call = texts.indexOf('call r11');
    expect(call).toBeGreaterThan(moved);
    expect(texts.slice(moved + 1, call).flatMap(named)).not.toContain('r11');
  });

  it('leave rax to the target where every argument is one load of a general register', () => {
    const texts = (text: string): string[] =>
      trace(prepare(text, { abi: 'sysv-x64', kind: 'forward' })).map((line) => line.text);
    expect(texts('(int8, int64) -> void').slice(1)).toEqual([
      'mov rax, rdi',
      'mov rdi, qword ptr [rdx]',
      'movsx edi, byte ptr [rdi]',
      'mov rsi, qword ptr [rdx + 8]',
      'mov rsi, qword ptr [rsi]',
      'jmp rax',
    ]);
    for (const text of [
      '(int, double) -> void',
      '(int; int) -> void',
      '({[3:int8]}) -> void',
      '(int, int128) -> void',
    ]) {
      expect(texts(text).at(-1)).toBe('jmp r11');
    }
  });
});

describe('a Windows argument that travels twice', () => {
  it('is loaded into both registers', () => {
    const texts = trace(prepare('(int; double) -> int', { abi: 'win-x64', kind: 'bound' })).map(({ text }) => text);
    expect(texts.filter((text) => /rdx, |xmm1, /.test(text))).toEqual(
      expect.arrayContaining(['mov rdx, qword ptr [rax]', 'movsd xmm1, qword ptr [rax]']),
    );
  });
});
