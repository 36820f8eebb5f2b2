// What may stand where C wants a pointer: text, buffers, and whatever has an address.

import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { callback } from '../../src/exec/callback.ts';
import { alloc, cstring } from '../../src/exec/memory.ts';
import { freeGarbage } from '../support/collect-garbage.ts';
import { type AnyFunction, bound, describeWithC, withCallback } from '../support/fixture-library.ts';
import { ARRAYS, arraysValue } from '../support/record-values.ts';

const utf8Length = (text: string): bigint => BigInt(Buffer.byteLength(text));

/** The text as C had it. */
function throughC(text: string): string {
  const to = alloc(Buffer.byteLength(text) + 1);
  bound('copy_text', '(*void, *char) -> void')(to, text);
  return cstring(to);
}

describeWithC('text', () => {
  test.each([
    ['nothing', ''],
    ['ASCII', 'plain text'],
    ['as many characters as are copied one by one', 'x'.repeat(64)],
    ['the first character of two bytes', 'a\x80'],
    ['two bytes for a character', 'grüße'],
    ['three bytes for a character', '日本語'],
    ['four bytes for a character', '🎉𝒳'],
    ['all of them', 'aß日🎉'.repeat(50)],
    ['a byte order mark', '\ufefftext'],
    ['the last characters of each length', '\x7f\u07ff\uffff\u{10ffff}'],
  ])('of %s arrives as UTF-8', (_, text) => {
    expect(throughC(text)).toBe(text);
    expect(bound('text_length', '(*char) -> size_t')(text)).toBe(utf8Length(text));
  });

  test('of every length around the edges arrives whole', () => {
    const length = bound('text_length', '(*char) -> size_t');
    for (const around of [64, 21_845, 32_768, 65_535, 65_536, 131_072]) {
      for (let size = around - 3; size <= around + 3; size++) {
        expect(length('a'.repeat(size)), `${size} letters`).toBe(BigInt(size));
        expect(length('ß'.repeat(size)), `${size} umlauts`).toBe(BigInt(2 * size));
      }
    }
  });

  test.each([65_535, 65_536, 200_000, 5_000_000])(
    'of %i characters does not fit the stack of texts, and arrives',
    (size) => {
      const text = 'aß日'.repeat(size / 3);
      expect(throughC(text)).toBe(text);
    },
  );

  test.each(['*char', '*int8', '*uint8', '*signed char', '*unsigned char', '[9:char]'])('may stand for %s', (type) => {
    expect(bound('text_length', `(${type}) -> size_t`)('text')).toBe(4n);
  });

  test('of several arguments of one call is kept apart', () => {
    const to = alloc(400_000);
    const join = bound('join_texts', `(*char, *char, *char, *char, *char, *char) -> void`);
    join(to, 'a', 'ß', '', 'long '.repeat(20), '日');
    expect(cstring(to)).toBe(`aß${'long '.repeat(20)}日`);
    const long = ['ä'.repeat(30_000), 'b'.repeat(30_000), 'ç'.repeat(30_000), 'd'.repeat(65_536), 'e'];
    join(to, ...long);
    expect(cstring(to)).toBe(long.join(''));
  });

  test('in members of a struct is copied like an argument', () => {
    const to = alloc(100);
    const join = bound('join_members', '(*void, {first:*char, between:int, second:*char}) -> void');
    join(to, { first: 'fürst', between: 5, second: ' und graf' });
    expect(cstring(to)).toBe('fürst und graf');
  });

  test('in a long array in a struct is copied like an argument', () => {
    const type = (pointers: string): string => ARRAYS.replace('[9:*void]', `[9:${pointers}]`);
    const texts = Array.from({ length: 9 }, (_, index) => 'ß'.repeat(index * 10));
    const seen: string[] = [];
    const remember: AnyFunction = (given) => {
      const value = given as ReturnType<typeof arraysValue>;
      seen.push(...value.pointers.map((address) => cstring(address)));
      return value;
    };
    const call = bound('call_arrays', `((${ARRAYS}) -> ${ARRAYS}, ${type('*char')}) -> ${ARRAYS}`);
    withCallback(`(${ARRAYS}) -> ${ARRAYS}`, remember, (made) => call(made, { ...arraysValue(), pointers: texts }));
    expect(seen).toEqual(texts);
  });

  test('of an outer call survives the texts of calls inside its callback', () => {
    const across = bound('text_across', '(*void, *char, () -> void) -> void');
    const length = bound('text_length', '(*char) -> size_t');
    for (const outer of ['short', 'ä'.repeat(100), 'long'.repeat(40_000)]) {
      const to = alloc(2 * outer.length + 1);
      withCallback(
        '() -> void',
        () => {
          for (const inner of ['overwritten?', 'ß'.repeat(20_000), 'x'.repeat(70_000)]) {
            expect(length(inner)).toBe(utf8Length(inner));
          }
          expect(() => length('bad\0')).toThrow();
        },
        (inner) => across(to, outer, inner),
      );
      expect(cstring(to)).toBe(outer);
    }
  });

  test('of nested calls, ten deep, is each its own', () => {
    const across = bound('text_across', '(*void, *char, () -> void) -> void');
    const seen: string[] = [];
    const descend = (depth: number): void => {
      const to = alloc(20_000);
      const inner = (): void => (depth < 10 ? descend(depth + 1) : undefined);
      withCallback('() -> void', inner, (made) => across(to, `${depth}`.repeat(9000), made));
      seen.push(cstring(to));
    };
    descend(0);
    expect(seen).toEqual(Array.from({ length: 11 }, (_, index) => `${10 - index}`.repeat(9000)));
  });

  test('is given back when its call ends: each call finds the same place', () => {
    const placeOf = bound('same_pointer', '(*char) -> *void');
    const first = placeOf('text');
    for (let index = 0; index < 100_000; index++) expect(placeOf('ü'.repeat(index % 40))).toBe(first);
  });

  test('is given back when its call is refused, or ends with an exception', () => {
    const placeOf = bound('same_pointer', '(*char) -> *void');
    const first = placeOf('text');
    const join = bound('join_texts', '(*char, *char, *char, *char, *char, *char) -> void');
    for (let index = 0; index < 1000; index++) {
      expect(() => join('x'.repeat(1000), 'y'.repeat(40_000), 'c', 'd', 'e', 5)).toThrow('argument 5');
    }
    const thrower = (): never => {
      throw new Error('mine');
    };
    const across = bound('text_across', '(*void, *char, () -> void) -> void');
    expect(() => withCallback('() -> void', thrower, (made) => across(alloc(20), 'text', made))).toThrow('mine');
    expect(placeOf('text')).toBe(first);
  });

  test('larger than the stack of texts is kept while its call runs', () => {
    const across = bound('text_across', '(*void, *char, () -> void) -> void');
    const text = 'long'.repeat(100_000);
    const to = alloc(text.length + 1);
    const reused: Uint8Array[] = [];
    const churn = (): void => {
      freeGarbage();
      for (let index = 0; index < 20; index++) reused[index] = new Uint8Array(3 * text.length + 1).fill(0x58);
    };
    withCallback('() -> void', churn, (made) => across(to, text, made));
    expect(cstring(to)).toBe(text);
  });

  test('that C returns is an address, which cstring reads', () => {
    expect(cstring(bound('constant_text', '() -> *char')() as bigint)).toBe('grüß');
  });

  test('null is no text', () => {
    const isNull = bound('text_is_null', '(*char) -> int');
    expect(isNull(null)).toBe(1);
    expect(isNull(0n)).toBe(1);
    expect(isNull('')).toBe(0);
  });
});

