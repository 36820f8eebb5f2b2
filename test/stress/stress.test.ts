// What must hold when the library is abused: each scenario in a process of its own, which ends well or not. At its full
// size with INTERFIX_STRESS=1; then each scenario is also seen to find a shim that has a defect.

import { describe, expect, test } from 'vitest';
import { host } from '../../src/exec/select-host.ts';
import { type Defect, gcc, install } from '../native/build.ts';
import { isSkipped, withTool } from '../support/tool.ts';
import { expectHeld, factor, isFull, runScenario } from './scenario.ts';

const isPossible = host().name === 'native' && process.platform === 'linux' && !isSkipped(gcc);

/** What the scenario counts when it has run at its full size, or more. */
const SCENARIOS: readonly (readonly [name: string, rule: string, full: Readonly<Record<string, number>>])[] = [
  ['volume:owner', 'callbacks of the owner take no memory', { total: 1_000_000 }],
  ['volume:posted', 'posted callbacks are neither lost nor doubled, and give their memory back', { total: 1_000_000 }],
  ['volume:blocking', 'blocking callbacks give their memory back', { total: 100_000 }],
  ['volume:cycles', 'callbacks that are made and disposed of give everything back', { total: 100_000 }],
  ['volume:asynchronous', 'asynchronous calls have their own errno, and give their memory back', { total: 100_000 }],
  ['nesting', 'calls and callbacks nest 240 deep, on many threads', { deepest: 240, rounds: 20 }],
  ['closing', 'callbacks are disposed of while threads hammer them', { hammered: 300 }],
  ['deadlock', 'a deadlock is named, and cured', { calls: 12_000 }],
  ['values', 'values of every type are the same by every way', { types: 27, values: 20 * 12_960 }],
  ['calls', 'asynchronous calls are run in order, or cancelled', { calls: 19_200, cancelled: 1 }],
  ['exits', 'processes end while threads call', { processes: 54 }],
  ['workers', 'workers are terminated in the middle of everything', { workers: 800 }],
];

describe.skipIf(!isPossible)(withTool('under abuse', gcc), { timeout: 600_000 }, () => {
  test.each(SCENARIOS)('%s: %s', (name, _, full) => {
    const figures = expectHeld(runScenario(name, factor));
    for (const [what, least] of Object.entries(full)) {
      const wanted = factor >= 1 ? least : 1;
      expect(figures[what], what).toBeGreaterThanOrEqual(wanted);
    }
  });
});

interface Control {
  readonly name: string;
  readonly defect: Defect;
  /** What finds it, and the words of the complaint; null: the process crashes. */
  readonly scenario: string;
  readonly complaint: RegExp | null;
}

const QUICK: readonly Control[] = [
  {
    name: 'a leak of records',
    defect: { file: 'records.c', text: '  free(record);\n', replacement: '' },
    scenario: 'volume:posted',
    complaint: /allocated and not given back, [1-9]/,
  },
  {
    name: 'a record that is lost',
    defect: {
      file: 'queue.c',
      text: '    append(queue, record);\n    queue_wake(queue);\n  } else {',
      replacement:
        '    static unsigned posts;\n    if (++posts == 500)\n      record_unreference(record);\n    else\n' +
        '      append(queue, record);\n    queue_wake(queue);\n  } else {',
    },
    scenario: 'volume:posted',
    complaint: /the next number of a thread/,
  },
];

const SLOW: readonly Control[] = [
  {
    name: 'a leak of blocking records',
    defect: { file: 'callbacks.c', text: '  queue_release(queue, record);\n', replacement: '' },
    scenario: 'volume:blocking',
    complaint: /allocated and not given back, [1-9]/,
  },
  {
    name: 'a leak of contexts',
    defect: {
      file: 'contexts.c',
      text: '  table_take(&environment->contexts, index);\n  block_release(&shape->block);\n',
      replacement: '  table_take(&environment->contexts, index);\n',
    },
    scenario: 'volume:cycles',
    complaint: /allocated and not given back, [1-9]/,
  },
  {
    name: 'a leak of calls',
    defect: {
      file: 'calls.c',
      text: '  *error = call->error;\n  free(call);\n',
      replacement: '  *error = call->error;\n',
    },
    scenario: 'volume:asynchronous',
    complaint: /allocated and not given back, [1-9]/,
  },
  {
    name: 'an invocation stack that does not grow',
    defect: { file: 'invocations.c', text: '  environment->top = base + size;\n', replacement: '' },
    scenario: 'nesting',
    complaint: /does not hold/,
  },
  {
    name: 'a callback that is not closed',
    defect: {
      file: 'contexts.c',
      text: '    queue_shut(&arguments.environment->queue, &shape->block, &shape->contexts[which].gate);\n',
      replacement: '    (void)arguments;\n',
    },
    scenario: 'closing',
    complaint: /ERR_DISPOSED|does not hold/,
  },
  {
    name: 'a deadlock that is not recognised',
    defect: {
      file: 'queue.c',
      text: 'bool unserved = queue->served == served;',
      replacement: 'bool unserved = false && served;',
    },
    scenario: 'deadlock',
    complaint: /does not hold: .*has waited 200 ms/,
  },
  {
    name: 'half a result',
    defect: {
      file: 'serving.c',
      text: 'invocations + base + shape->ret.offset, shape->ret.size);',
      replacement: 'invocations + base + shape->ret.offset, (shape->ret.size + 1) / 2);',
    },
    scenario: 'values',
    complaint: /the bits of a result of/,
  },
  {
    name: 'a call that is cancelled though it runs',
    defect: {
      file: 'calls.c',
      text: '  return call != NULL;\n}\n\nbool calls_take',
      replacement: '  return true;\n}\n\nbool calls_take',
    },
    scenario: 'calls',
    complaint: /does not hold|nobody holds/,
  },
  {
    name: 'an environment that is freed while C has its pointers',
    defect: {
      file: 'environment.c',
      text: 'if (table_is_empty(&environment->contexts) &&',
      replacement: 'if (true ||',
    },
    scenario: 'workers',
    complaint: null,
  },
  {
    name: 'the same at the end of the process',
    defect: {
      file: 'environment.c',
      text: 'if (table_is_empty(&environment->contexts) &&',
      replacement: 'if (true ||',
    },
    scenario: 'exits',
    complaint: /does not hold: a signal/,
  },
];

describe.skipIf(!isPossible)(withTool('a shim with a defect is found', gcc), { timeout: 600_000 }, () => {
  test.each(isFull ? [...QUICK, ...SLOW] : QUICK)('$name, by $scenario', (control) => {
    const { name, defect, scenario, complaint } = control;
    const { index } = install(name.replaceAll(' ', '-'), [], defect);
    const { status, signal, stderr } = runScenario(scenario, 0.02, index);
    if (complaint === null)
      expect([status, signal]).toEqual([null, expect.stringMatching(/^SIG(SEGV|BUS|ILL|TRAP|ABRT)$/)]);
    else expect({ status, stderr }).toEqual({ status: 1, stderr: expect.stringMatching(complaint) });
  });
});
