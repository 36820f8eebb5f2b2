// Two conventions in one trampoline: a System V program that calls Windows code, and the other way round. Neither alone
// says what has to be right then: whose registers carry what, the home space of the called side, and the registers that
// one side keeps and the other does not.

import { describe, expect, it } from 'vitest';
import type { ConventionId } from '../../src/abi/convention.ts';
import { conventionOf, conventions } from '../../src/abi/conventions.ts';
import { dumpText } from '../../src/cli/dump-text.ts';
import type { CodeImage } from '../../src/emit/code-image.ts';
import { generate, trace } from '../../src/emit/generate.ts';
import { kinds, type Prepared, prepare } from '../../src/plan/prepare.ts';
import { stepText } from '../../src/plan/print.ts';
import type { TrampolineKind } from '../../src/plan/step.ts';
import { expectGolden, fixturesIn, namedSignatures } from '../support/golden.ts';
import { refusal } from '../support/refusal.ts';

/** `entry` calls us, or is our dispatcher; `abi` is the convention of the C function. */
interface Crossing {
  readonly entry: ConventionId;
  readonly abi: ConventionId;
}

const TO_WINDOWS: Crossing = { entry: 'sysv-x64', abi: 'win-x64' };
const TO_SYSTEM_V: Crossing = { entry: 'win-x64', abi: 'sysv-x64' };
const crossings: readonly Crossing[] = [TO_WINDOWS, TO_SYSTEM_V];

const crossed = (crossing: Crossing, kind: TrampolineKind, text: string): Prepared =>
  prepare(text, { ...crossing, kind });

const stepsOf = (crossing: Crossing, kind: TrampolineKind, text: string): string[] =>
  crossed(crossing, kind, text).plan.steps.map((step) => stepText(step).replace(/ +/g, ' '));

/** Adapters have no memory for what travels by reference on one side only: adapter.test.ts. */
const throughMemory = kinds.filter((kind) => kind !== 'adapter');
const everyKind = crossings.flatMap((crossing) => throughMemory.map((kind) => ({ ...crossing, kind })));
/** A value in two registers here and by reference there, narrow ones on the stack, a result in memory. */
const SHOWN = '(int, double, {long, double}, int8, int8) -> {[3:int64]}';

describe('crossing: the golden images', () => {
  it.each(everyKind)('$kind, $entry and $abi', ({ entry, abi, kind }) => {
    expectGolden(`crossings/${entry}.${abi}.${kind}.txt`, dumpText(crossed({ entry, abi }, kind, SHOWN)));
  });

  it.each(crossings)('adapter, $entry and $abi', ({ entry, abi }) => {
    const text = '(int, double, {float, float}, int8, uint16, int64, float) -> {float, float}';
    expectGolden(`crossings/${entry}.${abi}.adapter.txt`, dumpText(crossed({ entry, abi }, 'adapter', text)));
  });

  it('every file belongs to a crossing', () => {
    const names = everyKind.map(({ entry, abi, kind }) => `${entry}.${abi}.${kind}.txt`);
    const adapters = crossings.map(({ entry, abi }) => `${entry}.${abi}.adapter.txt`);
    expect(fixturesIn('crossings')).toEqual([...names, ...adapters].sort());
  });
});

