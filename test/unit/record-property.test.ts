// What holds for the layout of every record, of random ones by every data model.

import { describe, expect, it } from 'vitest';
import type { Packing, RecordType } from '../../src/ctype/ctype.ts';
import type { DataModel } from '../../src/ctype/data-model.ts';
import { layoutOfRecord } from '../../src/ctype/layout.ts';
import { recordText } from '../support/layout-oracle-source.ts';
import { randomRecord } from '../support/random-record.ts';
import { MODELS } from '../support/record-builders.ts';

/** The bits of a member that is there, as a half-open range; null for padding. */
function bitsOf(type: RecordType, index: number, model: DataModel): readonly [number, number] | null {
  const found = layoutOfRecord(type, model).members[index];
  if (found === undefined || (found.bitWidth !== null && found.name === null)) return null;
  const from = 8 * found.offset + (found.bitOffset ?? 0);
  return [from, from + (found.bitWidth ?? 8 * found.size)];
}

describe('every record of 2000 random ones', () => {
  const records = Array.from({ length: 2000 }, (_, index) => randomRecord(77, index));

  it.each(MODELS.map((model) => [model.id, model] as const))('has no overlapping members, by %s', (_, model) => {
    for (const type of records) {
      const { size, members } = layoutOfRecord(type, model);
      let end = 0;
      members.forEach((_member, index) => {
        const [from, to] = bitsOf(type, index, model) ?? [end, end];
        expect(from, recordText(type)).toBeGreaterThanOrEqual(type.kind === 'union' ? 0 : end);
        expect(to, recordText(type)).toBeLessThanOrEqual(8 * size);
        end = to;
      });
    }
  });

  it.each(MODELS.map((model) => [model.id, model] as const))(
    'has the storage units that we promise, by %s',
    (_, model) => {
      for (const type of records) {
        const { size, members } = layoutOfRecord(type, model);
        const granule = granuleOf(type.packing, model);
        for (const each of members) {
          if (each.bitOffset === null || each.bitWidth === null || each.bitWidth === 0) continue;
          const unit = Math.min(each.align, granule);
          expect(each.offset % unit, recordText(type)).toBe(0);
          if (type.packing !== null && model.recordRules === 'gnu') {
            expect(each.bitOffset, recordText(type)).toBeLessThan(8 * unit);
          } else {
            expect(each.bitOffset + each.bitWidth, recordText(type)).toBeLessThanOrEqual(8 * each.size);
            if (each.name !== null) expect(each.offset + each.size, recordText(type)).toBeLessThanOrEqual(size);
          }
        }
      }
    },
  );

  it('has a size that is a multiple of its alignment, except the 4 bytes of a Microsoft record without any', () => {
    for (const model of MODELS) {
      for (const type of records) {
        const { size, align } = layoutOfRecord(type, model);
        expect(Number.isInteger(Math.log2(align)), recordText(type)).toBe(true);
        if (size !== model.emptyRecordSize) expect(size % align, recordText(type)).toBe(0);
      }
    }
  });
});

/** The alignment that packing leaves to a unit, at most. */
const granuleOf = (packing: Packing, { recordRules }: DataModel): number => {
  if (packing === 'attribute') return 1;
  return packing === null || (recordRules === 'microsoft' && packing > 8) ? Number.POSITIVE_INFINITY : packing;
};
