// The plan interpreter: what a forward plan sends, a reverse plan receives. Values go from memory through registers and
// stack into the memory of a dispatcher, and a result comes back, for every convention and crossing.

import { describe, expect, it } from 'vitest';
import type { Location, Placement, ReturnPlacement } from '../../src/abi/call-layout.ts';
import type { ConventionId } from '../../src/abi/convention.ts';
import { conventionOf, conventions } from '../../src/abi/conventions.ts';
import type { Signature } from '../../src/ctype/ctype.ts';
import { InterfixError } from '../../src/errors.ts';
import { st0, st1 } from '../../src/isa/x64.ts';
import { ByteMemory, type Bytes, bytesOf, numberOf } from '../../src/plan/byte-memory.ts';
import { interpret, type RegisterFile } from '../../src/plan/interpret.ts';
import { type Prepared, type PrepareOptions, prepare } from '../../src/plan/prepare.ts';
import type { Plan, Step } from '../../src/plan/step.ts';
import { namedSignatures } from '../support/golden.ts';
import { type Random, random } from '../support/random.ts';
import { fullProfile, randomSignature } from '../support/random-signature.ts';

const RANDOM_SIGNATURES = 60;
const TARGET = 0x7777;
const DISPATCHER = 0x8888;
const CONTEXT = 0x9999;

/** How often each byte of a value travels; 0 for padding that no piece covers. */
function travels(placement: Placement | ReturnPlacement, size: number): number[] {
  if (placement.mode !== 'direct') return new Array<number>(size).fill(placement.mode === 'ignore' ? 0 : 1);
  const times = new Array<number>(size).fill(0);
  for (const { from, size: bytes, also } of placement.pieces) {
    for (let index = from; index < from + bytes; index++) times[index] = (times[index] ?? 0) + (also === null ? 1 : 2);
  }
  return times;
}

const graffiti = (r: Random, size: number): Bytes => Array.from({ length: size }, () => r.int(256));

/** Only the bytes that travel are compared. */
const seen = (bytes: Bytes, times: readonly number[]): (number | null)[] =>
  bytes.map((byte, index) => (times[index] === 0 ? null : byte));

interface Route {
  readonly kind: 'forward' | 'bound' | 'entry';
  /** The convention of the C function. */
  readonly abi: ConventionId;
  /** Who calls the outward trampoline, and what the dispatcher of the reverse one is. */
  readonly entry: ConventionId;
}

/** One call: an outward trampoline calls a reverse one. Every expectation on the way is checked here. */
class Journey {
  readonly #memory = new ByteMemory();
  readonly #outward: Prepared;
  readonly #reverse: Prepared;
  readonly #values: readonly Bytes[];
  readonly #result: Bytes;
  #calls = 0;

  constructor(signature: Signature | string, { kind, abi, entry }: Route, r: Random, change = (plan: Plan) => plan) {
    const options = (of: PrepareOptions['kind']): PrepareOptions => ({ abi, entry, kind: of });
    const outward = prepare(signature, options(kind));
    this.#outward = { ...outward, plan: change(outward.plan) };
    this.#reverse = prepare(signature, options('reverse'));
    this.#values = outward.layout.args.map(({ size }) => graffiti(r, size));
    this.#result = graffiti(r, outward.layout.ret.size);
  }

