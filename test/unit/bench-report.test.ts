// How the benchmark prints: quantities, tables, and what was left out.

import { describe, expect, test } from 'vitest';
import {
  absences,
  breakages,
  cellText,
  circumstancesMarkdown,
  lineText,
  markdown,
  plainText,
  quantity,
  ratioText,
  spreadText,
  throwIfBroken,
} from '../../bench/report.ts';
import type { Results } from '../../bench/results.ts';
import { ownHead, ownRow, ownTable, ownWidths, peerTable, ratioTable } from '../../bench/tables.ts';

describe('a quantity has the unit that fits', () => {
  test.each([
    [1.234, 'ns', '1.2 ns'],
    [99.96, 'ns', '100.0 ns'],
    [123.4, 'ns', '123 ns'],
    [1234, 'ns', '1.2 µs'],
    [123_456, 'ns', '123 µs'],
    [1_234_567, 'ns', '1.2 ms'],
    [299.6, 'bytes', '300 B'],
    [20_480, 'bytes', '20.0 KiB'],
    [-12, 'bytes', '-12 B'],
    [12, 'instructions', '12.0'],
    [1788.2, 'instructions', '1788'],
  ] as const)('%d %s is %s', (value, unit, text) => {
    expect(quantity(value, unit)).toBe(text);
  });
});

test('a ratio has three digits', () => {
  expect([0.404, 1, 9.94, 9.96, 123.4, null].map(ratioText)).toEqual([
    '0.40×',
    '1.00×',
    '9.94×',
    '10.0×',
    '123.4×',
    '–',
  ]);
});

test('the spread that is printed is half the distance between the quartiles', () => {
  expect(spreadText({ median: 10, spread: 0.08, rounds: 9 })).toBe('±4%');
  expect(spreadText({ missing: 'no structs' })).toBe('');
});

test('an empty cell is a dash', () => {
  expect(cellText({ missing: 'no structs' }, 'ns')).toBe('–');
  expect(cellText(undefined, 'ns')).toBe('–');
});

const table = {
  head: ['', 'ours', 'koffi'],
  rows: [
    ['void()', '2.5 ns', '12.0 ns'],
    ['int(int, int)', '–', '35.1 ns'],
  ],
};

test('on a terminal names stand on the left and numbers on the right', () => {
  expect(plainText(table)).toBe(
    ['                 ours    koffi', 'void()         2.5 ns  12.0 ns', 'int(int, int)       –  35.1 ns'].join('\n'),
  );
});

test('in Markdown numbers are aligned to the right', () => {
  expect(markdown(table)).toBe(
    ['|  | ours | koffi |', '|---|--:|--:|', '| void() | 2.5 ns | 12.0 ns |', '| int(int, int) | – | 35.1 ns |'].join(
      '\n',
    ),
  );
});

const cell = (median: number): { readonly median: number; readonly spread: number; readonly rounds: number } => ({
  median,
  spread: 0.02,
  rounds: 9,
});
const results: Results = {
  machine: { cpu: 'A processor, 2 cores', system: 'Linux 6.1, x64', load: '0.0 0.0 0.0', date: '2026-01-02' },
  columns: [
    { id: 'interfix', name: 'interfix', about: { name: 'interfix', node: '26.10.0' } },
    { id: 'interfix-slow', name: 'Node-API', about: { name: 'interfix', node: '26.10.0' } },
    { id: 'koffi', name: 'koffi', about: { name: 'koffi', node: '26.10.0', koffi: '3.3.4' } },
    { id: 'bun', name: 'Bun', about: { missing: 'could not be fetched' } },
  ],
  rows: [
    {
      id: 'void',
      name: 'void()',
      unit: 'ns',
      cells: {
        interfix: { ...cell(2.5), note: 'v8-registers' },
        'interfix-slow': cell(5),
        koffi: cell(10),
        'interfix-26': cell(2),
        'koffi-26': cell(9),
        'node-ffi': { missing: 'no structs' },
        deno: cell(3),
        bun: { missing: 'could not be fetched' },
      },
    },
    {
      id: 'layout',
      name: 'layout',
      unit: 'ns',
      cells: {
        interfix: cell(9000),
        'interfix-slow': { missing: 'failed: a reason' },
        koffi: { missing: 'not possible' },
      },
    },
  ],
};
const [first, second] = results.rows;
if (first === undefined || second === undefined) throw new Error('there are two rows');

test('a row of `npm run bench`: four columns, both ratios with their bars, and the path that was taken', () => {
  expect(ownRow(first)).toEqual([
    ...['void()', '2.5 ns', '±1%', '–', '', '5.0 ns', '±1%', '10.0 ns', '±1%'],
    ...['4.00×', '4×', '2.00×', '1.5×', 'v8-registers'],
  ]);
  expect(ownRow(second).slice(5)).toEqual(['–', '', '–', '', '–', '', '–', '', '']);
});

test('a row that failed and a process that ended have broken; what is not to be had has not', () => {
  expect(breakages(results)).toEqual(['Node-API, layout: failed: a reason']);
  const ended = { id: 'koffi', name: 'koffi', about: { missing: 'koffi ended: SIGSEGV' } };
  expect(breakages({ ...results, rows: [], columns: [...results.columns.slice(0, 2), ended] })).toEqual([
    'koffi ended: SIGSEGV',
  ]);
  expect(() => throwIfBroken([results])).toThrow('something broke:\nNode-API, layout: failed: a reason');
  expect(() => throwIfBroken([{ ...results, rows: [] }])).not.toThrow();
});

test('its columns are as wide as their headings', () => {
  expect(ownHead.length).toBe(ownWidths.length);
  expect(ownHead.every((heading, index) => heading.length <= (ownWidths[index] ?? 0))).toBe(true);
  expect(lineText(ownRow(first), ownWidths).length).toBe(lineText(ownHead, ownWidths).length);
});

test('the documentation has the rows of some groups', () => {
  expect(ownTable(results, ['calls']).rows.map(([name]) => name)).toEqual(['void()']);
  expect(ownTable(results, ['creation']).rows.map(([name]) => name)).toEqual(['layout']);
});

test('the best peer is named, with its time divided by ours', () => {
  expect(peerTable(results).rows[0]).toEqual([
    'void()',
    '2.0 ns',
    '–',
    '–',
    '–',
    '9.0 ns',
    '–',
    '3.0 ns',
    '–',
    'deno',
    '1.50×',
  ]);
});

test('peers in Node are compared within the same version, the others with the newest', () => {
  expect(ratioTable(results).rows[0]).toEqual(['void()', '–', '–', '–', '4.50×', '–', '1.50×', '–']);
});

test('why a cell is empty is said, unless the runtime has no such thing or is not there at all', () => {
  expect(absences(results)).toEqual(['Node-API, layout: failed: a reason']);
});

test('the circumstances name the machine, every version once, and what was left out', () => {
  expect(circumstancesMarkdown(results)).toBe(
    'A processor, 2 cores; Linux 6.1, x64; 2026-01-02. Node 26.10.0; koffi 3.3.4. Left out: Bun (could not be fetched).',
  );
});
