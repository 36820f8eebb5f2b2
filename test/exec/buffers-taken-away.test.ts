// Buffers that lose their bytes while the other arguments of their call are taken: a getter of one may transfer another.
// C never gets a pointer to where they were.

import { expect, test } from 'vitest';
import { alloc, write } from '../../src/exec/memory.ts';
import { host } from '../../src/exec/select-host.ts';
import { describeWithC } from '../support/fixture-library.ts';
import { boundOn, EVERY, LEAF, WAYS } from '../support/paths.ts';

const transfer = (buffer: ArrayBuffer): void => void structuredClone(buffer, { transfer: [buffer] });
const transferred = expect.objectContaining({
  code: 'ERR_ARGUMENT_KIND',
  message: expect.stringMatching('transferred'),
});

/** An object with an address, for which it does something else. */
const thiefOf = (buffer: ArrayBuffer): { readonly address: bigint } => ({
  get address(): bigint {
    transfer(buffer);
    return 0n;
  },
});

type Steal = () => void;

/** What takes a buffer's bytes away while a later argument is taken. */
const THIEVES: readonly (readonly [name: string, signature: string, make: (steal: Steal) => unknown])[] = [
  ['an address', '(*void, *void) -> *void', (steal) => Object.defineProperty({}, 'address', { get: after(steal, 0n) })],
  ['a member', '(*void, {x:int, y:int}) -> *void', (steal) => member(steal)],
  ['an element', '(*void, {of:[20:int]}) -> *void', (steal) => ({ of: listOf(steal) })],
];

function after<T>(steal: Steal, value: T): () => T {
  return () => {
    steal();
    return value;
  };
}

const member = (steal: Steal): unknown =>
  Object.defineProperty({ x: 0, y: 2 }, 'x', { get: after(steal, 1), enumerable: true });

const listOf = (steal: Steal): unknown =>
  new Proxy(Array(20).fill(7), { get: (list, key) => after(steal, Reflect.get(list, key))() });

describeWithC('a buffer that a later argument takes away', () => {
  const given: readonly (readonly [string, (view: Uint8Array<ArrayBuffer>) => unknown])[] = [
    ['a view', (view) => view],
    ['a DataView', (view) => new DataView(view.buffer)],
    ['an ArrayBuffer', (view) => view.buffer],
  ];
  const rows = WAYS.flatMap((way) =>
    THIEVES.flatMap(([by, signature, make]) => given.map(([what, as]) => ({ way, by, signature, make, what, as }))),
  );
  test.each(rows)('by $by: $what is refused, $way.name', ({ way, signature, make, as }) => {
    const same = boundOn(way, 'same_pointer', signature);
    const view = new Uint8Array(64);
    const value = as(view);
    const idle = make(() => {});
    for (let time = 0; time < 600; time++) expect(typeof same(value, idle)).toBe('bigint');
    const steal = (): void => {
      if (view.buffer.byteLength > 0) transfer(view.buffer);
    };
    expect(() => same(value, make(steal))).toThrow(transferred);
    expect(view.length).toBe(0);
    expect(same(null, idle)).toBe(0n);
  });

  test('inside of an array, and of what memory is written from', () => {
    const view = new Uint8Array(64);
    const memory = alloc('{a:*void, b:*void}');
    const value = { a: view, b: thiefOf(view.buffer) };
    expect(() => write(memory, '{a:*void, b:*void}', value)).toThrow(transferred);
    const other = new Uint8Array(64);
    const takes = boundOn(LEAF, 'same_pointer', '({of:[20:*void]}, *void) -> *void');
    const list = Array.from({ length: 20 }, (): unknown => null);
    list[3] = other;
    list[7] = thiefOf(other.buffer);
    expect(() => takes({ of: list }, null)).toThrow(transferred);
  });

  test.skipIf(host().name !== 'native')('of an asynchronous call, which only the native shim has', async () => {
    const view = new Uint8Array(64);
    const same = boundOn(EVERY[0] ?? LEAF, 'same_pointer', '(*void, *void) -> *void');
    await expect(async () => same.async(view, thiefOf(view.buffer))).rejects.toThrow(transferred);
  });
});
