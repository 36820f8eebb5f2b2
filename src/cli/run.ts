// Which command runs, and what becomes of its errors. main.ts gives it the process; tests call it as it is.

import { InterfixError } from '../errors.ts';
import { call } from './call.ts';
import { dump } from './dump.ts';
import { callHelp, dumpHelp, generalHelp, layoutHelp, packageVersion } from './help.ts';
import { layout } from './layout.ts';
import { parseCall, parseDump, parseLayout } from './options.ts';
import type { Output } from './output.ts';
import { report } from './report.ts';

/** A command takes the words behind its name and gives what is to be written to stdout. */
const commands: Readonly<Record<string, (argv: readonly string[]) => string | Uint8Array>> = {
  call: (argv) => {
    const options = parseCall(argv);
    return options === 'help' ? callHelp : call(options);
  },
  dump: (argv) => {
    const options = parseDump(argv);
    return options === 'help' ? dumpHelp : dump(options);
  },
  layout: (argv) => {
    const options = parseLayout(argv);
    return options === 'help' ? layoutHelp : layout(options);
  },
};

/** Runs one command line (the words behind `interfix`) and resolves with the exit status. */
export async function run(argv: readonly string[], out: Output, err: Output): Promise<number> {
  try {
    await out.write(textOf(argv));
    return 0;
  } catch (error) {
    const { text, status } = report(error);
    await err.write(text);
    return status;
  }
}

function textOf([first, ...rest]: readonly string[]): string | Uint8Array {
  if (first === '--help' || first === '-h' || first === 'help') return generalHelp;
  if (first === '--version') return `${packageVersion()}\n`;
  const command = first !== undefined && Object.hasOwn(commands, first) ? commands[first] : undefined;
  if (command !== undefined) return command(rest);
  const problem = first === undefined ? 'no command' : `unknown command '${first}'`;
  throw new InterfixError('ERR_OPTION', `${problem}; interfix --help lists the commands`);
}
