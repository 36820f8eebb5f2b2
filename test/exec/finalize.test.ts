// Trampolines by hand: images with their symbols filled in, called as the C functions that they are.

import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { bind } from '../../src/exec/bind.ts';
import { ExecutableMemory } from '../../src/exec/executable-memory.ts';
import { executableMemory, finalize, type Trampoline } from '../../src/exec/finalize.ts';
import { hostAbi } from '../../src/exec/host-abi.ts';
import { alloc, type Memory, read, view, write } from '../../src/exec/memory.ts';
import { host } from '../../src/exec/select-host.ts';
import { type CodeImage, generate, prepare, type TrampolineKind } from '../../src/index.ts';
import { collectLeftovers } from '../support/collect-garbage.ts';
import { type AnyFunction, bound, describeWithC, fixture, withCallback } from '../support/fixture-library.ts';
import { refusal } from '../support/refusal.ts';

const imageOf = (signature: string, kind: TrampolineKind): CodeImage =>
  generate(prepare(signature, { abi: hostAbi(), kind }));

const forward = (signature: string): Trampoline => finalize(imageOf(signature, 'forward'), executableMemory(), {});
const boundTo = (target: bigint, signature: string): Trampoline =>
  finalize(imageOf(signature, 'bound'), executableMemory(), { target });

/** Memory lives as long as it is reachable, and the pointers to these values are not references. */
const held: Memory[] = [];

/** What such a trampoline is called with: pointers to the values, each in memory of its own. */
function argumentsOf(...values: readonly (readonly [type: string, value: unknown])[]): {
  args: Memory;
  kept: Memory[];
} {
  const args = alloc('*void', values.length);
  const kept = values.map(([type, value], index) => {
    const memory = alloc(type);
    write(memory, type, value);
    write(args.address + BigInt(8 * index), '*void', memory);
    return memory;
  });
  held.push(args, ...kept);
  return { args, kept };
}

const callForward = (trampoline: Trampoline, target: bigint, ret: unknown, args: Memory): unknown =>
  bind<AnyFunction>(trampoline, '(*void, *void, **void) -> void')(target, ret, args);
const callBound = (trampoline: Trampoline, ret: unknown, args: Memory): unknown =>
  bind<AnyFunction>(trampoline, '(*void, **void) -> void')(ret, args);

describeWithC('a forward trampoline', () => {
  test('calls any target of its signature', () => {
    using add = forward('(double, double) -> {x:double, y:double}');
    const { args } = argumentsOf(['double', 1.5], ['double', -2]);
    const ret = alloc('{x:double, y:double}');
    callForward(add, fixture().symbol('make_point'), ret, args);
    expect(read(ret, '{x:double, y:double}')).toEqual({ x: 1.5, y: -2 });
  });

  test('serves two targets', () => {
    using same = forward('(int) -> int');
    const { args } = argumentsOf(['int', -7]);
    for (const name of ['same_int32', 'same_wchar_t']) {
      const ret = alloc('int');
      callForward(same, fixture().symbol(name), ret, args);
      expect(read(ret, 'int')).toBe(-7);
    }
  });

  test('copies a large record: the target spoils its own', () => {
    using spoil = forward('({values:[128:int64]}) -> int64');
    const values = Array.from({ length: 128 }, (_, index) => BigInt(index + 1));
    const { args, kept } = argumentsOf(['[128:int64]', values]);
    const ret = alloc('int64');
    callForward(spoil, fixture().symbol('spoil_large'), ret, args);
    expect(read(ret, 'int64')).toBe(values.reduce((sum, value, index) => sum + value * BigInt(index + 1), 0n));
    expect(read(kept[0]?.address ?? 0n, '[128:int64]')).toEqual(values);
  });

  test('writes exactly the bytes of its result', () => {
    using same = forward('({bytes:[3:uint8]}) -> {bytes:[3:uint8]}');
    const { args } = argumentsOf(['[3:uint8]', [1, 2, 3]]);
    const ret = new Uint8Array(8).fill(0xee);
    callForward(same, fixture().symbol('same_triple'), ret, args);
    expect([...ret]).toEqual([1, 2, 3, 0xee, 0xee, 0xee, 0xee, 0xee]);
  });

  test('may call a callback', () => {
    using call = forward('(int) -> int');
    const { args } = argumentsOf(['int', 20]);
    const ret = alloc('int');
    withCallback(
      '(int) -> int',
      (value) => Number(value) * 2,
      (made) => callForward(call, made.address, ret, args),
    );
    expect(read(ret, 'int')).toBe(40);
  });
});

describeWithC('a bound trampoline', () => {
  test('calls the target that it was finalized with', () => {
    using sum = boundTo(fixture().symbol('second_int64'), '(int64, int64, int64) -> int64');
    const { args } = argumentsOf(['int64', 1n], ['int64', -(2n ** 63n)], ['int64', 3n]);
    const ret = alloc('int64');
    callBound(sum, ret, args);
    expect(read(ret, 'int64')).toBe(-(2n ** 63n));
  });

  test('of a void function needs no place for a result', () => {
    const bytes = new Uint8Array(4);
    using fill = boundTo(fixture().symbol('fill_bytes'), '(*uint8, size_t, uint8) -> void');
    const { args } = argumentsOf(['*void', bytes], ['size_t', 3n], ['uint8', 9]);
    callBound(fill, null, args);
    expect([...bytes]).toEqual([9, 9, 9, 0]);
  });

  test('is at the address that it says, in the bytes of its image', () => {
    const image = imageOf('(int) -> int', 'bound');
    using made = finalize(image, executableMemory(), { target: 0x1122_3344_5566_7788n });
    const there = view(made, made.size);
    const [symbol] = image.symbols;
    const expected = image.bytes.slice();
    new DataView(expected.buffer).setBigUint64(symbol?.offset ?? 0, 0x1122_3344_5566_7788n, true);
    expect([...there]).toEqual([...expected]);
    expect(made.image).toBe(image);
    expect(made.size).toBe(image.bytes.length);
  });

  test('leaves its image as it was, so that it serves again', () => {
    const image = imageOf('(int) -> int', 'bound');
    const before = [...image.bytes];
    const target = fixture().symbol('same_int32');
    using first = finalize(image, executableMemory(), { target });
    using second = finalize(image, executableMemory(), { target });
    expect([...image.bytes]).toEqual(before);
    const { args } = argumentsOf(['int', 6]);
    for (const each of [first, second]) {
      const ret = alloc('int');
      callBound(each, ret, args);
      expect(read(ret, 'int')).toBe(6);
    }
    expect(first.address).not.toBe(second.address);
  });
});

