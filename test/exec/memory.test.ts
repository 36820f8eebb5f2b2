// C memory from JavaScript: typed reads and writes, and the addresses that they take.

import { describe, expect, test } from 'vitest';
import { callback } from '../../src/exec/callback.ts';
import { alloc, cstring, read, view, write } from '../../src/exec/memory.ts';
import { parseType } from '../../src/signature/parse.ts';
import { bound, describeWithC } from '../support/fixture-library.ts';
import { recordCases } from '../support/record-values.ts';
import { refusal } from '../support/refusal.ts';
import { scalarCases, wrongKinds } from '../support/scalar-values.ts';

describe('write, then read', () => {
  test.each(scalarCases)('of $type gives the value, and touches its bytes only', ({ type, passages, size, bytes }) => {
    for (const { given, got } of passages) {
      const memory = alloc(size + 16);
      memory.bytes.fill(0xa5);
      const to = memory.address + 8n;
      write(to, type, given);
      expect(read(to, type), String(given)).toBe(got);
      expect([...memory.bytes]).toEqual([...Array(8).fill(0xa5), ...bytes(got), ...Array(8).fill(0xa5)]);
    }
  });

  test.each(recordCases)('of $name gives the value', ({ type, given, got }) => {
    const memory = alloc(type, 2);
    write(memory.address + BigInt(memory.size / 2), type, given);
    expect(read(memory.address + BigInt(memory.size / 2), type)).toEqual(got);
    expect(read(memory, parseType(type))).not.toEqual(got);
  });

  test('of an array type gives an Array', () => {
    const memory = alloc('[20:int16]');
    write(
      memory,
      '[20:int16]',
      Int16Array.from({ length: 20 }, (_, index) => 3 - index),
    );
    expect(read(memory, '[20:int16]')).toEqual(Array.from({ length: 20 }, (_, index) => 3 - index));
    expect(read(memory, '[5:int16]')).toEqual([3, 2, 1, 0, -1]);
  });

  test('of a union writes one member, and zero bytes behind it', () => {
    const memory = alloc(8);
    memory.bytes.fill(0xff);
    write(memory, '<a:int16, b:int64>', { a: -1 });
    expect(read(memory, '<a:int16, b:int64>')).toEqual({ a: -1, b: 65_535n });
  });

  test('of unions in arrays and arrays in unions keeps each in its place', () => {
    const type = '{u:[10:<a:[9:int16], b:{c:double, d:[12:bool]}>], t:[11:[9:{x:int8}]]}';
    const u = Array.from({ length: 10 }, (_, i) =>
      i % 2 === 0
        ? { a: Array.from({ length: 9 }, (__, k) => i * 100 - k) }
        : { b: { c: i + 0.5, d: Array.from({ length: 12 }, (__, k) => k % i === 0) } },
    );
    const t = Array.from({ length: 11 }, (_, i) => Array.from({ length: 9 }, (__, k) => ({ x: 9 * i + k - 50 })));
    const memory = alloc(type);
    write(memory, type, { u, t });
    expect(read(memory, type)).toMatchObject({ u, t });
  });

  test('of a pointer takes what has an address', () => {
    const [memory, target] = [alloc('*void'), alloc(4)];
    write(memory, '*void', target);
    expect(read(memory, '*int')).toBe(target.address);
    using made = callback('() -> void', () => {});
    write(memory, '() -> void', made);
    expect(read(memory, '() -> void')).toBe(made.address);
    write(memory, '*char', target.bytes.subarray(2));
    expect(read(memory, '*char')).toBe(target.address + 2n);
    write(memory, '*void', null);
    expect(read(memory, '*void')).toBe(0n);
  });

  test('of a pointer loses nothing', () => {
    const memory = alloc('*void');
    write(memory, '*void', 0xfedc_ba98_7654_3210n);
    expect(read(memory, 'uint64')).toBe(0xfedc_ba98_7654_3210n);
  });

  test('of an odd address works: values are copied, not looked at in place', () => {
    const memory = alloc(20);
    write(memory.address + 3n, 'double', 0.1);
    expect(read(memory.address + 3n, 'double')).toBe(0.1);
  });

  test('inside a getter of another write of the same type leaves both whole', () => {
    const type = '{a:int, b:int}';
    const [outer, inner] = [alloc(type), alloc(type)];
    const value = {
      a: 1,
      get b(): number {
        write(inner, type, { a: 30, b: 40 });
        read(inner, type);
        return 2;
      },
    };
    write(outer, type, value);
    expect([read(outer, type), read(inner, type)]).toEqual([
      { a: 1, b: 2 },
      { a: 30, b: 40 },
    ]);
  });

  test('of more types than are remembered works', () => {
    const memory = alloc(16);
    for (let index = 0; index < 1500; index++) {
      write(memory, `{m${index}:int}`, { [`m${index}`]: index });
      expect(read(memory, `{m${index}:int}`)).toEqual({ [`m${index}`]: index });
    }
    expect(read(memory, '{m0:int}')).toEqual({ m0: 1499 });
  });
});

