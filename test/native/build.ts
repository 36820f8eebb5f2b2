// Builds the shim, its fixture and the C programs of these tests, with the options that a watcher needs.

import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll } from 'vitest';
import { builtLibrary } from '../support/built-library.ts';
import { findTool, runTool, type Tool } from '../support/tool.ts';

export const root: string = fileURLToPath(new URL('../..', import.meta.url));
const shim = join(root, 'native-shim');

export const gcc: Tool = findTool('gcc', ['gcc']);

/** The headers that an addon is compiled with belong to the Node that runs. */
export const nodeHeaders: string = join(dirname(process.execPath), '..', 'include', 'node');

let directory: string | undefined;

afterAll(() => {
  if (directory !== undefined) rmSync(directory, { recursive: true });
  directory = undefined;
});

/** A path in a directory that is removed when the tests have run. */
export function scratch(name: string): string {
  directory ??= mkdtempSync(join(tmpdir(), 'interfix-native-'));
  return join(directory, name);
}

/** The C files of the shim on Linux, as binding.gyp lists them. */
function shimSources(): string[] {
  const text = readFileSync(join(shim, 'binding.gyp'), 'utf8');
  const names = [...text.matchAll(/'(\w+\.c)'/g)].flatMap(([, name]) => name ?? []);
  return [...new Set(names)].filter((name) => !/_(windows|darwin)\.c$/.test(name));
}

export const testSource = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
export const threadsSource: string = join(root, 'fixtures', 'native', 'threads.c');
export const scriptedRun: string = testSource('scripted-run.mjs');

/** The compiler's own path of one of its libraries. */
export const libraryOfGcc = (name: string): string => runTool(gcc, [`-print-file-name=${name}`]).trim();

/** Compiles to `name` in the scratch directory; answers its path. */
export function compile(name: string, options: readonly string[], sources: readonly string[]): string {
  const output = scratch(name);
  runTool(gcc, ['-std=gnu11', '-g', '-O1', '-pthread', ...options, '-o', output, ...sources]);
  return output;
}

/** A change of one line of one file of the shim that a watcher must find. */
export interface Defect {
  readonly file: string;
  readonly text: string;
  readonly replacement: string;
}

/** A copy of the shim's folder, with the defect if there is one. */
function copyOfShim(name: string, defect: Defect | null): string {
  const folder = scratch(name);
  cpSync(shim, folder, { recursive: true, filter: (path) => !path.startsWith(join(shim, 'build')) });
  if (defect === null) return folder;
  const path = join(folder, defect.file);
  const source = readFileSync(path, 'utf8');
  if (source.split(defect.text).length !== 2) throw new Error(`${defect.file} does not hold once: ${defect.text}`);
  writeFileSync(path, source.replace(defect.text, defect.replacement));
  return folder;
}

/** Paths of the shim's sources, and of its folder for `-I`. */
export function sources(name: string, files: readonly string[], defect: Defect | null = null): string[] {
  const folder = copyOfShim(name, defect);
  return [`-I${folder}`, ...files.map((file) => join(folder, file))];
}

/** What the scripted run gets: the library as JavaScript beside an addon of its own, that addon, and the fixture. */
export interface Installed {
  readonly index: string;
  readonly addon: string;
  readonly fixture: string;
}

/** The library and its fixture, compiled with `options`. */
export function install(name: string, options: readonly string[], defect: Defect | null = null): Installed {
  const place = scratch(name);
  const dist = dirname(fileURLToPath(builtLibrary()));
  mkdirSync(join(place, 'native-shim', 'build', 'Release'), { recursive: true });
  cpSync(dist, join(place, 'dist'), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(place, 'node_modules'));
  writeFileSync(join(place, 'package.json'), '{ "type": "module" }');
  const shared = ['-shared', '-fPIC', ...options];
  const addonOptions = ['-DNAPI_VERSION=8', '-fvisibility=hidden', `-I${nodeHeaders}`, ...shared];
  const addon = join(name, 'native-shim', 'build', 'Release', 'interfix.node');
  return {
    index: join(place, 'dist', 'index.js'),
    addon: compile(addon, addonOptions, sources(`${name}-shim`, shimSources(), defect)),
    fixture: compile(join(name, 'threads.so'), shared, [threadsSource]),
  };
}
