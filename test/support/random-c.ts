// Random C programs of declarations: types that C can say, the text that declares them, and what it has to parse to.

import * as c from '../../src/ctype/ctype.ts';
import { type CStyle, declare, enumerators, prototype, recordText, vectorName, vectorTypedefs } from './c-text.ts';
import { type Random, random } from './random.ts';

export interface CProgram {
  readonly text: string;
  readonly types: ReadonlyMap<string, c.CType>;
  readonly functions: ReadonlyMap<string, c.Signature>;
}

const INTEGERS: readonly c.IntegerName[] = [
  ...(['int8', 'uint8', 'int16', 'uint16', 'int32', 'uint32', 'int64', 'uint64'] as const),
  ...(['int128', 'uint128', 'char', 'long', 'ulong', 'wchar_t'] as const),
];
const FLOATS = [c.FLOAT, c.DOUBLE, c.LONG_DOUBLE, c.FLOAT16] as const;
/** Parameter and member names that are words elsewhere; none that C reserves. */
const NAMES = ['a', 'b2', '_', 'e', 'v', 'c', 'string', 'constructor', 'toString', 'x_y', 'packed', 'aligned', 'push'];

/** What has been declared so far. */
class Program {
  readonly r: Random;
  readonly style: CStyle;
  readonly lines: string[] = [];
  readonly types = new Map<string, c.CType>();
  readonly functions = new Map<string, c.Signature>();
  readonly names: c.NamedType[] = [];
  readonly #vectors = new Set<string>();
  #counter = 0;

  constructor(r: Random) {
    this.r = r;
    this.style = { random: r, nameOf: (name, type) => (name.startsWith('T') ? name : `${type?.kind} ${name}`) };
  }

  fresh(prefix: string): string {
    return `${prefix}${this.#counter++}`;
  }

