// How AArch64 code moves n bytes, for every n and every distance: run on a machine that notes every byte, because a byte
// too many may lie on a page that is not there.

import { describe, expect, it } from 'vitest';
import type { Extend } from '../../src/abi/call-layout.ts';
import { Assembler } from '../../src/emit/aarch64/assembler.ts';
import { address, constant, copy, load, MAX_UNROLLED_COPY, store } from '../../src/emit/aarch64/move.ts';
import { sp, v, x } from '../../src/isa/aarch64.ts';
import type { Register } from '../../src/isa/register.ts';
import { type Line, Machine } from './aarch64-machine.ts';

const linesOf = (emit: (asm: Assembler) => void): Line[] => {
  const lines: Line[] = [];
  emit(new Assembler(lines));
  return lines;
};
const textsOf = (emit: (asm: Assembler) => void): string[] => linesOf(emit).map(({ text }) => text);

const FROM = 1n << 40n;
const TO = 1n << 41n;
const byteAt = (index: number): number => (index * 37 + 129) % 256;
const span = (start: bigint, size: number): bigint[] =>
  Array.from({ length: size }, (_, index) => start + BigInt(index));
const sorted = (addresses: ReadonlySet<bigint>): bigint[] => [...addresses].sort((a, b) => (a < b ? -1 : 1));

/** A machine with `size` bytes at `disp` from x9, and nothing else in memory; sp is where the bytes go. */
function machineWith(size: number, disp: number): Machine {
  const machine = new Machine();
  machine.set('x9', FROM);
  machine.set('sp', TO);
  for (let index = 0; index < size; index++) machine.memory.set(FROM + BigInt(disp + index), byteAt(index));
  return machine;
}

/** Around the ends of every kind of offset: signed 9 bits, 7 bits and 12 bits scaled, 12 and 24 bits of an addition. */
const DISTANCES = [
  0,
  1,
  8,
  16,
  255,
  256,
  504,
  512,
  1008,
  1009,
  1024,
  4080,
  4095,
  4096,
  8190,
  16380,
  16384,
  32760,
  32768,
  65520,
  65536,
  65537,
  2 ** 20 + 3,
  2 ** 24 - 1,
  2 ** 24,
  2 ** 24 + 65536,
  2 ** 28 + 5,
];
const GPR_SIZES = [1, 2, 3, 4, 5, 6, 7, 8];
const VECTOR_SIZES = [2, 4, 8, 16];

describe('aarch64 loads', () => {
  it.each(DISTANCES)('read exactly the bytes of the value, %i bytes away', (disp) => {
    for (const size of GPR_SIZES) {
      const machine = machineWith(size, disp);
      machine.run(linesOf((asm) => load(x(0), { base: x(9), disp }, size, 'none', asm)));
      const value = Array.from({ length: size }, (_, index) => BigInt(byteAt(index)) << BigInt(8 * index));
      expect(machine.get('x0')).toBe(value.reduce((sum, byte) => sum | byte, 0n));
      expect(sorted(machine.read)).toEqual(span(FROM + BigInt(disp), size));
    }
    for (const size of VECTOR_SIZES) {
      const machine = machineWith(size, disp);
      machine.run(linesOf((asm) => load(v(0), { base: x(9), disp }, size, 'none', asm)));
      expect(machine.vector('v0')).toEqual(Array.from({ length: size }, (_, index) => byteAt(index)));
      expect(sorted(machine.read)).toEqual(span(FROM + BigInt(disp), size));
    }
  });

  it.each([
    [1, 'sign', 'ldrsb w0, [x9]'],
    [1, 'zero', 'ldrb w0, [x9]'],
    [1, 'none', 'ldrb w0, [x9]'],
    [2, 'sign', 'ldrsh w0, [x9]'],
    [2, 'zero', 'ldrh w0, [x9]'],
    [4, 'sign', 'ldr w0, [x9]'],
    [8, 'zero', 'ldr x0, [x9]'],
  ] as const)('of %i bytes extend to 32 bits: %s', (size, extend, text) => {
    expect(textsOf((asm) => load(x(0), { base: x(9), disp: 0 }, size, extend, asm))).toEqual([text]);
  });

  it.each([
    [3, ['ldrh w0, [x9]', 'ldrb w10, [x9, #2]', 'orr x0, x0, x10, lsl #16']],
    [7, ['ldr w0, [x9]', 'ldur w10, [x9, #3]', 'orr x0, x0, x10, lsl #24']],
  ] as const)('of %i bytes merge two', (size, texts) => {
    expect(textsOf((asm) => load(x(0), { base: x(9), disp: 0 }, size, 'none', asm))).toEqual(texts);
  });

  it('of an odd size do not lose their own address', () => {
    const over = (): unknown => textsOf((asm) => load(x(9), { base: x(9), disp: 0 }, 3, 'none', asm));
    expect(over).toThrow(expect.objectContaining({ code: 'ERR_INTERNAL' }));
  });

  it.each([1, 3, 6, 32, 64])('of %i bytes to a vector register do not exist', (size) => {
    const refused = (): unknown => textsOf((asm) => load(v(0), { base: x(9), disp: 0 }, size, 'none', asm));
    expect(refused).toThrow(expect.objectContaining({ code: 'ERR_INTERNAL' }));
  });
});

