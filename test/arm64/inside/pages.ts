// Pages of code on AArch64: what was written last is what runs, and code without a landing pad is refused where the CPU
// knows landing pads (FEAT_BTI).

import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { bind } from '../../../src/exec/bind.ts';
import { ExecutableMemory } from '../../../src/exec/executable-memory.ts';
import { executableMemory, finalize } from '../../../src/exec/finalize.ts';
import { host } from '../../../src/exec/select-host.ts';
import { generate, prepare } from '../../../src/index.ts';
import { runInNode } from '../../support/built-library.ts';
import { refusal } from '../../support/refusal.ts';

/** qemu's default CPU knows them; a Cortex-A72 does not. */
const { QEMU_CPU } = process.env;
const guarded = QEMU_CPU === undefined;

/** Calls a function of two instructions, with or without `bti c` before them. */
const called = (word: string): ReturnType<typeof runInNode> =>
  runInNode(
    `const memory = new interfix.ExecutableMemory(interfix.host());
     const words = [${word}, 0x528000e0, 0xd65f03c0]; // movz w0, #7; ret
     const { address } = memory.add(new Uint8Array(Uint32Array.from(words.filter(Boolean)).buffer));
     console.log(interfix.bind(address, '() -> int')());`,
    '',
  );

describe('a branch into a page of code', () => {
  test('runs what begins with a landing pad', () => {
    expect(called('0xd503245f')).toEqual({ status: 0, signal: null, output: '7\n' });
  });

  test(`${guarded ? 'traps' : 'runs'} where there is none`, () => {
    const { signal, output } = called('0');
    expect(guarded ? signal : output).toBe(guarded ? 'SIGILL' : '7\n');
  });
});

/** bti c; movz w0, #value; ret */
const answering = (value: number): Uint8Array =>
  new Uint8Array(Uint32Array.of(0xd503245f, 0x52800000 | (value << 5), 0xd65f03c0).buffer);

describe('other instructions at an address that was executed', () => {
  test('are the ones that run', () => {
    const region = host().reserve(host().pageSize);
    host().write(region, 0, answering(1));
    const call = bind(region.address, '() -> int');
    const seen = [2, 3, 4].map((value) => {
      const before = call();
      host().write(region, 0, answering(value));
      return [before, call()];
    });
    expect(seen).toEqual([
      [1, 2],
      [2, 3],
      [3, 4],
    ]);
    host().release(region);
  });

  test('are the ones that run in a slot that is used again', () => {
    using memory = new ExecutableMemory(host());
    const used = new Map<bigint, number>();
    let reused = 0;
    for (let value = 0; value < 600; value++) {
      const slot = memory.add(answering(value));
      using call = bind(slot.address, '() -> int');
      expect(call()).toBe(value);
      reused += used.has(slot.address) ? 1 : 0;
      used.set(slot.address, value);
      memory.free(slot);
    }
    expect(reused).toBeGreaterThan(300);
  });
});

test('an image without a landing pad is not finalized, on any CPU', () => {
  const prepared = prepare('(int) -> int', { abi: 'aapcs64', kind: 'forward' });
  const without = generate(prepared, { landingPad: false });
  const { liveSlots } = executableMemory();
  expect(() => finalize(without, executableMemory(), {})).toThrow(refusal('ERR_HOST', /landing pad/));
  expect(executableMemory().liveSlots).toBe(liveSlots);
  finalize(generate(prepared), executableMemory(), {}).dispose();
});

test('every mapping of code is executable and not writable', () => {
  executableMemory();
  const lines = readFileSync('/proc/self/maps', 'utf8').match(/^.*memfd:interfix.*$/gm) ?? [];
  expect(lines.length).toBeGreaterThan(0);
  expect(new Set(lines.map((line) => line.split(' ')[1]))).toEqual(new Set(['r-xs']));
});
