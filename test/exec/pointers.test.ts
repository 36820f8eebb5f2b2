// What calls remember of the buffers that stand for pointers, in loops that the engine has optimised: an address is never
// older than its buffer.

import { setImmediate as nextTurn } from 'node:timers/promises';
import { runInThisContext } from 'node:vm';
import { expect, test } from 'vitest';
import { alloc, read } from '../../src/exec/memory.ts';
import { collectUntil } from '../support/collect-garbage.ts';
import { type AnyFunction, bound, describeWithC } from '../support/fixture-library.ts';

/** Often enough that the view is remembered, and the loop optimised. */
const OFTEN = 20_000;

type Same = (pointer: unknown) => unknown;
const identity = (type = '*void'): Same => bound('same_pointer', `(${type}) -> *void`) as AnyFunction as Same;

/** The address that `value` has at the end of a loop. */
function addressIn(same: Same, value: unknown, times = OFTEN): unknown {
  let last: unknown;
  for (let index = 0; index < times; index++) last = same(value);
  return last;
}

const transfer = (buffer: ArrayBuffer): void => void structuredClone(buffer, { transfer: [buffer] });
const transferred = expect.objectContaining({
  code: 'ERR_ARGUMENT_KIND',
  message: expect.stringMatching('transferred'),
});
const outOfBounds = expect.objectContaining({ code: 'ERR_ARGUMENT_KIND', message: expect.stringMatching('bounds') });

type Resizable = ArrayBuffer & { resize(size: number): void };
const resizable = (size: number, most: number): Resizable =>
  new (ArrayBuffer as unknown as new (size: number, options: object) => Resizable)(size, { maxByteLength: most });

type Growable = SharedArrayBuffer & { grow(size: number): void };
const growable = (size: number, most: number): Growable =>
  new (SharedArrayBuffer as unknown as new (size: number, options: object) => Growable)(size, { maxByteLength: most });

const notTaken = expect.objectContaining({ code: 'ERR_ARGUMENT_KIND' });

/** What was added to an object that has no symbols of its own. */
const marks = (value: object): (readonly [symbol, unknown])[] =>
  Object.getOwnPropertySymbols(value).map((name) => [name, Reflect.get(value, name)]);

