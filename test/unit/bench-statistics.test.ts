// The benchmark's arithmetic: medians, spreads and ratios. Nothing here takes time.

import { describe, expect, test } from 'vitest';
import { bestOf, type Cell, type MeasuredRow, medianOf, ratioOf } from '../../bench/results.ts';
import { summaryOf } from '../../bench/statistics.ts';

describe('a summary', () => {
  test.each([
    { samples: [7], median: 7, spread: 0 },
    { samples: [3, 1, 2], median: 2, spread: 0.5 },
    { samples: [1, 2, 3, 4], median: 2.5, spread: 0.6 },
    { samples: [10, 10, 10, 10, 1000], median: 10, spread: 0 },
    { samples: [0, 0, 0], median: 0, spread: 0 },
  ])('of $samples', ({ samples, median, spread }) => {
    expect(summaryOf(samples)).toEqual({ median, spread, rounds: samples.length });
  });

  test('leaves the samples in their order', () => {
    const samples = [3, 1, 2];
    summaryOf(samples);
    expect(samples).toEqual([3, 1, 2]);
  });

  test('sorts by value and not as text', () => {
    expect(summaryOf([9, 10, 100]).median).toBe(10);
  });

  test('keeps no more digits than are known', () => {
    expect(summaryOf([1 / 3]).median).toBe(0.33333);
  });

  test('of nothing is an error', () => {
    expect(() => summaryOf([])).toThrow('nothing was measured');
  });
});

const cell = (median: number): Cell => ({ median, spread: 0, rounds: 1 });
const row: MeasuredRow = {
  id: 'r',
  name: 'row',
  unit: 'ns',
  cells: {
    ours: cell(4),
    theirs: cell(10),
    other: cell(2),
    none: { missing: 'not possible' },
    zero: cell(0),
    less: cell(-3),
  },
};

describe('a row', () => {
  test('has a median where something was measured', () => {
    expect(medianOf(row, 'ours')).toBe(4);
    expect(medianOf(row, 'none')).toBeNull();
    expect(medianOf(row, 'unknown')).toBeNull();
  });

  test('a ratio above one says that the first is faster', () => {
    expect(ratioOf(row, 'ours', 'theirs')).toBe(2.5);
    expect(ratioOf(row, 'theirs', 'ours')).toBe(0.4);
  });

  test.each(['none', 'unknown'])('there is no ratio with %s', (column) => {
    expect(ratioOf(row, 'ours', column)).toBeNull();
    expect(ratioOf(row, column, 'ours')).toBeNull();
  });

  test('nothing is divided by zero', () => {
    expect(ratioOf(row, 'zero', 'ours')).toBeNull();
    expect(ratioOf(row, 'ours', 'zero')).toBe(0);
  });

  test.each([
    ['less', 'ours'],
    ['ours', 'less'],
  ])('memory that shrank has no ratio: %s, %s', (column, other) => {
    expect(ratioOf(row, column, other)).toBeNull();
  });

  test('the best is the least of those that there are', () => {
    expect(bestOf(row, ['theirs', 'none', 'other'])).toEqual({ id: 'other', median: 2 });
    expect(bestOf(row, ['none'])).toBeNull();
  });
});
