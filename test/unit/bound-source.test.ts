// The generated JavaScript of calls: options that nobody asked for cost nothing.

import { describe, expect, it } from 'vitest';
import { SYSV_X64 } from '../../src/ctype/data-model.ts';
import { boundSource, type CallSourceOptions, stagedSource } from '../../src/marshal/call-source.ts';
import { frameLayout } from '../../src/plan/frame-layout.ts';
import { prepare } from '../../src/plan/prepare.ts';

const prepared = (text: string) => prepare(text, { abi: 'sysv-x64', kind: 'entry' });

const boundLines = (text: string, options: CallSourceOptions = {}): string[] => {
  const { signature, layout } = prepared(text);
  return boundSource(signature, frameLayout(layout, options.errno !== undefined), SYSV_X64, options).body.split('\n');
};

const stagedLines = (text: string): string[] => {
  const { signature, layout } = prepared(text);
  return stagedSource(signature, frameLayout(layout), SYSV_X64).body.split('\n');
};

const CHECK_0 = 'if (typeof v0 !== "number") fail(v0, "double", `argument 0`, "float");';
const COUNT_1 = 'if (arguments.length !== 1) count(arguments, 1, "the function");';

describe('the source of a bound function', () => {
  it('is checks, stores, the call and a load', () => {
    expect(boundLines('(double) -> double')).toEqual([
      '"use strict";',
      'let call = entry;',
      'function bound(a0) {',
      COUNT_1,
      'let v0;',
      'v0 = a0;',
      CHECK_0,
      'f64[0] = v0;',
      'call();',
      'return f64[1];',
      '}',
      'return [bound, (replacement) => { call = replacement; }];',
    ]);
  });

  it('that keeps the error number also sets it to zero, and reads it with the result', () => {
    const plain = boundLines('(double) -> double');
    for (const view of ['i32', 'u32'] as const) {
      const lines = boundLines('(double) -> double', { errno: { offset: 16, view } });
      expect(lines.filter((line) => !plain.includes(line))).toEqual([
        'lastError[0] = 0;',
        `return { value: f64[1], errno: ${view}[4] };`,
      ]);
      expect(lines.indexOf('lastError[0] = 0;')).toBe(lines.indexOf('call();') - 1);
    }
    expect(boundLines('() -> void', { errno: { offset: 0, view: 'i32' } })).toContain(
      'return { value: undefined, errno: i32[0] };',
    );
  });

  it('owns what it makes of functions only where a parameter is a function', () => {
    expect(boundLines('(*void, *int, {call:() -> int}) -> int').join()).not.toMatch(/functions|strings/);
    const lines = boundLines('((int) -> int) -> int');
    expect(lines).toContain('const held = functions.mark();');
    expect(lines).toContain('} finally { functions.release(held); }');
  });
});

describe('the source of a call with a frame of its own', () => {
  it('is a function for each half, and calls nothing', () => {
    expect(stagedLines('(double) -> double')).toEqual([
      '"use strict";',
      'return [function put(a0) {',
      COUNT_1,
      'let v0;',
      'v0 = a0;',
      CHECK_0,
      'f64[0] = v0;',
      '}, () => f64[1]];',
    ]);
  });

  it('leaves to its caller what strings and functions have handed out', () => {
    const body = stagedLines('(*char, (int) -> int) -> void').join('\n');
    expect(body).toContain('strings.take(');
    expect(body).toContain('functions.take(');
    expect(body).not.toMatch(/mark|release|call\(/);
  });
});
