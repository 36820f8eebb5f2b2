// `npm run bench:peers`: the same C library in every runtime, in one run. Prints; never judges.

import { writeFileSync } from 'node:fs';
import { givenOptions } from './options.ts';
import { jsonText } from './report.ts';
import { measurePeers } from './wide.ts';

try {
  const options = givenOptions();
  const results = await measurePeers(options);
  if (options.json !== undefined) writeFileSync(options.json, jsonText(results));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
