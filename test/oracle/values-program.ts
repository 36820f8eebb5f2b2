// Random types with a value each, and the C program that makes the same objects. For each it prints the size, the bytes,
// which of their bits belong to the value, and which a writer may touch beside them.

import * as c from '../../src/ctype/ctype.ts';
import { SYSV_X64 } from '../../src/ctype/data-model.ts';
import { layoutOfType } from '../../src/ctype/layout.ts';
import { type Random, random } from '../support/random.ts';
import {
  SCALAR_PROLOGUE,
  type ScalarType,
  scalarName,
  someBits,
  someScalar,
  someValue,
  someVector,
} from './values-scalars.ts';

/** One object: what is written, and what must be found when it is read. Of a union that is the member that was given. */
export interface ValueCase {
  readonly type: c.CType;
  readonly given: unknown;
  readonly got: unknown;
  /** A union is zeroed as a whole: what its writer touches is not only its value. */
  readonly hasUnion: boolean;
  /** The C text: types, and a function `case_<id>`. */
  readonly source: string;
}

export function valueCase(seed: number, id: number): ValueCase {
  const maker = new CaseMaker(random(seed, id), id);
  const type = maker.top();
  const made = maker.value(type, 'v');
  const source = `${maker.text.join('\n')}
${maker.declare(type, 'typedef', `T${id}`)};
static void case_${id}(void) {
  static T${id} v;
  begin(sizeof v);
  memset((void *)&v, 0, sizeof v); ${made.set} put(&v, sizeof v);
  memset((void *)&v, 0, sizeof v); ${made.mask} put(&v, sizeof v);
  memset((void *)&v, 0, sizeof v); ${made.touch} put(&v, sizeof v);
}`;
  return { type, given: made.given, got: made.got, hasUnion: maker.hasUnion, source };
}

const PROLOGUE = `${SCALAR_PROLOGUE}#include <stdio.h>
static void put(const void *from, size_t size) { fwrite(from, 1, size, stdout); }
static void begin(uint32_t size) { put(&size, 4); }
`;

export const valuesProgram = (cases: readonly ValueCase[]): string =>
  `${PROLOGUE}${cases.map(({ source }) => source).join('\n')}
int main(void) {
${cases.map(({ source }) => `  ${/case_\d+/.exec(source)?.[0]}();`).join('\n')}
  return 0;
}
`;

/** A value on both sides, with the statements that fill a zeroed C object. */
interface Made {
  readonly given: unknown;
  readonly got: unknown;
  readonly set: string;
  readonly mask: string;
  readonly touch: string;
}

/** A record type in C: its name, and those of its members; null where C has none either. */
interface Declared {
  readonly name: string;
  readonly members: readonly (string | null)[];
  /** Whether all members have names of their own to be reached by, so that the record can do without one. */
  readonly isOpen: boolean;
  /** Whether it would be open if C did not have names where the type has none. */
  readonly isOpenHere: boolean;
}

interface Entry {
  readonly member: c.Member;
  readonly cName: string | null;
}

const PACKINGS: readonly c.Packing[] = ['attribute', 'attribute', 1, 2, 4, 8];

class CaseMaker {
  readonly #r: Random;
  readonly #id: number;
  readonly #records = new Map<c.CType, Declared>();
  #count = 0;
  readonly text: string[] = [];
  hasUnion = false;

  constructor(r: Random, id: number) {
    this.#r = r;
    this.#id = id;
  }

  top(): c.CType {
    return this.#r.oneIn(6) ? this.#type(2) : this.#record(2, true);
  }

