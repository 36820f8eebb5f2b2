// `interfix layout --abi all`: platforms that agree share a drawing, and different ones stand side by side.

import { expect, test } from 'vitest';
import { layoutOf, sizeOf } from '../../src/abi/conventions.ts';
import { dataModelIds } from '../../src/ctype/data-model.ts';
import { interfix } from './command.ts';

const all = (type: string, ...options: string[]) => interfix('layout', type, '--abi', 'all', ...options);

test('platforms that all agree have one drawing', async () => {
  const { out } = await all('{a:int8, b:double}');
  expect(out).toBe(`type        {a:int8, b:double}
abi         all agree: sysv-x64, win-x64, aapcs64, aapcs64-apple, aapcs64-windows
size        16 bytes
align       8 bytes

offset  size  align  member
     0     1      1  a       int8
     1     7         (hole)
     8     8      8  b       double
`);
});

test('different drawings stand side by side, under the platforms that agree', async () => {
  const { out } = await all('{c:char, n:long}');
  expect(out).toBe(`type        {c:char, n:long}

abi         sysv-x64, aapcs64, aapcs64-apple    abi         win-x64, aapcs64-windows
size        16 bytes                            size        8 bytes
align       8 bytes                             align       4 bytes

offset  size  align  member                     offset  size  align  member
     0     1      1  c       char                    0     1      1  c       char
     1     7         (hole)                          1     3         (hole)
     8     8      8  n       long                    4     4      4  n       long
`);
});

test('what does not fit on the screen stands below', async () => {
  const { out } = await all('{longdouble, wchar_t, long}');
  expect(out.match(/^abi .*$/gm)).toEqual([
    'abi         sysv-x64, aapcs64              abi         win-x64, aapcs64-windows',
    'abi         aapcs64-apple',
  ]);
  for (const line of out.split('\n')) expect(line.length).toBeLessThanOrEqual(120);
});

test('a platform that refuses the type says so in its place', async () => {
  const { out, status } = await all('{a:wchar_t:20}');
  expect(status).toBe(0);
  expect(out).toMatch(/^abi +sysv-x64, aapcs64, aapcs64-apple +abi +win-x64, aapcs64-windows$/m);
  expect(out).toMatch(/refused$/m);
  expect(out).toContain("ERR_TYPE: member 'a' cannot have 20 bits: its type has 16");
  const { out: json } = await all('{a:wchar_t:20}', '--format', 'json');
  expect(JSON.parse(json)[1]).toEqual({
    type: '{a:wchar_t:20}',
    abi: 'win-x64',
    error: { code: 'ERR_TYPE', message: "member 'a' cannot have 20 bits: its type has 16" },
  });
});

test('a type that all refuse is an error', async () => {
  expect(await all('{a:float:3}')).toMatchObject({ status: 2, out: '' });
  expect((await all('void')).err).toBe('interfix: ERR_TYPE: void has no size\n');
});

test('json is an array of all platforms, with the numbers of layoutOf', async () => {
  const type = '{c:char, a:int:4, l:long, b:int16:5, d:longdouble, alignas(32) w:wchar_t}';
  const { out } = await all(type, '--format', 'json');
  const parsed: { abi: string; size: number; members: { offset: number; bitOffset?: number }[] }[] = JSON.parse(out);
  expect(parsed.map(({ abi }) => abi)).toEqual(dataModelIds);
  dataModelIds.forEach((abi, index) => {
    expect(parsed[index]?.size).toBe(sizeOf(type, abi));
    const places = layoutOf(type, abi).members.map(({ offset, bitOffset }) => ({ offset, bitOffset }));
    expect(parsed[index]?.members.map(({ offset, bitOffset = null }) => ({ offset, bitOffset }))).toEqual(places);
  });
});

test.each(dataModelIds)('%s alone', async (abi) => {
  const { out, status } = await interfix('layout', 'long', '--abi', abi);
  expect(status).toBe(0);
  expect(out).toContain(`abi         ${abi}\nsize        ${sizeOf('long', abi)} bytes\n`);
});

test('an unknown platform is refused', async () => {
  expect((await interfix('layout', 'int', '--abi', 'arm')).err).toMatch(/ERR_OPTION: .*'arm'.*aapcs64-windows/);
});

test('C whose constants depend on the platform has another type on each', async () => {
  const { out } = await all('struct s { char bytes[sizeof (long)]; };');
  expect(out).toContain('type        {bytes:[8:char]}\n\nabi         sysv-x64');
  expect(out).toContain('type        {bytes:[4:char]}');
});
