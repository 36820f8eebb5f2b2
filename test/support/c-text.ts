// Types as C text: declarations of any type around any name, and definitions of records. With a Random, the same type is
// spelt in different ways.

import type {
  CType,
  EnumType,
  FloatName,
  IntegerName,
  Member,
  RecordType,
  Signature,
  VectorType,
} from '../../src/ctype/ctype.ts';
import type { Random } from './random.ts';

const INTEGERS: Readonly<Record<IntegerName, readonly string[]>> = {
  int8: ['signed char', 'char signed', 'int8_t'],
  uint8: ['unsigned char', 'uint8_t'],
  int16: ['short', 'short int', 'signed short', 'int16_t'],
  uint16: ['unsigned short', 'unsigned short int', 'uint16_t'],
  int32: ['int', 'signed', 'signed int', 'int32_t'],
  uint32: ['unsigned', 'unsigned int', 'uint32_t'],
  int64: ['long long', 'long long int', 'long signed int long'],
  uint64: ['unsigned long long', 'long unsigned long', 'long long unsigned int'],
  int128: ['__int128', 'signed __int128'],
  uint128: ['unsigned __int128', '__int128 unsigned'],
  char: ['char'],
  long: ['long', 'long int', 'signed long'],
  ulong: ['unsigned long', 'long unsigned int'],
  wchar_t: ['wchar_t', '__WCHAR_TYPE__'],
};
const FLOATS = {
  float16: '_Float16',
  bfloat16: '__bf16',
  float: 'float',
  double: 'double',
  longdouble: 'long double',
} as const;

export interface CStyle {
  /** Chooses among spellings; the first one without. */
  readonly random?: Random;
  /** How a name is said: `struct point`, `size_t`. */
  readonly nameOf: (name: string, type: CType | null) => string;
}

const either = (style: CStyle, ...all: readonly [string, ...string[]]): string => style.random?.pick(all) ?? all[0];

/** The C name of a vector type; `vectorTypedefs` declares it. */
export const vectorName = ({ element, length }: VectorType): string => `vec${length}_${element.name}`;

/** Declares the vector types that a text mentions. */
export function vectorTypedefs(text: string): readonly string[] {
  const names = new Set(text.match(/\bvec\d+_\w+/g));
  return [...names].map((name) => {
    const [, length, element = ''] = /^vec(\d+)_(\w+)$/.exec(name) ?? [];
    const word = { ...INTEGERS, ...FLOATS }[element as IntegerName | FloatName];
    const type = typeof word === 'string' ? word : word[0];
    return `typedef ${type} ${name} __attribute__((vector_size(${length} * sizeof(${type}))));`;
  });
}

/** The C text that declares `declarator` with the type. */
export function declare(type: CType, declarator: string, style: CStyle, isConst = false): string {
  switch (type.kind) {
    case 'pointer': {
      const inner = `*${isConst ? ' const ' : ''}${declarator}`;
      const isDerived = type.pointee.kind === 'array';
      return declare(type.pointee, isDerived ? `(${inner})` : inner, style, type.isConst);
    }
    case 'function': {
      const { result } = type.signature;
      return declare(
        result,
        `(*${isConst ? ' const ' : ''}${declarator})(${parameters(type.signature, style)})`,
        style,
      );
    }
    case 'array':
      return declare(type.element, `${declarator}[${type.length ?? ''}]`, style, isConst);
    default: {
      const specifier = simpleType(type, style);
      const words =
        isConst && style.random?.oneIn(2) === true ? `${specifier} const` : `${isConst ? 'const ' : ''}${specifier}`;
      return `${words} ${declarator}`.trimEnd();
    }
  }
}

function simpleType(type: CType, style: CStyle): string {
  switch (type.kind) {
    case 'bool':
      return either(style, '_Bool', 'bool');
    case 'integer': {
      const [first = '', ...others] = INTEGERS[type.name];
      return type.name === 'wchar_t' ? first : either(style, first, ...others);
    }
    case 'float':
      return FLOATS[type.name];
    case 'complex':
      return either(style, `${FLOATS[type.element.name]} _Complex`, `_Complex ${FLOATS[type.element.name]}`);
    case 'vector':
      return vectorName(type);
    case 'enum':
      return `enum { ${enumerators(type)} }`;
    case 'struct':
    case 'union':
      return recordText(type, '', style);
    case 'named':
      return style.nameOf(type.name, type.slot.type);
    default:
      return 'void';
  }
}

export const enumerators = ({ values }: EnumType): string =>
  values.map(({ name, value }) => `${name} = ${constantText(value)}`).join(', ');

/** The least value of a type is not the negative of any other, and decimals without a suffix are signed. */
const constantText = (value: bigint): string =>
  value < 0n ? `-${-value - 1n} - 1` : `${value}${value >> 63n ? 'u' : ''}`;

export function parameters({ parameters: all, variadicFrom }: Signature, style: CStyle): string {
  const fixed = all
    .slice(0, variadicFrom ?? all.length)
    .map(({ name, type }) => parameterText(type, name ?? '', style));
  if (variadicFrom !== null) fixed.push('...');
  return fixed.length === 0 ? 'void' : fixed.join(', ');
}

/** Pointers as the arrays and functions that decay to them, now and then. */
function parameterText(type: CType, name: string, style: CStyle): string {
  const { random } = style;
  if (random === undefined || !random.oneIn(3)) return declare(type, name, style);
  if (type.kind === 'pointer' && type.pointee.kind !== 'void' && name !== '') {
    const length = random.pick(['', '3', 'static 2', 'const', 'restrict 4']);
    return declare(type.pointee, `${name}[${length}]`, style, type.isConst);
  }
  if (type.kind === 'function' && name !== '') {
    return declare(type.signature.result, `${name}(${parameters(type.signature, style)})`, style);
  }
  return declare(type, name, style);
}

/** `struct tag { … }` with its attributes; what `#pragma pack` says stands around it. */
export function recordText(type: RecordType, tag: string, style: CStyle): string {
  const attributes = [
    ...(type.packing === 'attribute' ? [either(style, '__attribute__((packed))', '__attribute__((__packed__))')] : []),
    ...(type.align === null ? [] : [`__attribute__((aligned(${type.align})))`]),
  ].join(' ');
  const members = type.members.map((each) => `${memberText(each, style)};`).join(' ');
  const isFront = style.random?.oneIn(2) === true;
  return `${type.kind} ${isFront ? `${attributes} ` : ''}${tag} { ${members} }${isFront ? '' : ` ${attributes}`}`;
}

function memberText({ name, type, bitWidth, align }: Member, style: CStyle): string {
  const bits = bitWidth === null ? '' : ` : ${bitWidth}`;
  const attribute = `__attribute__((aligned(${align})))`;
  const isFront = style.random?.oneIn(2) === true;
  const front = align === null || !isFront ? '' : bitWidth === null ? `_Alignas(${align}) ` : `${attribute} `;
  // Behind an untagged record without a name, the attribute would be the record's.
  const back = align === null || isFront ? '' : ` ${attribute}`;
  return `${front}${declare(type, name ?? '', style)}${bits}${back}`;
}

/** A function's declaration; its name is that of the signature. */
export function prototype(signature: Signature, name: string, style: CStyle): string {
  return `${declare(signature.result, `${name}(${parameters(signature, style)})`, style)};`;
}
