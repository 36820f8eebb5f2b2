// The key by which signatures share code: equal for signatures that differ in nothing but names, and never for two that
// some convention lays out differently.

import { describe, expect, it } from 'vitest';
import { conventionOf, conventions } from '../../src/abi/conventions.ts';
import * as c from '../../src/ctype/ctype.ts';
import { InterfixError } from '../../src/errors.ts';
import { parseSignature } from '../../src/signature/parse.ts';
import { createRegistry } from '../../src/signature/registry.ts';
import { structureKey } from '../../src/signature/structure-key.ts';
import { fullProfile, randomSignature } from '../support/random-signature.ts';

const keyOf = (text: string, definitions = ''): string | null =>
  structureKey(parseSignature(text, { registry: createRegistry().define(definitions) }));

describe('signatures with the same key', () => {
  it.each([
    ['(int, double) -> int', '', 'pow(x:int32_t, y:double) -> int', ''],
    ['({int, int}) -> void', '', '({a:int, b:int}) -> void', ''],
    ['(@P) -> @P', '@P = {x:float, y:float}', '(@Q) -> {float, float}', '@Q = {re:float, im:float}'],
    ['(*int) -> *void', '', '((int) -> int) -> *@Opaque', '@Opaque;'],
    ['(*@N) -> void', '@N = {v:int, n:*@N}', '(**char) -> void', ''],
    ['(e:uint8{A=1}) -> e:int', '', '(uint8) -> int', ''],
    ['({a:uint32:3, b:uint32:5}) -> void', '', '({x:uint32:3, y:uint32:5}) -> void', ''],
    ['(int; double) -> int', '', 'printf(a:int; b:double) -> int', ''],
  ])('%s %s and %s %s', (one, first, other, second) => {
    expect(keyOf(one, first)).toBe(keyOf(other, second));
    expect(keyOf(one, first)).not.toBeNull();
  });
});

describe('signatures that differ in one thing', () => {
  const members = [
    ...[
      'int',
      'long',
      'int64',
      'uint64',
      'bool',
      'char',
      '*int',
      'float',
      'double',
      'long double',
      'float16',
      'bfloat16',
    ],
    ...['c[float]', 'c[double]', 'v[4:float]', 'v[2:double]', 'v[4:int]', 'v[8:float]'],
    ...[
      '{int}',
      '<int>',
      '{int, int}',
      '{{int}, int}',
      '{{int, int}}',
      '{int, {int}}',
      '{[2:int]}',
      '{[3:int]}',
      '{[2:[3:int]]}',
    ],
    ...['!{int, double}', '!2:{int, double}', '{int, double}', '!<int, double>', '<int, double>'],
    ...[
      '{a:uint32:3, b:int}',
      '{uint32:3, b:int}',
      '{a:uint32:4, b:int}',
      '{a:uint32:3, uint32:0, b:int}',
      '{a:int:3, b:int}',
    ],
    ...['{a:int, [1:int]}', '{a:int, [?:int]}', '{alignas(16) a:int}', 'alignas(16) {a:int}'],
  ];
  const texts = [
    ...members.flatMap((type) => [`(${type}) -> void`, `() -> ${type}`, `(${type}, int) -> void`]),
    ...['() -> void', '(int; int) -> void', '(int, int;) -> void', '(int;) -> void'],
  ];

  it('have keys of their own', () => {
    const byKey = new Map<string | null, string>();
    for (const text of texts) {
      const key = keyOf(text);
      expect([text, byKey.get(key)]).toEqual([text, undefined]);
      byKey.set(key, text);
    }
    expect(byKey.size).toBe(texts.length);
  });
});

describe('a signature has no key', () => {
  it('if a value is of a type without a definition', () => {
    const registry = createRegistry().define('@Opaque;');
    expect(structureKey(c.signature([c.parameter(null, registry.reference('Opaque'))], c.VOID))).toBeNull();
    expect(structureKey(c.signature([], registry.reference('Opaque')))).toBeNull();
  });

  it('if the key would be long: shared types would double it with every level', () => {
    const levels = Array.from({ length: 30 }, (_, level) => `@L${level + 1} = {a:@L${level}, b:@L${level}}`).join('; ');
    expect(keyOf('(@L30) -> void', `@L0 = char; ${levels}`)).toBeNull();
    expect(keyOf(`(${Array(400).fill('{int, int}').join()}) -> void`)).toBeNull();
  });

  it('if a record is made to contain itself', () => {
    const members: c.Member[] = [];
    const record: c.StructType = { kind: 'struct', members, packing: null, align: null };
    members.push(c.member('self', record));
    expect(structureKey(c.signature([], record))).toBeNull();
  });
});

/** Everything a plan is made from, and no type. */
function laidOut(signature: c.Signature, abi: (typeof conventions)[number]): string {
  try {
    const { args, ret, stackSize, stackAlign, vectorCount } = conventionOf(abi).layout(signature, 'avx512');
    const values = [...args, ret].map(({ size, align, placement }) => ({ size, align, placement }));
    return JSON.stringify({ values, stackSize, stackAlign, vectorCount });
  } catch (error) {
    if (error instanceof InterfixError) return `${error.code} ${error.rule}`;
    throw error;
  }
}

/** Another type that differs in names, and in what pointers lead to. */
function renamed(declared: c.CType): c.CType {
  const type = c.resolved(declared);
  switch (type.kind) {
    case 'pointer':
    case 'function':
      return c.pointer(c.VOID);
    case 'enum':
      return c.enumeration(type.underlying, [{ name: 'RENAMED', value: 1n }]);
    case 'array':
      return c.array(renamed(type.element), type.length);
    case 'struct':
    case 'union': {
      const members = type.members.map(({ name, type: own, bitWidth, align }, index) =>
        c.member(name === null ? null : `other${index}`, renamed(own), bitWidth, align),
      );
      const make = type.kind === 'struct' ? c.struct : c.union;
      return make(members, type.packing, type.align);
    }
    default:
      return type;
  }
}

describe.each(conventions)('random signatures on %s', (abi) => {
  const drawn = Array.from({ length: 1500 }, (_, index) => randomSignature(6, index, fullProfile(abi)));

  it('keep key and layout under other names', () => {
    let keyed = 0;
    for (const one of drawn) {
      const parameters = one.parameters.map(({ type }) => c.parameter('renamed', renamed(type)));
      const other = c.signature(parameters, renamed(one.result), one.variadicFrom, 'other');
      const key = structureKey(one);
      expect(structureKey(other)).toBe(key);
      if (key === null) continue;
      keyed++;
      expect(laidOut(other, abi)).toBe(laidOut(one, abi));
    }
    expect(keyed).toBeGreaterThan(1400);
  });

  it('with few values, often the same: equal keys are equal layouts', () => {
    const layouts = new Map<string, string>();
    let met = 0;
    const values = drawn.flatMap(({ parameters, result }) => [...parameters.map(({ type }) => type), result]);
    for (const type of values) {
      const one = c.signature([], type);
      const key = structureKey(one);
      if (key === null) continue;
      const layout = laidOut(one, abi);
      if (layouts.has(key)) met++;
      expect([key, layouts.get(key) ?? layout]).toEqual([key, layout]);
      layouts.set(key, layout);
    }
    expect(met).toBeGreaterThan(500);
  });
});
