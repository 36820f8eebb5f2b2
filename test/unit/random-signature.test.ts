// The oracle's random signatures: repeatable, no more than the profile has, and all that it has.

import { describe, expect, it } from 'vitest';
import { conventions } from '../../src/abi/conventions.ts';
import { type CType, type RecordType, type ResolvedType, resolved, type Signature } from '../../src/ctype/ctype.ts';
import { dataModelOf } from '../../src/ctype/data-model.ts';
import { printSignature } from '../../src/signature/print.ts';
import { MAX_ARGUMENTS } from '../support/c-target.ts';
import { basicProfile, fullProfile, randomSignature, type SignatureProfile } from '../support/random-signature.ts';
import { containsType, valueShape } from '../support/value-shape.ts';

const SEED = 42;
const ABI = 'sysv-x64';

const many = (profile: SignatureProfile, count: number): Signature[] =>
  Array.from({ length: count }, (_, index) => randomSignature(SEED, index, profile));

const valuesOf = ({ parameters, result }: Signature): CType[] => [...parameters.map(({ type }) => type), result];

const isRecord = (type: ResolvedType): type is RecordType => type.kind === 'struct' || type.kind === 'union';
const isFloat =
  (name: string) =>
  (type: ResolvedType): boolean =>
    type.kind === 'float' && type.name === name;
const isRecordWith =
  (isSuch: (record: RecordType) => boolean) =>
  (type: ResolvedType): boolean =>
    isRecord(type) && isSuch(type);

/** What a profile turns on, and how to see it. */
const FEATURES: readonly (readonly [Partial<SignatureProfile>, (type: ResolvedType) => boolean])[] = [
  [{ int128: true }, (type) => type.kind === 'integer' && type.name.endsWith('128')],
  [{ longdouble: true }, isFloat('longdouble')],
  [{ float16: true }, isFloat('float16')],
  [{ bfloat16: true }, isFloat('bfloat16')],
  [{ complex: ['float', 'double'] }, (type) => type.kind === 'complex'],
  [{ vectors: [8, 16] }, (type) => type.kind === 'vector' && valueShape(type, ABI).size <= 16],
  [{ vectors: [32, 64] }, (type) => type.kind === 'vector' && valueShape(type, ABI).size > 16],
  [{ bitFields: true }, isRecordWith(({ members }) => members.some(({ bitWidth }) => bitWidth !== null))],
  [{ packed: true }, isRecordWith(({ packing }) => packing !== null)],
  [
    { alignas: true },
    isRecordWith(({ align, members }) => align !== null || members.some((each) => each.align !== null)),
  ],
  [{ flexible: true }, (type) => type.kind === 'array' && type.length === null],
  [{ zeroArrays: true }, (type) => type.kind === 'array' && type.length === 0],
  [{ emptyRecords: true }, isRecordWith(({ members }) => members.length === 0)],
  [{ large: true }, isRecordWith((record) => valueShape(record, ABI).size > 4096)],
  [{ large: true }, isRecordWith((record) => valueShape(record, ABI).size > 65_536)],
];

const has = (signatures: readonly Signature[], isSuch: (type: ResolvedType) => boolean): boolean =>
  signatures.some((each) => valuesOf(each).some((type) => containsType(type, isSuch)));

