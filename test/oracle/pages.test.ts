// Pages of 16 and 64 KiB, as Apple's and some Linux systems have them: values end at the end of such a page, too.

import { describe, expect, it } from 'vitest';
import { Bench, reasonToSkip } from './bench.ts';
import { carryOut } from './campaign.ts';
import { targetOf } from './controls.ts';
import { ALL_KINDS } from './subject.ts';

const COUNT = 100;
const SEED = 64;
const TIMEOUT = 120_000;

const target = targetOf('aapcs64');
const skipped = reasonToSkip(target);

describe.each([16384, 65536])('oracle: pages of %i bytes', (pageSize) => {
  const rule = 'change nothing on AArch64';
  it.skipIf(skipped !== null)(skipped === null ? rule : `${rule} (${skipped})`, { timeout: TIMEOUT }, async () => {
    const bench = await Bench.open(target.cpu, { pageSize });
    try {
      const campaign = { target, kinds: ALL_KINDS, entry: target.abi, seed: SEED, count: COUNT };
      const { messages } = await carryOut(bench, campaign);
      expect(messages.join('\n\n')).toBe('');
    } finally {
      await bench.close();
    }
  });
});
