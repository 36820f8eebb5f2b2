// The C that the oracle gives to compilers: what it checks, and what it must not need.

import { describe, expect, it } from 'vitest';
import type { ConventionId } from '../../src/abi/convention.ts';
import { parseSignature } from '../../src/signature/parse.ts';
import { batchSource, type CTarget, MOST_ARGUMENTS, SHARED, sharedMemory, signatureText } from '../support/c-source.ts';

const target = (abi: ConventionId, own: Partial<CTarget> = {}): CTarget => ({
  abi,
  compiler: 'clang',
  shared: SHARED,
  float16: '_Float16',
  bfloat16: null,
  checksExtension: true,
  adapters: null,
  alignedVectors: false,
  assertsAlign: true,
  ...own,
});

const source = (signature: string, of: CTarget): string => batchSource([parseSignature(signature)], of);
const lineOf = (text: string, start: string): string => text.split('\n').find((line) => line.includes(start)) ?? '';

describe('the C of a batch', () => {
  it('declares types by name, and asserts that they are as we lay them out', () => {
    const text = source('(!2:{a:int8, b:int64:5, int32:0, alignas(8) c:int8}) -> v[4:float]', target('sysv-x64'));
    expect(text).toContain(`_Pragma("pack(push, 2)")
typedef struct { signed char m0; long long m1 : 5; int : 0; signed char m3 __attribute__((aligned(8))); } S0;
_Pragma("pack(pop)")
typedef S0 T0_0;
_Static_assert(sizeof(T0_0) == 6 && _Alignof(T0_0) == 2, "T0_0");`);
    expect(text).toContain(`typedef float V16_float __attribute__((vector_size(16)));
typedef V16_float R0;`);
    expect(source('() -> v[4:float]', target('win-x64', { alignedVectors: true }))).toContain(
      'vector_size(16), aligned(16)',
    );
    expect(source('(int) -> void', target('win-x64', { assertsAlign: false }))).toContain('sizeof(T0_0) == 4, "T0_0"');
  });

  it('includes nothing and uses no library', () => {
    const text = source('(int8, {double, [3:int16]}; double, *void) -> c[float]', target('aapcs64'));
    expect(text).not.toContain('#include');
    expect(text).not.toContain('static ');
    const functions = ['T0_0', 'callee_0', 'caller_0', 'forward_0', 'reverse_0'].map((name) => text.includes(name));
    expect(functions).toEqual([true, true, true, true, true]);
  });

  it.each<readonly [ConventionId, string, string]>([
    ['sysv-x64', '(int8, double, int8, int64) -> void', 'int a0, T0_1 a1, int a2, T0_3 a3'],
    ['sysv-x64', '([20:int8], e:uint16, bool; int32) -> void', 'T0_0 a0, int a1, int a2, ...'],
    ['aapcs64-apple', '(int8, double, int8) -> void', 'int a0, T0_1 a1, T0_2 a2'],
    [
      'aapcs64-apple',
      `(${Array.from({ length: 9 }, () => 'int8').join(', ')}) -> void`,
      'int a0, int a1, int a2, int a3, int a4, int a5, int a6, int a7, T0_8 a8',
    ],
  ])('has callees on %s check the extension of narrow integers in registers: %s', (abi, signature, parameters) => {
    expect(lineOf(source(signature, target(abi)), ' callee_0(')).toBe(`void callee_0(${parameters}) {`);
    const unchecked = source(signature, target(abi, { checksExtension: false }));
    expect(lineOf(unchecked, ' callee_0(')).not.toContain('int ');
    expect(lineOf(unchecked, ' reverse_0(')).toBe(lineOf(unchecked, ' callee_0(').replace('callee', 'reverse'));
  });

  it('refuses what the compiler has no word for', () => {
    expect(source('(float16) -> void', target('aapcs64', { float16: '__fp16' }))).toContain('typedef __fp16 T0_0;');
    expect(() => source('({bfloat16}) -> void', target('aapcs64'))).toThrow('the compiler has no bfloat16');
  });
});

it('shared memory has no overlaps, and slots that keep every alignment', () => {
  for (const slot of [128, 4096]) {
    const { base, size, given, seen, give, got, unextended, dispatcher, context } = sharedMemory(slot);
    expect([given, seen - given, give - seen, got - give, unextended - got]).toEqual([
      base,
      MOST_ARGUMENTS * slot,
      MOST_ARGUMENTS * slot,
      slot,
      slot,
    ]);
    expect(new Set([unextended, dispatcher, context].map((address) => address >> 3)).size).toBe(3);
    expect(context + 8).toBeLessThanOrEqual(base + size);
  }
  expect(() => sharedMemory(192)).toThrow(RangeError);
});

it.each([
  ['(int, *char; double) -> *void', 'void * f(int, void *, /* ... */, double)'],
  ['(!2:{int8}, v[4:float]) -> void', 'void f(/* pack(2) */ struct { signed char m0; }, float /* × 4 */)'],
])('people read %s as %s', (signature, text) => {
  expect(signatureText(parseSignature(signature))).toBe(text);
});