describe('aarch64 stores', () => {
  it.each(DISTANCES)('write exactly the bytes of the value, %i bytes away', (disp) => {
    const written = (register: Register, size: number): Machine => {
      const machine = machineWith(0, 0);
      machine.set('x0', 0x8877_6655_4433_2211n);
      machine.setVector(
        'v0',
        Array.from({ length: 16 }, (_, index) => byteAt(index)),
      );
      machine.run(linesOf((asm) => store(register, { base: sp, disp }, size, asm)));
      expect(sorted(machine.written)).toEqual(span(TO + BigInt(disp), size));
      return machine;
    };
    for (const size of GPR_SIZES) {
      const { memory } = written(x(0), size);
      expect(span(TO + BigInt(disp), size).map((at) => memory.get(at))).toEqual(
        Array.from({ length: size }, (_, index) => 0x11 * (index + 1)),
      );
    }
    for (const size of VECTOR_SIZES) {
      const { memory } = written(v(0), size);
      expect(span(TO + BigInt(disp), size).map((at) => memory.get(at))).toEqual(
        Array.from({ length: size }, (_, index) => byteAt(index)),
      );
    }
  });
});

describe('aarch64 copies', () => {
  const copied = (size: number, from: number, to: number, extend: Extend = 'none'): Machine => {
    const machine = machineWith(size, from);
    machine.run(linesOf((asm) => copy({ base: x(9), disp: from }, { base: sp, disp: to }, size, extend, asm)));
    return machine;
  };
  const expectCopied = (size: number, from: number, to: number): void => {
    const { memory, read, written } = copied(size, from, to);
    expect(sorted(read)).toEqual(span(FROM + BigInt(from), size));
    expect(sorted(written)).toEqual(span(TO + BigInt(to), size));
    expect(span(TO + BigInt(to), size).map((at) => memory.get(at))).toEqual(
      Array.from({ length: size }, (_, index) => byteAt(index)),
    );
  };

  it('read and write exactly the bytes of the value, for every size', () => {
    for (let size = 1; size <= 200; size++) expectCopied(size, 0, 0);
    for (const size of [4095, 4096, 4097]) expectCopied(size, 3, 5);
  });

  it.each(DISTANCES)('reach %i bytes, on both sides', (disp) => {
    for (const size of [1, 3, 7, 8, 15, 16, 31, 33, 47, 63, 64, 65, 97, 113]) {
      expectCopied(size, disp, 16);
      expectCopied(size, 16, disp);
      expectCopied(size, disp, disp);
    }
  });

  it.each([
    [1, 'sign', [0x81, 0xff, 0xff, 0xff]],
    [1, 'zero', [0x81, 0, 0, 0]],
    [2, 'sign', [0x81, 0xa6, 0xff, 0xff]],
    [2, 'zero', [0x81, 0xa6, 0, 0]],
    [1, 'none', [0x81]],
    [2, 'none', [0x81, 0xa6]],
    [4, 'sign', [0x81, 0xa6, 0xcb, 0xf0]],
  ] as const)('of %i bytes, extended by %s', (size, extend, bytes) => {
    const { memory, read, written } = copied(size, 0, 0, extend);
    expect(read.size).toBe(size);
    expect(span(TO, written.size).map((at) => memory.get(at))).toEqual(bytes);
  });

  it('are a loop above 64 bytes, and never longer than 12 instructions', () => {
    for (let size = 1; size <= 3000; size++) {
      const texts = textsOf((asm) => copy({ base: x(9), disp: 0 }, { base: sp, disp: 0 }, size, 'none', asm));
      expect(texts.length).toBeLessThanOrEqual(12);
      expect(texts.some((text) => text.startsWith('b.ne'))).toBe(size > MAX_UNROLLED_COPY);
    }
  });

  it('leave every register alone but x10, x14 to x16, v16 and v17', () => {
    for (const disp of DISTANCES) {
      for (const size of [1, 7, 64, 65, 1000]) {
        const machine = copied(size, disp, disp);
        const free = ['x9', 'sp', 'x10', 'x14', 'x15', 'x16'];
        expect([...machine.registers.keys()].filter((name) => !free.includes(name))).toEqual([]);
        expect([machine.get('x9'), machine.get('sp')]).toEqual([FROM, TO]);
      }
    }
  });
});

describe('aarch64 addresses and constants', () => {
  it.each([...DISTANCES, ...DISTANCES.filter((disp) => disp > 0).map((disp) => -disp)])('%i from sp', (disp) => {
    for (const to of [x(0), x(14), sp]) {
      const machine = machineWith(0, 0);
      machine.run(linesOf((asm) => address(to, { base: sp, disp }, asm)));
      expect(machine.get(to.name)).toBe(TO + BigInt(disp));
    }
  });

  it('need no instruction where they are', () => {
    expect(textsOf((asm) => address(x(0), { base: x(0), disp: 0 }, asm))).toEqual([]);
    expect(textsOf((asm) => address(x(8), { base: x(1), disp: 0 }, asm))).toEqual(['mov x8, x1']);
  });

  it.each([0, 1, 65535, 65536, 65537, 0x1234_5678, 2 ** 32 - 1])('%i', (value) => {
    const machine = new Machine();
    machine.run(linesOf((asm) => constant(x(0), value, asm)));
    expect(machine.get('x0')).toBe(BigInt(value));
  });

  it.each([-1, 2 ** 32, 0.5, Number.NaN])('%d is no constant', (value) => {
    const refused = (): unknown => textsOf((asm) => constant(x(0), value, asm));
    expect(refused).toThrow(expect.objectContaining({ code: 'ERR_INTERNAL' }));
  });
});