describeWithC('a buffer that a loop passes', () => {
  test.each([
    ['Uint8Array', () => new Uint8Array(100)],
    ['Float64Array', () => new Float64Array(3)],
    ['part of another', () => new Int16Array(new ArrayBuffer(64), 6, 5)],
    ['small Buffer, of the pool', () => Buffer.from('pooled')],
    ['BigInt64Array', () => new BigInt64Array(1)],
    ['DataView', () => new DataView(new ArrayBuffer(20), 3)],
  ])('is refused when it was transferred meanwhile: %s', (name, make) => {
    const same = identity();
    const view = make();
    const address = addressIn(same, view);
    const begin = alloc(8);
    expect(address).toBe(same(view));
    expect(addressIn(same, begin.bytes)).toBe(begin.address);
    if (name.startsWith('small Buffer')) return; // Node's pool cannot be transferred
    addressIn(same, view);
    transfer(view.buffer as ArrayBuffer);
    expect(() => same(view)).toThrow(transferred);
    expect(() => addressIn(same, view)).toThrow(transferred);
  });

  test('is found again after another one came in between', () => {
    const same = identity();
    const views = Array.from({ length: 7 }, (_, index) => new Uint8Array(10 + index));
    const addresses = views.map((view) => same(view));
    expect(new Set(addresses).size).toBe(7);
    for (let index = 0; index < OFTEN; index++) {
      const chosen = (index * 5 + (index >> 8)) % 7;
      if (same(views[chosen]) !== addresses[chosen]) expect.fail(`view ${chosen} in round ${index}`);
    }
  });

  test('of each kind, in turn with everything else that a pointer takes, is passed as what it is', () => {
    const same = identity('*char');
    const memory = alloc(8);
    const view = new Uint8Array(8);
    const buffer = new ArrayBuffer(8);
    const values: readonly (readonly [unknown, unknown])[] = [
      [view, same(view)],
      [null, 0n],
      [2n ** 64n - 1n, 2n ** 64n - 1n],
      [{ address: 2n ** 64n - 1n }, 2n ** 64n - 1n],
      [{ address: 0x7ff4_0000_0000_0001n }, 0x7ff4_0000_0000_0001n],
      ['text', same('text')],
      [memory, memory.address],
      [buffer, same(buffer)],
      [new Float32Array(buffer, 4), (same(buffer) as bigint) + 4n],
      [5n, 5n],
    ];
    for (let index = 0; index < OFTEN; index++) {
      const [given, got] = values[index % values.length] ?? [];
      if (same(given) !== got) expect.fail(`value ${index % values.length}: ${same(given)} instead of ${got}`);
    }
    expect(() => same(undefined)).toThrow('undefined is not a value for *char');
    expect(() => same({})).toThrow('an object is not a value for *char');
    expect(() => same(2n ** 64n)).toThrow('out of range');
  });

  test('is not kept alive longer than the turn of the event loop', async () => {
    const same = identity();
    const weak = ((): WeakRef<Uint8Array> => {
      const view = new Uint8Array(1000);
      addressIn(same, view);
      return new WeakRef(view);
    })();
    await nextTurn();
    await collectUntil(() => weak.deref() === undefined);
    expect(weak.deref()).toBeUndefined();
    const other = new Uint8Array(5);
    expect(addressIn(same, other)).toBe(same(other.buffer));
  });

  test('keeps its address while it is resized, and is refused where it ends before the view', () => {
    const same = identity();
    const buffer = resizable(64, 4096);
    const [whole, fixed, view] = [new Uint8Array(buffer), new Uint8Array(buffer, 32, 16), new DataView(buffer, 32, 16)];
    const start = addressIn(same, whole) as bigint;
    expect(addressIn(same, fixed)).toBe(start + 32n);
    expect(addressIn(same, view)).toBe(start + 32n);
    buffer.resize(4096);
    expect(addressIn(same, whole)).toBe(start);
    expect(addressIn(same, fixed)).toBe(start + 32n);
    buffer.resize(40);
    expect(addressIn(same, whole)).toBe(start);
    expect(() => same(fixed)).toThrow(outOfBounds);
    expect(() => same(view)).toThrow(outOfBounds);
    buffer.resize(64);
    expect(addressIn(same, fixed)).toBe(start + 32n);
    expect(addressIn(same, view)).toBe(start + 32n);
    transfer(buffer);
    for (const gone of [whole, fixed, view, buffer]) expect(() => same(gone)).toThrow(transferred);
  });

  // Optimised code of V8 11.3 and 12.4 does not see it any more, once it has read the length of a view that may shrink.
  test('is refused when it was transferred, where views of resizable buffers came too', () => {
    const same = identity();
    const others = [
      new Uint8Array(resizable(16, 32)),
      new Float64Array(resizable(16, 32), 0, 2),
      new Uint8Array(growable(8, 16)),
    ];
    const view = new Uint8Array(64);
    for (let round = 0; round < OFTEN; round++) {
      same(view);
      same(others[round % others.length]);
    }
    expect(marks(view)).toHaveLength(1);
    expect(others.flatMap(marks)).toEqual([]);
    transfer(view.buffer);
    expect(() => same(view)).toThrow(transferred);
    expect(() => addressIn(same, view)).toThrow(transferred);
  });

  test('is refused after the WebAssembly memory below it has grown', () => {
    const same = identity();
    const memory = runInThisContext('new WebAssembly.Memory({ initial: 1, maximum: 10 })') as {
      readonly buffer: ArrayBuffer;
      grow(pages: number): void;
    };
    const view = new Uint8Array(memory.buffer);
    addressIn(same, view);
    memory.grow(1);
    expect(() => same(view)).toThrow(transferred);
    const grown = new Uint8Array(memory.buffer);
    expect(addressIn(same, grown)).toBe(same(memory.buffer));
  });

  test('may be shared, and may grow', () => {
    const same = identity();
    const shared = growable(16, 64);
    const view = new Uint8Array(shared);
    const address = addressIn(same, view);
    shared.grow(64);
    expect(addressIn(same, view)).toBe(address);
  });

  test('may say of itself that it is longer than it is: a class is not asked, nor the object', () => {
    class Fixed extends Uint8Array {
      override get length(): number {
        return 100;
      }
    }
    const own = Object.defineProperty(new Uint8Array(100), 'length', { value: 100 });
    for (const view of [new Fixed(100), own]) {
      const same = identity();
      addressIn(same, view);
      transfer(view.buffer as ArrayBuffer);
      expect(() => same(view)).toThrow(transferred);
    }
  });

  test('is remembered where nobody looks, and no copy or descendant of it is taken for it', () => {
    const same = identity();
    const [view, other] = [new Uint8Array(50), new Uint8Array(50)];
    const address = addressIn(same, view);
    expect([Object.keys(view), { ...view }]).toEqual([Object.keys(other), { ...other }]);
    expect(view).toEqual(other);
    for (const [name, mark] of marks(view)) Object.defineProperty(other, name, { value: mark });
    expect(marks(other)).toHaveLength(1);
    expect(addressIn(same, other)).toBe(same(other.buffer));
    expect(same(other)).not.toBe(address);
    for (const value of [Object.create(view), new Proxy(view, {})]) expect(() => same(value)).toThrow(notTaken);
    transfer(view.buffer);
    expect(() => same(view)).toThrow(transferred);
  });

  test('is remembered when it has come eight times, and views made for one call are not', () => {
    const same = identity();
    const view = new Uint8Array(50);
    addressIn(same, view, 7);
    expect(marks(view)).toHaveLength(0);
    same(view);
    expect(marks(view)).toHaveLength(1);
    const parts = Array.from({ length: 200 }, (_, index) => view.subarray(index % 50, 50));
    for (const part of parts) same(part);
    expect(parts.flatMap(marks)).toEqual([]);
  });

  test('is found each time if nothing can be added to it', () => {
    const same = identity();
    const view = Object.preventExtensions(new Uint8Array(50));
    expect(addressIn(same, view)).toBe(same(view.buffer));
    expect(marks(view)).toEqual([]);
    transfer(view.buffer);
    expect(() => same(view)).toThrow(transferred);
  });

  test('of many kinds goes through one function', () => {
    const same = identity();
    const kinds = [Int8Array, Uint8Array, Int16Array, Uint16Array, Int32Array, Float32Array, Float64Array];
    const views = kinds.map((Kind) => new Kind(9));
    const addresses = views.map((view) => same(view.buffer));
    for (let index = 0; index < OFTEN; index++) {
      const kind = index % kinds.length;
      if (same(views[kind]) !== addresses[kind]) expect.fail(`view ${kind} in round ${index}`);
    }
  });

  test('is passed by a getter that calls the same function with another one', () => {
    const outer = bound('copy_text', '(*void, *char) -> void');
    const inner = Buffer.from('inner\0');
    const to = alloc(10);
    const other = alloc(10);
    const value = {
      get address(): bigint {
        outer(other, inner);
        return to.address;
      },
    };
    for (let index = 0; index < 1000; index++) outer(value, Buffer.from('outer\0'));
    expect([read(to.address, '[6:char]'), read(other.address, '[6:char]')]).toEqual([
      [...Buffer.from('outer\0')],
      [...Buffer.from('inner\0')],
    ]);
  });
});
