// The plan interpreter on adapters: a forward plan of our caller's convention calls an adapter, and the adapter a reverse
// plan of the target's. What went in at one end comes out at the other, for every pair of conventions of one processor.

import { describe, expect, it } from 'vitest';
import type { Placement, ReturnPlacement } from '../../src/abi/call-layout.ts';
import type { ConventionId } from '../../src/abi/convention.ts';
import { conventionOf, conventions } from '../../src/abi/conventions.ts';
import type { Signature } from '../../src/ctype/ctype.ts';
import { assert, InterfixError } from '../../src/errors.ts';
import { ByteMemory, type Bytes, bytesOf, numberOf } from '../../src/plan/byte-memory.ts';
import type { CallFrame } from '../../src/plan/frame-layout.ts';
import { interpret, type RegisterFile } from '../../src/plan/interpret.ts';
import { type Prepared, prepare, type ResultPlace } from '../../src/plan/prepare.ts';
import type { Plan, Step } from '../../src/plan/step.ts';
import { namedSignatures } from '../support/golden.ts';
import { random } from '../support/random.ts';
import { fullProfile, randomSignature } from '../support/random-signature.ts';
import { crossable, scalarSignature } from '../support/scalar-signature.ts';

const RANDOM_SIGNATURES = 100;
const ADAPTER = 0x6666;
const TARGET = 0x7777;
const DISPATCHER = 0x8888;

interface Route {
  readonly abi: ConventionId;
  readonly entry: ConventionId;
  readonly receiver: boolean;
  readonly result?: ResultPlace;
}

/** Which bytes of a value travel. */
function travels(placement: Placement | ReturnPlacement, size: number): boolean[] {
  if (placement.mode !== 'direct') return new Array<boolean>(size).fill(placement.mode !== 'ignore');
  return Array.from({ length: size }, (_, byte) =>
    placement.pieces.some(({ from, size: bytes }) => byte >= from && byte < from + bytes),
  );
}

const both = (one: readonly boolean[], other: readonly boolean[]): boolean[] =>
  one.map((isThere, index) => isThere && other[index] === true);
const seen = (bytes: Bytes, mask: readonly boolean[]): (number | null)[] =>
  bytes.map((byte, index) => (mask[index] === true ? byte : null));

class Journey {
  readonly #memory = new ByteMemory();
  readonly #adapter: Prepared;
  readonly #outward: Prepared;
  readonly #inward: Prepared;
  readonly #values: readonly Bytes[];
  readonly #result: Bytes;
  /** Where the adapter leaves the result, if our caller is given none. */
  readonly #frame: number;
  #arrived = 0;

  constructor(signature: Signature | string, route: Route, change = (plan: Plan): Plan => plan) {
    const { abi, entry, receiver, result } = route;
    const adapter = prepare(signature, { kind: 'adapter', abi, entry, receiver, result });
    assert(adapter.incoming !== null, 'an adapter has a caller');
    this.#adapter = { ...adapter, plan: change(adapter.plan) };
    this.#outward = prepare(adapter.incoming.signature, { kind: 'forward', abi: entry });
    this.#inward = prepare(signature, { kind: 'reverse', abi });
    const r = random(5, adapter.layout.args.length);
    const graffiti = (size: number): Bytes => Array.from({ length: size }, () => r.int(256));
    this.#values = this.#outward.layout.args.map(({ size }) => graffiti(size));
    this.#result = graffiti(adapter.layout.ret.size);
    this.#frame = this.#memory.allocate(adapter.frame?.size ?? 0, 16);
  }

