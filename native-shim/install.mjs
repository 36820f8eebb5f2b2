// Builds the native shim when the package is installed. Decides only whether that can work here: a machine without the
// tools is no error, because the koffi host needs none.
import { spawnSync } from 'node:child_process';
import { accessSync, constants, mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('.', import.meta.url));
const logFile = join(folder, 'build', 'install.log');

/** Platforms that binding.gyp has files for. */
const PLATFORMS = ['linux', 'darwin', 'win32'];
/** What node-gyp needs besides Node itself: one program of each row. On Windows it finds Visual Studio by itself. */
const TOOLS = [
  { name: 'a C compiler (cc, gcc or clang)', programs: ['cc', 'gcc', 'clang'] },
  { name: 'make', programs: ['make', 'gmake'] },
  { name: 'Python 3', programs: ['python3'] },
];

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

const missing = () => {
  if (!PLATFORMS.includes(process.platform)) return `there is none for ${process.platform} yet`;
  if (process.platform === 'win32') return nodeGyp() ? undefined : 'node-gyp is missing (run this through npm)';
  const compiler = process.env.CC ? TOOLS.slice(1) : TOOLS;
  const tool = compiler.find(({ programs }) => !programs.some(onPath));
  if (tool) return `${tool.name} is missing`;
  return nodeGyp() ? undefined : 'node-gyp is missing (run this through npm)';
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

const build = () => {
  const gyp = nodeGyp();
  const result = spawnSync(gyp.command, [...gyp.arguments, 'rebuild', '--directory', folder], { encoding: 'utf8' });
  if (result.status === 0) return undefined;
  const output = `${result.stdout ?? ''}${result.stderr ?? ''}${result.error ?? ''}`;
  mkdirSync(join(folder, 'build'), { recursive: true });
  writeFileSync(logFile, output);
  return `${reasonIn(output)}; the whole output is in ${logFile}`;
};

const skipped = process.env.INTERFIX_SKIP_NATIVE === '1' ? 'INTERFIX_SKIP_NATIVE=1' : undefined;
const reason = skipped ?? missing() ?? build();
if (reason) console.log(`interfix: native shim not built (${reason}); interfix will use the koffi host`);
