// C that makes a compiler write down its layouts: one object of constants for sizes and offsets, and for each record
// with bit-fields one object per bit-field whose bits are all ones. Nothing of it needs to run.

import {
  type CType,
  type IntegerName,
  integer,
  type Member,
  type RecordType,
  type ResolvedType,
  resolved,
} from '../../src/ctype/ctype.ts';
import { FLOATS, INTEGERS } from './c-types.ts';

/** What is not the same C with every compiler. */
export interface Dialect {
  /** How an enumeration gets its underlying type: by `enum : T`, or by packing it to fit its values. */
  readonly fixedEnums: boolean;
  /** Whether vectors are declared as that platform's headers declare them, with an `aligned` of their own. */
  readonly alignedVectors: number | null;
}

/** Stands before the numbers: sizes, alignments and offsets. */
export const NUMBERS_MAGIC = 'INTERFIX-NUMBER\0';
/** Stands before the record's index and its objects with bit-fields of ones. */
export const BITS_MAGIC = 'INTERFIX-BIT';
export const BITS_HEADER = 16;

export const isBitField = ({ bitWidth }: Member): boolean => bitWidth !== null;
/** Whether a bit-field can be set to ones. */
export const isVisible = ({ name, bitWidth }: Member): boolean => name !== null && bitWidth !== null;

const isFlexible = (type: ResolvedType): boolean => type.kind === 'array' && type.length === null;

/** The declarations of one batch: records by name, in an order that C can read. */
class Declarations {
  readonly #dialect: Dialect;
  readonly #names = new Map<CType, string>();
  readonly #lines: string[] = [];

  constructor(dialect: Dialect) {
    this.#dialect = dialect;
  }

  get text(): string {
    return this.#lines.join('\n');
  }

  /** The name of a record, declared before. Members are named by their index, except unnamed bit-fields. */
  record(type: RecordType): string {
    const known = this.#names.get(type);
    if (known !== undefined) return known;
    const members = type.members.map((each, index) => `  ${this.#member(each, index)};`);
    const name = `R${this.#names.size}`;
    this.#names.set(type, name);
    const pragma = typeof type.packing === 'number';
    const attributes = [
      ...(type.packing === 'attribute' ? ['__attribute__((packed))'] : []),
      ...(type.align === null ? [] : [`__attribute__((aligned(${type.align})))`]),
    ];
    if (pragma) this.#lines.push(`#pragma pack(push, ${type.packing})`);
    this.#lines.push([`typedef ${type.kind}`, ...attributes, '{'].join(' '), ...members, `} ${name};`);
    if (pragma) this.#lines.push('#pragma pack(pop)');
    return name;
  }

  #member(declared: Member, index: number): string {
    const { name, type, bitWidth, align } = declared;
    const aligned = align === null ? '' : ` __attribute__((aligned(${align})))`;
    if (bitWidth === null) return this.#declare(type, `m${index}`) + aligned;
    return `${this.#declare(type, name === null ? '' : `m${index}`)}:${bitWidth}${aligned}`;
  }

  #declare(declared: CType, declarator: string): string {
    const type = resolved(declared);
    switch (type.kind) {
      case 'array':
        return this.#declare(type.element, `${declarator}[${type.length ?? ''}]`);
      case 'pointer':
        return `void *${declarator}`;
      case 'function':
        return `void (*${declarator})(void)`;
      case 'struct':
      case 'union':
        return `${this.record(type)} ${declarator}`;
      default:
        return `${this.#scalar(type)} ${declarator}`;
    }
  }

  #scalar(type: ResolvedType): string {
    switch (type.kind) {
      case 'bool':
        return '_Bool';
      case 'integer':
        return INTEGERS[type.name];
      case 'float':
        return FLOATS[type.name];
      case 'complex':
        return `_Complex ${FLOATS[type.element.name]}`;
      case 'enum':
        return this.#enumeration(type.underlying.name);
      case 'vector':
        return this.#vector(this.#scalar(type.element), type.length);
      default:
        throw new Error(`not a scalar: ${type.kind}`);
    }
  }

  #enumeration(underlying: IntegerName): string {
    return this.#dialect.fixedEnums ? `enum fixed_${underlying}` : `enum packed_${underlying}`;
  }

  #vector(element: string, length: number): string {
    const name = `v${length}_${element.replaceAll(' ', '_')}`;
    if (!this.#lines.some((line) => line.endsWith(` ${name};`))) {
      const most = this.#dialect.alignedVectors;
      const size = `${length} * sizeof(${element})`;
      const aligned = most === null ? '' : `, aligned(${size} < ${most} ? ${size} : ${most})`;
      this.#lines.push(`typedef ${element} __attribute__((vector_size(${size})${aligned})) ${name};`);
    }
    return name;
  }
}

