// docs/callbacks.md says for each line of four documents which test shows that it is met. Those tests exist.

import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const page = readFileSync(`${root}docs/callbacks.md`, 'utf8');

interface Row {
  readonly number: number;
  readonly how: string;
  readonly shown: readonly (readonly [file: string, title: string])[];
}

const rowsOf = (section: string): Row[] =>
  [...section.matchAll(/^\| (\d+) \| (.+?) \| (.+?) \| (.+) \|$/gm)].map(([, number, , how = '', shown = '']) => ({
    number: Number(number),
    how,
    shown: [...shown.matchAll(/`(test\/[^`]+)` "([^"]+)"/g)].map(([, file = '', title = '']) => [file, title] as const),
  }));

/** The first arguments of calls: what a suite or a test is called is among them. */
const titlesIn = (source: string): string[] =>
  [...source.matchAll(/\(\s*(['"`])((?:(?!\1).)+)\1[,)]/g)].map(([, , title = '']) => title);

const sections = new Map(
  page
    .split(/^### /m)
    .slice(1)
    .map((section) => [section.slice(0, section.indexOf('\n')), rowsOf(section)] as const),
);

/** How many lines each document has. */
const documents: Readonly<Record<string, number>> = {
  'Pharo: the lifetime of an invocation': 12,
  'Bun: thread-safe callbacks with 64-bit arguments': 13,
  'Squeak: callbacks': 11,
  'Squeak: re-entrant calls': 9,
};

describe.each(Object.entries(documents))('%s', (name, count) => {
  const rows = sections.get(name) ?? [];

  test('has a row for every line', () => {
    expect(rows.map(({ number }) => number)).toEqual(Array.from({ length: count }, (_, index) => index + 1));
  });

  test.each(rows)('line $number names tests that exist', ({ how, shown }) => {
    expect(how.length).toBeGreaterThan(10);
    expect(shown.length).toBeGreaterThan(0);
    for (const [file, title] of shown) {
      expect(existsSync(root + file), file).toBe(true);
      const source = readFileSync(root + file, 'utf8');
      expect(
        titlesIn(source).some((each) => each.includes(title)),
        `${file}: ${title}`,
      ).toBe(true);
    }
  });
});
