// The package as another machine would have it, built here: the library and its tests as JavaScript, and the packages
// that they import. Decides where things lie; test/windows and test/arm64 add what is compiled for their machine.

import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root: string = fileURLToPath(new URL('../..', import.meta.url));

export interface Machine {
  /** Part of the folder's name, and of that of koffi's package: `@koromix/koffi-<koffi>`. */
  readonly name: string;
  readonly koffi: string;
  /** Where the packages for this machine were unpacked. */
  readonly fetched: string;
  /** What is compiled besides the library, test/exec and test/support. */
  readonly folders: readonly string[];
}

/** What vitest's collector and matchers are made of, and koffi. */
const PACKAGES = [
  ...['runner', 'expect', 'utils', 'spy', 'pretty-format'].map((name) => `@vitest/${name}`),
  ...['chai', 'pathe', 'tinyrainbow', 'convert-source-map', 'koffi'],
];

/** The one library that the tests import by another package's name. */
const VITEST = { name: 'vitest', type: 'module', exports: './vitest.mjs' };

export function run(command: string, args: readonly string[]): void {
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: 'utf8' });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`${basename(command)} ended with status ${status}\n${stdout}${stderr}`);
}

/** TypeScript as JavaScript, in the same folders. */
function compile({ folders }: Machine, to: string): void {
  const options = { noEmit: false, allowImportingTsExtensions: false, declaration: false, isolatedDeclarations: false };
  const places = { rootDir: root, outDir: to, noCheck: true, typeRoots: [join(root, 'node_modules', '@types')] };
  const include = ['src', 'test/exec', 'test/support', ...folders].map((folder) => join(root, folder));
  const config = { extends: join(root, 'tsconfig.json'), compilerOptions: { ...options, ...places }, include };
  writeFileSync(join(to, 'tsconfig.json'), JSON.stringify(config));
  writeFileSync(join(to, 'package.json'), '{ "type": "module" }');
  run(process.execPath, [join(root, 'node_modules', 'typescript', 'bin', 'tsc'), '-p', join(to, 'tsconfig.json')]);
}

function copyPackages({ koffi, fetched }: Machine, modules: string): void {
  for (const name of PACKAGES) {
    const skipped = join(root, 'node_modules', 'koffi', 'vendor');
    const filter = (from: string): boolean => from !== skipped;
    cpSync(join(root, 'node_modules', name), join(modules, name), { recursive: true, dereference: true, filter });
  }
  cpSync(join(fetched, 'koffi'), join(modules, '@koromix', `koffi-${koffi}`), { recursive: true });
  mkdirSync(join(modules, 'vitest'));
  writeFileSync(join(modules, 'vitest', 'package.json'), JSON.stringify(VITEST));
  cpSync(join(root, 'test', 'emulated', 'vitest.mjs'), join(modules, 'vitest', 'vitest.mjs'));
}

/** Where the tree keeps the native shim. */
export const addonIn = (tree: string): string => join(tree, 'native-shim', 'build', 'Release', 'interfix.node');

/** A folder with all of it, which the caller removes. `complete` adds what is compiled. */
export function buildTree(machine: Machine, complete: (tree: string) => void): string {
  const tree = mkdtempSync(join(tmpdir(), `interfix-${machine.name}-`));
  try {
    compile(machine, tree);
    copyPackages(machine, join(tree, 'node_modules'));
    cpSync(join(root, 'test', 'emulated', 'run.mjs'), join(tree, 'run.mjs'));
    complete(tree);
    return tree;
  } catch (error) {
    rmSync(tree, { recursive: true });
    throw error;
  }
}
