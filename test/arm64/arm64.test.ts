// Linux on AArch64 under qemu: the pages of the native shim alone, and the tests of test/exec in arm64 builds of Node.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectSuccess, type Outcome, runFile } from '../emulated/outcomes.ts';
import { isSkipped } from '../support/tool.ts';
import { DIFFERENT, FEW, FILES } from './selection.ts';
import {
  build,
  buildCoherence,
  buildPages,
  emulator,
  gcc,
  hasPackages,
  type NodeVersion,
  nodeIn,
  qemu,
} from './tree.ts';

const { CI, PATH } = process.env;
const noTools = isSkipped(qemu) || isSkipped(gcc);
const noNode = noTools || (!hasPackages && CI === undefined);

/** What test/arm64/pages.c prints. */
function pagesPrint(program: string, options: readonly string[]): Readonly<Record<string, string>> {
  const [command = '', ...words] = [...emulator(...options), program];
  const { status, stdout, stderr } = spawnSync(command, words, { encoding: 'utf8', timeout: 60_000 });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  const lines = stdout.trimEnd().split('\n');
  return Object.fromEntries(lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), line.split(' ').at(-1) ?? '']));
}

describe.skipIf(noTools)(`arm64 Linux under qemu${noTools ? ' (qemu or the cross compiler is missing)' : ''}`, () => {
  let folder = '';
  let pages = '';
  /** The library that stands in for the instruction cache, where the emulator has none to flush. */
  let coherence: string | null = null;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'interfix-arm64-'));
    // 41 was there before 44: an emulator that still runs it does not know `ic ivau`.
    const obeysFlushes = pagesPrint(buildPages(folder, null), [])['rewritten'] === '44';
    coherence = obeysFlushes ? null : buildCoherence(folder);
    pages = buildPages(folder, coherence);
  }, 60_000);

  afterAll(() => {
    if (folder !== '') rmSync(folder, { recursive: true });
  });

  describe('pages of code', () => {
    const ALWAYS = {
      reserve: '0',
      unwritten: 'SIGILL',
      first: '41',
      'across pages': '42',
      rewritten: '44',
      store: 'SIGSEGV',
      'half a page': 'refused',
      release: '0',
      released: 'SIGSEGV',
    };

    test.each([4096, 16_384, 65_536])('of %d bytes run what was written last, and nothing else', (size) => {
      expect(pagesPrint(pages, ['-p', `${size}`])).toMatchObject({ page: `${size}`, ...ALWAYS });
    });

    test('are guarded where the CPU knows landing pads: a branch to anything else traps', () => {
      expect(pagesPrint(pages, ['-cpu', 'max'])).toMatchObject({ ...ALWAYS, 'without landing pad': 'SIGILL' });
    });

    test('are the same on a CPU that does not', () => {
      expect(pagesPrint(pages, ['-cpu', 'cortex-a72'])).toMatchObject({ ...ALWAYS, 'without landing pad': '43' });
    });
  });

  describe.skipIf(noNode)(`Node${noNode ? ' (.ci/arm64-packages was not run)' : ''}`, () => {
    let tree = '';

    beforeAll(() => {
      tree = build(coherence);
    }, 120_000);

    afterAll(() => {
      if (tree !== '') rmSync(tree, { recursive: true });
    });

    type Emulation = Readonly<Record<string, string>>;
    type Run = readonly [version: NodeVersion, host: 'native' | 'koffi', emulation: Emulation];
    const runs: readonly Run[] = [
      ['22', 'native', {}],
      ['22', 'koffi', {}],
      ['20', 'native', {}],
      ['24', 'native', {}],
      ['22', 'native', { QEMU_PAGESIZE: '65536', QEMU_CPU: 'cortex-a72' }],
    ];
    /** What an emulator takes too long for to be run with every change. */
    const moreRuns: readonly Run[] = [
      ['20', 'koffi', {}],
      ['24', 'koffi', {}],
      ['22', 'koffi', { QEMU_PAGESIZE: '16384', QEMU_CPU: 'cortex-a72' }],
    ];
    const all = process.env['INTERFIX_EMULATED'] === 'all';
    const asked = all ? [...runs, ...moreRuns] : runs;

    function run(files: readonly string[], [version, host, emulation]: Run): readonly Outcome[] {
      const node = nodeIn(tree, version);
      const env = {
        ...process.env,
        // The libraries of two examples are not there, and no cross compiler brings them.
        CI: undefined,
        PATH: [join(tree, 'bin'), PATH].join(delimiter),
        INTERFIX_HOST: host,
        INTERFIX_BUILT: join(tree, 'src', 'index.js'),
        ...emulation,
      };
      return files.flatMap((file) => runFile({ tree, command: [node], env, skipped: DIFFERENT, node }, file));
    }

    test.runIf(all)('22 passes all of them with the native host', { timeout: 1_800_000 }, () => {
      expectSuccess(run(FILES, ['22', 'native', {}]), 700, DIFFERENT);
    });

    test.each(asked)('%s passes with the %s host %o', { timeout: 900_000 }, (version, host, emulation) => {
      expectSuccess(run(FEW, [version, host, emulation]), 150);
    });
  });
});
