// `npm run bench:peers`: the same C library in every runtime, in one run. Prints; never judges figures.

import { writeFileSync } from 'node:fs';
import { givenOptions } from './options.ts';
import { jsonText, throwIfBroken } from './report.ts';
import { measurePeers } from './wide.ts';

try {
  const options = givenOptions();
  const results = await measurePeers(options);
  if (options.json !== undefined) writeFileSync(options.json, jsonText(results));
  throwIfBroken([results]);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