describe('write refuses', () => {
  test.each(scalarCases)('what is no $type, and writes nothing', (each) => {
    const memory = alloc(each.size);
    memory.bytes.fill(0x5a);
    for (const wrong of wrongKinds(each)) {
      expect(() => write(memory, each.type, wrong)).toThrow(refusal('ERR_ARGUMENT_KIND', /^the value: /));
    }
    for (const wrong of each.outside) {
      expect(() => write(memory, each.type, wrong)).toThrow(refusal('ERR_ARGUMENT_RANGE', /^the value: /));
    }
    expect([...memory.bytes]).toEqual(Array(each.size).fill(0x5a));
  });

  test('a wrong member by its path', () => {
    const type = '{pos:{x:int8, y:[12:{z:int8}]}}';
    const memory = alloc(type);
    const y = Array.from({ length: 12 }, () => ({ z: 0 }));
    expect(() => write(memory, type, { pos: { x: 200, y } })).toThrow(
      refusal('ERR_ARGUMENT_RANGE', /^the value \.pos\.x: 200/),
    );
    const wrong = [...y.slice(1), { z: 'x' }];
    expect(() => write(memory, type as string, { pos: { x: 2, y: wrong } })).toThrow(
      refusal('ERR_ARGUMENT_KIND', /^the value \.pos\.y\[11\]\.z: "x"/),
    );
    expect(() => write(memory, type, { pos: { x: 2, y: [] } })).toThrow(
      refusal('ERR_ARGUMENT_KIND', /^the value \.pos\.y: /),
    );
    expect([...memory.bytes]).toEqual(Array(memory.size).fill(0));
  });

  test.each(['*char', '*uint8', '*int8'])('text for %s: nobody would own the copy', (type) => {
    expect(() => write(alloc(8), type, 'text')).toThrow(refusal('ERR_ARGUMENT_KIND', /^the value: "text"/));
    expect(() => write(alloc(8), `{t:${type}}`, { t: 'text' })).toThrow(
      refusal('ERR_ARGUMENT_KIND', /^the value \.t: /),
    );
  });
});

describe('the address', () => {
  const uses: readonly (readonly [string, (address: bigint) => unknown])[] = [
    ['read', (address) => read(address, 'int')],
    ['write', (address) => write(address, 'int', 1)],
    ['view', (address) => view(address, 1)],
    ['cstring', (address) => cstring(address)],
  ];

  test.each(uses)('of %s is not null', (_, use) => {
    expect(() => use(0n)).toThrow(refusal('ERR_NULL'));
    expect(() => use({ address: 0n } as unknown as bigint)).toThrow(refusal('ERR_NULL'));
  });

  test.each(uses)('of %s is a bigint', (_, use) => {
    for (const wrong of [null, undefined, 1, '1', {}, new Uint8Array(8), true]) {
      expect(() => use(wrong as unknown as bigint)).toThrow(refusal('ERR_ARGUMENT_KIND'));
    }
  });

  test.each(uses)('of %s has 64 bits', (_, use) => {
    expect(() => use(-1n)).toThrow(refusal('ERR_ARGUMENT_RANGE'));
    expect(() => use(2n ** 64n)).toThrow(refusal('ERR_ARGUMENT_RANGE'));
  });

  test('is checked before the value is looked at', () => {
    expect(() => write(0n, '{a:int}' as string, null)).toThrow(refusal('ERR_NULL'));
  });
});

describe('a type is refused by read and write', () => {
  test.each([
    ['void', 'ERR_TYPE'],
    ['nothing', 'ERR_UNKNOWN_TYPE'],
    ['int, int', 'ERR_SYNTAX'],
    ['[2000000000:int64]', 'ERR_SIZE'],
    ['@Nameless', 'ERR_UNKNOWN_TYPE'],
    ['', 'ERR_SYNTAX'],
  ])('if it is %j', (type, code) => {
    const memory = alloc(8);
    for (let time = 0; time < 2; time++) {
      expect(() => read(memory, type)).toThrow(refusal(code));
      expect(() => write(memory, type, 1)).toThrow(refusal(code));
    }
  });
});

describeWithC('C and JavaScript', () => {
  test.each(scalarCases)('agree about $type in memory', ({ name, type, passages, size }) => {
    const get = bound(`get_${name}`, `(*void) -> ${type}`);
    const memory = alloc(size);
    for (const { given, got } of passages) {
      write(memory, type, given);
      expect(get(memory), String(given)).toBe(got);
    }
  });

  test.each(recordCases)('agree about $name in memory', ({ name, type, given, got }) => {
    const memory = alloc(type);
    bound(`put_${name}`, `(*void, ${type}) -> void`)(memory, given);
    expect(read(memory, type)).toEqual(got);
  });
});
