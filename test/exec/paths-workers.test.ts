// JavaScript that is ended from outside while C calls it, again and again: V8 runs nothing more there, C gets zeros and comes
// to its own end.

import { once } from 'node:events';
import { Script } from 'node:vm';
import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { host } from '../../src/exec/select-host.ts';
import { builtLibrary } from '../support/built-library.ts';
import { describeWithC, fixturePath, withCallback } from '../support/fixture-library.ts';
import { boundOn, EVERY } from '../support/paths.ts';

const BODY = `
  const { parentPort, workerData: { built, path, options, ends } } = require('node:worker_threads');
  import(built).then(({ open, callback }) => {
    const call = open(path).func('call_three', '((int) -> int) -> int', options);
    let isLast = false;
    const made = callback('(int) -> int', (value) => {
      if (!isLast) return value;
      if (ends === 'exits') process.exit(7);
      parentPort.postMessage('inside');
      for (;;);
    });
    for (let time = 0; time < 3000; time++) call(made);
    isLast = true;
    call(made);
    parentPort.postMessage('behind');
  });
`;

const cases = EVERY.flatMap(({ name, options }) =>
  (['is terminated', 'exits'] as const).map((ends) => ({ name, options, ends })),
);

describeWithC('a worker that', () => {
  test.runIf(host().name === 'native').each(cases)('$ends in a callback ends at once, $name', async (each) => {
    const { options, ends } = each;
    const workerData = { built: builtLibrary(), path: fixturePath(), options, ends };
    const worker = new Worker(BODY, { eval: true, workerData });
    const messages: unknown[] = [];
    worker.on('message', (message) => {
      messages.push(message);
      void worker.terminate();
    });
    const [status] = await once(worker, 'exit');
    expect(status).toBe(ends === 'exits' ? 7 : 1);
    expect(messages).toEqual(ends === 'exits' ? [] : ['inside']);
  });
});

describeWithC('a script that has used up its time in a callback', () => {
  test.runIf(host().name === 'native').each(EVERY)('is ended there, and callbacks work again, $name', (way) => {
    const call = boundOn(way, 'call_int32', '((int) -> int, int) -> int');
    let endless = false;
    const run = (value: unknown): number => {
      while (endless);
      return 2 * (value as number);
    };
    withCallback('(int) -> int', run, (made) => {
      const globals = globalThis as { pathsTestCall?: () => unknown };
      globals.pathsTestCall = () => call(made, 21);
      const script = new Script('pathsTestCall()');
      for (let time = 0; time < 3; time++) {
        endless = true;
        expect(() => script.runInThisContext({ timeout: 20 })).toThrow(
          expect.objectContaining({ code: 'ERR_SCRIPT_EXECUTION_TIMEOUT' }),
        );
        endless = false;
        for (let again = 0; again < 100; again++) expect(script.runInThisContext({ timeout: 1000 })).toBe(42);
      }
      delete globals.pathsTestCall;
    });
  });
});
