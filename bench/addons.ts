// The V8 addon for the versions of Node that the benchmark starts besides its own: `npm install` builds that of one.

import { existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { rootPath, runTool } from './build.ts';
import { type NodeMajor, nodeBinary, nodeMajors } from './runtimes.ts';

const folder = join(rootPath, 'native-shim/v8');

/** NODE_MODULE_VERSION of each. */
const MODULES: Readonly<Record<NodeMajor, number>> = { 20: 115, 22: 127, 24: 137, 26: 147 };

const changed = (path: string): number => statSync(path).mtimeMs;

const newestSource = (): number =>
  Math.max(...readdirSync(folder).flatMap((name) => (/\.(cc|h|gyp)$/.test(name) ? [changed(join(folder, name))] : [])));

/** Compiles what is missing or older than its sources. Answers what went wrong; those run through Node-API then. */
export function compileAddons(): string[] {
  return nodeMajors.flatMap((major) => {
    const binary = nodeBinary(major);
    if ('missing' in binary || binary.path === process.execPath) return [];
    const addon = join(folder, 'build/Release', `interfix_v8_${MODULES[major]}.node`);
    if (existsSync(addon) && changed(addon) > newestSource()) return [];
    try {
      const include = join(dirname(dirname(binary.path)), 'include/node');
      runTool(process.execPath, ['native-shim/build-v8.mjs', include]);
      return [];
    } catch (error) {
      return [`no V8 addon for Node ${major}: ${error instanceof Error ? error.message : error}`];
    }
  });
}
