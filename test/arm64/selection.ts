// Which tests run on emulated arm64 Linux: all of test/exec but those listed here, each with the reason.

import { readdirSync } from 'node:fs';
import type { Difference } from '../emulated/outcomes.ts';

const folder = (path: string, ending: string): readonly string[] =>
  readdirSync(new URL(`../../${path}`, import.meta.url))
    .filter((name) => name.endsWith(ending))
    .map((name) => `${path}/${name}`);

/** select-host.test.ts replaces modules, and callback-threads.test.ts waits with vitest's own clock: both need vitest itself. */
export const FILES: readonly string[] = [
  ...folder('test/exec', '.test.ts').filter((file) => !/(select-host|callback-threads)\.test\.ts$/.test(file)),
  ...folder('test/arm64/inside', '.ts'),
  'test/cli/call.test.ts',
];

/** With other versions of Node and other CPUs: what they have a part in. */
export const FEW: readonly string[] = FILES.filter((file) =>
  /(bind-records|callback|executable-memory|host|invocations|library|pages|calls)(\.test)?\.ts$/.test(file),
);

export const DIFFERENT: readonly Difference[] = [
  {
    reason: 'they state the bytes of the x87 format; inside/calls.ts states those of binary128',
    tests: [
      /floating-point numbers > of long double zero the padding behind them/,
      /floating-point numbers > of long double are read as the nearest double/,
    ],
  },
  {
    reason: 'it calls a function of doubles with a union, which only the psABI passes alike',
    tests: [/records > arrays and unions inside, and a float written as a string/],
  },
  {
    reason: 'they repeat many thousand times what takes the emulator long: minutes on a loaded machine',
    tests: [
      /a million of them keep neither memory nor records/,
      /memory stays where it was after/,
      /a hundred workers in all/,
      /40 000 times|5000 times/,
      /with the flags `--(stress-compaction|jitless)/,
    ],
  },
];