const ENUM_NAMES: readonly IntegerName[] = (Object.keys(INTEGERS) as IntegerName[]).filter(
  (name) => !name.endsWith('128'),
);

const fixedEnum = (name: IntegerName): string => `enum fixed_${name} : ${INTEGERS[name]} { fixed_${name}_none };`;

/** gcc 12 has no `enum : T` in C: a packed enumeration takes the smallest integer that holds its values. */
function packedEnum(name: IntegerName): string {
  const type = INTEGERS[name];
  const bits = `(8 * sizeof(${type}))`;
  const most = `(((${type})-1 < 0) ? (1ULL << (${bits} - 1)) - 1 : ~0ULL >> (64 - ${bits}))`;
  const least = `(((${type})-1 < 0) ? -(long long)${most} - 1 : 0)`;
  return `enum __attribute__((packed)) packed_${name} { packed_${name}_least = ${least}, packed_${name}_most = ${most} };`;
}

/** How many numbers the source writes for a record: its size, its alignment, the place of its bits, and its members. */
export const numbersOf = (type: RecordType): number => 3 + 2 * type.members.filter((each) => !isBitField(each)).length;

function recordNumbers(type: RecordType, name: string, index: number): string {
  const members = type.members.flatMap((each, at) => {
    if (isBitField(each)) return [];
    const size = isFlexible(resolved(each.type)) ? '0' : `sizeof(((${name} *)0)->m${at})`;
    return [`__builtin_offsetof(${name}, m${at})`, size];
  });
  const bits = type.members.some(isVisible) ? `__builtin_offsetof(struct bits${index}, of)` : '0';
  return [`sizeof(${name})`, `_Alignof(${name})`, bits, ...members].join(', ');
}

function recordBits(type: RecordType, name: string, index: number): string {
  const ones = type.members.flatMap((each, at) => (isVisible(each) ? [`{ .m${at} = -1 }`] : []));
  if (ones.length === 0) return '';
  const shape = `struct bits${index} { char magic[12]; unsigned index; ${name} of[${ones.length}]; }`;
  return `${shape};\nconst struct bits${index} b${index} = { "${BITS_MAGIC}", ${index}, { ${ones.join(', ')} } };`;
}

/** The C of one batch: record i of it is record i of the numbers and has index i before its bits. */
export function layoutSource(records: readonly RecordType[], dialect: Dialect): string {
  const declarations = new Declarations(dialect);
  const names = records.map((type) => declarations.record(type));
  const rows = records.map((type, index) => recordNumbers(type, names[index] ?? '', index));
  return [
    ...ENUM_NAMES.map((name) => (dialect.fixedEnums ? fixedEnum(name) : packedEnum(name))),
    declarations.text,
    ...records.map((type, index) => recordBits(type, names[index] ?? '', index)),
    numbersSource(rows),
  ].join('\n');
}

/** An object that holds the numbers behind their magic. */
const numbersSource = (rows: readonly string[]): string =>
  `const struct { char magic[16]; unsigned numbers[]; } all = { "${NUMBERS_MAGIC.slice(0, -1)}", {\n  ${rows.join(',\n  ')}\n} };`;

/** One record as a person would declare it, for messages. */
export function recordText(type: RecordType): string {
  const declarations = new Declarations({ fixedEnums: true, alignedVectors: null });
  declarations.record(type);
  return declarations.text;
}

/** The scalars whose facts a data model states: their sizes, alignments and signs, three numbers each. */
export const FACTS: readonly IntegerName[] = Object.keys(INTEGERS) as IntegerName[];

export function factsSource(): string {
  const rows = FACTS.map((name) => scalarText(name)).map((c) => `sizeof(${c}), _Alignof(${c}), (${c})-1 < 0`);
  return numbersSource([...rows, 'sizeof(long double), _Alignof(long double), __LDBL_MANT_DIG__', 'sizeof(void *)']);
}

const scalarText = (name: IntegerName): string => INTEGERS[integer(name).name];
