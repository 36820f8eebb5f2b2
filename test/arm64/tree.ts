// An arm64 Linux machine in a folder: what test/emulated/tree.ts builds, the native shim and the C fixtures from the
// cross compiler, and programs named `node`, `gcc` and `cc` that behave as they would there.

import { chmodSync, cpSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { addonIn, buildTree, type Machine, root, run } from '../emulated/tree.ts';
import { findTool, runTool, type Tool } from '../support/tool.ts';

/** What .ci/arm64-packages fetched. */
const fetched = join(root, 'node_modules', '.arm64');
/** Where the cross compiler keeps the C library: Debian's place, or the one that qemu is told. */
const { QEMU_LD_PREFIX: sysroot = '/usr/aarch64-linux-gnu' } = process.env;

export const qemu: Tool = findTool('qemu-user', ['qemu-aarch64', 'qemu-aarch64-static']);
export const gcc: Tool = findTool("gcc's cross compiler", ['aarch64-linux-gnu-gcc']);
export const hasPackages: boolean = existsSync(join(fetched, 'koffi', 'package.json'));

export type NodeVersion = '20' | '22' | '24';

const MACHINE: Machine = {
  name: 'arm64',
  koffi: 'linux-arm64',
  fetched,
  folders: ['test/arm64/inside', 'test/cli', 'examples'],
};

/** Words that start a program of the machine. */
export const emulator = (...options: readonly string[]): readonly string[] => [
  qemu.command ?? 'qemu-aarch64',
  ...['-L', sysroot],
  ...options,
];

const script = (path: string, words: readonly string[]): void => {
  writeFileSync(path, `#!/bin/sh\nexec ${words.map((word) => `'${word}'`).join(' ')} "$@"\n`);
  chmodSync(path, 0o755);
};

/** Compiles test/arm64/pages.c against the pages of the native shim. */
export function buildPages(to: string, coherence: string | null): string {
  const output = join(to, 'pages');
  const sources = [join(root, 'test/arm64/pages.c'), join(root, 'native-shim/pages_posix.c')];
  const coherent = coherence === null ? [] : ['-Wl,--wrap=__clear_cache', coherence];
  runTool(gcc, ['-std=c11', '-O1', '-o', output, ...sources, ...coherent]);
  return output;
}

/** Compiles the instruction cache that qemu before 8.1 lacks. */
export function buildCoherence(to: string): string {
  const output = join(to, 'coherence.so');
  const source = join(root, 'test/arm64/coherence.c');
  runTool(gcc, ['-std=c11', '-O2', '-shared', '-fPIC', '-pthread', '-o', output, source]);
  return output;
}

/** The folder, and in it a `node` for each version. */
export function build(coherence: string | null): string {
  return buildTree(MACHINE, (tree) => {
    const bin = join(tree, 'bin');
    mkdirSync(bin);
    for (const name of ['gcc', 'cc']) script(join(bin, name), [gcc.command ?? '']);
    const preloaded = coherence === null ? [] : ['-E', `LD_PRELOAD=${coherence}`];
    for (const version of ['20', '22', '24'] as const) {
      script(nodeIn(tree, version), [...emulator(...preloaded), join(fetched, `node-${version}`, 'bin', 'node')]);
    }
    for (const folder of ['c', 'native'])
      cpSync(join(root, 'fixtures', folder), join(tree, 'fixtures', folder), { recursive: true });
    const flags = coherence === null ? [] : ['-Wl,--wrap=__clear_cache'];
    const builder = join(root, 'native-shim', 'cross-build-arm64.mjs');
    run(process.execPath, [builder, join(fetched, 'node-20'), addonIn(tree), ...flags]);
  });
}

export const nodeIn = (tree: string, version: NodeVersion): string => join(tree, 'bin', `node-${version}`);
