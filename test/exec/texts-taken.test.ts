// What becomes of a call's texts where the call ends in another way than by returning: the next one begins where it began,
// and never in the texts of a call that still runs. On every way that a call can go, optimised.

import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { alloc, cstring } from '../../src/exec/memory.ts';
import { collectUntil } from '../support/collect-garbage.ts';
import { describeWithC, withCallback } from '../support/fixture-library.ts';
import { boundOn, callerOf, LEAF, optimize, WAYS } from '../support/paths.ts';

/** Each leaves a text behind; so many would not fit beside each other. */
const OFTEN = 3000;
const LONG = 'a text of several lines, '.repeat(8);

const ACROSS = '(*char, *char, () -> void) -> void';
const joinSignature = '(*char, *char, *char, *char, *char, *char) -> void';

for (const way of WAYS) {
  describeWithC(`a text that was copied for a call, ${way.name},`, () => {
    const same = boundOn(way, 'same_pointer', '(*char) -> *void');
    const place = callerOf(same, 1);
    optimize(place, [LONG]);
    const join = boundOn(way, 'join_texts', joinSignature);
    const joined = (...texts: unknown[]): string => {
      const to = alloc(4 * LONG.length);
      join(to, ...texts);
      return cstring(to);
    };
    const joining = callerOf(join, 6);
    optimize(joining, [alloc(4 * LONG.length), LONG, 'b', 'c', 'd', 'e']);

    /** Nothing is left of calls that fail, however often they do. */
    const leavesNothing = (fail: () => unknown, error: object | string | RegExp): void => {
      const before = place(LONG);
      for (let time = 0; time < OFTEN; time++) expect(fail).toThrow(error as RegExp);
      expect(place(LONG)).toBe(before);
      expect(joined(LONG, 'b', 'c', 'd', LONG)).toBe(`${LONG}bcd${LONG}`);
    };

    test.each([
      ['another argument is wrong', 5, 'argument 5'],
      ['another text has a zero character', 'a\0b', 'argument 5'],
      ['another text has a lone surrogate', 'a\ud800b', 'argument 5'],
      ['a longer one has', `${LONG}\0`, 'argument 5'],
    ])('leaves nothing behind when %s', (_, wrong, message) => {
      const to = alloc(8 * LONG.length);
      leavesNothing(() => joining(to, LONG, LONG, LONG, LONG, wrong), message);
    });

    test('leaves nothing behind when a getter throws, or calls C with texts of its own before it throws', () => {
      const pair = '{first:*char, between:int, second:*char}';
      const members = boundOn(way, 'join_members', `(*char, ${pair}) -> void`);
      const to = alloc(4 * LONG.length);
      const bad = {
        first: LONG,
        between: 1,
        get second(): string {
          joined('x', 'x', 'x', 'x', 'x');
          throw new Error('mine');
        },
      };
      leavesNothing(() => members(to, bad), 'mine');
    });

    test('is not written over by a getter that calls C with texts of its own', () => {
      const inner = alloc(40);
      const value = {
        get address(): bigint {
          join(inner, 'a', 'b', 'c', 'd', 'e');
          return to.address;
        },
      };
      const to = alloc(8 * LONG.length);
      const own = boundOn(way, 'join_texts', joinSignature.replace('*char', '*void'));
      for (let time = 0; time < 300; time++) {
        own(value, LONG, 'b', 'c', 'd', 'e');
        expect(cstring(to)).toBe(`${LONG}bcde`);
        expect(cstring(inner)).toBe('abcde');
      }
      const last = boundOn(way, 'text_across', '(*char, *char, *void) -> void');
      expect(() => last(to, LONG, 5)).toThrow('argument 2');
    });

    test('survives calls inside of a callback, those that fail among them', () => {
      const across = boundOn({ name: '', options: { ...way.options, leaf: false } }, 'text_across', ACROSS);
      const to = alloc(4 * LONG.length);
      const inside = (): void => {
        for (let time = 0; time < 50; time++) {
          expect(joined('a', LONG, 'c', 'd', 'e')).toBe(`a${LONG}cde`);
          expect(() => joining(alloc(9), LONG, LONG, LONG, LONG, 5)).toThrow('argument 5');
          place(LONG.repeat(3));
        }
      };
      const before = place('x');
      withCallback('() -> void', inside, (made) => across(to, LONG, made));
      expect(cstring(to)).toBe(LONG);
      withCallback(
        '() -> void',
        () => withCallback('() -> void', inside, (made) => across(alloc(20), 'other', made)),
        (made) => across(to, `${LONG}!`, made),
      );
      expect(cstring(to)).toBe(`${LONG}!`);
      const thrower = (): never => {
        inside();
        throw new Error('mine');
      };
      expect(() => withCallback('() -> void', thrower, (made) => across(to, LONG, made))).toThrow('mine');
      expect(place('x')).toBe(before);
    });

    test('leaves nothing behind when the function is disposed of meanwhile', () => {
      const before = place(LONG);
      for (let time = 0; time < 20; time++) {
        const gone = boundOn(way, 'join_texts', joinSignature.replace('*char', '*void'));
        gone(alloc(40), 'a', 'b', 'c', 'd', 'e');
        const value = {
          get address(): bigint {
            gone.dispose();
            return 0n;
          },
        };
        expect(() => gone(value, LONG, LONG, LONG, LONG, LONG)).toThrow('disposed');
      }
      expect(place(LONG)).toBe(before);
    });

    test('leaves nothing behind when the stack overflows', () => {
      const before = place(LONG);
      const deep = (): unknown => [place(LONG), deep()];
      for (let time = 0; time < 20; time++) expect(deep).toThrow(RangeError);
      expect(place(LONG)).toBe(before);
    });

    test('that is too large for the stack of texts is given back, after calls that fail as well', async () => {
      const { arrayBuffers: before } = process.memoryUsage();
      const large = 'x'.repeat(4_000_000);
      const failing = (): unknown => joining(alloc(9), large, LONG, LONG, LONG, 'a\0b');
      for (let time = 0; time < 10; time++) {
        place(large);
        expect(failing).toThrow('argument 5');
      }
      place('short');
      const isBack = (): boolean => process.memoryUsage().arrayBuffers < before + 12_000_000;
      await collectUntil(isBack);
      expect(isBack()).toBe(true);
    });
  });
}

describeWithC('a text of a leaf', () => {
  test('is not left behind by a program that is told to end', () => {
    const place = boundOn(LEAF, 'same_pointer', '(*char) -> *void');
    const before = place(LONG);
    const endless = (): unknown => runInNewContext('for (;;) place(text);', { place, text: LONG }, { timeout: 30 });
    for (let time = 0; time < 20; time++) expect(endless).toThrow('timed out');
    expect(place(LONG)).toBe(before);
  });
});

describeWithC('a leaf that calls JavaScript all the same', () => {
  test('leaves none of its texts behind', () => {
    const across = boundOn(LEAF, 'text_across', '(*char, *char, *void) -> void');
    const same = boundOn(LEAF, 'same_pointer', '(*char) -> *void');
    const before = same(LONG);
    const run = (made: unknown): unknown => across(alloc(4 * LONG.length), LONG, made);
    for (let time = 0; time < 300; time++)
      expect(() => withCallback('() -> void', () => undefined, run)).toThrow(
        expect.objectContaining({ code: 'ERR_CALLBACK', rule: 'leaf' }),
      );
    expect(same(LONG)).toBe(before);
  });
});
