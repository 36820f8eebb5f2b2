// The package as a Windows machine would have it, built here: the library and its tests as JavaScript, the native shim
// and the C fixture by mingw, koffi with its Windows binary. Decides where things lie, not what is tested.

import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findTool, runTool, type Tool } from '../support/tool.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
/** What .ci/windows-packages fetched. */
const fetched = join(root, 'node_modules', '.windows');

export const wine: Tool = findTool('wine', ['wine']);
export const mingw: Tool = findTool('mingw', ['x86_64-w64-mingw32-gcc']);
export const hasPackages: boolean = existsSync(join(fetched, 'headers', 'package.json'));

/** What vitest's collector and matchers are made of, and koffi. */
const PACKAGES = [
  ...['runner', 'expect', 'utils', 'spy', 'pretty-format'].map((name) => `@vitest/${name}`),
  ...['chai', 'pathe', 'tinyrainbow', 'convert-source-map', 'koffi'],
];

/** The one library that the tests import by another package's name. */
const VITEST = { name: 'vitest', type: 'module', exports: './vitest.mjs' };

function run(command: string, args: readonly string[]): void {
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: 'utf8' });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`${basename(command)} ended with status ${status}\n${stdout}${stderr}`);
}

/** TypeScript as JavaScript, in the same folders. */
function compile(to: string): void {
  const options = { noEmit: false, allowImportingTsExtensions: false, declaration: false, isolatedDeclarations: false };
  const places = { rootDir: root, outDir: to, noCheck: true, typeRoots: [join(root, 'node_modules', '@types')] };
  const include = ['src', 'test/exec', 'test/support', 'test/windows/inside'].map((folder) => join(root, folder));
  const config = { extends: join(root, 'tsconfig.json'), compilerOptions: { ...options, ...places }, include };
  writeFileSync(join(to, 'tsconfig.json'), JSON.stringify(config));
  writeFileSync(join(to, 'package.json'), '{ "type": "module" }');
  run(process.execPath, [join(root, 'node_modules', 'typescript', 'bin', 'tsc'), '-p', join(to, 'tsconfig.json')]);
}

function copyPackages(modules: string): void {
  for (const name of PACKAGES) {
    const skipped = join(root, 'node_modules', 'koffi', 'vendor');
    const filter = (from: string): boolean => from !== skipped;
    cpSync(join(root, 'node_modules', name), join(modules, name), { recursive: true, dereference: true, filter });
  }
  cpSync(join(fetched, 'koffi'), join(modules, '@koromix', 'koffi-win32-x64'), { recursive: true });
  mkdirSync(join(modules, 'vitest'));
  writeFileSync(join(modules, 'vitest', 'package.json'), JSON.stringify(VITEST));
  cpSync(join(root, 'test', 'windows', 'vitest.mjs'), join(modules, 'vitest', 'vitest.mjs'));
}

/** A folder with all of it, which the caller removes. */
export function buildTree(): string {
  const tree = mkdtempSync(join(tmpdir(), 'interfix-windows-'));
  try {
    compile(tree);
    copyPackages(join(tree, 'node_modules'));
    cpSync(join(root, 'test', 'windows', 'run.mjs'), join(tree, 'run.mjs'));
    const addon = join(tree, 'native-shim', 'build', 'Release', 'interfix.node');
    run(process.execPath, [join(root, 'native-shim', 'cross-build-windows.mjs'), join(fetched, 'headers'), addon]);
    const fixture = join(root, 'fixtures', 'c', 'calls.c');
    runTool(mingw, ['-std=c11', '-O1', '-shared', '-static-libgcc', '-o', join(tree, 'calls.dll'), fixture]);
    return tree;
  } catch (error) {
    rmSync(tree, { recursive: true });
    throw error;
  }
}

export type NodeVersion = '20' | '22';

/** A wine prefix of our own, made once: node.exe wants Windows 10, wine's default is older. */
export function wineEnvironment(): Readonly<Record<string, string>> {
  const prefix = join(fetched, 'prefix');
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
