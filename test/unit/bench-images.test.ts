// The C header of the native benchmark: the generated code of every kind, and what the C program has to know about it.

import { expect, test } from 'vitest';
import { imagesHeader } from '../../bench/images-header.ts';

const header = imagesHeader();
const numbers = (text: string): number[] => text.split(',').map(Number);

/** Kind → the offsets of target, frame, dispatcher and context. */
const symbolsOf = (id: string): Record<string, number[]> => {
  const [, initializers = ''] = new RegExp(`images ${id}_images = \\{(.*)\\};`).exec(header) ?? [];
  return Object.fromEntries(
    [...initializers.matchAll(/\.(\w+) = \{\w+, sizeof \w+, \{([^}]*)\}\}/g)].map(([, kind = '', offsets = '']) => [
      kind,
      numbers(offsets),
    ]),
  );
};

test.each(['ints', 'mixed', 'doubles'])('%s has code of every kind', (id) => {
  expect(Object.keys(symbolsOf(id))).toEqual(['forward', 'bound', 'adapter', 'entry', 'reverse']);
});

test('each kind asks for its own symbols', () => {
  const asked = Object.entries(symbolsOf('ints')).map(([kind, offsets]) => [
    kind,
    offsets.map((offset) => offset >= 0),
  ]);
  expect(Object.fromEntries(asked)).toEqual({
    forward: [false, false, false, false],
    bound: [true, false, false, false],
    adapter: [true, false, false, false],
    entry: [true, true, false, false],
    reverse: [false, false, true, true],
  });
});

test('a symbol is eight bytes of the code', () => {
  const [, bytes = ''] = /ints_bound_bytes\[\] = \{([^}]*)\}/.exec(header) ?? [];
  const [target = -1] = symbolsOf('ints')['bound'] ?? [];
  expect(numbers(bytes).slice(target, target + 8)).toEqual([0, 0, 0, 0, 0, 0, 0, 0]);
});

test('a call frame has a place for every argument and for the result', () => {
  const [, fields = ''] = /enum \{ (MIXED_ARG_0.*) \};/.exec(header) ?? [];
  expect(fields.split(', ')).toEqual([
    ...['MIXED_ARG_0 = 0', 'MIXED_ARG_1 = 8', 'MIXED_ARG_2 = 16', 'MIXED_ARG_3 = 24', 'MIXED_ARG_4 = 32'],
    ...['MIXED_ARG_5 = 40', 'MIXED_RET = 48'],
  ]);
});
