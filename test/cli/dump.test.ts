// `interfix dump`: every kind in every format.

import { describe, expect, test } from 'vitest';
import { generate } from '../../src/emit/generate.ts';
import { kinds, prepare } from '../../src/plan/prepare.ts';
import { interfix, interfixProcess } from './command.ts';

const signature = '(int, {int,int,double}, float) -> double';
const abi = ['--abi', 'sysv-x64'];
const CONVENTIONS = ['sysv-x64', 'win-x64', 'aapcs64', 'aapcs64-apple', 'aapcs64-windows'];
const isaOf = (id: string): string => (id.endsWith('x64') ? 'x64' : 'aarch64');

const bytesOf = (kind: (typeof kinds)[number], landingPad = true): Uint8Array =>
  generate(prepare(signature, { abi: 'sysv-x64', kind }), { landingPad }).bytes;

describe.each(kinds)('a dump of kind %s', (kind) => {
  const options = [...abi, '--kind', kind];

  test('hex and bin are the bytes of generate', async () => {
    const hex = await interfix('dump', signature, ...options, '--format', 'hex');
    expect(hex.out).toBe(`${Buffer.from(bytesOf(kind)).toString('hex')}\n`);
    const bin = await interfix('dump', signature, ...options, '--format', 'bin');
    expect(Buffer.from(bin.bytes).equals(bytesOf(kind))).toBe(true);
  });

  test('json has exactly the documented keys, and its listing adds up to its bytes', async () => {
    const { out, status } = await interfix('dump', signature, ...options, '--format', 'json');
    const dump = JSON.parse(out);
    expect(status).toBe(0);
    expect(Object.keys(dump)).toEqual(
      ['signature', 'abi', 'kind', 'entry', 'isa', 'bytes', 'symbols', 'layout', 'incoming', 'plan', 'listing'].filter((key) => key !== 'incoming' || kind === 'adapter'), // biome-ignore format: one row
    );
    expect(dump).toMatchObject({ abi: 'sysv-x64', entry: 'sysv-x64', isa: 'x64', kind });
    expect(dump.listing.map((line: { bytes: string }) => line.bytes).join('')).toBe(dump.bytes);
    expect(dump.layout.args[1].placement.pieces).toEqual([
      { from: 0, size: 8, at: { in: 'register', register: 'rsi' }, extend: 'none', also: null },
      { from: 8, size: 8, at: { in: 'register', register: 'xmm0' }, extend: 'none', also: null },
    ]);
    expect(dump.plan.frame === null).toBe(kind !== 'entry' && kind !== 'reverse');
  });

  test('text shows every step, in the plan and at the instructions that serve it', async () => {
    const { out } = await interfix('dump', signature, ...options);
    const plan = out.slice(out.indexOf('\nplan '), out.indexOf('\nstack '));
    const code = out.slice(out.indexOf('\ncode '), out.indexOf('\nsize '));
    const { steps } = prepare(signature, { abi: 'sysv-x64', kind }).plan;
    for (const index of steps.keys()) {
      expect(plan).toMatch(new RegExp(`^(plan)? +${index}  `, 'm'));
      expect(code).toMatch(new RegExp(`; +${index}  `));
    }
    const bytes = [...code.matchAll(/^.{12}[\da-f]+ {2}((?:[\da-f]{2} )*[\da-f]{2}) {2}/gm)];
    expect(bytes.map((match) => match[1]?.replaceAll(' ', '')).join('')).toBe(
      Buffer.from(bytesOf(kind)).toString('hex'),
    );
  });
});

test('an adapter may leave its result in the call frame, and says where', async () => {
  const options = ['(int, double) -> double', ...abi, '--kind', 'adapter', '--receiver', '--result', 'frame'];
  const { out } = await interfix('dump', ...options);
  expect(out).toContain('with one more pointer in front, its result left in the call frame\n');
  expect(out).toContain('\ncall frame  ret  16..24\n            32 bytes\n');
  const dump = JSON.parse((await interfix('dump', ...options, '--format', 'json')).out);
  expect(dump).toMatchObject({
    symbols: [{ name: 'target' }, { name: 'frame' }],
    incoming: { ret: { type: 'void' } },
    plan: { frame: { size: 32, ret: { offset: 16, size: 8 } } },
  });
  expect(dump.plan.steps.at(-1)).toEqual({ op: 'store', from: 'xmm0', to: { base: 'frame', offset: 16 }, size: 8 });
});

