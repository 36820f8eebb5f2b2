// What prepare refuses, with which code; and what it promises about what it gives.

import { describe, expect, it } from 'vitest';
import type { ConventionId, VectorLevel } from '../../src/abi/convention.ts';
import { conventionOf, conventions } from '../../src/abi/conventions.ts';
import * as c from '../../src/ctype/ctype.ts';
import type { ErrorCode } from '../../src/errors.ts';
import { kinds, prepare } from '../../src/plan/prepare.ts';
import type { TrampolineKind } from '../../src/plan/step.ts';
import { errorOf } from '../support/thrown.ts';

/** Options as they come from JavaScript, which has no types. */
const withOptions = (abi: string, kind: string, entry?: string): unknown =>
  prepare('(int) -> int', {
    abi: abi as ConventionId,
    kind: kind as TrampolineKind,
    ...(entry === undefined ? {} : { entry: entry as ConventionId }),
  });

describe('prepare', () => {
  it.each([
    ['ERR_OPTION', 'sysv', 'forward'],
    ['ERR_OPTION', '', 'forward'],
    ['ERR_OPTION', 'toString', 'forward'],
    ['ERR_OPTION', '__proto__', 'forward'],
    ['ERR_OPTION', 'sysv-x64', 'backward'],
    ['ERR_OPTION', 'sysv-x64', 'constructor'],
    ['ERR_UNSUPPORTED', 'vectorcall', 'forward'],
    ['ERR_UNSUPPORTED', 'vectorcall', 'reverse'],
    ['ERR_UNSUPPORTED', 'sysv-x64', 'direct'],
    ['ERR_UNSUPPORTED', 'sysv-x64', 'thunk'],
  ])('throws %s for the convention %j and the kind %j', (code, abi, kind) => {
    expect(errorOf(() => withOptions(abi, kind)).code).toBe(code);
  });

  it('throws the same for the convention of the entry', () => {
    expect(errorOf(() => withOptions('sysv-x64', 'forward', 'sysv')).code).toBe('ERR_OPTION');
    expect(errorOf(() => withOptions('sysv-x64', 'forward', 'vectorcall')).code).toBe('ERR_UNSUPPORTED');
  });

  it('crosses conventions, but not processors', () => {
    expect(() => withOptions('sysv-x64', 'forward', 'win-x64')).not.toThrow();
    expect(() => withOptions('aapcs64', 'reverse', 'aapcs64-apple')).not.toThrow();
    expect(errorOf(() => withOptions('sysv-x64', 'forward', 'aapcs64')).code).toBe('ERR_OPTION');
  });

  it('refuses a vector level that there is none of', () => {
    const vectors = 'mmx' as VectorLevel;
    const refused = errorOf(() => prepare('() -> void', { abi: 'sysv-x64', kind: 'forward', vectors }));
    expect(refused.code).toBe('ERR_OPTION');
  });

  it('names the rule that a refused convention or kind lacks', () => {
    expect(errorOf(() => withOptions('vectorcall', 'forward')).rule).toBe('vectorcall');
    expect(errorOf(() => withOptions('sysv-x64', 'thunk')).rule).toBe('thunk');
  });

  it('knows the conventions it can generate code for', () => {
    expect(conventions).toEqual(['sysv-x64', 'win-x64', 'aapcs64', 'aapcs64-apple', 'aapcs64-windows']);
    for (const id of conventions) expect(conventionOf(id).id).toBe(id);
  });

  const MIB = 2 ** 20;
  const refusals: readonly (readonly [string, ErrorCode, string])[] = [
    ['a variadic float', 'ERR_TYPE', '(int; float) -> int'],
    ['a float that is the first of all and variadic', 'ERR_TYPE', '(; float) -> int'],
    ['an argument of 2 MiB', 'ERR_SIZE', `({[${2 * MIB}:int8]}) -> int`],
    ['an argument of 1 MiB and a byte', 'ERR_SIZE', `({[${MIB + 1}:int8]}) -> int`],
    ['a result of 2 MiB', 'ERR_SIZE', `() -> {[${2 * MIB}:int8]}`],
    ['arguments of 2 MiB together', 'ERR_SIZE', `({[${MIB}:int8]}, {[${MIB}:int8]}) -> int`],
    ['131081 integers', 'ERR_SIZE', `(${'int64, '.repeat(131_080)}int64) -> int`],
    ['an argument that no memory holds', 'ERR_SIZE', `({[${2 ** 40}:[${2 ** 40}:int8]]}) -> int`],
    ['a type error of the parser', 'ERR_TYPE', '(void, int) -> int'],
    ['a syntax error of the parser', 'ERR_SYNTAX', '(int'],
  ];
  it.each(refusals)('refuses %s with %s', (_, code, text) => {
    for (const abi of conventions) {
      // The kinds ask the same classifier: all of them once, and every convention once.
      for (const kind of abi === 'sysv-x64' ? kinds : (['forward'] as const))
        expect(errorOf(() => prepare(text, { abi, kind })).code, abi).toBe(code);
    }
  });

  it.each([
    ['a void argument', c.signature([c.parameter(null, c.VOID)], c.VOID)],
    ['a void member', c.signature([c.parameter(null, c.struct([c.member(null, c.VOID)]))], c.VOID)],
    ['an array result', c.signature([], c.array(c.BOOL, 2))],
  ])('refuses %s that was not parsed with ERR_TYPE', (_, signature) => {
    expect(errorOf(() => prepare(signature, { abi: 'sysv-x64', kind: 'forward' })).code).toBe('ERR_TYPE');
  });

  it.each([`({[${MIB}:int8]}) -> {[${MIB}:int8]}`, `(${'int, '.repeat(99_999)}int) -> int`])(
    'takes what fits exactly or nearly: %.20s…',
    (text) => {
      for (const kind of kinds) expect(prepare(text, { abi: 'sysv-x64', kind }).kind).toBe(kind);
    },
  );

  it('takes a text and the signature it parses to alike', () => {
    const fromText = prepare('(int, double) -> int', { abi: 'sysv-x64', kind: 'bound' });
    expect(prepare(fromText.signature, { abi: 'sysv-x64', kind: 'bound' })).toEqual(fromText);
    expect(fromText.entry).toBe('sysv-x64');
    expect(Object.isFrozen(fromText)).toBe(true);
  });

  it('gives a frame to the kinds that have one', () => {
    const framed = kinds.filter((kind) => prepare('(int) -> int', { abi: 'sysv-x64', kind }).frame !== null);
    expect(framed).toEqual(['reverse', 'entry']);
  });
});

describe('a call frame', () => {
  const frame = (text: string): unknown => prepare(text, { abi: 'sysv-x64', kind: 'entry' }).frame;

  it('puts every value at a multiple of 8, in order, and the result last', () => {
    expect(frame('(int8, {[9:int8]}, double) -> {int, int}')).toEqual({
      size: 48,
      args: [
        { offset: 0, size: 1 },
        { offset: 8, size: 9 },
        { offset: 24, size: 8 },
      ],
      ret: { offset: 32, size: 8 },
      errno: null,
    });
  });

  it('is never empty, and a multiple of 16', () => {
    expect(frame('() -> void')).toEqual({ size: 16, args: [], ret: { offset: 0, size: 0 }, errno: null });
    expect(frame('() -> {[17:int8]}')).toMatchObject({ size: 32 });
  });
});
