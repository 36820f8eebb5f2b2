// Which way a call goes, decided for every version of V8 on any of them.

import { beforeEach, describe, expect, test, vi } from 'vitest';
import type { ConventionId } from '../../src/abi/convention.ts';
import { type CallRoute, callRoute, type RouteOptions } from '../../src/exec/call-path.ts';
import { hostAbi } from '../../src/exec/host-abi.ts';
import { host } from '../../src/exec/select-host.ts';
import type { V8Calls } from '../../src/exec/v8-calls.ts';
import { v8Calls } from '../../src/exec/v8-calls.ts';
import { parseSignature } from '../../src/signature/parse.ts';

vi.mock('../../src/exec/v8-calls.ts', () => ({ v8Calls: vi.fn() }));
vi.mock('../../src/exec/host-abi.ts', async (original) => {
  const { hostAbi: actual } = await original<typeof import('../../src/exec/host-abi.ts')>();
  return { hostAbi: vi.fn(actual) };
});

/** V8's calls of a version, as far as the decision looks at them. */
const version = (reentrant: boolean, wideResults: boolean): V8Calls =>
  ({
    reentrant,
    wideResults,
    takes: ({ args, result }) =>
      wideResults || ![...args, result].some((type) => type.endsWith('64') && type[0] !== 'f'),
  }) as Partial<V8Calls> as V8Calls;

const NODE_20 = version(false, false);
const NODE_24 = version(false, true);
const NODE_26 = version(true, true);

function route(text: string, options: Partial<RouteOptions> = {}, abi: ConventionId = hostAbi()): CallRoute {
  const callee = { signature: text, target: 1n, abi, vectors: 'sse', int64: 'bigint', registry: undefined } as const;
  return callRoute(callee, parseSignature(text), { fast: true, leaf: false, errno: false, ...options });
}

/** Where the code that V8 calls leaves the result. */
function leftIn(made: CallRoute): 'register' | 'frame' {
  if (!('adapter' in made)) throw new Error(`the path ${made.path} has no adapter`);
  return made.adapter.image.symbols.some(({ name }) => name === 'frame') ? 'frame' : 'register';
}

beforeEach(() => {
  vi.mocked(v8Calls).mockReset();
});

const leaf = { leaf: true };
const WITHOUT_V8 = host().name === 'koffi' ? 'koffi' : 'node-api';
const POINT = '{x:double, y:double}';

/** Functions that may call JavaScript. */
const BY_DEFAULT = [
  ['() -> void', {}, 'v8-registers'],
  ['(int, double) -> int', {}, 'v8-registers'],
  [`(${POINT}) -> int`, {}, 'v8-frame'],
  [`(int) -> ${POINT}`, {}, 'v8-frame'],
  ['(int) -> *void', {}, 'v8-frame'],
  ['(int;) -> int', {}, 'v8-frame'],
  ['(*char) -> int', {}, 'v8-frame'],
  ['(() -> void) -> int', {}, 'v8-frame'],
  ['(int) -> int128', {}, 'v8-frame'],
  ['(int) -> int', { errno: true }, 'v8-frame'],
] as const;

describe.each([
  ['22 and 24, where JavaScript may not run inside', NODE_24],
  ['26, where it may', NODE_26],
] as const)('on Node %s', (_, calls) => {
  beforeEach(() => {
    vi.mocked(v8Calls).mockReturnValue(calls);
  });

  test.each([
    ['(int, int) -> int', leaf, 'v8-registers'],
    ['(double, bool, e:int) -> float', leaf, 'v8-registers'],
    ['() -> void', leaf, 'v8-registers'],
    [`(${POINT}) -> int`, leaf, 'v8-frame'],
    ['(*char) -> int', leaf, 'v8-frame'],
    ['(int;) -> int', leaf, 'v8-frame'],
    ['(int) -> int', { leaf: true, errno: true }, 'v8-frame'],
    ['(int) -> int', { leaf: true, fast: false }, WITHOUT_V8],
  ] as const)('%s %j goes %s', (text, options, path) => {
    expect(route(text, options).path).toBe(path);
  });

  test.each(BY_DEFAULT)('%s %j goes %s, if at all', (text, options, path) => {
    expect(route(text, options).path).toBe(calls.reentrant ? path : 'node-api');
  });

  test.each([
    ['int', 'int32'],
    ['bool', 'bool'],
    ['double', 'float64'],
    ['uint64', 'uint64'],
  ])('a result of type %s travels in a register only if C calls no JavaScript', (result, type) => {
    const text = `(int) -> ${result}`;
    const inRegister = route(text, leaf);
    expect(inRegister).toMatchObject({ types: { args: ['int32'], result: type } });
    expect(leftIn(inRegister)).toBe('register');
    if (!calls.reentrant) return;
    const reentered = route(text);
    expect(reentered).toMatchObject({ types: { args: ['int32'], result: 'void' } });
    expect(leftIn(reentered)).toBe('frame');
  });

  test('without a result there is nothing to leave in the frame', () => {
    expect(leftIn(route('(int) -> void', leaf))).toBe('register');
    if (calls.reentrant) expect(leftIn(route('(int) -> void'))).toBe('register');
  });
});

test('Node 20 takes 64 bits through the frame', () => {
  vi.mocked(v8Calls).mockReturnValue(NODE_20);
  expect(route('(int64) -> void', leaf).path).toBe('v8-frame');
  expect(route('() -> uint64', leaf).path).toBe('v8-frame');
  expect(route('(double) -> double', leaf).path).toBe('v8-registers');
});

test('without the addon, or when it is turned off, everything takes the Node-API entry', () => {
  vi.mocked(v8Calls).mockReturnValue(null);
  expect(route('(int) -> int', leaf).path).toBe(WITHOUT_V8);
});

describe('Apple packs narrow arguments on the stack, and V8 does not', () => {
  const many = (count: number): string => `(${Array(count).fill('int').join(', ')}) -> int`;

  beforeEach(() => {
    vi.mocked(v8Calls).mockReturnValue(NODE_26);
  });

  test.each([
    ['aapcs64-apple', 7, 'v8-registers'], // and the receiver
    ['aapcs64-apple', 8, 'v8-frame'],
    ['aapcs64', 8, 'v8-registers'],
    ['aapcs64', 20, 'v8-registers'],
  ] as const)('%s, %d ints: %s', (abi, count, path) => {
    vi.mocked(hostAbi).mockReturnValue(abi);
    expect(route(many(count), leaf, abi).path).toBe(path);
    vi.mocked(hostAbi).mockReset();
  });
});
