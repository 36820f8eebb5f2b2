// What the benchmark prints: the machine, and one line per row.

import { cpus, loadavg, release, type } from 'node:os';
import type { Measured, Timing } from './measure.ts';
import type { Subjects } from './subjects.ts';

/** What the numbers depend on. */
export type Machine = Readonly<Record<'cpu' | 'system' | 'load' | 'node' | 'v8' | 'koffi' | 'host', string>>;

export function machineOf({ interfix, koffi }: Subjects): Machine {
  const [first] = cpus();
  return {
    cpu: `${first?.model.trim() ?? 'unknown'}, ${cpus().length} cores`,
    system: `${type()} ${release()}, ${process.arch}`,
    load: loadavg()
      .map((load) => load.toFixed(1))
      .join(' '),
    node: process.versions.node,
    v8: process.versions.v8,
    koffi: koffi?.version ?? 'not installed: ours alone',
    host: interfix.host().name,
  };
}

export const machineText = (machine: Machine): string =>
  Object.entries(machine)
    .map(([key, value]) => `${key.padEnd(8)}${value}`)
    .join('\n');

const NAME_WIDTH = 42;
const columns = (name: string, cells: readonly string[]): string =>
  name.padEnd(NAME_WIDTH) + cells.map((cell) => cell.padStart(10)).join('');

export const HEADER: string = columns('ns each, median', ['ours', '±', 'koffi', '±', 'ratio']);

const shown = (ns: number): string => (ns < 100 ? ns.toFixed(1) : ns.toFixed(0));
const spread = ({ spread }: Timing): string => `${(50 * spread).toFixed(0)}%`;

export const ratioOf = ({ ours, koffi }: Measured): number | null =>
  koffi === null ? null : koffi.median / ours.median;

export function rowText(row: Measured): string {
  const { name, ours, koffi } = row;
  const own = [shown(ours.median), spread(ours)];
  if (koffi === null) return columns(name, [...own, '–', '', '–']);
  return columns(name, [...own, shown(koffi.median), spread(koffi), `${(ratioOf(row) ?? 0).toFixed(2)}×`]);
}

export function jsonText(machine: Machine, rows: readonly Measured[]): string {
  const plain = rows.map((row) => ({ ...row, unit: 'ns', ratio: ratioOf(row) }));
  return `${JSON.stringify({ machine, rows: plain }, null, 2)}\n`;
}
