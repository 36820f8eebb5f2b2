// JavaScript strings for pointers to UTF-16, and to the platform's wchar_t.

import { expect, test } from 'vitest';
import { conventionOf } from '../../src/abi/conventions.ts';
import { hostAbi } from '../../src/exec/host-abi.ts';
import { read } from '../../src/exec/memory.ts';
import { type AnyFunction, bound, describeWithC } from '../support/fixture-library.ts';

const unitBytes = conventionOf(hostAbi()).dataModel.integers.wchar_t.size;

/** The units of a text as C has them while the call runs, and the zero behind them. */
function unitsSeen(pointer: string, unit: string, text: string, length: number): unknown {
  let seen: unknown;
  const look: AnyFunction = (address) => {
    seen = read(address as bigint, `[${length}:${unit}]`);
    return 0;
  };
  bound('call_text', `((${pointer}) -> int, ${pointer}) -> int`)(look, text);
  return seen;
}

const units = (text: string): number[] => Array.from({ length: text.length }, (_, index) => text.charCodeAt(index));
const characters = (text: string): number[] => Array.from(text, (each) => each.codePointAt(0) ?? 0);

const TEXTS: readonly (readonly [string, string])[] = [
  ['of nothing', ''],
  ['of ASCII', 'plain text'],
  ['of one byte each', 'grüße'],
  ['of two', '日本語'],
  ['in pairs of units', '🎉𝒳 a'],
  ['of many characters', 'aß日🎉'.repeat(3000)],
  ['larger than the stack of texts', 'aß日🎉'.repeat(20_000)],
];

describeWithC('a string for a pointer to UTF-16', () => {
  test.each(TEXTS)('%s arrives with a zero behind it', (_, text) => {
    expect(unitsSeen('*char16_t', 'uint16', text, text.length + 1)).toEqual([...units(text), 0]);
  });

  test.each(['*uint16', '*const uint16_t', '*unsigned short'])('is taken for %s', (pointer) => {
    expect(unitsSeen(pointer, 'uint16', 'ab', 3)).toEqual([97, 98, 0]);
  });

  test('may have lone surrogates, which are units like others', () => {
    expect(unitsSeen('*char16_t', 'uint16', 'a\ud800b\udc00', 5)).toEqual([97, 0xd800, 98, 0xdc00, 0]);
  });

  test('may have no zero, and is none for other integers of 16 bits or more', () => {
    const give = (pointer: string, text: unknown): unknown => bound('same_pointer', `(${pointer}) -> *void`)(text);
    expect(() => give('*char16_t', 'a\0b')).toThrow(
      expect.objectContaining({
        code: 'ERR_ARGUMENT_RANGE',
        message: 'argument 0 is text with a zero character in it',
      }),
    );
    for (const pointer of ['*int16', '*uint32', '*char32_t', '*void'])
      expect(() => give(pointer, 'text'), pointer).toThrow('is not a value for');
  });

  test('is found next to others of the same call', () => {
    const seen: unknown[] = [];
    const look: AnyFunction = (address) => {
      seen.push(read(address as bigint, '[3:uint16]'));
      return 0;
    };
    const call = bound('call_text', '((*void) -> int, *char16_t) -> int');
    const nested: AnyFunction = (address) => {
      call(look, 'in');
      return look(address);
    };
    call(nested, 'ou');
    expect(seen).toEqual([
      [105, 110, 0],
      [111, 117, 0],
    ]);
  });
});

describeWithC('a string for a pointer to wchar_t', () => {
  test.each(TEXTS)(`%s arrives in units of ${unitBytes} bytes`, (_, text) => {
    const expected = unitBytes === 2 ? units(text) : characters(text);
    expect(unitsSeen('*wchar_t', 'wchar_t', text, expected.length + 1)).toEqual([...expected, 0]);
  });

  test.runIf(unitBytes === 4)('has no lone surrogate where the units are characters', () => {
    expect(() => bound('same_pointer', '(*wchar_t) -> *void')('a\ud800')).toThrow(
      expect.objectContaining({
        code: 'ERR_ARGUMENT_RANGE',
        message: 'argument 0 has a lone surrogate: no UTF-32 text',
      }),
    );
  });
});
