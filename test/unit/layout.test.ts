// Sizes, alignments and offsets: by hand where a rule is shown, and against gcc for random records.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { alignOf, layoutOf, sizeOf } from '../../src/abi/conventions.ts';
import type * as c from '../../src/ctype/ctype.ts';
import { BOOL, member, struct } from '../../src/ctype/ctype.ts';
import { SYSV_X64 } from '../../src/ctype/data-model.ts';
import { layoutOfRecord, layoutOfType } from '../../src/ctype/layout.ts';
import { random } from '../support/random.ts';
import { findTool, isSkipped, runTool, withTool } from '../support/tool.ts';
import { randomRecord } from './random-type.ts';

const abi = 'sysv-x64';

describe('sysv-x64: the layout of', () => {
  it.each([
    ['bool', 1, 1],
    ['char', 1, 1],
    ['int16', 2, 2],
    ['wchar_t', 4, 4],
    ['float', 4, 4],
    ['long', 8, 8],
    ['double', 8, 8],
    ['*void', 8, 8],
    ['() -> void', 8, 8],
    ['e:uint16', 2, 2],
    ['[3:int16]', 6, 2],
    ['{}', 0, 1],
    ['<>', 0, 1],
    ['{[3:int8]}', 3, 1],
    ['{int8, int}', 8, 4],
    ['{int, int8}', 8, 4],
    ['{int8, {}, int16}', 4, 2],
    ['<int8, [3:int16]>', 6, 2],
    ['<[9:int8], int64>', 16, 8],
    ['{int8, <int8, double>, int8}', 24, 8],
    ['[2:{int8, int}]', 16, 4],
  ])('%s has %i bytes, aligned to %i', (text, size, align) => {
    expect({ size: sizeOf(text, abi), align: alignOf(text, abi) }).toEqual({ size, align });
    expect(layoutOf(text, abi)).toMatchObject({ size, align });
  });

  it('a struct gives each member the lowest offset that its alignment allows', () => {
    const { members } = layoutOf('{a:int8, b:int, c:int8, d:int16, e:double}', abi);
    expect(members.map(({ name, offset }) => [name, offset])).toEqual([
      ['a', 0],
      ['b', 4],
      ['c', 8],
      ['d', 10],
      ['e', 16],
    ]);
  });

  it('a union puts every member at offset 0', () => {
    expect(layoutOf('<int8, double, [3:int]>', abi).members.map(({ offset }) => offset)).toEqual([0, 0, 0]);
  });

  it('void is refused with ERR_TYPE', () => {
    expect(() => sizeOf('void', abi)).toThrow(expect.objectContaining({ code: 'ERR_TYPE' }));
    expect(() => layoutOf('void', abi)).toThrow(expect.objectContaining({ code: 'ERR_TYPE' }));
  });

  it('a record is frozen', () => {
    const layout = layoutOf('{int8, {int}}', abi);
    expect(Object.isFrozen(layout) && Object.isFrozen(layout.members)).toBe(true);
  });

  it('a record is computed once however often it is shared', () => {
    let type: c.RecordType = struct([member(null, BOOL)]);
    for (let level = 0; level < 40; level++) type = struct([member('a', type), member('b', type)]);
    expect(layoutOfType(type, SYSV_X64)).toMatchObject({ size: 2 ** 40, align: 1 });
  });
});

const SEED = 7;
const COUNT = 500;
const gcc = findTool('gcc', ['x86_64-linux-gnu-gcc', 'gcc']);

const integers: Partial<Record<c.IntegerName, string>> = { long: 'long', ulong: 'unsigned long', char: 'char' };
const integerText = (name: c.IntegerName): string => integers[name] ?? (name === 'wchar_t' ? name : `${name}_t`);

/** A C declaration of `declarator`; enumerations as their underlying type, which is what gives them their size. */
function declare(type: c.CType, declarator: string): string {
  switch (type.kind) {
    case 'bool':
      return `_Bool ${declarator}`;
    case 'integer':
      return `${integerText(type.name)} ${declarator}`;
    case 'enum':
      return `${integerText(type.underlying.name)} ${declarator}`;
    case 'float':
      return `${type.name} ${declarator}`;
    case 'array':
      return declare(type.element, `${declarator}[${type.length}]`);
    case 'struct':
    case 'union':
      return `${type.kind} { ${type.members.map((each, index) => `${declare(each.type, `m${index}`)};`).join(' ')} } ${declarator}`;
    default:
      return `void *${declarator}`;
  }
}

/** One line per record: size, alignment, and the offset and size of every member, as gcc computes them. */
function layoutsByGcc(records: readonly c.RecordType[]): string[] {
  const typedefs = records.map((type, index) => `typedef ${declare(type, `R${index}`)};`);
  const prints = records.map((type, index) => {
    const members = type.members.map((_, m) => `P(offsetof(R${index}, m${m})); P(sizeof(((R${index} *)0)->m${m}));`);
    return `static void p${index}(void) { P(sizeof(R${index})); P(_Alignof(R${index})); ${members.join(' ')} puts(""); }`;
  });
  const source = `#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#define P(n) printf("%zu ", (size_t)(n))
${typedefs.join('\n')}
${prints.join('\n')}
int main(void) { ${records.map((_, index) => `p${index}();`).join(' ')} return 0; }
`;
  const directory = mkdtempSync(join(tmpdir(), 'interfix-gcc-'));
  try {
    writeFileSync(join(directory, 'a.c'), source);
    runTool(gcc, ['-std=gnu11', '-w', '-O0', '-o', join(directory, 'a'), join(directory, 'a.c')]);
    return runTool({ name: 'the layouts', command: join(directory, 'a') }, [])
      .trimEnd()
      .split('\n');
  } finally {
    rmSync(directory, { recursive: true });
  }
}

describe('sysv-x64: random records', () => {
  it.skipIf(isSkipped(gcc))(withTool(`${COUNT} of them are laid out as gcc lays them out`, gcc), () => {
    const records = Array.from({ length: COUNT }, (_, index) => randomRecord(random(SEED, index), 3));
    const theirs = layoutsByGcc(records);
    const ours = records.map((type) => {
      const { size, align, members } = layoutOfRecord(type, SYSV_X64);
      expect(layoutOfType(type, SYSV_X64)).toMatchObject({ size, align });
      return [size, align, ...members.flatMap((each) => [each.offset, each.size])].join(' ');
    });
    const shown = (lines: readonly string[]): string[] =>
      lines.map((line, index) => `${line.trim()}  ${declare(records[index] ?? { kind: 'void' }, `R${index}`)}`);
    expect(shown(ours)).toEqual(shown(theirs));
    expect(new Set(ours).size).toBeGreaterThan(COUNT / 3);
  });
});
