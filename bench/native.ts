// `npm run bench:native`: calls of generated code beside direct calls and libffi's: instructions as callgrind counts
// them, and time. Prints; never judges figures.

import { writeFileSync } from 'node:fs';
import { measureNative } from './machine-code.ts';
import { givenOptions } from './options.ts';
import { jsonText, throwIfBroken } from './report.ts';

try {
  const options = givenOptions();
  const results = measureNative(options);
  if (options.json !== undefined) writeFileSync(options.json, jsonText(results));
  throwIfBroken([results]);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