describe('crossing: the plan', () => {
  it('takes its parameters by the entry and gives arguments by the abi', () => {
    const { plan } = crossed(TO_WINDOWS, 'forward', '(int) -> int');
    expect(plan.params.map(({ name, register }) => `${name} ${register.name}`)).toEqual([
      'target rdi',
      'ret rsi',
      'args rdx',
    ]);
    expect(stepsOf(TO_WINDOWS, 'forward', '(int, double, int64) -> int')).toEqual([
      'point arg ← args[0]',
      'load rcx ← arg, 4 bytes',
      'point arg ← args[1]',
      'load xmm1 ← arg, 8 bytes',
      'point arg ← args[2]',
      'load r8 ← arg, 8 bytes',
      'call parameter target',
      'store ret ← rax, 4 bytes',
    ]);
    expect(stepsOf(TO_SYSTEM_V, 'bound', '(int, double, int64) -> int')).toEqual([
      'point arg ← args[0]',
      'load rdi ← arg, 4 bytes',
      'point arg ← args[1]',
      'load xmm0 ← arg, 8 bytes',
      'point arg ← args[2]',
      'load rsi ← arg, 8 bytes',
      'call symbol target',
      'store ret ← rax, 4 bytes',
    ]);
  });

  it('takes arguments by the abi and calls the dispatcher by the entry', () => {
    expect(stepsOf(TO_WINDOWS, 'reverse', '(int, double) -> void')).toEqual([
      'store local+16 ← rcx, 4 bytes',
      'store local+24 ← xmm1, 8 bytes',
      'address local ← &local+16',
      'address local+8 ← &local+24',
      'set rdi ← symbol context',
      'set rsi ← 0',
      'address rdx ← &local',
      'call symbol dispatcher',
    ]);
    expect(stepsOf(TO_SYSTEM_V, 'reverse', '(int, double) -> void')).toEqual([
      'store local+16 ← rdi, 4 bytes',
      'store local+24 ← xmm0, 8 bytes',
      'address local ← &local+16',
      'address local+8 ← &local+24',
      'set rcx ← symbol context',
      'set rdx ← 0',
      'address r8 ← &local',
      'call symbol dispatcher',
    ]);
  });

  it('returns undefined to Node-API where the entry returns an integer', () => {
    for (const crossing of crossings) {
      expect(stepsOf(crossing, 'entry', '(int) -> void').at(-1)).toBe('set rax ← 0');
    }
  });

  it.each(everyKind)('has home space for the side that is called: $kind, $entry and $abi', ({ entry, abi, kind }) => {
    const called = conventionOf(kind === 'reverse' ? entry : abi);
    for (const text of ['() -> void', '(int) -> int', SHOWN]) {
      const { plan, layout } = crossed({ entry, abi }, kind, text);
      expect(plan.outgoing).toBe(called);
      expect(plan.outSize).toBe(kind === 'reverse' ? called.homeBytes : layout.stackSize);
      expect(plan.outSize).toBeGreaterThanOrEqual(called.homeBytes);
    }
  });

  it('finds stack arguments above the home space of the side that calls, and nowhere else', () => {
    const fifth = (crossing: Crossing): string | undefined =>
      stepsOf(crossing, 'reverse', '(int, int, int, int, int, int, int) -> void').find((step) => step.includes('&in'));
    expect(fifth(TO_WINDOWS)).toBe('address local+32 ← &in+32');
    expect(fifth(TO_SYSTEM_V)).toBe('address local+48 ← &in');
  });

  it('writes a copy by reference on Windows only, and the vector count in System V only', () => {
    const variadic = '(int; {long, double}, double) -> void';
    expect(stepsOf(TO_SYSTEM_V, 'forward', '(int; {int64, double}, double) -> void')).toContain('set rax ← 2');
    const steps = stepsOf(TO_WINDOWS, 'forward', variadic);
    expect(steps).not.toContain('set rax ← 2');
    expect(steps).toContain('copy local ← arg, 16 bytes');
    expect(steps).toContain('address rdx ← &local');
    expect(steps).toContain('load r8 ← arg, 8 bytes');
    expect(steps).toContain('load xmm2 ← arg, 8 bytes');
  });
});

describe('crossing: tail calls', () => {
  const tailOf = (entry: ConventionId, abi: ConventionId): boolean =>
    crossed({ entry, abi }, 'forward', '(int) -> void').plan.steps.some((step) => step.op === 'call' && step.tail);

  it.each<readonly [ConventionId, ConventionId, boolean]>([
    ['sysv-x64', 'sysv-x64', true],
    ['win-x64', 'win-x64', true], // our caller's home space is the target's
    ['sysv-x64', 'win-x64', false], // there is no home space to hand on
    ['win-x64', 'sysv-x64', false], // rdi and more must be put back afterwards
  ])('from %s to %s: %s', (entry, abi, tail) => {
    expect(tailOf(entry, abi)).toBe(tail);
  });
});

/** What System V code may change and Windows code counts on: rdi, rsi and xmm6 to xmm15. */
const DIFFERENCE = 'rdi rsi xmm6 xmm7 xmm8 xmm9 xmm10 xmm11 xmm12 xmm13 xmm14 xmm15';