describeWithC('a buffer', () => {
  const fill = (to: unknown, length: number): unknown =>
    bound('fill_bytes', '(*uint8, size_t, uint8) -> void')(to, length, 7);

  test('is written by C where it lies', () => {
    const typed = new Uint16Array(2);
    fill(typed, 3);
    expect([...typed]).toEqual([0x0707, 0x0007]);
    const buffer = new ArrayBuffer(4);
    fill(buffer, 2);
    expect([...new Uint8Array(buffer)]).toEqual([7, 7, 0, 0]);
    const view = new DataView(new ArrayBuffer(4), 1, 2);
    fill(view, 2);
    expect([...new Uint8Array(view.buffer)]).toEqual([0, 7, 7, 0]);
    const node = Buffer.alloc(3);
    fill(node, 2);
    expect([...node]).toEqual([7, 7, 0]);
    const memory = alloc(3);
    fill(memory, 1);
    expect([...memory.bytes]).toEqual([7, 0, 0]);
  });

  test('that begins inside another is passed from there', () => {
    const bytes = new Uint8Array(10);
    fill(bytes.subarray(3, 7), 4);
    expect([...bytes]).toEqual([0, 0, 0, 7, 7, 7, 7, 0, 0, 0]);
    const doubles = Float64Array.of(1, 2, 3, 4);
    expect(bound('sum_doubles', '(*double, size_t) -> double')(doubles.subarray(1), 2)).toBe(5);
    const pooled = Buffer.from('pooled');
    expect(bound('weigh_bytes', '(*uint8, size_t) -> int64')(pooled, 1)).toBe(BigInt('p'.charCodeAt(0)));
  });

  test('that is shared between threads is passed through its view', () => {
    const shared = new Uint8Array(new SharedArrayBuffer(4));
    fill(shared, 2);
    expect([...shared]).toEqual([7, 7, 0, 0]);
  });

  test('of another realm is as good as one of this', () => {
    const foreign = runInNewContext('new ArrayBuffer(4)') as ArrayBuffer;
    fill(new Uint8Array(foreign), 1);
    fill(foreign, 2);
    expect([...new Uint8Array(foreign)]).toEqual([7, 7, 0, 0]);
  });

  test('that is resized keeps its place', () => {
    type Resizable = ArrayBuffer & { resize(size: number): void };
    const make = ArrayBuffer as unknown as new (size: number, options: { maxByteLength: number }) => Resizable;
    const buffer = new make(8, { maxByteLength: 64 });
    fill(buffer, 8);
    buffer.resize(64);
    fill(buffer, 64);
    expect(new Uint8Array(buffer).every((byte) => byte === 7)).toBe(true);
  });

  test('of no bytes is passed for a length of zero', () => {
    expect(bound('weigh_bytes', '(*uint8, size_t) -> int64')(new Uint8Array(0), 0)).toBe(0n);
    expect(bound('weigh_bytes', '(*uint8, size_t) -> int64')(new ArrayBuffer(0), 0)).toBe(0n);
  });

  test('may stand for an array parameter, which C knows as a pointer', () => {
    const sum = bound('sum_eight', '([8:int]) -> int');
    expect(sum(Int32Array.of(1, 0, 0, 0, 0, 0, 0, 5))).toBe(11);
  });

  test('that was transferred is refused, whether or not C saw it before', () => {
    const same = bound('same_pointer', '(*void) -> *void');
    for (const seen of [true, false]) {
      const typed = new Uint8Array(100);
      if (seen) expect(same(typed)).not.toBe(0n);
      structuredClone(typed.buffer, { transfer: [typed.buffer] });
      const transferred = expect.objectContaining({
        code: 'ERR_ARGUMENT_KIND',
        message: expect.stringMatching('argument 0'),
      });
      expect(() => same(typed), `seen: ${seen}`).toThrow(transferred);
      expect(() => same(typed.buffer), `seen: ${seen}`).toThrow(transferred);
    }
  });

  test('gives the address of its bytes, always the same', () => {
    const same = bound('same_pointer', '(*void) -> *void');
    const bytes = new Uint8Array(16);
    const address = same(bytes) as bigint;
    expect(same(bytes.buffer)).toBe(address);
    expect(same(bytes.subarray(5))).toBe(address + 5n);
    expect(bound('next_byte', '(*uint8) -> *uint8')(bytes)).toBe(address + 1n);
  });

  test('that only the running call refers to is not collected under it, however hot the call is', () => {
    const across = bound('text_across', '(*void, *void, () -> void) -> void');
    const to = alloc(10);
    let collecting = false;
    const reused: Uint8Array[] = [];
    const churn = (): void => {
      if (!collecting) return;
      freeGarbage();
      for (let index = 0; index < 100; index++) reused[index] = new Uint8Array(100).fill(0x58);
    };
    const abc = (made: unknown): void => {
      const bytes = new Uint8Array(100);
      bytes.set([0x61, 0x62, 0x63]);
      across(to, bytes, made);
    };
    withCallback('() -> void', churn, (made) => {
      for (let index = 0; index < 20_000; index++) abc(made);
      collecting = true;
      for (let index = 0; index < 20; index++) {
        abc(made);
        expect(cstring(to)).toBe('abc');
      }
    });
  });
});

describeWithC('an object with an address', () => {
  test('stands for it: a callback, a block of memory, anything', () => {
    const same = bound('same_pointer', '(*void) -> *void');
    const memory = alloc(1);
    expect(same(memory)).toBe(memory.address);
    expect(same({ address: 5n })).toBe(5n);
    using made = callback('() -> void', () => {});
    expect(same(made)).toBe(made.address);
    expect(bound('same_pointer', '(() -> void) -> *void')(made)).toBe(made.address);
  });
});
