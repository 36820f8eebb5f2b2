// Programs that tests ask for a second opinion: found on the PATH, skipped with a visible reason when missing, and
// required in CI.

import { spawnSync } from 'node:child_process';

const { CI } = process.env;

export interface Tool {
  readonly name: string;
  /** The command that runs it, or null if this machine has none. */
  readonly command: string | null;
}

/** The first of the commands that runs. */
export function findTool(name: string, commands: readonly string[]): Tool {
  const found = commands.find((command) => spawnSync(command, ['--version'], { stdio: 'ignore' }).status === 0);
  return { name, command: found ?? null };
}

/** Whether tests that need the tool are skipped. In CI they run, and fail: an oracle that is not asked proves nothing. */
export const isSkipped = (tool: Tool): boolean => tool.command === null && CI === undefined;

/** For the name of a test: says why it is skipped. */
export const withTool = (rule: string, tool: Tool): string =>
  tool.command === null ? `${rule} (${tool.name} is not installed)` : rule;

/** Runs the tool to its end; throws what it printed if it fails. */
export function runTool({ name, command }: Tool, args: readonly string[]): string {
  if (command === null) throw new Error(`${name} is not installed`);
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: 'utf8', maxBuffer: 1 << 28 });
  if (error !== undefined) throw error;
  if (status !== 0)
    throw new Error(`${command} ${args.join(' ')} ended with status ${status}\n${stderr.slice(0, 4000)}`);
  return stdout;
}