describe('symbols', () => {
  const finalized = (kind: TrampolineKind, symbols: Record<string, unknown>): Trampoline =>
    finalize(imageOf('(int) -> int', kind), executableMemory(), symbols as Record<string, bigint>);
  const wrong: readonly (readonly [TrampolineKind, Record<string, unknown>, string, RegExp])[] = [
    ['bound', {}, 'ERR_SYMBOL', /'target'/],
    ['bound', { target: undefined }, 'ERR_SYMBOL', /'target'/],
    ['bound', Object.create({ target: 1n }), 'ERR_SYMBOL', /'target'/],
    ['bound', { target: 0n }, 'ERR_NULL', /'target'/],
    ['bound', { target: 1n, frame: 2n }, 'ERR_SYMBOL', /'frame'/],
    ['bound', { target: 5 }, 'ERR_ARGUMENT_KIND', /'target'/],
    ['bound', { target: null }, 'ERR_ARGUMENT_KIND', /'target'/],
    ['bound', { target: 2n ** 64n }, 'ERR_ARGUMENT_RANGE', /'target'/],
    ['bound', { target: -1n }, 'ERR_ARGUMENT_RANGE', /'target'/],
    ['forward', { target: 1n }, 'ERR_SYMBOL', /'target'/],
    ['entry', { target: 1n }, 'ERR_SYMBOL', /'frame'/],
    ['reverse', { context: 1n }, 'ERR_SYMBOL', /'dispatcher'/],
    ['reverse', { dispatcher: 1n, context: 0n }, 'ERR_NULL', /'context'/],
  ];

  test.each(wrong)('of %s are not %o: %s', (kind, symbols, code, message) => {
    const { liveSlots, reservedBytes } = executableMemory();
    expect(() => finalized(kind, symbols)).toThrow(refusal(code, message));
    expect(executableMemory()).toMatchObject({ liveSlots, reservedBytes });
  });
});

describe('a trampoline', () => {
  test('is at no address after dispose, which may come twice', () => {
    const made = forward('(int) -> int');
    const slots = executableMemory().liveSlots;
    const { address } = made;
    made.dispose();
    made.dispose();
    made[Symbol.dispose]();
    expect(executableMemory().liveSlots).toBe(slots - 1);
    expect(() => made.address).toThrow(refusal('ERR_DISPOSED'));
    expect(() => bind(made, '() -> void')).toThrow(refusal('ERR_DISPOSED'));
    expect(new Set(view(address, made.size)).size).toBe(1);
  });

  test('is not put where another was just disposed of', () => {
    const first = forward('(int) -> int');
    const { address } = first;
    first.dispose();
    using second = forward('(int) -> int');
    expect(second.address).not.toBe(address);
  });

  test.each([process.arch === 'arm64' ? 'x64' : 'aarch64', 'riscv64', ''])('of code for %j is ERR_HOST', (isa) => {
    const image = { ...imageOf('(int) -> int', 'forward'), isa } as CodeImage;
    expect(() => finalize(image, executableMemory(), {})).toThrow(refusal('ERR_HOST', /cannot run/));
  });

  test('shares its pages with many others', () => {
    using memory = new ExecutableMemory(host());
    const image = imageOf('(int, double, {x:double, y:double}) -> int', 'forward');
    const made = Array.from({ length: 100 }, () => finalize(image, memory, {}));
    const pages = new Set(made.map(({ address }) => address / BigInt(host().pageSize)));
    expect(pages.size).toBeLessThanOrEqual(Math.ceil((100 * (image.bytes.length + 32)) / host().pageSize) + 1);
    expect(memory.reservedBytes).toBe(64 * 1024);
    expect(memory.liveSlots).toBe(100);
  });

  test('belongs to the memory it was put in', () => {
    const own = new ExecutableMemory(host());
    const before = executableMemory().liveSlots;
    const made = finalize(imageOf('(int) -> int', 'forward'), own, {});
    expect(executableMemory().liveSlots).toBe(before);
    expect(own.liveSlots).toBe(1);
    made.dispose();
    expect(own.liveSlots).toBe(0);
    own.dispose();
    expect(() => finalize(imageOf('(int) -> int', 'forward'), own, {})).toThrow(refusal('ERR_DISPOSED'));
  });
});

describeWithC('an entry', () => {
  test('of bind is dropped when its function is disposed of', async () => {
    await collectLeftovers();
    const before = executableMemory().liveSlots;
    const same = bound('same_int32', '(int) -> int');
    same(1);
    expect(executableMemory().liveSlots).toBeGreaterThan(before);
    same.dispose();
    await nextTurn();
    expect(executableMemory().liveSlots).toBe(before);
  });
});