  run(): void {
    const { layout, plan, entry } = this.#outward;
    const memory = this.#memory;
    const args = memory.allocate(8 * layout.args.length);
    for (const [index, { size, align }] of layout.args.entries()) {
      const place = memory.allocate(size, align);
      memory.write(place, this.#values[index] ?? []);
      memory.write(args + 8 * index, bytesOf(place));
    }
    const ret = memory.allocate(layout.ret.size, layout.ret.align);
    const given: Readonly<Record<string, number>> = { target: ADAPTER, ret, args };
    const registers: RegisterFile = new Map(
      plan.params.map(({ name, register }) => [register, bytesOf(given[name] ?? 0)] as const),
    );
    const incoming = memory.allocate(conventionOf(entry).homeBytes);
    const call = (_: number, held: RegisterFile, area: number): void => this.#adapt(held, area);
    interpret(plan, { memory, registers, incoming, symbols: {}, call });
    expect(this.#arrived, 'calls').toBe(1);
    const { frame, layout: inner } = this.#adapter;
    if (frame !== null) return this.#checkFrame(frame);
    const mask = both(travels(layout.ret.placement, layout.ret.size), travels(inner.ret.placement, layout.ret.size));
    expect(seen(memory.read(ret, layout.ret.size), mask), 'the result').toEqual(seen(this.#result, mask));
  }

  /** The result is in the frame, and nothing else: what nobody has written is unknown. */
  #checkFrame({ size, ret }: CallFrame): void {
    const { placement } = this.#adapter.layout.ret;
    const mask = travels(placement, ret.size);
    const unknown = (bytes: number): Bytes => new Array<number | null>(bytes).fill(null);
    const behind = unknown(size - ret.offset - ret.size);
    const expected = [...unknown(ret.offset), ...seen(this.#result, mask), ...behind];
    expect(this.#memory.read(this.#frame, size), 'the frame').toEqual(expected);
  }

  #adapt(registers: RegisterFile, incoming: number): void {
    // What counts the vector registers for the adapter is not what counts them for the target.
    const { vectorCount } = this.#outward.layout;
    if (vectorCount !== null) registers.delete(vectorCount.register);
    const call = (_: number, held: RegisterFile, area: number): void => this.#callee(held, area);
    const symbols = { target: TARGET, frame: this.#frame };
    interpret(this.#adapter.plan, { memory: this.#memory, registers, incoming, symbols, call });
  }

  #callee(registers: RegisterFile, incoming: number): void {
    const { layout, plan } = this.#inward;
    const { vectorCount } = layout;
    if (vectorCount !== null) expect(registers.get(vectorCount.register)?.[0]).toBe(vectorCount.count);
    const call = (_: number, held: RegisterFile): void => this.#dispatcher(held);
    const symbols = { dispatcher: DISPATCHER, context: 1 };
    interpret(plan, { memory: this.#memory, registers, incoming, symbols, call });
    this.#arrived++;
  }

  #dispatcher(registers: RegisterFile): void {
    const { layout, entry } = this.#inward;
    const [, ret = 0, args = 0] = conventionOf(entry)
      .argumentRegisters.gpr.slice(0, 3)
      .map((register) => numberOf(registers.get(register) ?? []));
    const inFront = this.#values.length - layout.args.length;
    for (const [index, { size, placement }] of layout.args.entries()) {
      const arrived = this.#outward.layout.args[index + inFront];
      assert(arrived !== undefined, 'every argument was passed');
      const mask = both(travels(placement, size), travels(arrived.placement, size));
      const expected = seen(this.#values[index + inFront] ?? [], mask);
      if (!mask.includes(true)) continue;
      const pointer = numberOf(this.#memory.read(args + 8 * index, 8));
      if (placement.mode === 'indirect') expect(pointer % placement.copyAlign).toBe(0);
      expect(seen(this.#memory.read(pointer, size), mask), `argument ${index}`).toEqual(expected);
    }
    if (layout.ret.size > 0) this.#memory.write(ret, this.#result);
    registers.clear(); // all that a callee need not keep
  }
}

/** A bit-field of one platform may be wider than its type of another. */
function refusedRule(error: unknown, { abi, entry }: Route): string | null {
  if (!(error instanceof InterfixError)) return null;
  if (error.code === 'ERR_TYPE' && abi !== entry) return 'no such type';
  return error.code === 'ERR_UNSUPPORTED' ? (error.rule ?? '') : null;
}

/** Runs it, unless one of the conventions refuses it; the rule then. */
function tryOut(signature: Signature | string, route: Route): string | null {
  let journey: Journey;
  try {
    journey = new Journey(signature, route);
  } catch (error) {
    const rule = refusedRule(error, route);
    if (rule === null) throw error;
    return rule;
  }
  journey.run();
  return null;
}

/** Whether the result is one that no adapter leaves in a frame. */
const staysInMemory = (signature: Signature, { abi, result }: Route): boolean =>
  result === 'frame' && prepare(signature, { kind: 'forward', abi }).layout.ret.placement.mode === 'hidden';

const routes: readonly Route[] = conventions.flatMap((abi) =>
  conventions
    .filter((entry) => conventionOf(abi).isa === conventionOf(entry).isa)
    .flatMap((entry) => [
      ...[false, true].map((receiver) => ({ abi, entry, receiver, result: 'returned' as const })),
      { abi, entry, receiver: true, result: 'frame' as const },
    ]),
);

describe('what arrives behind an adapter is what was passed in front of it', () => {
  it.each(routes)('$abi called from $entry, receiver: $receiver, result: $result', (route) => {
    for (const text of namedSignatures().values()) tryOut(text, route);
    const rules: string[] = [];
    for (let index = 0; index < RANDOM_SIGNATURES; index++) {
      const signature = randomSignature(8, index, { ...fullProfile(route.abi), large: false });
      const rule = tryOut(signature, route);
      if (rule?.startsWith('adapter-') === true && !staysInMemory(signature, route)) rules.push(rule);
    }
    if (route.abi === route.entry) expect(rules).toEqual([]);
  });

  it.each(routes)('$abi called from $entry, receiver: $receiver, result: $result, scalars alone, up to 20', (route) => {
    const profile = crossable(fullProfile(route.abi), route.entry);
    const refused = Array.from({ length: RANDOM_SIGNATURES }, (_, index) =>
      tryOut(scalarSignature(9, index, profile), route),
    );
    expect(refused.filter((rule) => rule !== null).length).toBeLessThan(RANDOM_SIGNATURES / 4);
  });
});

describe('an adapter with one mistake does not bring everything', () => {
  const route: Route = { abi: 'sysv-x64', entry: 'sysv-x64', receiver: true };
  const TEXT = '(int, int8, double, int, int, int, int, int64; double) -> {long, double}';
  const refused = (mistake: string, to: Route, text: string, change: (steps: Step[]) => Step[]): void => {
    it(mistake, () => {
      expect(() => new Journey(text, to).run()).not.toThrow();
      const journey = new Journey(text, to, (plan) => ({ ...plan, steps: change([...plan.steps]) }));
      expect(() => journey.run()).toThrow();
    });
  };
  const swap = (steps: readonly Step[]): Step[] => {
    const [first, second, ...rest] = steps;
    return first === undefined || second === undefined ? [] : [second, first, ...rest];
  };
  refused('two moves in the wrong order', route, TEXT, swap);
  refused('a stack argument from the slot of another', route, TEXT, (steps) =>
    steps.map((step) => (step.op === 'load' ? { ...step, from: { base: 'in', offset: step.from.offset + 8 } } : step)),
  );
  refused('a stack argument moved before another was loaded', route, TEXT, (steps) => {
    const copies = steps.filter(({ op }) => op === 'copy');
    return [...copies, ...steps.filter(({ op }) => op !== 'copy')];
  });
  refused('no count of vector registers', route, TEXT, (steps) => steps.filter(({ op }) => op !== 'set'));
  refused(
    'a result left where the other side expects none',
    { abi: 'win-x64', entry: 'sysv-x64', receiver: false },
    '() -> {float, float}',
    (steps) => steps.filter(({ op }) => op !== 'move'),
  );
  const kept: Route = { ...route, result: 'frame' };
  refused('a result that is not stored', kept, TEXT, (steps) => steps.slice(0, -1));
  refused('a result stored beside its place', kept, TEXT, (steps) =>
    steps.map((step) => (step.op === 'store' ? { ...step, to: { ...step.to, offset: step.to.offset + 8 } } : step)),
  );
  refused('more of a narrow result than its bytes', kept, '(int) -> int16', (steps) =>
    steps.map((step) => (step.op === 'store' ? { ...step, size: 4 } : step)),
  );
  refused(
    'a register stored after it was filled',
    { abi: 'win-x64', entry: 'sysv-x64', receiver: false },
    '(int, int, int, int, int) -> int',
    (steps) => {
      const stores = steps.filter(({ op }) => op === 'store');
      return [...steps.filter(({ op }) => op === 'move'), ...stores, ...steps.filter(({ op }) => op === 'call')];
    },
  );
});
