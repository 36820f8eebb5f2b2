// Text for C, of each kind of string that the engine has.

import { expect, test } from 'vitest';
import { alloc, cstring } from '../../src/exec/memory.ts';
import { bound, describeWithC } from '../support/fixture-library.ts';

describeWithC('text', () => {
  /** The same text in each form that the engine has for it. */
  const KINDS: readonly (readonly [string, (text: string) => string])[] = [
    ['read from bytes', (text) => Buffer.from(text).toString()],
    ['put together', (text) => `${text.slice(0, text.length >> 1)}${text.slice(text.length >> 1)}`],
    ['part of another', (text) => `<${text}>`.slice(1, -1)],
    ['part of a wide one', (text) => `日${text}日`.slice(1, -1)],
    ['name of a property', (text) => Object.keys({ [`${text}`]: 0 })[0] ?? ''],
  ];

  test.each(KINDS)('arrives whole with each character at each place: %s', (_, made) => {
    const [length, copy] = [bound('text_length', '(*char) -> size_t'), bound('copy_text', '(*void, *char) -> void')];
    const to = alloc(200);
    for (let size = 1; size <= 40; size++) {
      const letters = 'abcdefghijklmnopqrstuvwxyz0123456789-+*/'.slice(0, size);
      for (let at = 0; at < size; at++) {
        for (const character of ['\x01', '\x7f', '\x80', 'ß', 'ÿ', '日', '🎉', 'ßß']) {
          const text = made(`.${letters.slice(0, at)}${character}${letters.slice(at + 1)}`);
          copy(to, text);
          if (cstring(to) !== text) expect.fail(`${JSON.stringify(text)} arrived as ${JSON.stringify(cstring(to))}`);
        }
        const bad = made(`.${letters.slice(0, at)}\0${letters.slice(at + 1)}`);
        expect(() => length(bad)).toThrow('zero character');
      }
    }
  });
});
