// Which code a call through the frame comes from, as C sees it: the address that the generated entry returns to. It lies in
// the program for V8's slow ways and Node-API, and in no file for code that V8 has optimised.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { open } from '../../src/exec/library.ts';
import { v8Calls } from '../../src/exec/v8-calls.ts';
import type { AnyFunction } from '../support/fixture-library.ts';
import { callerOf, EVERY, LEAF, optimize, type Way } from '../support/paths.ts';
import { findTool, isSkipped, runTool } from '../support/tool.ts';

const gcc = findTool('gcc', ['gcc']);
const isHere = process.platform === 'linux' && process.arch === 'x64' && v8Calls() !== null && !isSkipped(gcc);

function mappingOf(address: bigint): string {
  const line = readFileSync('/proc/self/maps', 'utf8')
    .split('\n')
    .find((each) => {
      const [from = 0n, to = 0n] = (each.split(' ', 1)[0] ?? '').split('-').map((digits) => BigInt(`0x${digits}`));
      return from <= address && address < to;
    });
  return line?.split(/\s+/)[5] || 'no file';
}

/**
 * The entry pushes one word and calls. `__builtin_return_address(1)` would not do: the entry keeps no frame pointer, so that
 * would be where the caller of the entry returns to, which V8 compiles as it likes.
 *
 *     rbp + 0    rbp of the entry's caller
 *     rbp + 8    into the entry
 *     rbp + 16   the word
 *     rbp + 24   into the entry's caller
 */
const RETURN_OF_CALLER = 'void *return_of_caller(void) { return ((void **)__builtin_frame_address(0))[3]; }';

/** In optimised code. V8 may throw it away again before the next call, so there is more than one attempt. */
function settled(caller: AnyFunction): string {
  const end = Date.now() + 5000;
  let where: string;
  do {
    optimize(caller, [], 1000);
    where = mappingOf(caller() as bigint);
  } while (where !== 'no file' && Date.now() < end);
  return where;
}

test.runIf(isHere)('optimised code calls the entry itself where fn.path is v8-frame, and nowhere else', () => {
  const directory = mkdtempSync(join(tmpdir(), 'interfix-paths-'));
  const paths = ['return.c', 'return.so'].map((name) => join(directory, name)) as [string, string];
  writeFileSync(paths[0], `${RETURN_OF_CALLER}\n`);
  runTool(gcc, ['-O1', '-w', '-shared', '-fPIC', '-o', paths[1], paths[0]]);
  const library = open(paths[1]);
  const callerOn = ({ options }: Way): [string, AnyFunction] => {
    const fn = library.func<AnyFunction>('return_of_caller', '() -> *void', options);
    return [fn.path, callerOf(fn, 0)];
  };
  for (const way of [LEAF, ...EVERY]) {
    const [path, caller] = callerOn(way);
    expect(mappingOf(caller() as bigint)).toMatch(/\/node$/);
    if (path === 'v8-frame') expect(settled(caller)).toBe('no file');
    else {
      for (let time = 0; time < 100_000; time++) caller();
      expect(mappingOf(caller() as bigint)).toMatch(/\/node$/);
    }
  }
  expect(callerOn(LEAF)[0]).toBe('v8-frame');
  library.close();
  rmSync(directory, { recursive: true });
});
