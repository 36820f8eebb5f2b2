// Compiles the V8 addon for one version of Node with a compiler that takes gcc's options, without node-gyp: for versions
// other than the one that runs, whose headers lie somewhere.
//
//   node native-shim/build-v8.mjs <include directory of a Node> [<folder for the addon>]
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath, pathToFileURL } from 'node:url';

const folder = fileURLToPath(new URL('v8/', import.meta.url));

/** Where src/exec/v8-calls.ts looks for the addons of all versions. */
export const ADDONS = join(folder, 'build', 'Release');

const defined = (text, name) => {
  const [, value] = text.match(new RegExp(`^#\\s*define ${name} (\\d+)$`, 'm')) ?? [];
  if (value === undefined) throw new Error(`node_version.h defines no ${name}`);
  return value;
};

const sources = () => {
  const names = readFileSync(join(folder, 'binding.gyp'), 'utf8').matchAll(/'(\w+\.cc)'/g);
  return [...names].map(([, name]) => join(folder, name));
};

/** Compiles the addon into `output`; answers its path. Throws with what the compiler said. */
export const buildV8 = (include, output = ADDONS, compiler = process.env.CXX || 'g++', options = []) => {
  const modules = defined(readFileSync(join(include, 'node_version.h'), 'utf8'), 'NODE_MODULE_VERSION');
  const path = join(output, `interfix_v8_${modules}.node`);
  mkdirSync(output, { recursive: true });
  const standard = Number(modules) < 137 ? '-std=gnu++17' : '-std=gnu++20';
  const flags = [
    '-O2',
    '-Wall',
    '-Wextra',
    '-Wno-unused-parameter',
    '-fno-exceptions',
    '-fno-rtti',
    '-fvisibility=hidden',
  ];
  const linked = process.platform === 'darwin' ? ['-undefined', 'dynamic_lookup'] : ['-Wl,-z,nodelete'];
  const module = [`-DNODE_GYP_MODULE_NAME=interfix_v8_${modules}`, '-DBUILDING_NODE_EXTENSION', '-shared', '-fPIC'];
  const args = [standard, ...flags, ...module, '-isystem', include, ...options, '-o', path, ...sources(), ...linked];
  const { status, error, stderr } = spawnSync(compiler, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${compiler} failed: ${error?.message ?? stderr}`);
  if (stderr) console.error(stderr);
  return path;
};

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [include, output] = process.argv.slice(2);
  if (include === undefined) throw new Error('usage: build-v8.mjs <include directory of a Node> [<folder>]');
  console.log(buildV8(include, output));
}
