// `interfix dump --stubs`: many functions of kind reverse behind one body.

import { describe, expect, test } from 'vitest';
import { generate } from '../../src/emit/generate.ts';
import { prepare } from '../../src/plan/prepare.ts';
import { interfix } from './command.ts';

const signature = '(int, double) -> int';
const dump = (...options: readonly string[]): ReturnType<typeof interfix> =>
  interfix('dump', signature, '--abi', 'sysv-x64', '--kind', 'reverse', ...options);

describe('dump --stubs', () => {
  test('json says where they are, and lists every byte', async () => {
    const { out, status } = await dump('--stubs', '40,88', '--format', 'json');
    const parsed = JSON.parse(out);
    const { bytes } = generate(
      prepare(signature, { abi: 'sysv-x64', kind: 'reverse', stubs: { count: 40, stride: 88 } }),
    );
    expect(status).toBe(0);
    expect(parsed.stubs).toEqual({ offset: bytes.length - 640, size: 16, count: 40, stride: 88 });
    expect(parsed.bytes).toBe(Buffer.from(bytes).toString('hex'));
    expect(parsed.listing.map((line: { readonly bytes: string }) => line.bytes).join('')).toBe(parsed.bytes);
    expect(parsed.listing.at(-1).serves).toBe('stub 39');
  });

  test('text shows the first two and the last', async () => {
    const { out } = await dump('--stubs', '40,88');
    expect(out).toContain('40 functions: stub i hands over context + i × 88\n');
    expect([...out.matchAll(/; (stub \d+)$/gm)].map(([, stub]) => stub)).toEqual(['stub 0', 'stub 1', 'stub 39']);
  });

  test.each([
    ['40', /--stubs is <count>,<stride>, not '40'/],
    ['0,8', /stubs\.count is from 1 to 65536, got 0/],
    ['8,40000', /stubs\.stride is from 1 to 32768, got 40000/],
  ])('refuses %s', async (word, message) => {
    const { status, err } = await dump('--stubs', word);
    expect(status).toBe(2);
    expect(err).toMatch(message);
  });

  test('refuses other kinds', async () => {
    const { status, err } = await dump('--kind', 'forward', '--stubs', '4,8');
    expect([status, err]).toEqual([2, expect.stringContaining('only trampolines of kind reverse have stubs')]);
  });
});
