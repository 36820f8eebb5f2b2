// `npm run bench:peers`: the same C library in every runtime, in one run. Prints; never judges figures.

import { writeFileSync } from 'node:fs';
import { givenOptions } from './options.ts';
import { breakages, jsonText } from './report.ts';
import { measurePeers } from './wide.ts';

try {
  const options = givenOptions();
  const results = await measurePeers(options);
  if (options.json !== undefined) writeFileSync(options.json, jsonText(results));
  const broken = breakages(results);
  if (broken.length > 0) throw new Error(`something broke:\n${broken.join('\n')}`);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