  vector(element: c.IntegerType | c.FloatType, length: number): c.VectorType {
    const type = c.vector(element, length);
    const name = vectorName(type);
    if (!this.#vectors.has(name)) this.lines.push(...vectorTypedefs(name));
    this.#vectors.add(name);
    return type;
  }

  scalar(): c.CType {
    const { r } = this;
    const roll = r.int(12);
    if (roll === 0) return c.BOOL;
    if (roll < 3) return r.pick(FLOATS);
    if (roll === 3) return c.complex(r.pick(FLOATS));
    if (roll === 4) return this.vector(c.integer(r.pick(['int8', 'uint16', 'int32', 'uint64'])), r.pick([8]));
    if (roll === 5) return this.vector(r.pick([c.FLOAT, c.DOUBLE]), r.pick([2, 4, 8]));
    return c.integer(r.pick(INTEGERS));
  }

  /** A type of objects. */
  type(depth: number): c.CType {
    const { r } = this;
    const roll = r.int(depth > 0 ? 12 : 5);
    if (roll === 4 && this.names.length > 0) return r.pick(this.names);
    if (roll < 5) return this.scalar();
    if (roll < 8) return c.pointer(r.oneIn(3) ? c.VOID : this.type(depth - 1), r.oneIn(3));
    if (roll < 9) return c.functionType(this.signature(depth - 1));
    if (roll < 11) return c.array(this.type(depth - 1), 1 + r.int(5));
    return this.record(depth - 1, null);
  }

  signature(depth: number): c.Signature {
    const { r } = this;
    const names = new Set(NAMES);
    const parameters = Array.from({ length: r.int(5) }, () => {
      const name = r.oneIn(3) ? null : r.pick([...names]);
      if (name !== null) names.delete(name);
      return c.parameter(name, this.passed(depth));
    });
    const variadicFrom = parameters.length > 0 && r.oneIn(5) ? parameters.length : null;
    return c.signature(parameters, r.oneIn(3) ? c.VOID : this.passed(depth), variadicFrom);
  }

  /** Neither an array nor a record that is written out: gcc warns of one in a parameter list. */
  passed(depth: number): c.CType {
    for (;;) {
      const type = this.type(depth);
      if (type.kind === 'named' && c.resolved(type).kind !== 'array') return type;
      if (!['array', 'struct', 'union', 'enum', 'named'].includes(type.kind)) return type;
    }
  }

  enumeration(): c.EnumType {
    const { r } = this;
    const name = r.pick(['int32', 'uint32', 'int64', 'uint64'] as const);
    const bits = BigInt(name.endsWith('64') ? 64 : 32);
    const isSigned = !name.startsWith('u');
    const edge = isSigned ? -(1n << (bits - 1n)) : (1n << bits) - 1n;
    const values = [edge, 0n, 1n, BigInt(r.int(1000))].slice(0, 1 + r.int(4));
    return c.enumeration(
      c.integer(name),
      values.map((value) => ({ name: this.fresh('K'), value })),
    );
  }

  /** `outer` is the packing by pragma that holds for a record written inside another one. */
  record(depth: number, outer: number | null): c.RecordType {
    const { r } = this;
    const isUnion = r.oneIn(5);
    const packing = r.oneIn(6) ? 'attribute' : outer;
    const isPackedTwice = packing === 'attribute' && outer !== null;
    const names = new Set(NAMES);
    const members = Array.from({ length: 1 + r.int(6) }, (): c.Member => {
      const name = r.pick([...names]);
      names.delete(name);
      if (r.oneIn(5) && !isPackedTwice) return this.bitField(name);
      const align = r.oneIn(8) && !isPackedTwice ? 128 : null;
      return c.member(name, this.contained(depth, outer), null, align);
    });
    const first = members[0];
    if (!isUnion && first?.bitWidth === null && r.oneIn(8)) members.push(c.member('tail', c.array(c.FLOAT, null)));
    else if (r.oneIn(6)) members.push(c.member(null, this.unnamed(outer)));
    return (isUnion ? c.union : c.struct)(members, packing, r.oneIn(8) ? r.pick([8, 16, 64]) : null);
  }

  /** Records inside are written out under the same pragma. */
  contained(depth: number, outer: number | null): c.CType {
    for (;;) {
      const type = this.type(depth);
      if (type.kind === 'struct' || type.kind === 'union')
        return depth > 0 ? this.record(depth - 1, outer) : this.scalar();
      if (outer === null || !hasRecord(type)) return isFlexible(type) ? this.scalar() : type;
    }
  }

  /** C11's anonymous members: their names must not be those of the record around them. */
  unnamed(outer: number | null): c.RecordType {
    const inner = [c.member(this.fresh('m'), this.scalar()), c.member(this.fresh('m'), c.pointer(c.VOID))];
    return this.r.oneIn(2) ? c.union(inner, outer) : c.struct(inner, outer);
  }

  bitField(name: string): c.Member {
    const { r } = this;
    const type = r.oneIn(6) ? c.BOOL : c.integer(r.pick(['int8', 'uint16', 'int32', 'uint32', 'int64', 'uint64']));
    const bits = type.kind === 'bool' ? 1 : Number(type.name.replace(/^u?int/, ''));
    if (r.oneIn(6)) return c.member(null, type, r.int(bits + 1));
    return c.member(name, type, 1 + r.int(bits));
  }

  add(): void {
    const { r } = this;
    const roll = r.int(8);
    if (roll < 3) this.#defineRecord();
    else if (roll === 3) this.#defineEnum();
    else if (roll === 4) this.#defineTypedef();
    else {
      const name = this.fresh('f');
      const signature = this.signature(3);
      this.functions.set(name, signature);
      this.lines.push(`${r.pick(['', 'extern ', 'extern __inline '])}${prototype(signature, name, this.style)}`);
    }
  }

  #defineRecord(): void {
    const { r } = this;
    const pragma = r.oneIn(4) ? r.pick([1, 2, 4, 8, 16]) : null;
    const isUntagged = r.oneIn(3);
    const name = this.fresh(isUntagged ? 'T' : 'R');
    // Ahead of the record: it may mention vectors, which need their typedefs.
    const type = this.record(3, pragma);
    if (pragma !== null) this.lines.push(`#pragma pack(push, ${pragma})`);
    const text = recordText(type, isUntagged ? '' : name, this.style);
    this.lines.push(isUntagged ? `typedef ${text} ${name};` : `${text};`);
    if (pragma !== null) this.lines.push(r.pick(['#pragma pack(pop)', ' # pragma pack ( pop )']));
    this.types.set(name, type);
    if (!isFlexible(type)) this.names.push(c.named(name, { type }));
  }

  #defineEnum(): void {
    const name = this.fresh('E');
    const type = this.enumeration();
    this.lines.push(`enum ${name} { ${enumerators(type)} };`);
    this.types.set(name, type);
    this.names.push(c.named(name, { type }));
  }

  #defineTypedef(): void {
    const name = this.fresh('T');
    const type = this.type(3);
    if (type.kind === 'struct' || type.kind === 'union') return;
    this.lines.push(`typedef ${declare(type, name, this.style)};`);
    this.types.set(name, type);
    if (!isFlexible(type)) this.names.push(c.named(name, { type }));
  }
}

const hasRecord = (type: c.CType): boolean => {
  if (type.kind === 'pointer') return hasRecord(type.pointee);
  if (type.kind === 'array') return hasRecord(type.element);
  if (type.kind !== 'function') return type.kind === 'struct' || type.kind === 'union';
  return [type.signature.result, ...type.signature.parameters.map((each) => each.type)].some(hasRecord);
};

/** Whether the type ends in a flexible array: C refuses it as an element, and gcc warns of it as a member. */
const isFlexible = (type: c.CType): boolean => {
  if (type.kind === 'named') return type.slot.type !== null && isFlexible(type.slot.type);
  if (type.kind === 'array') return type.length === null || isFlexible(type.element);
  return (type.kind === 'struct' || type.kind === 'union') && type.members.some((each) => isFlexible(each.type));
};

/** The same seed and index give the same program. */
export function randomProgram(seed: number, index: number, size = 12): CProgram {
  const program = new Program(random(seed, index));
  for (let count = 0; count < size; count++) program.add();
  const { lines, types, functions } = program;
  return { text: `${lines.join('\n')}\n`, types, functions };
}
