// `interfix layout` on one platform: sizes, offsets, bits, holes and padding, as text and as JSON.

import { expect, test } from 'vitest';
import { interfix } from './command.ts';

const layout = (type: string, ...options: string[]) => interfix('layout', type, '--abi', 'sysv-x64', ...options);

/** The rows of the table, without the header. */
async function rows(type: string, abi: string): Promise<string[]> {
  const { out } = await interfix('layout', type, '--abi', abi);
  const lines = out.trimEnd().split('\n');
  return lines
    .slice(lines.findIndex((line) => line.startsWith('offset')) + 1)
    .map((line) => line.trim().replace(/ {2,}/g, ' | '));
}

test('holes and padding are shown, and records inside records are opened', async () => {
  const { out, status } = await layout('{a:int8, b:{x:int8, y:double}, c:<p:*void, q:[3:int16]>, int}');
  expect(status).toBe(0);
  expect(out).toBe(`type        {a:int8, b:{x:int8, y:double}, c:<p:*void, q:[3:int16]>, int32}
abi         sysv-x64
size        40 bytes
align       8 bytes

offset  size  align  member
     0     1      1  a          int8
     1     7         (hole)
     8    16      8  b          {…}
     8     1      1    x        int8
     9     7           (hole)
    16     8      8    y        double
    24     8      8  c          <…>
    24     8      8    p        *void
    24     6      2    q        [3:int16]
    32     4      4  [3]        int32
    36     4         (padding)
`);
});

test('bits are counted from their storage unit, and bits that belong to nothing are shown', async () => {
  const type = '{c:char, a:int:4, b:int16:5, d:int:20}';
  expect(await rows(type, 'sysv-x64')).toEqual([
    '0 | 1 | 1 | c | char',
    '0:8 | 4 bits | 4 | a | int32:4',
    '0:12 | 4 bits | (bit hole)',
    '2:0 | 5 bits | 2 | b | int16:5',
    '2:5 | 3 bits | (bit hole)',
    '3 | 1 | (hole)',
    '4:0 | 20 bits | 4 | d | int32:20',
    '4:20 | 4 bits | (bit padding)',
    '7 | 1 | (padding)',
  ]);
  expect(await rows(type, 'win-x64')).toContain('12:0 | 20 bits | 4 | d | int32:20');
});

test('bit-fields of a packed record reach over units', async () => {
  expect(await rows('!{a:int:20, b:int:20, c:bool:1}', 'sysv-x64')).toEqual([
    '0:0 | 20 bits | 4 | a | int32:20',
    '2:4 | 20 bits | 4 | b | int32:20',
    '5:0 | 1 bit | 1 | c | bool:1',
    '5:1 | 7 bits | (bit padding)',
  ]);
});

test('bit-fields without a name are padding, and those without bits begin a unit', async () => {
  expect(await rows('{a:uint32:3, uint32:2, uint32:0, int8, b:uint8:7}', 'sysv-x64')).toEqual([
    '0:0 | 3 bits | 4 | a | uint32:3',
    '0:3 | 2 bits | 4 | (unnamed) | uint32:2',
    '0:5 | 3 bits | (bit hole)',
    '1 | 3 | (hole)',
    '4:0 | 0 bits | 4 | (new unit) | uint32:0',
    '4 | 1 | 1 | [1] | int8',
    '5:0 | 7 bits | 1 | b | uint8:7',
    '5:7 | 1 bit | (bit padding)',
    '6 | 2 | (padding)',
  ]);
});

test('unions have no holes, only padding', async () => {
  expect(await rows('<a:uint8:3, [5:char], alignas(4) c:bool>', 'sysv-x64')).toEqual([
    '0:0 | 3 bits | 1 | a | uint8:3',
    '0 | 5 | 1 | [1] | [5:char]',
    '0 | 1 | 1 | c | alignas(4) bool',
    '5 | 3 | (padding)',
  ]);
});

test('packing, alignas, anonymous records and flexible arrays', async () => {
  const { out } = await layout('!2:{a:char, <i:int, alignas(8) !{char, d:double}>, n:int, [?:int16]}');
  expect(out).toContain('\nalign       2 bytes\npacking     #pragma pack(2)\n');
  expect((await layout('!{a:char}')).out).toContain('\npacking     __attribute__((packed))\n');
  expect(await rows('{a:char, <i:int, alignas(8) !{j:char, d:double}>, n:int, [?:int16]}', 'sysv-x64')).toEqual([
    '0 | 1 | 1 | a | char',
    '1 | 7 | (hole)',
    '8 | 16 | 8 | (anonymous) | <…>',
    '8 | 4 | 4 | i | int32',
    '8 | 16 | 8 | (anonymous) | alignas(8) !{…}',
    '8 | 1 | 1 | j | char',
    '9 | 8 | 8 | d | double',
    '17 | 7 | (padding)',
    '24 | 4 | 4 | n | int32',
    '28 | 0 | 2 | [3] | [?:int16]',
    '28 | 4 | (padding)',
  ]);
});

test('json has exactly the documented shape', async () => {
  const { out } = await layout('{a:int8, double, b:uint32:3, uint32:5}', '--format', 'json');
  expect(JSON.parse(out)).toEqual({
    type: '{a:int8, double, b:uint32:3, uint32:5}',
    abi: 'sysv-x64',
    size: 24,
    align: 8,
    members: [
      { name: 'a', offset: 0, size: 1 },
      { name: null, offset: 8, size: 8 },
      { name: 'b', offset: 16, size: 4, bitOffset: 0, bitWidth: 3 },
      { name: null, offset: 16, size: 4, bitOffset: 3, bitWidth: 5 },
    ],
  });
});

test('a type without members is only its size', async () => {
  expect((await layout('[3:int]')).out).toBe(
    'type        [3:int32]\nabi         sysv-x64\nsize        12 bytes\nalign       4 bytes\n',
  );
});

test('void has no size', async () => {
  const { status, err } = await layout('void');
  expect(status).toBe(2);
  expect(err).toBe('interfix: ERR_TYPE: void has no size\n');
});

test('types that share parts a million times over are not opened a million times', async () => {
  const doubling = Array.from({ length: 30 }, (_, index) => `@T${index + 1} = {a:@T${index}, b:@T${index}};`).join(' ');
  const { out, status } = await layout('@T30', '--types', `@T0 = {c:char}; ${doubling}`);
  expect(status).toBe(0);
  expect(out.split('\n').length).toBeLessThan(10_000);
  expect(out).toContain(`\nsize        ${2 ** 30} bytes\n`);
});
