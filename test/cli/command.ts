// Runs the command line for the tests: inside this process, or as the program that a shell would start.

import { spawnSync } from 'node:child_process';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from '../../src/cli/run.ts';

export interface Ended {
  readonly status: number;
  readonly bytes: Uint8Array;
  readonly out: string;
  readonly err: string;
}

/** In this process. */
export async function interfix(...argv: readonly string[]): Promise<Ended> {
  const chunks = { out: [] as Uint8Array[], err: [] as Uint8Array[] };
  const output = (to: Uint8Array[]) => ({
    write: async (chunk: string | Uint8Array): Promise<void> => {
      to.push(typeof chunk === 'string' ? Buffer.from(chunk) : chunk);
    },
  });
  const status = await run(argv, output(chunks.out), output(chunks.err));
  const bytes = Buffer.concat(chunks.out);
  return { status, bytes, out: bytes.toString(), err: Buffer.concat(chunks.err).toString() };
}

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Where this file was compiled beforehand (test/emulated), the program was too. */
const main = extname(import.meta.filename) === '.ts' ? ['--import', 'tsx', 'src/cli/main.ts'] : ['src/cli/main.js'];

/** The words with which a shell would start the program. */
export const program: readonly string[] = [process.execPath, ...main];

/** As a process of its own, in the project's folder. */
export function interfixProcess(...argv: readonly string[]): Ended {
  const [node = '', ...words] = program;
  const { status, stdout, stderr, error } = spawnSync(node, [...words, ...argv], { cwd: root });
  if (error !== undefined) throw error;
  return { status: status ?? -1, bytes: stdout, out: stdout.toString(), err: stderr.toString() };
}

/** In a shell, for pipes; `interfix` in the script is the program. */
export function shell(script: string): Ended {
  const words = program.map((word) => `'${word}'`).join(' ');
  const { status, stdout, stderr } = spawnSync('sh', ['-c', script.replaceAll('interfix', words)], { cwd: root });
  return { status: status ?? -1, bytes: stdout, out: stdout.toString(), err: stderr.toString() };
}
