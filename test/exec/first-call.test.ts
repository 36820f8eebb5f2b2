// A bound function has no code until it is called: what `bind` finds out, what the first call makes, and what becomes of
// both when something fails or the function is disposed of.

import { Worker } from 'node:worker_threads';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { InterfixError } from '../../src/errors.ts';
import { bind } from '../../src/exec/bind.ts';
import { callback } from '../../src/exec/callback.ts';
import { open } from '../../src/exec/library.ts';
import { host } from '../../src/exec/select-host.ts';
import { v8Calls } from '../../src/exec/v8-calls.ts';
import { builtLibrary } from '../support/built-library.ts';
import { codeBytes, codeSlots } from '../support/code-memory.ts';
import { collectLeftovers, collectUntil } from '../support/collect-garbage.ts';
import { type AnyFunction, bound, describeWithC, fixture, fixturePath } from '../support/fixture-library.ts';
import { refusal, refusedSignature } from '../support/refusal.ts';

const POINT = '{x:double, y:double}';
const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** What the code of `made` takes, at its first call. */
const slotsOf = (call: () => unknown): number => {
  const before = codeSlots();
  call();
  return codeSlots() - before;
};

afterEach(() => {
  vi.restoreAllMocks();
});

describeWithC('a function that was bound and not called', () => {
  test('has no code', () => {
    const before = [codeSlots(), codeBytes()];
    const functions = Array.from({ length: 1000 }, () => bound('same_int32', '(int) -> int'));
    expect([codeSlots(), codeBytes()]).toEqual(before);
    expect(functions[7]?.(7)).toBe(7);
    expect(codeSlots()).toBeGreaterThan(before[0] ?? 0);
  });

  test('says all the same what it is', () => {
    const same = bound('same_int32', 'named(int) -> int');
    expect(slotsOf(() => [same.name, same.length, same.address, same.path, same.async.name])).toBe(0);
    expect([same.name, same.length, typeof same.path]).toEqual(['named', 1, 'string']);
    expect(same.address).toBe(fixture().symbol('same_int32'));
  });

  test('refuses a wrong number of arguments before it makes anything', () => {
    const same = bound('same_int32', '(int) -> int');
    expect(slotsOf(() => expect(() => same()).toThrow(refusal('ERR_ARGUMENT_COUNT', 'takes 1 argument, got 0')))).toBe(
      0,
    );
    expect(() => same(1, 2)).toThrow(refusal('ERR_ARGUMENT_COUNT', 'takes 1 argument, got 2'));
    expect(same(3)).toBe(3);
  });

  test('is disposed of without a trace', async () => {
    await collectLeftovers();
    const before = codeSlots();
    const same = bound('same_int32', '(int) -> int');
    same.dispose();
    expect(() => same(1)).toThrow(refusal('ERR_DISPOSED', 'same_int32 was disposed'));
    await expect(same.async(1)).rejects.toThrow(refusal(host().calls === null ? 'ERR_HOST' : 'ERR_DISPOSED'));
    await nextTurn();
    expect(codeSlots()).toBe(before);
  });

  test('ends with its library', () => {
    const library = open(fixturePath());
    const same = library.func<AnyFunction>('same_int32', '(int) -> int');
    library.close();
    expect(() => same(1)).toThrow(refusal('ERR_CLOSED'));
  });

  test('throws what came first: the end of its library, or its own', async () => {
    const library = open(fixturePath());
    const [closed, disposed, called] = ['closed', 'disposed', 'called'].map((name) =>
      library.func<AnyFunction>('same_int32', `${name}(int) -> int`),
    );
    expect(called?.(1)).toBe(1);
    disposed?.dispose();
    library.close();
    closed?.dispose();
    called?.dispose();
    expect(() => closed?.(1)).toThrow(refusal('ERR_CLOSED'));
    expect(() => called?.(1)).toThrow(refusal('ERR_CLOSED'));
    expect(() => disposed?.(1)).toThrow(refusal('ERR_DISPOSED', 'disposed was disposed'));
    await expect(closed?.async(1)).rejects.toThrow(refusal(host().calls === null ? 'ERR_HOST' : 'ERR_CLOSED'));
  });

  test('gives its code back when the library is closed, if only a thread has called it', async () => {
    if (host().calls === null) return;
    const before = codeSlots();
    const library = open(fixturePath());
    const functions = Array.from({ length: 50 }, () => library.func<AnyFunction>('same_int32', '(int) -> int'));
    await expect(Promise.all(functions.map((same) => same.async(3)))).resolves.toEqual(functions.map(() => 3));
    expect(codeSlots()).toBeGreaterThan(before + 30); // those of other tests may go meanwhile
    library.close();
    await nextTurn();
    expect(codeSlots()).toBeLessThanOrEqual(before);
    expect(() => functions[0]?.(1)).toThrow(refusal('ERR_CLOSED'));
  });

  test('is garbage like anything else', async () => {
    const before = codeSlots();
    const functions = Array.from({ length: 100 }, () => new WeakRef<AnyFunction>(bound('same_int32', '(int) -> int')));
    const alive = (): number => functions.filter((each) => each.deref() !== undefined).length;
    await collectUntil(() => alive() === 0);
    expect(alive()).toBe(0);
    expect(codeSlots()).toBeLessThanOrEqual(before);
  });
});

