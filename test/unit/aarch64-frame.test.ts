// The stack frame of AArch64 code: its shape, how it is entered, and where everything in it is.

import { describe, expect, it } from 'vitest';
import { type Places, placesOf } from '../../src/emit/aarch64/places.ts';
import { generate } from '../../src/emit/generate.ts';
import { listing } from '../../src/emit/listing.ts';
import { sp, x } from '../../src/isa/aarch64.ts';
import { prepare } from '../../src/plan/prepare.ts';
import type { TrampolineKind } from '../../src/plan/step.ts';

describe('the aarch64 frame', () => {
  it.each([
    ['of 4080 bytes is taken at once', 4080, ['sub sp, sp, #4080']],
    ['of a page is touched', 4096, ['sub sp, sp, #1, lsl #12', 'str xzr, [sp]']],
    [
      'of a page and more is touched before the rest is taken',
      4112,
      ['sub sp, sp, #1, lsl #12', 'str xzr, [sp]', 'sub sp, sp, #16'],
    ],
    [
      'of a mebibyte is touched page by page',
      2 ** 20,
      ['mov x16, #256', 'sub sp, sp, #1, lsl #12', 'str xzr, [sp]', 'subs x16, x16, #1', 'b.ne . - 12'],
    ],
  ])('%s', (_, size, lines) => {
    const prologue = listing(prepare(`({[${size}:uint8]}) -> int`, { abi: 'aapcs64', kind: 'bound' }))
      .filter(({ serves }) => serves === 'prologue')
      .map(({ text }) => text);
    expect(prologue.slice(3, -1)).toEqual(lines);
  });

  it.each([
    [32, 80, ['sub x16, sp, #80', 'and sp, x16, #-32']],
    [4096, 80, ['sub sp, sp, #1, lsl #12', 'str xzr, [sp]', 'mov x16, sp', 'and sp, x16, #-4096']],
    [
      8192,
      16384,
      [
        'mov x16, #5',
        'sub sp, sp, #1, lsl #12',
        'str xzr, [sp]',
        'subs x16, x16, #1',
        'b.ne . - 12',
        'add x16, sp, #1, lsl #12',
        'and sp, x16, #-8192',
      ],
    ],
  ])('aligned to %i, of %i bytes or more, is touched as if the most were taken', (align, size, lines) => {
    const text = `(int) -> alignas(${align}) {[${size}:uint8]}`;
    const prepared = prepare(text, { abi: 'aapcs64', kind: 'entry' });
    expect(prepared.plan.align).toBe(align);
    const prologue = listing(prepared).flatMap((line) => (line.serves === 'prologue' ? [line.text] : []));
    if (align > 32) expect(prologue.slice(2)).toEqual(lines);
    else expect(prologue.slice(2)[1]).toBe(lines[1]);
    expect(listing(prepared).map((line) => line.text)).toContain('mov sp, x29');
  });

  const placesFor = (text: string, kind: TrampolineKind): Places =>
    placesOf(prepare(text, { abi: 'aapcs64', kind }).plan);

  it('has the record lowest, and everything above it, where nothing goes out and it is small', () => {
    const { frame, mem } = placesFor('({[3:long]}, int) -> int', 'forward');
    expect(frame).toEqual({ record: 64, saved: [x(19)], below: 0, align: 16, local: 32 });
    expect(mem({ base: 'local', offset: 8 })).toEqual({ base: sp, disp: 40 });
    expect(mem({ base: 'in', offset: 8 })).toEqual({ base: x(29), disp: 72 });
  });

  it('has the outgoing arguments lowest, and the record above', () => {
    const { frame, mem } = placesFor(`(${'long, '.repeat(8)}{[3:long]}) -> int`, 'forward');
    expect(frame).toEqual({ record: 32, saved: [x(19)], below: 48, align: 16, local: 16 });
    expect(mem({ base: 'out', offset: 8 })).toEqual({ base: sp, disp: 8 });
    expect(mem({ base: 'local', offset: 8 })).toEqual({ base: sp, disp: 24 });
    expect(mem({ base: 'in', offset: 8 })).toEqual({ base: x(29), disp: 40 });
  });

  // Eight arguments arrive in registers and are stored; all have a pointer.
  it.each([
    [52, { record: 496, saved: [], below: 0, align: 16, local: 16 }],
    [53, { record: 16, saved: [], below: 496, align: 16, local: 0 }],
  ])('is small up to what one stp and one ldp reach: %i arguments on the way in', (count, frame) => {
    const text = `(${new Array(count).fill('long').join(', ')}) -> void`;
    expect(placesFor(text, 'reverse').frame).toEqual(frame);
  });

  it.each([
    ['forward', '() -> void', { base: sp, saved: [], size: 0, local: 0, incoming: 0 }],
    ['bound', '({[3:long]}) -> int', { base: sp, saved: [x(19), x(30), x(29)], size: 0, local: 32, incoming: 64 }],
    [
      'forward',
      `(${'long, '.repeat(9)}{[3:long]}) -> void`,
      { base: sp, saved: [x(30), x(29)], size: 48, local: 16, incoming: 64 },
    ],
    [
      'entry',
      '() -> alignas(64) {[80:uint8]}',
      { base: x(29), saved: [x(30), x(29)], size: 0, local: 0, incoming: 16 },
    ],
  ] as const)('says where everything is: %s %s', (kind, text, frame) => {
    expect(generate(prepare(text, { abi: 'aapcs64', kind })).frame).toEqual({ ...frame, savedVectors: [] });
  });
});
