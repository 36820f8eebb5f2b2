// Builds the native shim when the package is installed, and the addon for V8's fast calls. Decides only whether that can
// work here: a machine without the tools is no error, because the koffi host needs none, and the shim no fast calls.
import { spawnSync } from 'node:child_process';
import { accessSync, constants, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('.', import.meta.url));
const v8Folder = join(folder, 'v8');

/** Platforms that binding.gyp has files for. */
const PLATFORMS = ['linux', 'darwin', 'win32'];
/** What node-gyp needs besides Node itself: one program of each row. On Windows it finds Visual Studio by itself. */
const TOOLS = [
  { name: 'a C compiler (cc, gcc or clang)', programs: ['cc', 'gcc', 'clang'], variable: 'CC' },
  { name: 'make', programs: ['make', 'gmake'] },
  { name: 'Python 3', programs: ['python3'] },
];
const CXX = { name: 'a C++ compiler (c++, g++ or clang++)', programs: ['c++', 'g++', 'clang++'], variable: 'CXX' };
/** Versions of Node, as NODE_MODULE_VERSION, that native-shim/v8/fast-api.h knows. */
const FAST_CALLS = ['115', '127', '137', '147'];

const onPath = (program) =>
  (process.env.PATH ?? '').split(delimiter).some((directory) => {
    try {
      accessSync(join(directory, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });

/** npm names its own node-gyp in the environment of install scripts. */
const nodeGyp = () => {
  const script = process.env.npm_config_node_gyp;
  if (script) return { command: process.execPath, arguments: [script] };
  return onPath('node-gyp') ? { command: 'node-gyp', arguments: [] } : undefined;
};

const isThere = ({ programs, variable }) => Boolean(variable && process.env[variable]) || programs.some(onPath);

const missing = () => {
  if (!PLATFORMS.includes(process.platform)) return `there is none for ${process.platform} yet`;
  if (process.platform === 'win32') return nodeGyp() ? undefined : 'node-gyp is missing (run this through npm)';
  const tool = TOOLS.find((each) => !isThere(each));
  if (tool) return `${tool.name} is missing`;
  return nodeGyp() ? undefined : 'node-gyp is missing (run this through npm)';
};

const missingForV8 = () => {
  const { modules, node } = process.versions;
  if (!FAST_CALLS.includes(modules)) return `Node ${node} has a V8 that is not known`;
  return process.platform === 'win32' || isThere(CXX) ? undefined : `${CXX.name} is missing`;
};

/**
 * The first line of the output that names a reason: a compiler's, gyp's (`gyp: … not found`: no headers at that place),
 * or node-gyp's (it could not fetch headers). Its last lines only say that it failed.
 */
const reasonIn = (output) => {
  const reason = [/^.*\b(?:fatal )?error: .*$/m, /^gyp: .*$/m, /^gyp ERR! stack .*Error: .*$/m]
    .map((pattern) => output.match(pattern))
    .find((match) => match);
  return reason ? reason[0].trim() : 'node-gyp failed';
};

const build = (directory, commands) => {
  const gyp = nodeGyp();
  const args = [...gyp.arguments, ...commands, '--directory', directory];
  const result = spawnSync(gyp.command, args, { encoding: 'utf8' });
  if (result.status === 0) return undefined;
  const output = `${result.stdout ?? ''}${result.stderr ?? ''}${result.error ?? ''}`;
  const logFile = join(directory, 'build', 'install.log');
  mkdirSync(join(directory, 'build'), { recursive: true });
  writeFileSync(logFile, output);
  return `${reasonIn(output)}; the whole output is in ${logFile}`;
};

const skipped = process.env.INTERFIX_SKIP_NATIVE === '1' ? 'INTERFIX_SKIP_NATIVE=1' : undefined;
const reason = skipped ?? missing() ?? build(folder, ['rebuild']);
if (reason) console.log(`interfix: native shim not built (${reason}); interfix will use the koffi host`);

// Without `clean`: the addons for other versions of Node stay beside this one's.
const buildV8 = () => {
  rmSync(join(v8Folder, 'build', 'Release', `interfix_v8_${process.versions.modules}.node`), { force: true });
  return build(v8Folder, ['configure', 'build']);
};

const v8Reason = reason ? undefined : (missingForV8() ?? buildV8());
if (v8Reason) console.log(`interfix: no fast calls (${v8Reason}); interfix will call through Node-API alone`);
