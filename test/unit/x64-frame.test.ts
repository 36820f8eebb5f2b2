// The stack frame of the x86-64 lowering: which registers it keeps, that the stack is aligned and touched page by page on
// the way down, and that the epilogue undoes the prologue. The instructions of both are followed as text.

import { describe, expect, it } from 'vitest';
import { sysvX64 } from '../../src/abi/sysv-x64.ts';
import { winX64 } from '../../src/abi/win-x64.ts';
import { generate, trace } from '../../src/emit/generate.ts';
import { lowerX64 } from '../../src/emit/x64/lower.ts';
import { type Prepared, prepare } from '../../src/plan/prepare.ts';
import type { Plan } from '../../src/plan/step.ts';

const textsOf = (prepared: Prepared): string[] => trace(prepared, { landingPad: false }).map(({ text }) => text);

/** A plan of nothing but a call, with a frame of the given areas. */
const callPlan = (areas: Pick<Plan, 'outSize' | 'localSize' | 'align'>, crossing = false): Plan => ({
  kind: 'bound',
  incoming: crossing ? winX64 : sysvX64,
  outgoing: sysvX64,
  params: [],
  steps: [{ op: 'call', target: 'target', tail: false }],
  ...areas,
});

const lowered = (plan: Plan) => {
  const lines: { readonly offset: number; readonly text: string }[] = [];
  const { frame } = lowerX64(plan, { landingPad: false }, lines);
  return { frame, texts: lines.map(({ text }) => text) };
};

const PAGE = 4096;

/** The registers rsp, rbp and eax, walking through the text of a prologue and an epilogue. */
class Walk {
  rsp: number;
  rbp = -1;
  /** The lowest address that was written to. */
  touched: number;
  /** Of the writes, and of the stack pointer where the call is, the largest step down that left bytes untouched. */
  gap = 0;
  readonly kept = new Map<string, number>();
  readonly #entry: number;
  #eax = 0;

  constructor(entry: number) {
    this.rsp = entry;
    this.touched = entry;
    this.#entry = entry;
  }

  touch(address: number): void {
    this.gap = Math.max(this.gap, this.touched - address);
    this.touched = Math.min(this.touched, address);
  }

  /** Runs the lines to the call, then to the end. Returns where the stack pointer was at the call. */
  run(lines: readonly string[]): number {
    let atCall = -1;
    for (let index = 0; index < lines.length; index++) {
      const line = lines[index] ?? '';
      if (line.startsWith('call')) {
        atCall = this.rsp;
        this.touch(this.rsp - 8);
      } else if (line.startsWith('jne')) {
        if (this.#eax !== 0) index -= 4; // back to the subtraction, the first of three
      } else this.#step(line);
    }
    expect(this.rsp).toBe(this.#entry);
    return atCall;
  }

  #step(line: string): void {
    const [, number = '0'] = /(-?\d+)\]?$/.exec(line) ?? [];
    const value = Number(number);
    const [, name = ''] = /^(?:push|pop) (\w+)$/.exec(line) ?? [];
    if (line.startsWith('push')) {
      this.rsp -= 8;
      this.touch(this.rsp);
      this.kept.set(name, this.rsp);
    } else if (line.startsWith('pop')) {
      if (name !== 'rcx') expect(this.kept.get(name)).toBe(this.rsp);
      this.rsp += 8;
    } else if (line.startsWith('mov eax')) this.#eax = value;
    else if (line.startsWith('sub eax')) this.#eax -= value;
    else if (line.startsWith('sub rsp')) this.rsp -= value;
    else if (line.startsWith('add rsp')) this.rsp += value;
    else if (line.startsWith('and rsp')) this.rsp -= this.rsp % -value;
    else if (line === 'mov rbp, rsp') this.rbp = this.rsp;
    else if (line === 'or qword ptr [rsp], 0') this.touch(this.rsp);
    else if (line === 'lea rsp, [rbp]') this.rsp = this.rbp;
    else if (line.startsWith('lea rsp, [rbp')) this.rsp = this.rbp + (line.includes(' - ') ? -value : value);
    else if (line.startsWith('movaps')) this.#vector(line);
    else expect(line).toBe('ret');
  }

  #vector(line: string): void {
    const [, base = '', disp = '0'] = /\[(\w+)(?: \+ (\d+))?\]/.exec(line) ?? [];
    const [, name = ''] = /(xmm\d+)/.exec(line) ?? [];
    const address = (base === 'rbp' ? this.rbp : this.rsp) + Number(disp);
    expect(address % 16).toBe(0);
    if (line.startsWith('movaps xmmword')) {
      this.touch(address);
      this.kept.set(name, address);
    } else expect(this.kept.get(name)).toBe(address);
  }
}

const frames = [
  [0, 0, 16],
  [0, 8, 16],
  [32, 40, 16],
  [4096, 0, 16],
  [0, 4088, 16],
  [70_000 - (70_000 % 16), 24, 16],
  [0, 32, 32],
  [64, 8, 64],
  [128, 0, 128],
  [256, 264, 256],
  [0, 4040, 64],
  [4096, 0, 4096],
  [0, 8, 8192],
  [131_072, 65_544, 65_536],
].flatMap(([outSize = 0, localSize = 0, align = 0]) =>
  [false, true].map((crossing) => ({ outSize, localSize, align, crossing })),
);