const savedBy = ({ frame }: CodeImage): string =>
  [...frame.saved, ...frame.savedVectors.map(({ register }) => register)]
    .map(({ name }) => name)
    .filter((name) => name !== 'rbx' && name !== 'rbp') // our own use
    .sort((a, b) => a.length - b.length || (a < b ? -1 : 1))
    .join(' ');

describe('crossing: the registers that are kept', () => {
  const cases = everyKind.flatMap((crossing) =>
    [...namedSignatures()].map(([name, text]) => ({ ...crossing, name, text })),
  );
  it.each(cases)('$kind of $name, $entry and $abi', ({ entry, abi, kind, text }) => {
    const prepared = crossed({ entry, abi }, kind, text);
    const { incoming, outgoing } = prepared.plan;
    const isWindowsFirst = incoming.id === 'win-x64';
    expect(outgoing.id).toBe(isWindowsFirst ? 'sysv-x64' : 'win-x64');
    const image = generate(prepared);
    expect(savedBy(image)).toBe(isWindowsFirst ? DIFFERENCE : '');
    const { size, saved, savedVectors } = image.frame;
    const { align, outSize, localSize } = prepared.plan;
    const areas = align > 16 ? 0 : outSize + localSize; // an aligned part lies below the base
    const filled = areas + 16 * savedVectors.length;
    expect(size).toBeGreaterThanOrEqual(filled);
    expect(saved.some(({ name }) => name === 'rbp')).toBe(align > 16);
    if (align === 16) expect((8 + 8 * saved.length + size) % 16).toBe(0);
    for (const { offset } of savedVectors) expect(offset % 16).toBe(0);
  });

  it.each(everyKind)('each is put back from where it was put: $kind, $entry and $abi', ({ entry, abi, kind }) => {
    const lines = trace(crossed({ entry, abi }, kind, SHOWN)).map(({ text }) => text);
    const pushed = lines.flatMap((line) => /^push (\w+)$/.exec(line)?.[1] ?? []);
    const popped = lines.flatMap((line) => /^pop (\w+)$/.exec(line)?.[1] ?? []);
    expect(popped).toEqual(pushed.toReversed());
    const stores = lines.flatMap((line) => /^movaps xmmword ptr (\[.*\]), (xmm\d+)$/.exec(line)?.slice(1).join() ?? []);
    const loads = lines.flatMap((line) => {
      const [, register, place] = /^movaps (xmm\d+), xmmword ptr (\[.*\])$/.exec(line) ?? [];
      return register === undefined ? [] : `${place},${register}`;
    });
    expect(loads).toEqual(stores);
    const isWindowsFirst = (kind === 'reverse' ? abi : entry) === 'win-x64';
    expect(stores.length).toBe(isWindowsFirst ? 10 : 0);
    expect(new Set(stores).size).toBe(stores.length);
    expect(pushed.includes('rdi') && pushed.includes('rsi')).toBe(isWindowsFirst);
  });
});

describe('crossing: refusals', () => {
  const pairs = conventions.flatMap((abi) => conventions.map((entry) => ({ abi, entry })));
  const isa = (id: ConventionId): string => conventionOf(id).isa;

  it.each(pairs)('conventions of one processor cross, of two do not: $entry and $abi', ({ abi, entry }) => {
    for (const kind of kinds) {
      const run = (): unknown => crossed({ abi, entry }, kind, '(int, double) -> int');
      if (isa(abi) === isa(entry)) expect(run).not.toThrow();
      else expect(run).toThrow(refusal('ERR_OPTION', `${abi} and ${entry} are conventions of different processors`));
    }
  });

  it.each(['abi', 'entry'])('vectorcall is refused by name, as %s', (option) => {
    // Options as they come from JavaScript and from the command line, which have no types.
    const options = { abi: 'win-x64', entry: 'win-x64', kind: 'forward', [option]: 'vectorcall' } as {
      readonly abi: ConventionId;
      readonly entry: ConventionId;
      readonly kind: TrampolineKind;
    };
    const run = (): unknown => prepare('(int) -> int', options);
    expect(run).toThrow(refusal('ERR_UNSUPPORTED', 'the calling convention vectorcall'));
    expect(run).toThrow(expect.objectContaining({ rule: 'vectorcall' }));
  });
});
