// A Windows machine in a folder: what test/emulated/tree.ts builds, the native shim and the C fixture by mingw, and a wine
// prefix to run them in.

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { addonIn, buildTree, type Machine, root, run } from '../emulated/tree.ts';
import { findTool, runTool, type Tool } from '../support/tool.ts';

/** What .ci/windows-packages fetched. */
const fetched = join(root, 'node_modules', '.windows');

export const wine: Tool = findTool('wine', ['wine']);
export const mingw: Tool = findTool('mingw', ['x86_64-w64-mingw32-gcc']);
export const hasPackages: boolean = existsSync(join(fetched, 'headers', 'package.json'));

const MACHINE: Machine = { name: 'windows', koffi: 'win32-x64', fetched, folders: ['test/windows/inside'] };

/** The folder, with the native shim and the C fixture by mingw. */
export function build(): string {
  return buildTree(MACHINE, (tree) => {
    const builder = join(root, 'native-shim', 'cross-build-windows.mjs');
    run(process.execPath, [builder, join(fetched, 'headers'), addonIn(tree)]);
    const fixture = join(root, 'fixtures', 'c', 'calls.c');
    runTool(mingw, ['-std=c11', '-O1', '-shared', '-static-libgcc', '-o', join(tree, 'calls.dll'), fixture]);
  });
}

export type NodeVersion = '20' | '22';

/** A wine prefix of our own, made once: node.exe wants Windows 10, wine's default is older. One for each test file. */
export function wineEnvironment(name = 'prefix'): Readonly<Record<string, string>> {
  const prefix = join(fetched, name);
  const environment = { WINEPREFIX: prefix, WINEDEBUG: '-all', WINEARCH: 'win64' };
  if (existsSync(join(prefix, 'system.reg'))) return environment;
  mkdirSync(dirname(prefix), { recursive: true });
  const env = { ...process.env, ...environment };
  for (const [command, ...args] of [
    ['wineboot', '-i'],
    ['wine', 'winecfg', '-v', 'win10'],
  ] as const) {
    const { status } = spawnSync(command, args, { env, stdio: 'ignore', timeout: 300_000 });
    if (status !== 0) throw new Error(`${command} ${args.join(' ')} ended with status ${status}`);
  }
  return environment;
}

/** The path of a node.exe. */
export const nodeExe = (version: NodeVersion): string => join(fetched, `node-${version}`, 'bin', 'node.exe');

/** What wine calls a file of this machine. */
export const windowsPath = (path: string): string => `Z:${path.replaceAll('/', '\\')}`;
