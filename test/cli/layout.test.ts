// `interfix layout`: sizes, offsets, holes and padding.

import { expect, test } from 'vitest';
import { interfix } from './command.ts';

const layout = (type: string, ...options: string[]) => interfix('layout', type, '--abi', 'sysv-x64', ...options);

test('holes and padding are shown, and records inside records are opened', async () => {
  const { out, status } = await layout('{a:int8, b:{x:int8, y:double}, c:<p:*void, q:[3:int16]>, int}');
  expect(status).toBe(0);
  expect(out).toBe(`type        {a:int8, b:{x:int8, y:double}, c:<p:*void, q:[3:int16]>, int32}
abi         sysv-x64
size        40 bytes
align       8 bytes

offset  size  member
     0     1  a          int8
     1     7  (hole)
     8    16  b          {…}
     8     1    x        int8
     9     7    (hole)
    16     8    y        double
    24     8  c          <…>
    24     8    p        *void
    24     6    q        [3:int16]
    32     4  [3]        int32
    36     4  (padding)
`);
});

test('json has exactly the documented shape', async () => {
  const { out } = await layout('{a:int8, double}', '--format', 'json');
  expect(JSON.parse(out)).toEqual({
    type: '{a:int8, double}',
    abi: 'sysv-x64',
    size: 16,
    align: 8,
    members: [
      { name: 'a', offset: 0, size: 1 },
      { name: null, offset: 8, size: 8 },
    ],
  });
});

test('--abi all gives an array', async () => {
  const { out } = await interfix('layout', 'long', '--abi', 'all', '--format', 'json');
  expect(JSON.parse(out)).toEqual([{ type: 'long', abi: 'sysv-x64', size: 8, align: 8, members: [] }]);
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