  run(): void {
    const { layout, plan, frame } = this.#outward;
    const memory = this.#memory;
    const args = memory.allocate(8 * layout.args.length);
    const frameAt = memory.allocate(frame?.size ?? 0);
    const places = layout.args.map(({ size, align }, index) =>
      frame === null ? memory.allocate(size, align) : frameAt + (frame.args[index]?.offset ?? 0),
    );
    places.forEach((place, index) => {
      memory.write(place, this.#values[index] ?? []);
      memory.write(args + 8 * index, bytesOf(place));
    });
    const { size, align } = layout.ret;
    const ret = frame === null ? memory.allocate(size, align) : frameAt + frame.ret.offset;
    const given: Readonly<Record<string, number>> = { target: TARGET, ret, args };
    const registers: RegisterFile = new Map(
      plan.params.map(({ name, register }) => [register, bytesOf(given[name] ?? 0)] as const),
    );
    const home = memory.allocate(conventionOf(this.#outward.entry).homeBytes);
    const call = (target: number, held: RegisterFile, outgoing: number): void => this.#callee(target, held, outgoing);
    interpret(plan, { memory, registers, incoming: home, symbols: { target: TARGET, frame: frameAt }, call });
    expect(this.#calls).toBe(1);
    this.#checkEnd(places, ret, registers);
  }

  #checkEnd(places: readonly number[], ret: number, registers: RegisterFile): void {
    const { layout, kind, entry } = this.#outward;
    layout.args.forEach(({ placement, size }, index) => {
      const { reads, writes } = this.#memory.counts(places[index] ?? 0, size);
      expect(reads, `reads of argument ${index}`).toEqual(travels(placement, size));
      expect(writes, `writes to argument ${index}`).toEqual(new Array(size).fill(1));
    });
    const times = travels(layout.ret.placement, layout.ret.size);
    expect(this.#memory.counts(ret, layout.ret.size).writes, 'writes to the result').toEqual(times);
    expect(seen(this.#memory.read(ret, layout.ret.size), times), 'the result').toEqual(seen(this.#result, times));
    if (kind === 'entry') expect(registers.get(conventionOf(entry).resultRegister), 'napi_value').toEqual(bytesOf(0));
  }

  /** What the C function sees: here a reverse trampoline. */
  #callee(target: number, registers: RegisterFile, outgoing: number): void {
    const { layout, plan } = this.#reverse;
    expect(target).toBe(TARGET);
    if (layout.stackSize > 0 && plan.steps.some((step) => readsIncoming(step))) {
      expect(outgoing % layout.stackAlign, 'alignment of the arguments').toBe(0);
    }
    const { vectorCount, ret } = layout;
    if (vectorCount !== null) expect(registers.get(vectorCount.register)?.[0]).toBe(vectorCount.count);
    const hidden =
      ret.placement.mode === 'hidden' ? pointerAt(ret.placement.pointer, registers, outgoing, this.#memory) : 0;
    const call = (address: number, held: RegisterFile): void => this.#dispatcher(address, held);
    const symbols = { dispatcher: DISPATCHER, context: CONTEXT };
    interpret(plan, { memory: this.#memory, registers, incoming: outgoing, symbols, call });
    if (ret.placement.mode === 'hidden' && ret.placement.echoed !== null) {
      expect(registers.get(ret.placement.echoed), 'the echoed address').toEqual(bytesOf(hidden));
    }
    this.#calls++;
  }

  #dispatcher(address: number, registers: RegisterFile): void {
    const { layout, entry } = this.#reverse;
    const [context, ret, args] = conventionOf(entry)
      .argumentRegisters.gpr.slice(0, 3)
      .map((register) => numberOf(registers.get(register) ?? []));
    if (args === undefined || ret === undefined) throw new Error('a dispatcher has three arguments');
    expect([address, context]).toEqual([DISPATCHER, CONTEXT]);
    layout.args.forEach(({ size, align, placement }, index) => {
      const pointer = numberOf(this.#memory.read(args + 8 * index, 8));
      const times = travels(placement, size);
      if (placement.mode !== 'ignore') expect(pointer % align, `alignment of argument ${index}`).toBe(0);
      if (placement.mode === 'indirect') expect(pointer % placement.copyAlign).toBe(0);
      const expected = seen(this.#values[index] ?? [], times);
      if (size > 0 && placement.mode !== 'ignore')
        expect(seen(this.#memory.read(pointer, size), times), `argument ${index}`).toEqual(expected);
    });
    if (layout.ret.size === 0) expect(ret).toBe(0);
    else this.#memory.write(ret, this.#result);
    registers.clear(); // all that a callee need not keep
  }
}

function pointerAt(at: Location, registers: RegisterFile, outgoing: number, memory: ByteMemory): number {
  return numberOf(at.in === 'register' ? (registers.get(at.register) ?? []) : memory.read(outgoing + at.offset, 8));
}

const readsIncoming = (step: Step): boolean =>
  (step.op === 'copy' && step.from.base === 'in') || (step.op === 'address' && step.of.base === 'in');

/** Whether the convention passes it at all: some types are refused. */
function isPassed(signature: Signature | string, { kind, abi, entry }: Route): boolean {
  try {
    prepare(signature, { kind, abi, entry });
    return true;
  } catch (error) {
    if (error instanceof InterfixError && error.code === 'ERR_UNSUPPORTED') return false;
    throw error;
  }
}

/** Every convention with every other of the same CPU. */
const routes: readonly Route[] = conventions.flatMap((abi) =>
  conventions
    .filter((entry) => conventionOf(abi).isa === conventionOf(entry).isa)
    .flatMap((entry) => (['forward', 'bound', 'entry'] as const).map((kind) => ({ kind, abi, entry }))),
);

describe('what a reverse plan receives is what the outward plan was given', () => {
  it.each(routes)('$kind, $abi called from $entry', (route) => {
    for (const text of namedSignatures().values()) {
      if (isPassed(text, route)) new Journey(text, route, random(1, 0)).run();
    }
  });

  it.each(routes)('$kind, $abi called from $entry: random signatures of every type', (route) => {
    const profile = { ...fullProfile(route.abi), large: false };
    for (let index = 0; index < RANDOM_SIGNATURES; index++) {
      const signature = randomSignature(3, index, profile);
      if (isPassed(signature, route)) new Journey(signature, route, random(4, index)).run();
    }
  });
});

describe('a plan with one mistake does not arrive', () => {
  const SIGNATURE = '(int, {long, double}, {[3:long]}, float; double) -> {long, double}';
  const route: Route = { kind: 'forward', abi: 'sysv-x64', entry: 'sysv-x64' };
  const refused = (mistake: string, text: string, change: (steps: Step[]) => Step[]): void => {
    it(mistake, () => {
      const journey = new Journey(text, route, random(2, 0), (plan) => ({ ...plan, steps: change([...plan.steps]) }));
      expect(() => journey.run()).toThrow();
    });
  };
  const mapped = (steps: readonly Step[], change: (step: Step) => Step): Step[] => steps.map(change);

  it('and the same plan without one does', () => {
    expect(() => new Journey(SIGNATURE, route, random(2, 0)).run()).not.toThrow();
  });
  refused('two pieces of an argument in each other’s place', SIGNATURE, (steps) =>
    mapped(steps, (step) =>
      step.op === 'load' && step.size === 8 ? { ...step, from: { ...step.from, offset: 8 - step.from.offset } } : step,
    ),
  );
  refused('two pieces of the result in each other’s place', SIGNATURE, (steps) =>
    mapped(steps, (step) => (step.op === 'store' ? { ...step, to: { ...step.to, offset: 8 - step.to.offset } } : step)),
  );
  refused('no count of vector registers', SIGNATURE, (steps) => steps.filter(({ op }) => op !== 'set'));
  refused('the pointer of another argument', SIGNATURE, (steps) =>
    mapped(steps, (step) => (step.op === 'point' && step.index === 1 ? { ...step, index: 3 } : step)),
  );
  refused('a stack argument 8 bytes too far', SIGNATURE, (steps) =>
    mapped(steps, (step) => (step.op === 'copy' ? { ...step, to: { ...step.to, offset: step.to.offset + 8 } } : step)),
  );
  refused('a register loaded before memory is moved', SIGNATURE, (steps) => {
    const copy = steps.findIndex(({ op }) => op === 'copy');
    const load = steps.findIndex(({ op }) => op === 'load');
    return steps.flatMap((step, index) =>
      index === load ? [] : index === copy ? [steps[load] ?? step, step] : [step],
    );
  });
  refused('no address for a result in memory', '(int) -> {[3:long]}', (steps) =>
    steps.filter(({ op }) => op !== 'address'),
  );
  refused('a byte too many of an argument', '({[3:int8]}) -> void', (steps) =>
    mapped(steps, (step) => (step.op === 'load' ? { ...step, size: 4 } : step)),
  );
});

describe('the machine of the interpreter', () => {
  const { plan } = prepare('() -> double', { abi: 'sysv-x64', kind: 'reverse' });
  const run = (steps: readonly Step[]): void => {
    const memory = new ByteMemory();
    const local = { ...plan, localSize: 64, steps };
    interpret(local, { memory, registers: new Map(), incoming: 0, symbols: {}, call: () => undefined });
  };
  const x87 = (op: 'load' | 'store', register: typeof st0): Step => {
    const at = { base: 'local', offset: 16 * register.code } as const;
    return op === 'load'
      ? { op, to: register, from: at, size: 10, extend: 'none' }
      : { op, from: register, to: at, size: 10 };
  };

  it('has an x87 stack: the last loaded is the first stored', () => {
    run([x87('load', st1), x87('load', st0), x87('store', st0), x87('store', st1)]);
    expect(() => run([x87('load', st0), x87('load', st1)])).toThrow('on top of it');
    expect(() => run([x87('load', st1), x87('load', st0), x87('store', st1)])).toThrow('on top of it');
  });

  it('refuses to read a register that nobody filled, a symbol that nobody gave and memory that is nobody’s', () => {
    expect(() => run([x87('store', st0)])).toThrow('st0 holds 10 bytes');
    expect(() => run([{ op: 'call', target: 'target', tail: false }])).toThrow('symbol target');
    expect(() => run([{ op: 'load', to: st0, from: { base: 'local', offset: 60 }, size: 10, extend: 'none' }])).toThrow(
      'lie in one region',
    );
  });
});
