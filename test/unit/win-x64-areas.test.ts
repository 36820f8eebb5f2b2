// What a call takes by Microsoft's x64 convention beside its argument registers: the argument area with the home space,
// the copies of what is passed by reference, and the registers that stay as they were.

import { describe, expect, it } from 'vitest';
import type { CallLayout } from '../../src/abi/call-layout.ts';
import { winX64 } from '../../src/abi/win-x64.ts';
import { parseSignature } from '../../src/signature/parse.ts';
import { refusal } from '../support/refusal.ts';

const layoutOf = (text: string): CallLayout => winX64.layout(parseSignature(text));

describe('win-x64: the argument area', () => {
  it.each([
    ['() -> void', 32],
    ['(int, int, int, int) -> void', 32],
    ['(int, int, int, int, int) -> void', 48],
    ['(int, int, int, int) -> {[3:int]}', 48],
    ['(int, int, int, int, int, int) -> void', 48],
    ['(int, int, int, int, int, int, {[99:int]}) -> void', 64],
  ])('of %s has %i bytes, home space included', (signature, bytes) => {
    expect(layoutOf(signature).stackSize).toBe(bytes);
    expect(layoutOf(signature).stackSize).toBeGreaterThanOrEqual(winX64.homeBytes);
  });

  const MIB = 2 ** 20;
  it.each([
    [`({[${MIB}:int8]}) -> void`], // with the home space it is too much
    [`({[${MIB / 2}:int8]}, {[${MIB / 2}:int8]}) -> void`],
    [`(alignas(${MIB / 2}) {int8}, alignas(${MIB / 2}) {int8}) -> void`],
    [`(${'int, '.repeat(MIB / 8)}int) -> void`],
  ])('and the copies beside it take at most 1 MiB: %.60s…', (signature) => {
    expect(() => layoutOf(signature)).toThrow(refusal('ERR_SIZE'));
  });

  it('takes what fits exactly', () => {
    expect(layoutOf(`({[${MIB - 32}:int8]}) -> {[${MIB}:int8]}`).stackSize).toBe(32);
  });
});

describe('win-x64: the convention', () => {
  it('keeps rbx, rbp, rdi, rsi, r12 to r15 and xmm6 to xmm15 (MS x64 conv., "Caller/callee saved registers")', () => {
    expect(winX64.calleeSaved.map(({ name }) => name).join(' ')).toBe(
      'rbx rbp rdi rsi r12 r13 r14 r15 xmm6 xmm7 xmm8 xmm9 xmm10 xmm11 xmm12 xmm13 xmm14 xmm15',
    );
  });

  it('passes and returns in registers that are not kept', () => {
    const { argumentRegisters, calleeSaved, resultRegister } = winX64;
    for (const register of [...argumentRegisters.gpr, ...argumentRegisters.vec, resultRegister]) {
      expect(calleeSaved).not.toContain(register);
    }
  });

  it('has home space and no red zone', () => {
    expect(winX64).toMatchObject({ homeBytes: 32, redZoneBytes: 0 });
  });
});