describe('what is wrong with a binding, bind says', () => {
  const address = 1n;

  const wrong: readonly (readonly [what: string, make: () => unknown, code: string])[] = [
    ['the text', () => bind(address, '(int -> int' as string), 'ERR_SYNTAX'],
    ['a type', () => bind(address, '(integer) -> int' as string), 'ERR_UNKNOWN_TYPE'],
    ['the convention', () => bind(address, refusedSignature), 'ERR_UNSUPPORTED'],
    ['the address', () => bind(0n, '() -> void'), 'ERR_NULL'],
    ['int64', () => bind(address, '() -> void', { int64: 'text' as 'number' }), 'ERR_OPTION'],
    ['serve with leaf', () => bind(address, '() -> void', { serve: true, leaf: true }), 'ERR_OPTION'],
    ...(['errno', 'serve', 'fast', 'leaf', 'reuse'] as const).map(
      (name) => [name, () => bind(address, '() -> void', { [name]: 1 }), 'ERR_OPTION'] as const,
    ),
  ];

  test.each(wrong)('%s', (_, make, code) => {
    const slots = codeSlots();
    expect(make).toThrow(refusal(code));
    expect(codeSlots()).toBe(slots);
  });
});

describeWithC('the first call', () => {
  /** Neither way of making a function of code works. */
  const noFunction = (): void => {
    const fail = (): never => {
      throw new InterfixError('ERR_MEMORY', 'no function');
    };
    vi.spyOn(host(), 'entry').mockImplementation(fail);
    const fast = v8Calls();
    if (fast === null) return;
    vi.spyOn(fast, 'entry').mockImplementation(fail);
    vi.spyOn(fast, 'registers').mockImplementation(fail);
  };
  const noCode = (): void => {
    vi.spyOn(host(), 'write').mockImplementation(() => {
      throw new Error('none left');
    });
  };

  test.each([
    ['code', noCode],
    ['function', noFunction],
  ])('that gets no %s fails, leaves nothing, and the next one tries again', (_, fail) => {
    const same = bound('same_int32', '(int) -> int');
    const before = codeSlots();
    fail();
    expect(() => same(1)).toThrow(refusal('ERR_MEMORY'));
    vi.restoreAllMocks();
    expect(codeSlots()).toBe(before);
    expect(same(1)).toBe(1);
    expect(codeSlots()).toBeGreaterThan(before);
  });

  test('may refuse its arguments: the code is there then, and is used', () => {
    const same = bound('same_int32', '(int) -> int');
    expect(() => same(1.5)).toThrow(refusal('ERR_ARGUMENT_RANGE', 'argument 0: 1.5 is no integer for int32'));
    expect(slotsOf(() => expect(same(2)).toBe(2))).toBe(0);
  });

  test('may call the function again, and dispose of it', async () => {
    const before = codeSlots();
    const call = bound('call_int32', '((int) -> int, int) -> int');
    const down: AnyFunction = (depth) => {
      if (depth === 0) call.dispose();
      else expect(call(made, Number(depth) - 1)).toBe(Number(depth) - 1);
      return depth;
    };
    using made = callback<AnyFunction>('(int) -> int', down);
    expect(call(made, 3)).toBe(3);
    expect(() => call(made, 3)).toThrow(refusal('ERR_DISPOSED'));
    await nextTurn();
    expect(codeSlots()).toBeLessThanOrEqual(before + 1); // the callback's
  });

  test('of a getter may come first', () => {
    const cross = bound('same_point', `(${POINT}) -> ${POINT}`);
    const value = {
      get x(): number {
        return (cross({ x: 7, y: 8 }) as { y: number }).y;
      },
      y: 1,
    };
    expect(cross(value)).toEqual({ x: 8, y: 1 });
  });

  test('is the only one that makes code', () => {
    const same = bound('same_int32', '(int) -> int');
    expect(slotsOf(() => same(1))).toBe(same.path === 'v8-registers' ? 2 : 1);
    expect(slotsOf(() => same(1))).toBe(0);
  });

  test('of each of a thousand functions is right', () => {
    const functions = Array.from({ length: 1000 }, (_, index) =>
      index % 2 === 0 ? bound('same_int32', `f${index}(int) -> int`) : bound('same_point', `(${POINT}) -> ${POINT}`),
    );
    functions.forEach((same, index) => {
      const value = index % 2 === 0 ? index : { x: index, y: -index };
      expect(same(value)).toEqual(value);
      expect(same(value)).toEqual(value);
    });
  });

  test('in a worker makes code of the worker', async () => {
    const body = `
      const { parentPort, workerData: { url, path } } = require('node:worker_threads');
      import(url).then(({ open }) => {
        const same = open(path).func('same_int32', '(int) -> int');
        parentPort.postMessage([same(5), same(6), same.path]);
      });`;
    const before = codeSlots();
    const worker = new Worker(body, { eval: true, workerData: { url: builtLibrary(), path: fixturePath() } });
    const [five, six] = await new Promise<unknown[]>((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', reject);
    });
    await worker.terminate();
    expect([five, six]).toEqual([5, 6]);
    expect(codeSlots()).toBeLessThanOrEqual(before);
  });
});

