// What the cross builds of the native shim share: its sources, which binding.gyp lists, and how a compiler is run. They
// serve the tests on emulated machines; on the machine itself binding.gyp builds the shim.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('.', import.meta.url));

/** gyp's notation is Python's, which is JSON but for comments, single quotes and last commas. */
const target = () => {
  const json = readFileSync(join(folder, 'binding.gyp'), 'utf8')
    .replace(/^\s*#.*$/gm, '')
    .replace(/'([^'\n]*)'/g, (_, text) => JSON.stringify(text))
    .replace(/,(\s*[\]}])/g, '$1');
  return JSON.parse(json).targets[0];
};

/** Paths of the C files for an operating system, in gyp's words: `linux`, `mac`, `win`. */
export const sourcesFor = (system) => {
  const { sources, conditions } = target();
  const own = conditions.find(([condition]) => condition === `OS == "${system}"`);
  if (own === undefined) throw new Error(`binding.gyp has no files for ${system}`);
  return [...sources, ...own[1].sources].map((name) => join(folder, name));
};

export const run = (command, args) => {
  const { status, error, stderr } = spawnSync(command, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} failed: ${error?.message ?? stderr}`);
};

/** Compiles and links the shim with a compiler that takes gcc's options. */
export const buildShim = (compiler, system, output, options) => {
  mkdirSync(dirname(output), { recursive: true });
  const defines = target().defines.map((name) => `-D${name}`);
  const flags = ['-std=c11', '-O2', '-Wall', '-Wextra', '-Werror', '-fvisibility=hidden', '-shared'];
  run(compiler, [...flags, ...defines, '-o', output, ...sourcesFor(system), ...options]);
};
