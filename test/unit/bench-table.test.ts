// The parent of the benchmark, with runtimes that answer from a script: turns, gaps, and processes that end.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Table } from '../../bench/measure.ts';
import type { Answer, Inputs } from '../../bench/protocol.ts';
import type { Row } from '../../bench/rows.ts';
import type { Column } from '../../bench/runtimes.ts';

const inputs: Inputs = { dist: '', library: '', many: { path: '', count: 0 }, population: 0 };
const effort = { pace: { warmUp: 0, round: 0 }, rounds: 5, processes: 3 };
const row: Row = { id: 'r', name: 'a row', unit: 'ns', group: 'calls' };

/** A runtime that says these things, one after the other; `null`: it ends with a complaint. */
function scripted(id: string, answers: readonly (Answer | null)[], log: string | null = null): Column {
  const script = `
    const answers = ${JSON.stringify(answers)};
    const next = (line) => {
      if (${JSON.stringify(log)} !== null && line?.includes('"ask":"round"')) {
        require('node:fs').appendFileSync(${JSON.stringify(log)}, '${id}');
      }
      const answer = answers.shift();
      if (answer === null) { console.error('Error: it broke'); process.exit(1); }
      console.log(JSON.stringify(answer ?? { ended: true }));
    };
    next();
    require('node:readline').createInterface({ input: process.stdin }).on('line', next);`;
  return { id, name: id.toUpperCase(), command: [process.execPath, '-e', script], env: {} };
}

const about = { about: { name: 'scripted' } } as const;
const ready = { ready: true } as const;
const rounds = (...times: number[]): Answer[] => times.map((ns) => ({ ns }));

describe('a table', () => {
  test('has the median of the rounds of each column', async () => {
    const columns = [
      scripted('a', [about, { ready: true, note: 'a path' }, ...rounds(5, 1, 3, 2, 4)]),
      scripted('b', [about, ready, ...rounds(10, 10, 10, 10, 99)]),
    ];
    using table = await Table.start(columns, inputs, effort);
    expect((await table.measure(row)).cells).toEqual({
      a: { median: 3, spread: 0.66667, rounds: 5, note: 'a path' },
      b: { median: 10, spread: 0, rounds: 5 },
    });
  });

  test('lets another column begin each round', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'interfix-turns-'));
    try {
      const log = join(folder, 'log');
      const ids = ['a', 'b', 'c'];
      const columns = ids.map((id) => scripted(id, [about, ready, ...rounds(1, 1, 1, 1, 1)], log));
      using table = await Table.start(columns, inputs, effort);
      await table.measure(row);
      expect(readFileSync(log, 'utf8')).toBe('abcbcacababcbca');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test('goes on without a row that a runtime does not have', async () => {
    const columns = [
      scripted('a', [about, { missing: 'no structs' }, ready, ...rounds(1, 1, 1, 1, 1)]),
      scripted('b', [about, ready, ...rounds(2, 2, 2, 2, 2)]),
    ];
    using table = await Table.start(columns, inputs, effort);
    const { cells } = await table.measure(row);
    expect(cells['a']).toEqual({ missing: 'no structs' });
    expect(cells['b']).toMatchObject({ median: 2 });
    expect((await table.measure(row)).cells['a']).toMatchObject({ median: 1 });
  });

  test('has no median of rounds of which one failed', async () => {
    const columns = [scripted('a', [about, ready, { ns: 1 }, { missing: 'failed: it threw' }])];
    using table = await Table.start(columns, inputs, effort);
    expect((await table.measure(row)).cells['a']).toEqual({ missing: 'failed: it threw' });
  });

  test('goes on without a runtime that ended, and says what it said', async () => {
    const columns = [
      scripted('a', [about, ready, { ns: 1 }, null]),
      scripted('b', [about, ready, ...rounds(2, 2, 2, 2, 2), { ended: true }, ready, ...rounds(3, 3, 3, 3, 3)]),
    ];
    using table = await Table.start(columns, inputs, effort);
    const ended = { missing: 'A ended: Error: it broke' };
    expect((await table.measure(row)).cells).toMatchObject({ a: ended, b: { median: 2 } });
    expect((await table.measure(row)).cells).toMatchObject({ a: ended, b: { median: 3 } });
    expect(table.about()).toEqual({ a: ended, b: about.about });
  });

  test('has the reason of a runtime that did not start', async () => {
    const missing: Column = { id: 'a', name: 'A', command: ['/nonexistent/runtime'], env: {} };
    using table = await Table.start([missing], inputs, effort);
    expect((await table.measure(row)).cells['a']).toEqual({ missing: expect.stringContaining('ENOENT') });
  });

  test('asks a process of its own for each measurement of memory', async () => {
    const columns = [scripted('a', [about, { value: 300 }])];
    using table = await Table.start(columns, inputs, effort);
    const { cells } = await table.measure({ ...row, unit: 'bytes', alone: true });
    expect(cells['a']).toEqual({ median: 300, spread: 0, rounds: 3 });
  });
});