describe('random signatures', () => {
  it('are the same for the same seed, index and profile, in any order', () => {
    const profile = fullProfile(ABI);
    const forwards = many(profile, 40).map(printSignature);
    const backwards = forwards.map((_, index) => printSignature(randomSignature(SEED, 39 - index, profile))).reverse();
    expect(backwards).toEqual(forwards);
    expect(new Set(forwards).size).toBeGreaterThan(35);
    expect(many(profile, 40).map(printSignature)).not.toEqual(
      forwards.map((_, index) => printSignature(randomSignature(SEED + 1, index, profile))),
    );
  });

  it.each(FEATURES)('have what %o turns on, and nothing else that is off', (on, isSuch) => {
    const signatures = many({ ...basicProfile(ABI), ...on }, 400);
    expect(has(signatures, isSuch)).toBe(true);
    const others = FEATURES.filter(([feature]) => Object.keys(feature)[0] !== Object.keys(on)[0]);
    expect(others.filter(([, isOther]) => has(signatures, isOther)).map(([feature]) => feature)).toEqual([]);
  });

  it.each(conventions)('have everything on %s with the full profile', (abi) => {
    const signatures = many(fullProfile(abi), 500);
    expect(FEATURES.filter(([, isSuch]) => !has(signatures, isSuch)).map(([feature]) => feature)).toEqual([]);
    const counts = new Set(signatures.map(({ parameters }) => parameters.length));
    expect([...counts].sort((one, other) => one - other)).toEqual(
      Array.from({ length: MAX_ARGUMENTS + 1 }, (_, count) => count),
    );
  });

  it('have values that fit a slot, and no more than two of more than 64 KiB', () => {
    for (const signature of many({ ...fullProfile(ABI), large: false }, 500)) {
      for (const type of valuesOf(signature)) expect(valueShape(type, ABI).size).toBeLessThanOrEqual(2048);
    }
    for (const signature of many(fullProfile(ABI), 500)) {
      const shapes = valuesOf(signature).map((type) => valueShape(type, ABI));
      expect(Math.max(...shapes.map(({ align }) => align))).toBeLessThanOrEqual(128);
      expect(Math.max(...shapes.map(({ size }) => size))).toBeLessThanOrEqual(0x2_0000);
      expect(shapes.filter(({ size }) => size > 65_536).length).toBeLessThanOrEqual(2);
    }
  });

  it('have only promoted scalars behind `...`, and of the others what the profile lets stand there', () => {
    const none = { records: false, int128: false, longdouble: false, complex: false, vectors: false };
    for (const abi of conventions) {
      const model = dataModelOf(abi);
      for (const { parameters, variadicFrom } of many({ ...fullProfile(abi), unnamed: none }, 300)) {
        for (const { type: declared } of parameters.slice(variadicFrom ?? parameters.length)) {
          const type = resolved(declared);
          if (type.kind === 'float') expect(type.name).toBe('double');
          else if (type.kind === 'integer') expect([4, 8]).toContain(model.integers[type.name].size);
          else expect(['enum', 'pointer', 'function']).toContain(type.kind);
        }
      }
    }
  });

  it('have no vectors behind `...`, in records neither, where the profile leaves them out', () => {
    const profile = fullProfile(ABI);
    const unnamedOf = ({ parameters, variadicFrom }: Signature): CType[] =>
      parameters.slice(variadicFrom ?? parameters.length).map(({ type }) => type);
    const isVector = (type: CType): boolean => containsType(type, ({ kind }) => kind === 'vector');
    expect(many(profile, 400).flatMap(unnamedOf).some(isVector)).toBe(true);
    const without = { ...profile, unnamed: { ...profile.unnamed, vectors: false } };
    expect(many(without, 400).flatMap(unnamedOf).some(isVector)).toBe(false);
  });

  it('have no variadic ones unless the profile has', () => {
    const isVariadic = ({ variadicFrom }: Signature): boolean => variadicFrom !== null;
    expect(many(fullProfile(ABI), 100).some(isVariadic)).toBe(true);
    expect(many({ ...fullProfile(ABI), variadic: false }, 100).some(isVariadic)).toBe(false);
    const unnamed = many(fullProfile(ABI), 300).filter(isVariadic);
    expect(unnamed.some(({ parameters, variadicFrom }) => variadicFrom === parameters.length)).toBe(true);
  });

  it('draw again what the profile excludes or does not accept', () => {
    const noUnionResults: SignatureProfile = {
      ...fullProfile(ABI),
      isExcluded: (type, role) => role === 'result' && resolved(type).kind === 'union',
      accepts: ({ parameters }) => parameters.length % 2 === 0,
    };
    const signatures = many(noUnionResults, 300);
    expect(signatures.some(({ result }) => result.kind === 'union')).toBe(false);
    expect(signatures.some(({ parameters }) => parameters.some(({ type }) => type.kind === 'union'))).toBe(true);
    expect(signatures.every(({ parameters }) => parameters.length % 2 === 0)).toBe(true);
    expect(() => randomSignature(SEED, 7, { ...noUnionResults, accepts: () => false })).toThrow('seed 42, index 7');
  });
});
