// The machine that a benchmark ran on.

import { cpus, loadavg, release, type } from 'node:os';
import type { Machine } from './results.ts';

export function thisMachine(): Machine {
  const [first] = cpus();
  return {
    cpu: `${first?.model.trim() ?? 'unknown'}, ${cpus().length} cores`,
    system: `${type()} ${release().split('-')[0]}, ${process.arch}`,
    load: loadavg()
      .map((load) => load.toFixed(1))
      .join(' '),
    date: new Date().toISOString().slice(0, 10),
  };
}
