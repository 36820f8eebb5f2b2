// A process ends while threads call its callbacks and its own calls run: by itself, by process.exit, by an exception; from
// the event loop, from inside callbacks, from a call that serves. It ends as it would without them, and soon.
import { spawnSync } from 'node:child_process';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { check, checkEqual, range } from '../stage.mjs';

const RUN = fileURLToPath(new URL('../run.mjs', import.meta.url));
const HOWS = { naturally: 0, exit: 7, exception: 1 };
const WHERES = ['loop', 'callback', 'posted', 'blocking', 'served', 'worker'];
const PATIENCE = 60_000;

const leave = ({ index, path }, how, where) => {
  const args = [...process.execArgv, RUN, fileURLToPath(index), path, `leaving:${how}-${where}`, '1'];
  const { status, signal, stderr, error } = spawnSync(process.execPath, args, { encoding: 'utf8', timeout: PATIENCE });
  checkEqual(error, undefined, `no error of ${how} from ${where}`);
  checkEqual(signal, null, `a signal of ${how} from ${where}`);
  checkEqual(status, HOWS[how], `the status of ${how} from ${where} (${stderr})`);
  check(stderr.includes('the end') === (how === 'exception'), `${how} from ${where} prints ${stderr}`);
};

export const run = (stage) => {
  const rounds = stage.count(3);
  let processes = 0;
  for (const turn of range(rounds)) {
    for (const [index, how] of Object.keys(HOWS).entries()) {
      for (const where of WHERES) {
        // A part of them in each round, if there is one round only.
        if (stage.factor < 0.2 && (index + WHERES.indexOf(where) + turn) % 3 !== 0) continue;
        leave(stage, how, where);
        processes++;
      }
    }
  }
  return { rounds, processes };
};
