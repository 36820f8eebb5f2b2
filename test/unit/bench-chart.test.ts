// The chart of the benchmark: what is drawn where.

import { describe, expect, test } from 'vitest';
import { type Chart, decadesOf, svgOf } from '../../bench/chart.ts';

describe('the scale begins and ends at powers of ten', () => {
  test.each([
    { values: [2, 30], from: 0, to: 2 },
    { values: [1, 10], from: 0, to: 1 },
    { values: [5], from: 0, to: 1 },
    { values: [1000], from: 3, to: 4 },
    { values: [0.5, 7], from: -1, to: 1 },
    { values: [], from: 0, to: 1 },
    { values: [0], from: 0, to: 1 },
  ])('$values', ({ values, from, to }) => {
    expect(decadesOf(values)).toEqual({ from, to });
  });
});

const chart: Chart = {
  title: 'a < b & c',
  subtitle: 'on a machine',
  series: [
    { id: 'one', name: 'One' },
    { id: 'two', name: 'Two' },
  ],
  groups: [
    { name: 'void()', values: { one: 1, two: 100 } },
    { name: '"struct"', values: { two: 10 } },
  ],
  label: (value) => `${value} ns`,
};
const svg = svgOf(chart);
const bars = [...svg.matchAll(/<rect x="256" y="([\d.]+)" width="([\d.]+)" height="[\d.]+" fill="(#\w+)"/g)];

test('a bar for each value, none where there is none', () => {
  expect(bars.length).toBe(3);
});

test('lengths are logarithmic: the second decade is as long as the first', () => {
  const [, hundred, ten] = bars.map(([, , width]) => Number(width));
  expect(hundred).toBeCloseTo(2 * (ten ?? 0), 0);
});

test('the scale need not begin at one', () => {
  const later = svgOf({ ...chart, groups: [{ name: 'slow', values: { one: 100, two: 10_000 } }] });
  const [first, second] = [...later.matchAll(/<rect x="256" [^>]*width="([\d.]+)"/g)].map(([, width]) => Number(width));
  expect(first).toBe(1);
  expect(second).toBe(900 - 256 - 70);
});

test('a value at the beginning of the scale is still seen', () => {
  expect(Number(bars[0]?.[2])).toBe(1);
});

test('bars of a series have the colour of its legend', () => {
  const legend = [...svg.matchAll(/<rect x="\d+" y="64" [^>]*fill="(#\w+)"/g)].map(([, colour]) => colour);
  expect(legend.length).toBe(2);
  expect(bars.map(([, , , colour]) => colour)).toEqual([legend[0], legend[1], legend[1]]);
});

test('bars do not overlap', () => {
  const tops = bars.map(([, top]) => Number(top));
  expect(tops).toEqual(tops.toSorted((a, b) => a - b));
  expect(new Set(tops).size).toBe(3);
});

test('text is escaped', () => {
  expect(svg).toContain('a &lt; b &amp; c');
  expect(svg).toContain('&quot;struct&quot;');
  expect(svg).not.toContain('a < b');
});

test('dark pages have colours of their own', () => {
  expect(svg).toContain('prefers-color-scheme: dark');
});
