// What is made once: images by structure, sources by what JavaScript sees. What is never shared, and that all of it is
// bounded.

import { describe, expect, test } from 'vitest';
import { callSource } from '../../src/exec/call-sources.ts';
import { hostAbi } from '../../src/exec/host-abi.ts';
import { type ImageOptions, imageOf, type PreparedImage } from '../../src/exec/images.ts';
import type { CallFrame } from '../../src/plan/frame-layout.ts';
import { parseSignature } from '../../src/signature/parse.ts';
import { createRegistry } from '../../src/signature/registry.ts';
import { collectGarbage } from '../support/collect-garbage.ts';
import { refusal } from '../support/refusal.ts';

const OPTIONS: ImageOptions = { abi: hostAbi(), vectors: 'sse', registry: undefined };
const entry = (text: string, options: Partial<ImageOptions> = {}): PreparedImage =>
  imageOf(text, 'entry', { ...OPTIONS, ...options });

describe('one image serves', () => {
  test.each([
    ['(int, double) -> int', 'pow(x:int, y:double) -> int'],
    ['({a:int, b:int}) -> void', '({left:int, right:int}) -> void'],
    ['(*int) -> *void', '(**char) -> (int) -> int'],
    ['(e:int{OFF=0, ON=1}) -> void', '(int) -> void'],
  ])('%s and %s', (one, other) => {
    expect(entry(other).image).toBe(entry(one).image);
    expect(entry(other).prepared.plan).toBe(entry(one).prepared.plan);
  });

  test('a text and a signature object, which keep their own names', () => {
    const text = 'named(first:int16, {x:int16}) -> int16';
    const made = imageOf(parseSignature('other(second:int16, {y:int16}) -> int16'), 'entry', OPTIONS);
    expect(made.image).toBe(entry(text).image);
    expect(entry(text).prepared.signature).toEqual(parseSignature(text));
    expect(made.prepared.signature.name).toBe('other');
  });

  test('the same text: it is the same object', () => {
    expect(entry('(uint16) -> uint16')).toBe(entry('(uint16) -> uint16'));
  });
});

describe('an image of its own has', () => {
  const one = entry('(int) -> int').image;

  test.each([
    ['another structure', () => entry('(int) -> int16').image],
    ['another kind', () => imageOf('(int) -> int', 'forward', OPTIONS).image],
    ['an entry that keeps errno', () => entry('(int) -> int', { errno: true }).image],
    ['a variadic function', () => entry('(int;) -> int').image],
  ])('%s', (_, other) => {
    expect(other()).not.toBe(one);
  });

  test('an adapter that drops a receiver', () => {
    const plain = imageOf('(int) -> int', 'adapter', OPTIONS).image;
    expect(imageOf('(int) -> int', 'adapter', { ...OPTIONS, receiver: true }).image.bytes).not.toEqual(plain.bytes);
  });

  test('an adapter that leaves the result in the frame, of the same text and of another', () => {
    const text = '(int, int16) -> int';
    const adapter = { ...OPTIONS, receiver: true };
    const returned = imageOf(text, 'adapter', adapter);
    const kept = imageOf(text, 'adapter', { ...adapter, result: 'frame' });
    expect(kept.image.bytes).not.toEqual(returned.image.bytes);
    expect([returned.prepared.frame, kept.prepared.frame]).toEqual([null, entry(text).prepared.frame]);
    expect(imageOf(text, 'adapter', { ...adapter, result: 'frame' })).toBe(kept);
    expect(imageOf(text, 'adapter', { ...adapter, result: 'returned' })).toBe(returned);
    expect(imageOf('f(a:int, b:int16) -> int', 'adapter', { ...adapter, result: 'frame' }).image).toBe(kept.image);
  });
});

describe('two registries', () => {
  const first = createRegistry().define('@P = {x:double, y:double}');
  const second = createRegistry().define('@P = {x:int8}');

  test('with the same name do not mix', () => {
    const [one, other] = [first, second].map((registry) => entry('(@P) -> @P', { registry }));
    expect(one?.prepared.layout.ret.size).toBe(16);
    expect(other?.prepared.layout.ret.size).toBe(1);
    expect(one?.image).not.toBe(other?.image);
    expect(() => entry('(@P) -> @P')).toThrow(refusal('ERR_UNKNOWN_TYPE'));
  });

  test('share code for what is laid out alike, but not the wrapper, which knows the members', () => {
    const third = createRegistry().define('@P = {re:double, im:double}');
    const [one, other] = [first, third].map((registry) => entry('(@P) -> @P', { registry }));
    expect(one?.image).toBe(other?.image);
    expect(sourceOf(one).body).toContain('.x');
    expect(sourceOf(other).body).toContain('.re');
  });

  test('do not keep what was refused: a name may be defined later', () => {
    const registry = createRegistry().define('@Later;');
    expect(() => entry('(@Later) -> int', { registry })).toThrow(refusal('ERR_INCOMPLETE'));
    registry.define('@Later = {a:int}');
    expect(entry('(@Later) -> int', { registry }).image).toBe(entry('({int}) -> int').image);
  });
});

const WRAPPER = { types: null, isFast: false, int64: 'bigint', leaf: false, reuse: false } as const;
const sourceOf = (made: PreparedImage | undefined, options = {}): ReturnType<typeof callSource> => {
  if (made === undefined) throw new TypeError('no image');
  return callSource(made, made.prepared.frame as CallFrame, { ...WRAPPER, ...options });
};

describe('one source serves', () => {
  test.each([
    ['(int, double) -> int', 'pow(x:int, y:double) -> int'],
    ['({a:int}) -> int', 'area(point:{a:int}) -> int'],
  ])('%s and %s', (one, other) => {
    expect(sourceOf(entry(other))).toBe(sourceOf(entry(one)));
  });
});

describe('a source of its own has', () => {
  const known = createRegistry().define('@P = {a:int}');

  test.each([
    ['another member name', () => sourceOf(entry('({b:int}) -> int'))],
    ['a name that errors mention', () => sourceOf(entry('(@P) -> int', { registry: known }))],
    ['another convention for 64 bits', () => sourceOf(entry('({a:int}) -> int'), { int64: 'number' })],
    ['a leaf', () => sourceOf(entry('({a:int}) -> int'), { leaf: true })],
    ['a call past Node-API', () => sourceOf(entry('({a:int}) -> int'), { isFast: true })],
    ['a result object that is used again', () => sourceOf(entry('({a:int}) -> int'), { reuse: true })],
    ['errno', () => sourceOf(entry('({a:int}) -> int', { errno: true }))],
  ])('%s', (_, other) => {
    expect(other()).not.toBe(sourceOf(entry('({a:int}) -> int')));
  });
});

describe('caches are bounded', () => {
  const heapAfter = (round: () => void): number => {
    round();
    collectGarbage();
    return process.memoryUsage().heapUsed;
  };

  test('100,000 different signatures leave no more behind than 10,000', () => {
    let made = 0;
    const some = (count: number) => (): void => {
      for (let index = 0; index < count; index++, made++) {
        const digits = [0, 3, 6, 9, 12, 15].map((shift) => (made >> shift) & 7);
        const members = digits.map(
          (digit) => ['int8', 'int16', 'int', 'float', 'double', '*int', 'bool', 'uint8'][digit],
        );
        sourceOf(entry(`f${made}({m${made}:${members.join(', ')}}) -> void`)).body.length;
      }
    };
    const before = heapAfter(some(10_000));
    const after = heapAfter(some(90_000));
    expect(after).toBeLessThan(before + 8e6);
  }, 120_000);
});
