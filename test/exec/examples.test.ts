// Every example runs to its end in a process of its own, on the host under test, and prints what it promises.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { host, hostAbi, open } from '../../src/index.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** What an example needs beside the C library, and what it must print. */
interface Example {
  readonly library?: string;
  readonly prints: readonly string[];
}

const examples: Readonly<Record<string, Example>> = {
  pow: {
    prints: ['pow(2, 10) = 1024', 'hypot(3, 4) = 5', 'InterfixError: argument 0: "2" is not a value for double'],
  },
  printf: { prints: ['14 characters: tea costs 3.50', 'printf says hello', '3 things, 4.75 in all'] },
  async: {
    prints: [
      'open gave -1, no such file: true',
      '-5 0 8 12 31',
      ...(host().name === 'native'
        ? ['four waits at once: true', 'first: fulfilled, second: AbortError']
        : ['InterfixError: the koffi host has no asynchronous calls']),
    ],
  },
  qsort: { prints: ['-5 0 8 12 31', '1287.4 891.7 105.4', 'Error: no order'] },
  'callback-threads': {
    prints:
      host().name === 'native'
        ? ['squares from three threads: 4 9 16', 'tick 1, value 7\ntick 2, value 7\ntick 3, value 7']
        : ["InterfixError: the koffi host has no callbacks with thread: 'block'"],
  },
  structs: {
    prints: ['{ quot: 3, rem: 2 } { quot: -3n, rem: -2n }', '127.0.0.1', '{ re: 0, im: 2 }', '1.5 is 0x3fc00000'],
  },
  leaf: {
    prints: [
      'a million calls: 5000000, on the path ',
      '17 / 5 = 3, rest 2; the same object again: true',
      'bound with { leaf: true }, but called a callback',
    ],
  },
  zlib: {
    library: 'libz.so.1',
    prints: ['crc32 cbf43926', '10000 bytes, packed well, the same again', 'Error: zlib answered -3'],
  },
  sqlite: {
    library: 'libsqlite3.so.0',
    prints: [
      '1000 rows, ids 500500, values 125125, last Größe 1000',
      'name | value: Größe 2 | 0.5',
      'name | value: weight 3 | 0.75',
      'Error: SQLite: no such table: nowhere',
      'closed with 0',
    ],
  },
  declarations: {
    prints: ['Unix time: 2001-9-9', `${hostAbi()}: 56 bytes`, 'win-x64: 48 bytes'],
  },
  dump: {
    prints: [
      '\nforward: ',
      '\nbound: ',
      '\nreverse: ',
      '\nentry: ',
      'endbr64',
      'target: .quad 0',
      'call symbol dispatcher',
    ],
  },
  embed: {
    prints: ['pow(2, 0.5) = 1.414214', 'atan2(2, 0.5) = 1.325818', 'hypot(2, 0.5) = 2.061553', '0 trampolines left'],
  },
};

/** Where this file was compiled beforehand (test/emulated), the examples were too. */
const extension = extname(import.meta.filename);
const loader = extension === '.ts' ? ['--import', 'tsx'] : [];

/** Runs an example; what it printed. */
function run(name: string): string {
  const args = [...loader, `examples/${name}${extension}`];
  const options = { cwd: root, encoding: 'utf8', timeout: 60_000 } as const;
  const { status, signal, stdout, stderr } = spawnSync(process.execPath, args, options);
  expect({ status, signal, stderr }).toEqual({ status: 0, signal: null, stderr: '' });
  return stdout;
}

function canOpen(library: string): boolean {
  try {
    open(library).close();
    return true;
  } catch {
    return false;
  }
}

const { CI } = process.env;

describe('examples', () => {
  for (const [name, { library, prints }] of Object.entries(examples)) {
    const missing = library !== undefined && !canOpen(library);
    const title = missing ? `${name} (${library} is not installed)` : name;
    // In CI nothing is skipped: an example that is not run is not shown to work.
    test.skipIf(missing && CI === undefined)(title, () => {
      const printed = run(name);
      for (const text of prints) expect(printed).toContain(text);
    });
  }

  test('none is left out here', () => {
    const files = readdirSync(new URL('../../examples', import.meta.url)).filter((file) => extname(file) === extension);
    expect(files.map((file) => file.slice(0, -extension.length)).sort()).toEqual(Object.keys(examples).sort());
  });
});