describeWithC('the address of a C function is bound as often as one likes', () => {
  test('each has code, name and end of its own', async () => {
    const [one, other] = [bound('same_int32', 'one(int) -> int'), bound('same_int32', 'other(int) -> int')];
    expect([one(1), other(2)]).toEqual([1, 2]);
    one.dispose();
    expect(() => one(1)).toThrow(refusal('ERR_DISPOSED', 'one was disposed'));
    await nextTurn();
    expect(other(3)).toBe(3);
  });

  test('their methods want such a function, and cannot be replaced', () => {
    const same = bound('same_int32', '(int) -> int');
    const { dispose } = Object.getPrototypeOf(same) as { dispose: () => void };
    expect(() => dispose.call({})).toThrow(TypeError);
    for (const name of ['address', 'async', 'path', 'dispose', 'name'])
      expect(() => Object.assign(same, { [name]: 1 })).toThrow(TypeError);
    expect(same instanceof Function).toBe(true);
    expect(same.call(null, 4)).toBe(4);
  });
});

describeWithC('a leaf function that a getter of its arguments disposes of', () => {
  test('throws, and the next callback of another function runs as ever', () => {
    const cross = fixture().func<AnyFunction>('same_point', `(${POINT}) -> ${POINT}`, { leaf: true });
    const value = {
      get x(): number {
        cross.dispose();
        return 1;
      },
      y: 1,
    };
    expect(cross({ x: 1, y: 2 })).toEqual({ x: 1, y: 2 });
    expect(() => cross(value)).toThrow(refusal('ERR_DISPOSED'));
    const call = bound('call_int32', '((int) -> int, int) -> int');
    using made = callback<AnyFunction>('(int) -> int', (given) => Number(given) + 1);
    expect(call(made, 4)).toBe(5);
  });
});