describe('a frame on x86-64', () => {
  it.each(frames)(
    'is aligned, touched page by page, and undone: out $outSize, local $localSize, align $align, crossing $crossing',
    ({ crossing, ...areas }) => {
      const { frame, texts } = lowered(callPlan(areas, crossing));
      const { outSize, localSize, align } = areas;
      // Every phase that the stack pointer can have at our entry: 8 past a multiple of 16.
      for (let phase = 8; phase <= Math.min(align, 1024); phase += 16) {
        const entry = 2 ** 24 - phase;
        const walk = new Walk(entry);
        const atCall = walk.run(texts);
        expect(atCall % align).toBe(0);
        expect(walk.gap).toBeLessThanOrEqual(PAGE);
        // Both areas lie below everything that is kept.
        expect(Math.min(entry, ...walk.kept.values()) - atCall).toBeGreaterThanOrEqual(outSize + localSize);
        // What an unwinder is told is what happened.
        const base = frame.base.name === 'rbp' ? walk.rbp : atCall;
        expect(base + frame.size + 8 * frame.saved.length).toBe(entry);
        frame.saved.forEach(({ name }, index) => {
          expect(walk.kept.get(name)).toBe(entry - 8 * (index + 1));
        });
        for (const { register, offset } of frame.savedVectors) expect(walk.kept.get(register.name)).toBe(base + offset);
      }
      expect(frame.base.name).toBe(align > 16 ? 'rbp' : 'rsp');
    },
  );

  it('has no frame pointer, and keeps nothing, for plain calls within one convention', () => {
    expect(lowered(callPlan({ outSize: 0, localSize: 0, align: 16 })).texts).toEqual([
      'push rax',
      'call qword ptr [rip + target]',
      'pop rcx',
      'ret',
    ]);
  });

  it('is reached from rbp by its incoming arguments when the stack pointer is aligned at run time', () => {
    const plan = prepare('({v[16:float], int}) -> void', { abi: 'sysv-x64', kind: 'bound', vectors: 'avx512' }).plan;
    expect(plan.align).toBe(64);
    const step = { op: 'copy', from: { base: 'in', offset: 24 }, to: { base: 'local', offset: 0 }, size: 8 } as const;
    const { texts } = lowered({ ...plan, localSize: 8, steps: [{ ...step, extend: 'none' }, ...plan.steps.slice(-1)] });
    expect(texts.slice(0, 6)).toEqual([
      'push rbp',
      'mov rbp, rsp',
      'sub rsp, 136',
      'and rsp, -64',
      'mov rax, qword ptr [rbp + 40]', // 8 for rbp, 8 for the return address, 24
      'mov qword ptr [rsp + 128], rax',
    ]);
  });
});

describe('the registers that a trampoline on x86-64 keeps', () => {
  const WINDOWS_ONLY = ['rdi', 'rsi', ...Array.from({ length: 10 }, (_, index) => `xmm${index + 6}`)];
  const keptBy = (text: string, options: Parameters<typeof prepare>[1]): string[] => {
    const { saved, savedVectors } = generate(prepare(text, options)).frame;
    return [...saved, ...savedVectors.map(({ register }) => register)].map(({ name }) => name);
  };
  const large = '({[100:int64]}) -> void';

  it.each([
    ['nothing in a tail call', [], '() -> void', { abi: 'win-x64', kind: 'forward' }],
    ['rbx for the result buffer', ['rbx'], '() -> int', { abi: 'win-x64', kind: 'forward' }],
    ['nothing for a large copy on System V', [], large, { abi: 'sysv-x64', kind: 'entry' }],
    ['what a large copy uses, on Windows', ['rdi', 'rsi'], large, { abi: 'win-x64', kind: 'entry' }],
    [
      'a Windows caller’s, calling System V',
      WINDOWS_ONLY,
      '() -> void',
      { abi: 'sysv-x64', kind: 'bound', entry: 'win-x64' },
    ],
    [
      'a Windows caller’s, in a System V dispatcher',
      WINDOWS_ONLY,
      '(int) -> int',
      { abi: 'win-x64', kind: 'reverse', entry: 'sysv-x64' },
    ],
    ['nothing of System V’s, calling Windows', [], '() -> void', { abi: 'win-x64', kind: 'bound', entry: 'sysv-x64' }],
    [
      'nothing of System V’s, in a Windows dispatcher',
      [],
      '(int) -> int',
      { abi: 'sysv-x64', kind: 'reverse', entry: 'win-x64' },
    ],
  ] as const)('are %s', (_, kept, text, options) => {
    expect(keptBy(text, options)).toEqual(kept);
  });
});

describe('the size on x86-64', () => {
  it.each([
    ['sysv-x64', 'sysv-x64', 28],
    ['win-x64', 'win-x64', 36],
    ['win-x64', 'sysv-x64', 33],
  ] as const)('of forward for (int, int) -> int, %s called as %s, is %i bytes', (abi, entry, bytes) => {
    expect(generate(prepare('(int, int) -> int', { abi, entry, kind: 'forward' })).bytes.length).toBe(bytes);
  });

  it('of a copy does not grow with it', () => {
    const sizeOf = (words: number): number =>
      textsOf(prepare(`({[${words}:int64]}) -> void`, { abi: 'win-x64', kind: 'forward' })).length;
    expect(sizeOf(100)).toBe(sizeOf(400));
  });
});
