#!/usr/bin/env node
// The program `interfix`: hands its words and streams to run.ts. Nothing else reads process.argv or writes to stdout.

import { streamOutput } from './output.ts';
import { run } from './run.ts';

// Not process.exit(): what stdout still holds has to leave first.
process.exitCode = await run(process.argv.slice(2), streamOutput(process.stdout), streamOutput(process.stderr));
