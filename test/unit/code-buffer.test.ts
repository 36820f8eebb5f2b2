// The byte buffer: it grows without losing a byte, and refuses what does not fit.

import { describe, expect, it } from 'vitest';
import { CodeBuffer } from '../../src/emit/code-buffer.ts';

const internal = expect.objectContaining({ code: 'ERR_INTERNAL' });

describe('a code buffer', () => {
  it('keeps every byte while it grows', () => {
    const buffer = new CodeBuffer();
    for (let index = 0; index < 1030; index++) {
      expect(buffer.length).toBe(index);
      buffer.u8(index & 0xff);
    }
    expect(buffer.take()).toEqual(Uint8Array.from({ length: 1030 }, (_, index) => index & 0xff));
  });

  it.each([125, 509, 510, 511, 512, 1021])('grows in the middle of a u32 at %i', (at) => {
    const buffer = new CodeBuffer();
    for (let index = 0; index < at; index++) buffer.u8(1);
    buffer.u32(0x04030201);
    expect([...buffer.take()]).toEqual([...new Array(at).fill(1), 1, 2, 3, 4]);
  });

  it.each([
    [0, [0, 0, 0, 0]],
    [-1, [0xff, 0xff, 0xff, 0xff]],
    [0xffffffff, [0xff, 0xff, 0xff, 0xff]],
    [0x80000000, [0, 0, 0, 0x80]],
    [-0x80000000, [0, 0, 0, 0x80]],
    [0x7fffffff, [0xff, 0xff, 0xff, 0x7f]],
    [0x12345678, [0x78, 0x56, 0x34, 0x12]],
  ])('writes the u32 %i little-endian', (value, bytes) => {
    const buffer = new CodeBuffer();
    buffer.u32(value);
    expect([...buffer.take()]).toEqual(bytes);
  });

  it.each([-1, 256, Number.NaN, Infinity])('refuses %d as u8', (value) => {
    expect(() => new CodeBuffer().u8(value)).toThrow(internal);
  });

  it.each([2 ** 32, -(2 ** 31) - 1, Number.NaN, -Infinity])('refuses %d as u32', (value) => {
    expect(() => new CodeBuffer().u32(value)).toThrow(internal);
  });

  it('patches four bytes that are there, and no others', () => {
    const buffer = new CodeBuffer();
    for (let index = 0; index < 6; index++) buffer.u8(0xaa);
    buffer.patch32(1, -2);
    expect(() => buffer.patch32(3, 0)).toThrow(internal);
    expect(() => buffer.patch32(-1, 0)).toThrow(internal);
    expect([...buffer.take()]).toEqual([0xaa, 0xfe, 0xff, 0xff, 0xff, 0xaa]);
  });

  it('aligns by filling', () => {
    const buffer = new CodeBuffer();
    buffer.align(8, 0xcc);
    expect(buffer.length).toBe(0);
    buffer.u8(1);
    buffer.align(8, 0xcc);
    buffer.align(8, 0xcc);
    expect([...buffer.take()]).toEqual([1, 0xcc, 0xcc, 0xcc, 0xcc, 0xcc, 0xcc, 0xcc]);
  });

  it('gives its bytes away, and is empty then', () => {
    const buffer = new CodeBuffer();
    buffer.u8(1);
    expect([...buffer.take()]).toEqual([1]);
    expect(buffer.length).toBe(0);
    buffer.u8(2);
    expect([...buffer.take()]).toEqual([2]);
  });

  it('shares no memory with another, nor with the bytes it gave away', () => {
    const first = new CodeBuffer();
    first.u8(1);
    const given = first.take();
    const [second, third] = [new CodeBuffer(), new CodeBuffer()];
    for (const [buffer, value] of [
      [first, 2],
      [second, 3],
      [third, 4],
    ] as const)
      buffer.u8(value);
    expect([given, first.take(), second.take(), third.take()].map(([byte]) => byte)).toEqual([1, 2, 3, 4]);
  });
});
