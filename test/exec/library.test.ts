// Shared libraries and the functions bound from them: opening, symbols, closing, and what is refused afterwards.

import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { open } from '../../src/exec/library.ts';
import { type AnyFunction, bound, callCount, describeWithC, fixture, fixturePath } from '../support/fixture-library.ts';
import { refusal } from '../support/refusal.ts';

describe('a library', () => {
  test.each([['/nonexistent/lib.so'], ['lib\0c.so'], [import.meta.filename]])('that cannot be opened is %j', (path) => {
    expect(() => open(path)).toThrow(refusal('ERR_LIBRARY', /cannot open/));
  });

  test.each([[5], [undefined], [{}]])('has no path %j', (path) => {
    expect(() => open(path as unknown as string)).toThrow(refusal('ERR_ARGUMENT_KIND'));
  });

  test('of null is the program itself', () => {
    using program = open(null);
    expect(program.func<AnyFunction>('strlen', '(*char) -> size_t')('four')).toBe(4n);
  });
});

describeWithC('a library', () => {
  const fresh = (): ReturnType<typeof open> => open(fixturePath());

  test('has no symbol that it does not define', () => {
    expect(() => fixture().symbol('no_such_symbol')).toThrow(refusal('ERR_SYMBOL', "no symbol 'no_such_symbol'"));
    expect(() => fixture().symbol('')).toThrow(refusal('ERR_SYMBOL'));
    expect(() => fixture().func('no_such_symbol', '() -> void')).toThrow(refusal('ERR_SYMBOL'));
  });

  test('has no symbol with a zero character in its name', () => {
    expect(() => fixture().symbol('same_int32\0')).toThrow(refusal('ERR_SYMBOL'));
  });

  test('that is closed ends its functions and its symbols', () => {
    const library = fresh();
    const same = library.func<AnyFunction>('same_int32', '(int) -> int');
    expect(same(5)).toBe(5);
    library.close();
    expect(() => same(5)).toThrow(refusal('ERR_CLOSED', /calls\.(so|dll) was closed/));
    expect(() => library.symbol('same_int32')).toThrow(refusal('ERR_CLOSED'));
    expect(() => library.func('same_int32', '(int) -> int')).toThrow(refusal('ERR_CLOSED'));
  });

  test('may be closed twice, and disposed of', async () => {
    const library = fresh();
    library.close();
    library.close();
    library[Symbol.dispose]();
    await nextTurn();
    expect(bound('same_int32', '(int) -> int')(1)).toBe(1);
  });

  test('that is opened twice is closed once at a time', async () => {
    const [first, second] = [fresh(), fresh()];
    const [one, two] = [first, second].map((library) => library.func<AnyFunction>('same_int32', '(int) -> int'));
    first.close();
    await nextTurn();
    expect(() => one?.(1)).toThrow(refusal('ERR_CLOSED'));
    expect(two?.(2)).toBe(2);
    second.close();
  });
});

describeWithC('a disposed function', () => {
  test('throws ERR_DISPOSED, now and later, and C is not called', async () => {
    const same = bound('same_int32', '(int) -> int');
    const before = callCount();
    same.dispose();
    expect(() => same(1)).toThrow(refusal('ERR_DISPOSED', 'was disposed'));
    await nextTurn();
    expect(() => same(1)).toThrow(refusal('ERR_DISPOSED'));
    expect(callCount()).toBe(before);
  });

  test('may be disposed of twice, and by `using`', () => {
    let escaped: AnyFunction;
    {
      using same = bound('same_int32', '(int) -> int');
      expect(same(3)).toBe(3);
      same.dispose();
      same[Symbol.dispose]();
      escaped = same;
    }
    expect(() => escaped(1)).toThrow(refusal('ERR_DISPOSED'));
  });

  test('stays disposed when its library is closed', () => {
    const library = open(fixturePath());
    const same = library.func<AnyFunction>('same_int32', '(int) -> int');
    same.dispose();
    library.close();
    expect(() => same(1)).toThrow(refusal('ERR_DISPOSED'));
  });

  test('leaves others of the same signature alone', () => {
    const [first, second] = [bound('same_int32', '(int) -> int'), bound('same_int32', '(int) -> int')];
    first.dispose();
    expect(second(9)).toBe(9);
  });
});
