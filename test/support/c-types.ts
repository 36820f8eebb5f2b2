// Types as C text: for compilers, with one typedef for each record and vector; and for people, written out in place.

import {
  type CType,
  type FloatName,
  type IntegerName,
  type Member,
  type RecordType,
  type ResolvedType,
  resolved,
  type VectorType,
} from '../../src/ctype/ctype.ts';
import { dataModelOf } from '../../src/ctype/data-model.ts';
import { layoutOfType } from '../../src/ctype/layout.ts';
import type { CTarget } from './c-target.ts';

/** The integers of C, as compilers of every platform here know them. */
export const INTEGERS: Readonly<Record<IntegerName, string>> = {
  int8: 'signed char',
  uint8: 'unsigned char',
  int16: 'short',
  uint16: 'unsigned short',
  int32: 'int',
  uint32: 'unsigned',
  int64: 'long long',
  uint64: 'unsigned long long',
  int128: '__int128',
  uint128: 'unsigned __int128',
  char: 'char',
  long: 'long',
  ulong: 'unsigned long',
  wchar_t: '__WCHAR_TYPE__',
};

/** C before C23 lets nobody choose the underlying type: it is `int`, or `unsigned` for a constant that needs it. */
const ENUMS: Partial<Readonly<Record<IntegerName, string>>> = { int32: 'enum oracle_int', uint32: 'enum oracle_uint' };

export const ENUM_DECLARATIONS = `enum oracle_int { oracle_least = -2147483647 - 1, oracle_most = 2147483647 };
enum oracle_uint { oracle_none, oracle_all = 0xffffffffu };`;

export const FLOATS: Readonly<Record<FloatName, string>> = {
  float16: '_Float16',
  bfloat16: '__bf16',
  float: 'float',
  double: 'double',
  longdouble: 'long double',
};

/** What differs between a text for compilers and one for people. */
interface Spelling {
  float(name: FloatName): string;
  record(type: RecordType): string;
  vector(type: VectorType): string;
}

function declareAs(spelling: Spelling, declared: CType, declarator: string): string {
  const type = resolved(declared);
  switch (type.kind) {
    case 'pointer':
      return type.pointee.kind === 'function' ? `void (*${declarator})(void)` : `void *${declarator}`;
    case 'function':
      return `void (*${declarator})(void)`;
    case 'array':
      return declareAs(spelling, type.element, `${declarator}[${type.length ?? ''}]`);
    default:
      return `${specifier(spelling, type)} ${declarator}`.trimEnd();
  }
}

function specifier(spelling: Spelling, type: ResolvedType): string {
  switch (type.kind) {
    case 'bool':
      return '_Bool';
    case 'integer':
      return INTEGERS[type.name];
    case 'enum':
      return ENUMS[type.underlying.name] ?? INTEGERS[type.underlying.name];
    case 'float':
      return spelling.float(type.name);
    case 'complex':
      return `_Complex ${spelling.float(type.element.name)}`;
    case 'vector':
      return spelling.vector(type);
    case 'struct':
    case 'union':
      return spelling.record(type);
    default:
      return 'void';
  }
}

/** Members go by their index; an unnamed bit-field stays unnamed, which is what makes it another thing. */
function memberText(spelling: Spelling, { name, type, bitWidth, align }: Member, index: number): string {
  const aligned = align === null ? '' : ` __attribute__((aligned(${align})))`;
  if (bitWidth === null) return `${declareAs(spelling, type, `m${index}`)}${aligned};`;
  return `${declareAs(spelling, type, name === null ? '' : `m${index}`)} : ${bitWidth}${aligned};`;
}

const attributesOf = ({ packing, align }: RecordType): string =>
  (packing === 'attribute' ? ' __attribute__((packed))' : '') +
  (align === null ? '' : ` __attribute__((aligned(${align})))`);

const bodyOf = (spelling: Spelling, type: RecordType): string =>
  `{ ${type.members.map((each, index) => `${memberText(spelling, each, index)} `).join('')}}`;

/** The declarations of one batch, in an order that C can read. */
export class CTypes {
  readonly #target: CTarget;
  readonly #spelling: Spelling;
  readonly #records = new Map<RecordType, string>();
  readonly #vectors = new Set<string>();
  #lines: string[] = [];

  constructor(target: CTarget) {
    this.#target = target;
    this.#spelling = {
      float: (name) => this.#float(name),
      record: (type) => this.#record(type),
      vector: (type) => this.#vector(type),
    };
  }

  /** The text that declares `declarator` with the type; `takeLines` has what must stand before it. */
  declare(type: CType, declarator: string): string {
    return declareAs(this.#spelling, type, declarator);
  }

  /** The declarations that were needed since the last call. */
  takeLines(): readonly string[] {
    const lines = this.#lines;
    this.#lines = [];
    return lines;
  }

  #float(name: FloatName): string {
    const text = name === 'float16' || name === 'bfloat16' ? this.#target[name] : FLOATS[name];
    if (text === null) throw new TypeError(`the compiler has no ${name}`);
    return text;
  }

  #record(type: RecordType): string {
    const known = this.#records.get(type);
    if (known !== undefined) return known;
    const text = `${type.kind}${attributesOf(type)} ${bodyOf(this.#spelling, type)}`;
    const name = `S${this.#records.size}`;
    this.#records.set(type, name);
    const declaration = `typedef ${text} ${name};`;
    const { packing } = type;
    this.#lines.push(
      typeof packing === 'number'
        ? `_Pragma("pack(push, ${packing})")\n${declaration}\n_Pragma("pack(pop)")`
        : declaration,
    );
    return name;
  }

  #vector(type: VectorType): string {
    const { size, align } = layoutOfType(type, dataModelOf(this.#target.abi));
    const name = `V${size}_${type.element.name}`;
    if (this.#vectors.has(name)) return name;
    this.#vectors.add(name);
    const aligned = this.#target.alignedVectors ? `, aligned(${align})` : '';
    const element = specifier(this.#spelling, type.element);
    this.#lines.push(`typedef ${element} ${name} __attribute__((vector_size(${size})${aligned}));`);
    return name;
  }
}

const PEOPLE: Spelling = {
  float: (name) => FLOATS[name],
  record: (type) => {
    const pack = typeof type.packing === 'number' ? `/* pack(${type.packing}) */ ` : '';
    return `${pack}${type.kind}${attributesOf(type)} ${bodyOf(PEOPLE, type)}`;
  },
  vector: ({ element, length }) => `${specifier(PEOPLE, element)} /* × ${length} */`,
};

/** A type as a person would write it, for messages. */
export const typeText = (type: CType): string => declareAs(PEOPLE, type, '').trim();
