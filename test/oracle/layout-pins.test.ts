// Where compilers are known to disagree with the one whose layouts we give: both answers, so that a change is noticed.
// docs/layout.md explains each.

import { describe, expect, it } from 'vitest';
import { FLOAT, integer, LONG_DOUBLE, member, type RecordType, struct, union, vector } from '../../src/ctype/ctype.ts';
import { COMPILERS, isInstalled, layoutLine, layoutsBy } from '../support/layout-oracle.ts';
import { exclusion } from '../support/layout-pins.ts';
import { bits, field, gap } from '../support/record-builders.ts';

const { CI } = process.env;
const MINGW = 'gcc for mingw';

type Pin = readonly [reason: string, compiler: string, type: RecordType, theirs: string, ours: string];

const PINS: readonly Pin[] = [
  [
    'long double of 80 bits',
    MINGW,
    struct([field(LONG_DOUBLE)]),
    '16 bytes, aligned to 16: 0+16',
    '8 bytes, aligned to 8: 0+8',
  ],
  ['records of 0 bytes', MINGW, struct([]), '0 bytes, aligned to 1:', '4 bytes, aligned to 1:'],
  [
    'bit-fields align their union',
    MINGW,
    union([bits('int32', 3)]),
    '4 bytes, aligned to 4: bit 0:3',
    '4 bytes, aligned to 1: bit 0:3',
  ],
  [
    'alignas on bit-fields',
    MINGW,
    struct([bits('int32', 7), bits('int32', 2, 16)]),
    '16 bytes, aligned to 16: bit 0:7 bit 7:2',
    '4 bytes, aligned to 4: bit 0:7 bit 7:2',
  ],
  [
    'alignas on bit-fields',
    MINGW,
    struct([field('int8'), member(null, integer('int16'), 0, 16)]),
    '16 bytes, aligned to 1: 0+1 ?',
    '1 bytes, aligned to 1: 0+1 ?',
  ],
  [
    'packing wins over alignas and vectors',
    MINGW,
    struct([field('int8'), field('int32', 8)], 2),
    '6 bytes, aligned to 2: 0+1 2+4',
    '16 bytes, aligned to 8: 0+1 8+4',
  ],
  [
    'packing wins over alignas and vectors',
    MINGW,
    struct([field(vector(FLOAT, 4))], 'attribute'),
    '16 bytes, aligned to 1: 0+16',
    '16 bytes, aligned to 16: 0+16',
  ],
  [
    'zero widths are not packed',
    MINGW,
    struct([bits('int8', 3), gap('int32', 0)], 'attribute'),
    '4 bytes, aligned to 4: bit 0:3 ?',
    '1 bytes, aligned to 1: bit 0:3 ?',
  ],
  [
    'alignas on a bit-field above its pragma pack',
    'clang 19 for x86_64-linux-gnu',
    struct([bits('int8', 3), bits('int32', 4, 8)], 2),
    '2 bytes, aligned to 2: bit 0:3 bit 3:4',
    '4 bytes, aligned to 2: bit 0:3 bit 16:4',
  ],
];

describe('oracle: the pinned disagreement', () => {
  it.for(PINS)('%s, by %s', async ([reason, name, type, theirs, ours], { skip }) => {
    const compiler = COMPILERS.find((each) => each.name === name);
    if (compiler === undefined) throw new Error(`no such compiler: ${name}`);
    skip(!isInstalled(compiler) && CI === undefined, `${compiler.command} is not installed`);
    expect(exclusion(compiler, type)).toBe(reason);
    expect({ theirs: (await layoutsBy(compiler, [type]))[0], ours: layoutLine(type, compiler.model) }).toEqual({
      theirs,
      ours,
    });
  });
});
