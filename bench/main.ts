// `npm run bench`: our calls on both paths beside koffi's, in one run. Prints; never judges figures.

import { writeFileSync } from 'node:fs';
import { givenOptions } from './options.ts';
import { measureOwn } from './own.ts';
import { jsonText, throwIfBroken } from './report.ts';

try {
  const options = givenOptions();
  const results = await measureOwn(options);
  if (options.json !== undefined) writeFileSync(options.json, jsonText(results));
  throwIfBroken([results]);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