  #fresh(prefix: string): string {
    return `${prefix}${this.#id}_${this.#count++}`;
  }

  /** `prefix T declarator`; vectors have to be declared before. */
  declare(type: c.CType, prefix: string, declarator: string): string {
    if (type.kind === 'array') return this.declare(type.element, prefix, `${declarator}[${type.length ?? ''}]`);
    const name =
      this.#records.get(type)?.name ??
      (type.kind === 'complex' ? `_Complex ${scalarName(type.element)}` : scalarName(type as ScalarType));
    return `${prefix} ${name} ${declarator}`;
  }

  #type(depth: number): c.CType {
    const r = this.#r;
    const choice = r.int(depth > 0 ? 14 : 10);
    if (choice === 13) return c.array(this.#type(depth - 1), 1 + r.int(r.oneIn(3) ? 12 : 3));
    if (choice > 9) return this.#record(depth - 1, false);
    if (choice === 9) return c.complex(r.pick([c.FLOAT16, c.FLOAT, c.DOUBLE, c.LONG_DOUBLE]));
    if (choice === 8) return this.#vector(someVector(r));
    return someScalar(r);
  }

  #vector(type: c.VectorType): c.VectorType {
    const name = this.#fresh('V');
    const { size } = layoutOfType(type, SYSV_X64);
    this.text.push(`typedef ${scalarName(type.element)} ${name} __attribute__((vector_size(${size})));`);
    this.#records.set(type, { name, members: [], isOpen: false, isOpenHere: false });
    return type;
  }

  #record(depth: number, isTop: boolean): c.RecordType {
    const r = this.#r;
    const isUnion = r.oneIn(isTop ? 12 : 4);
    const isList = r.oneIn(6);
    const entries: Entry[] = [];
    for (let count = r.int(7); count >= 0; count--) entries.push(this.#entry(depth, isList, entries));
    if (!entries.some(({ member }) => (isList ? member.bitWidth === null : member.name !== null)))
      entries.push(this.#named(c.integer('int32'), isList));
    if (isTop && !isUnion && !isList && r.oneIn(8)) entries.push(this.#named(c.array(c.integer('int16'), null), false));
    const packing = r.oneIn(3) ? r.pick(PACKINGS) : null;
    const align = r.oneIn(10) ? r.pick([2, 8, 32]) : null;
    this.hasUnion ||= isUnion;
    const members = entries.map(({ member }) => member);
    const type = isUnion ? c.union(members, packing, align) : c.struct(members, packing, align);
    this.#define(type, entries);
    return type;
  }

  #named(type: c.CType, isList: boolean, bits: number | null = null): Entry {
    const cName = this.#fresh('f');
    const isAligned = bits === null && !(type.kind === 'array' && type.length === null) && this.#r.oneIn(10);
    // C lets nobody align a member to less than its type asks for.
    const align = isAligned ? layoutOfType(type, SYSV_X64).align * this.#r.pick([1, 2, 4]) : null;
    return { member: c.member(isList ? null : cName, type, bits, align), cName };
  }

  #entry(depth: number, isList: boolean, before: readonly Entry[]): Entry {
    const r = this.#r;
    if (r.oneIn(4)) {
      const { type, width } = someBits(r);
      if (isList || r.oneIn(5)) return { member: c.member(null, type, r.oneIn(6) ? 0 : width), cName: null };
      return this.#named(type, false, width);
    }
    const type = this.#type(depth);
    const isOpen = this.#records.get(type)?.isOpen === true;
    const isAnonymous = isOpen && !isList && r.oneIn(2) && before.some(({ member }) => member.name !== null);
    if (isAnonymous) return { member: c.member(null, type), cName: null };
    return this.#named(type, isList || (this.#records.get(type)?.isOpenHere !== true && r.oneIn(12)));
  }

  #define(type: c.RecordType, entries: readonly Entry[]): void {
    const name = this.#fresh('R');
    const members = entries.map(({ member, cName }) => {
      const bits = member.bitWidth === null ? '' : ` : ${member.bitWidth}`;
      const align = member.align === null ? '' : ` __attribute__((aligned(${member.align})))`;
      return `  ${this.declare(member.type, '', `${cName ?? ''}${bits}`)}${align};\n`;
    });
    const packed = type.packing === 'attribute' ? ' __attribute__((packed))' : '';
    const aligned = type.align === null ? '' : ` __attribute__((aligned(${type.align})))`;
    const text = `typedef ${type.kind}${packed}${aligned} {\n${members.join('')}} ${name};`;
    const isPragma = typeof type.packing === 'number';
    this.text.push(isPragma ? `#pragma pack(push, ${type.packing})\n${text}\n#pragma pack(pop)` : text);
    const isOpen = entries.every(({ member, cName }) => member.name !== null || cName === null);
    const isOpenHere = entries.every(
      ({ member }) => member.name !== null || member.bitWidth !== null || this.#records.get(member.type)?.isOpenHere,
    );
    this.#records.set(type, { name, members: entries.map(({ cName }) => cName), isOpen, isOpenHere });
  }

  /** A value for the C object that `at` names. */
  value(type: c.CType, at: string): Made {
    switch (type.kind) {
      case 'array':
      case 'vector':
        return this.#elements(type, at);
      case 'complex':
        return this.#complex(type, at);
      case 'struct':
      case 'union':
        return this.#members(type, at);
      default: {
        const { given, got, text } = someValue(this.#r, type as ScalarType);
        return { given, got, set: `${at} = ${text};`, ...filled(at, [type], 1) };
      }
    }
  }

  #elements(type: c.ArrayType | c.VectorType, at: string): Made {
    const made = Array.from({ length: type.length ?? 0 }, (_, index) => this.value(type.element, `${at}[${index}]`));
    const all = { ...joined(made), given: made.map(({ given }) => given), got: made.map(({ got }) => got) };
    // No element of a vector has an address, and all of them together have no padding.
    return type.kind === 'vector' ? { ...all, ...filled(at, [], 1) } : all;
  }

  #complex({ element }: c.ComplexType, at: string): Made {
    const [re, im] = [someValue(this.#r, element), someValue(this.#r, element)];
    return {
      given: { re: re.given, im: im.given },
      got: { re: re.got, im: im.got },
      set: `__real__ ${at} = ${re.text}; __imag__ ${at} = ${im.text};`,
      ...filled(at, [element], 2),
    };
  }

  #members(type: c.RecordType, at: string): Made {
    const cNames = this.#records.get(type)?.members ?? [];
    const values = type.members
      .map((member, index) => ({ member, cName: cNames[index] ?? null }))
      .filter(({ member }) => member.name !== null || member.bitWidth === null);
    const chosen = type.kind === 'union' ? [this.#r.int(values.length)] : values.map((_, index) => index);
    const isList = type.members.every(({ name }) => name === null);
    const made: Made[] = [];
    const [given, got]: [Record<string, unknown>, Record<string, unknown>] = [{}, {}];
    for (const index of chosen) {
      const { member, cName } = values[index] ?? { member: c.member('', c.VOID), cName: '' };
      const one = this.#member(member, cName === null ? at : `${at}.${cName}`);
      made.push(one);
      Object.assign(given, cName === null ? one.given : { [member.name ?? index]: one.given });
      Object.assign(got, cName === null ? one.got : { [member.name ?? index]: one.got });
    }
    const isArray = isList && type.kind === 'struct';
    return { ...joined(made), given: isArray ? Object.values(given) : given, got };
  }

  #member({ type, bitWidth }: c.Member, at: string): Made {
    if (type.kind === 'array' && type.length === null)
      return { given: this.#r.oneIn(2) ? undefined : [], got: [], set: '', mask: '', touch: '' };
    if (bitWidth === null) return this.value(type, at);
    const { given, got, text } = someValue(this.#r, type as ScalarType, bitWidth);
    const ones = `${at} = ${type.kind === 'bool' ? 1 : -1};`;
    return { given, got, set: `${at} = ${text};`, mask: ones, touch: ones };
  }
}

/** Statements that set all bits: of a value, and of the memory it has. An x87 number has 10 bytes of its 16. */
function filled(at: string, [type]: readonly c.CType[], count: number): Pick<Made, 'mask' | 'touch'> {
  const touch = `memset((void *)&${at}, 0xff, sizeof ${at});`;
  if (type?.kind !== 'float' || type.name !== 'longdouble') return { mask: touch, touch };
  const each = Array.from({ length: count }, (_, index) => `memset((char *)&${at} + ${16 * index}, 0xff, 10);`);
  return { mask: each.join(' '), touch };
}

const joined = (made: readonly Made[]): Pick<Made, 'set' | 'mask' | 'touch'> => ({
  set: made.map(({ set }) => set).join(' '),
  mask: made.map(({ mask }) => mask).join(' '),
  touch: made.map(({ touch }) => touch).join(' '),
});
