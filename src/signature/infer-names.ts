// Every spelling of a scalar type, as types: what names.ts decides when the program runs. test/unit/infer.test.ts holds
// the two against each other.

import type {
  BoolNode,
  ComplexNode,
  FloatNode,
  IntNode,
  UnitNode,
  VectorNode,
  VoidNode,
  WideNode,
} from './infer-values.ts';

type UnitName =
  | ('char' | 'int8' | 'uint8' | 'sint8' | 'int8_t' | 'uint8_t' | 'uchar' | 'char8_t')
  | ('uint16' | 'uint16_t' | 'ushort' | 'char16_t' | 'wchar_t')
  | ('int_least8_t' | 'uint_least8_t' | 'uint_least16_t');
type IntName =
  | ('int16' | 'sint16' | 'int16_t' | 'short')
  | ('int32' | 'uint32' | 'sint32' | 'int32_t' | 'uint32_t' | 'int' | 'uint' | 'signed' | 'unsigned' | 'char32_t')
  | ('int_least16_t' | 'int_least32_t' | 'uint_least32_t');
type WideName =
  | ('int64' | 'uint64' | 'sint64' | 'int64_t' | 'uint64_t' | 'long' | 'ulong' | 'longlong' | 'ulonglong')
  | ('size_t' | 'ssize_t' | 'ptrdiff_t' | 'intptr_t' | 'uintptr_t' | 'intmax_t' | 'uintmax_t')
  | ('int_least64_t' | 'uint_least64_t')
  | ('int128' | 'uint128' | 'sint128' | '__int128' | '__int128_t' | '__uint128_t');
type FloatName =
  | ('float' | 'float32' | 'double' | 'float64' | 'longdouble')
  | ('float16' | '_Float16' | 'half' | 'bfloat16' | '__bf16');
type FloatVectorName = 'm128' | 'm128d' | 'm256' | 'm256d' | 'm512' | 'm512d';
type IntegerVectorName = 'm128i' | 'm256i' | 'm512i';

export interface ScalarNodes {
  readonly void: VoidNode;
  readonly bool: BoolNode;
  readonly unit: UnitNode;
  readonly int: IntNode;
  readonly wide: WideNode;
  readonly float: FloatNode;
  readonly complex: ComplexNode;
  readonly floats: VectorNode<FloatNode>;
  readonly integers: VectorNode<WideNode>;
}

/** Which of them one word, or several with single blanks between them, names; null if nothing has that name. */
export type ScalarNamed<W extends string> = W extends `${string} ${string}` ? Spelled<W, '', '', '', false> : Single<W>;

type Qualifier = 'const' | 'volatile' | 'restrict' | '__restrict' | '__restrict__' | '__volatile__';

/** Words without the qualifiers among them. */
export type Unqualified<W extends string, Found extends string = ''> = W extends `${infer First} ${infer Rest}`
  ? Unqualified<Rest, First extends Qualifier ? Found : Found extends '' ? First : `${Found} ${First}`>
  : W extends Qualifier
    ? Found
    : Found extends ''
      ? W
      : `${Found} ${W}`;

/**
 * C lets the words of a type stand in any order, each a limited number of times (C11 6.7.2p2): collects the sign, the
 * length, the base, and whether the number is complex.
 */
type Spelled<
  W extends string,
  Sign extends string,
  Length extends string,
  Base extends string,
  Complex extends boolean,
> = W extends `${infer First} ${infer Rest}`
  ? Word<First, Rest, Sign, Length, Base, Complex>
  : W extends ''
    ? Sum<Sign, Length, Base, Complex>
    : Word<W, '', Sign, Length, Base, Complex>;

type Word<
  First extends string,
  Rest extends string,
  Sign extends string,
  Length extends string,
  Base extends string,
  Complex extends boolean,
> = First extends 'signed' | 'unsigned'
  ? Sign extends ''
    ? Spelled<Rest, First, Length, Base, Complex>
    : null
  : First extends 'long'
    ? Length extends '' | 'long'
      ? Spelled<Rest, Sign, Length extends '' ? 'long' : 'long long', Base, Complex>
      : null
    : First extends 'short'
      ? Length extends ''
        ? Spelled<Rest, Sign, 'short', Base, Complex>
        : null
      : First extends '_Complex' | 'complex'
        ? Complex extends false
          ? Spelled<Rest, Sign, Length, Base, true>
          : null
        : First extends 'int' | 'char' | 'float' | 'double' | '__int128' | '_Float16'
          ? Base extends ''
            ? Spelled<Rest, Sign, Length, First, Complex>
            : null
          : null;

type Sum<
  Sign extends string,
  Length extends string,
  Base extends string,
  Complex extends boolean,
> = Complex extends true
  ? [Sign, `${Length} ${Base}`] extends ['', ' float' | ' double' | 'long double' | ' _Float16']
    ? 'complex'
    : null
  : Base extends '' | 'int'
    ? Length extends 'long' | 'long long'
      ? 'wide'
      : [Length, Sign] extends ['short', 'unsigned']
        ? 'unit'
        : 'int'
    : [Base, Length] extends ['char', '']
      ? 'unit'
      : [Base, Length] extends ['__int128', '']
        ? 'wide'
        : [Base, Length, Sign] extends ['double', 'long', '']
          ? 'float'
          : null;

type Single<W extends string> = W extends UnitName
  ? 'unit'
  : W extends IntName
    ? 'int'
    : W extends WideName
      ? 'wide'
      : W extends FloatName
        ? 'float'
        : W extends 'void'
          ? 'void'
          : W extends 'bool' | '_Bool'
            ? 'bool'
            : W extends FloatVectorName | `__${FloatVectorName}`
              ? 'floats'
              : W extends IntegerVectorName | `__${IntegerVectorName}`
                ? 'integers'
                : null;

/** The types that a bit-field, an enumeration, a vector and a complex number are made of. */
export type BitFieldKind = 'bool' | 'unit' | 'int' | 'wide' | 'enum' | 'named';
export type IntegerKind = 'unit' | 'int' | 'wide';
export type ElementKind = IntegerKind | 'float';