test('the kind defaults to forward and the format to text', async () => {
  const { out } = await interfix('dump', signature, ...abi);
  expect(out).toBe((await interfix('dump', signature, ...abi, '--kind', 'forward', '--format', 'text')).out);
  expect(out).toContain('forward: void (void *target, void *ret, void **args)');
});

test('without the landing pad the code is four bytes shorter', async () => {
  const { out } = await interfix('dump', signature, ...abi, '--format', 'hex', '--no-landing-pad');
  expect(out).toBe(`${Buffer.from(bytesOf('forward', false)).toString('hex')}\n`);
  expect(bytesOf('forward').length - bytesOf('forward', false).length).toBe(4);
});

test('--abi all gives an array, and labelled lines of hex', async () => {
  const json = await interfix('dump', signature, '--abi', 'all', '--format', 'json');
  expect(JSON.parse(json.out)).toMatchObject(CONVENTIONS.map((id) => ({ abi: id, isa: isaOf(id) })));
  const hex = await interfix('dump', signature, '--abi', 'all', '--format', 'hex');
  const lines = CONVENTIONS.map(
    (id) => new RegExp(`^${id} ${isaOf(id) === 'x64' ? 'f30f1efa' : '5f2403d5'}[\\da-f]+$`),
  );
  expect(hex.out.trimEnd().split('\n')).toEqual(lines.map((line) => expect.stringMatching(line)));
});

test('--abi all shows a refusal beside what the others do', async () => {
  const text = '(int, int, int, int, int, int, int; {int64, int64}) -> void'; // x7 and the stack: nobody agrees on Windows
  const { out, status } = await interfix('dump', text, '--abi', 'all', '--format', 'json');
  expect(status).toBe(0);
  const dumps = JSON.parse(out);
  expect(dumps.map(({ abi: id }: { abi: string }) => id)).toEqual(CONVENTIONS);
  expect(dumps.at(-1).refused).toMatchObject({ code: 'ERR_UNSUPPORTED' });
  const hex = await interfix('dump', text, '--abi', 'all', '--format', 'hex');
  expect(hex.out).toMatch(/^aapcs64-windows refused$/m);
  const words = await interfix('dump', text, '--abi', 'all');
  expect(words.out).toMatch(/^refused {5}\S/m);
});

test('--abi all with --entry means the conventions of the same processor', async () => {
  const { out } = await interfix('dump', signature, '--abi', 'all', '--entry', 'win-x64', '--format', 'json');
  expect(JSON.parse(out)).toMatchObject([
    { abi: 'sysv-x64', entry: 'win-x64' },
    { abi: 'win-x64', entry: 'win-x64' },
  ]);
});

test('--vectors decides where wide vectors travel', async () => {
  const wide = '(v[8:float]) -> void';
  const place = async (...options: string[]): Promise<unknown> => {
    const { out } = await interfix('dump', wide, ...abi, ...options, '--format', 'json');
    const { layout } = JSON.parse(out);
    return [layout.vectors, layout.args[0].placement.pieces[0].at];
  };
  expect(await place()).toEqual(['sse', { in: 'stack', offset: 0 }]);
  expect(await place('--vectors', 'avx')).toEqual(['avx', { in: 'register', register: 'xmm0' }]);
});

test('a step that needs no code is still named in the listing', async () => {
  const { out } = await interfix('dump', '() -> {long, long, long}', ...abi, '--kind', 'bound');
  expect(out).toMatch(/; 0 {2}address {3}rdi ← &ret: no code needed$/m);
});

test('the stack picture ends where our caller begins', async () => {
  const { out } = await interfix('dump', '(long, {long,long,long}) -> void', ...abi, '--kind', 'reverse');
  expect(out).toMatch(/sp\+\d+ +8 bytes {2}return address\n +sp\+\d+ +32 bytes {2}in: /);
});

test('the program itself prints the same', async () => {
  const { out, status, err } = interfixProcess('dump', signature, ...abi);
  expect({ out, status, err }).toEqual({ out: (await interfix('dump', signature, ...abi)).out, status: 0, err: '' });
});

test('the program writes bytes as they are', () => {
  const { bytes } = interfixProcess('dump', signature, ...abi, '--format', 'bin');
  expect(Buffer.from(bytes).equals(bytesOf('forward'))).toBe(true);
});
