// Node with flags that take things away: the library needs neither eval nor a compiler in the engine.

import { expect, test } from 'vitest';
import { runInNode } from '../support/built-library.ts';
import { describeWithC, fixturePath } from '../support/fixture-library.ts';

const BODY = `
const { open, callback, alloc, read, write, cstring } = interfix;
const library = open(path);
const point = '{x:double, y:double}';
const large = '{values:[128:int64]}';
const results = [];
for (let turn = 0; turn < 100; turn++) {
  results.length = 0;
  results.push(library.func('make_point', '(double, double) -> ' + point)(1.5, -2));
  results.push(library.func('text_length', '(*char) -> size_t')('grüße'));
  results.push(library.func('spoil_large', '(' + large + ') -> int64')({ values: Array(128).fill(1n) }));
  const call = library.func('call_point', '((' + point + ') -> ' + point + ', ' + point + ') -> ' + point);
  const swap = callback('(' + point + ') -> ' + point, ({ x, y }) => ({ x: y, y: x }));
  results.push(call(swap, { x: 1, y: 2 }));
  swap.dispose();
  const memory = alloc('[3:int16]');
  write(memory, '[3:int16]', [1, -2, 3]);
  results.push(read(memory, '[3:int16]'), cstring(library.func('constant_text', '() -> *char')()));
  try {
    call(swap, { x: 1, y: 2 });
  } catch (error) {
    results.push(error.code);
  }
}
console.log(JSON.stringify(results, (_, value) => (typeof value === 'bigint' ? value + 'n' : value)));
`;

const EXPECTED = JSON.stringify([{ x: 1.5, y: -2 }, '7n', '8256n', { x: 2, y: 1 }, [1, -2, 3], 'grüß', 'ERR_DISPOSED']);

describeWithC('everything works in a Node', () => {
  test.each([
    [''],
    ['--disallow-code-generation-from-strings'],
    ['--jitless'],
    ['--disable-proto=throw'],
    ['--frozen-intrinsics'],
    ['--stress-compaction --max-semi-space-size=1'],
  ])('with the flags `%s`', (flags) => {
    const { status, signal, output } = runInNode(BODY, fixturePath(), flags.split(' ').filter(Boolean));
    expect(output).toContain(EXPECTED);
    expect({ status, signal }).toEqual({ status: 0, signal: null });
  });

  test('that refuses to make code of strings, which it says itself', () => {
    const flags = ['--disallow-code-generation-from-strings'];
    expect(runInNode(`new Function('return 1');`, fixturePath(), flags)).toMatchObject({ status: 1 });
  });
});

describeWithC('callbacks nested in a large stack', () => {
  test('end with ERR_CALLBACK when the records of their invocations fill the memory for them', () => {
    const body = `
      const type = '{values:[10000:int64]}';
      const relay = interfix.open(path).func('relay_huge', '((int) -> ' + type + ', int) -> ' + type);
      let deepest = 0;
      let bottom = Infinity;
      const down = interfix.callback('(int) -> ' + type, (level) => {
        deepest = Math.max(deepest, level);
        return level === bottom ? { values: Array(10000).fill(7n) } : relay(down, level + 1);
      });
      try {
        relay(down, 1);
      } catch ({ code }) {
        console.log(code, deepest);
      }
      bottom = deepest;
      console.log(relay(down, 1).values[9999]);
    `;
    const { output } = runInNode(body, fixturePath(), ['--stack-size=4000']);
    expect(output).toBe(`ERR_CALLBACK ${Math.floor(2 ** 20 / 80_016)}\n7n\n`);
  });
});

describeWithC('a process', () => {
  test('ends by itself with functions, callbacks and libraries alive', () => {
    const body = `
      const library = interfix.open(path);
      globalThis.kept = [library, library.func('same_int32', '(int) -> int'), interfix.callback('() -> void', () => {})];
      console.log(kept[1](5));
    `;
    expect(runInNode(body, fixturePath())).toEqual({ status: 0, signal: null, output: '5\n' });
  });

  test('may call C while it exits', () => {
    const body = `
      const same = interfix.open(path).func('same_int32', '(int) -> int');
      process.on('exit', () => console.log(same(6)));
    `;
    expect(runInNode(body, fixturePath())).toEqual({ status: 0, signal: null, output: '6\n' });
  });

  test('may exit inside a callback', () => {
    const body = `
      const call = interfix.open(path).func('call_int32', '((int) -> int, int) -> int');
      call(interfix.callback('(int) -> int', () => process.exit(3)), 1);
    `;
    expect(runInNode(body, fixturePath())).toMatchObject({ status: 3, signal: null });
  });

  test('reports an exception that a callback threw and nobody caught', () => {
    const body = `
      const call = interfix.open(path).func('call_int32', '((int) -> int, int) -> int');
      call(interfix.callback('(int) -> int', () => { throw new Error('nobody caught me'); }), 1);
    `;
    const { status, signal, output } = runInNode(body, fixturePath());
    expect(output).toContain('nobody caught me');
    expect({ status, signal }).toEqual({ status: 1, signal: null });
  });
});
