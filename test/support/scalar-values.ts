// For each scalar type: the values at the edges of its range, their bytes, and what is just outside of it.

type Setter =
  | 'setInt8'
  | 'setUint8'
  | 'setInt16'
  | 'setUint16'
  | 'setInt32'
  | 'setUint32'
  | 'setBigInt64'
  | 'setBigUint64'
  | 'setFloat32'
  | 'setFloat64';

/** A value as JavaScript gives it, and as it comes back: a 64-bit integer always as a bigint. */
export interface Passage {
  readonly given: unknown;
  readonly got: unknown;
}

export interface ScalarCase {
  /** The suffix of the functions of fixtures/c/calls.c. */
  readonly name: string;
  readonly type: string;
  readonly size: number;
  readonly passages: readonly Passage[];
  /** Of the right kind, and yet not in the type: `ERR_ARGUMENT_RANGE`. */
  readonly outside: readonly unknown[];
  /** What C sees if nothing was stored. */
  readonly zero: unknown;
  /** The bytes of a value that came back, by way of a DataView. */
  readonly bytes: (got: unknown) => Uint8Array;
}

const MAX_FLOAT = 3.4028234663852886e38;
/** The least double that rounds to infinity as a float. */
const FLOAT_OVERFLOW = 3.4028235677973366e38;
const BEFORE_OVERFLOW = 3.4028235677973362e38;

const bytesBy =
  (setter: Setter, size: number) =>
  (got: unknown): Uint8Array => {
    const view = new DataView(new ArrayBuffer(size));
    const value = typeof got === 'boolean' ? Number(got) : got;
    (view[setter] as (offset: number, value: unknown, littleEndian: boolean) => void).call(view, 0, value, true);
    return new Uint8Array(view.buffer);
  };

const same = (values: readonly unknown[]): Passage[] => values.map((value) => ({ given: value, got: value }));
const asWide = (values: readonly number[]): Passage[] => values.map((given) => ({ given, got: BigInt(given) }));

const signedSetters: Readonly<Record<number, Setter>> = { 8: 'setInt8', 16: 'setInt16', 32: 'setInt32' };
const unsignedSetters: Readonly<Record<number, Setter>> = { 8: 'setUint8', 16: 'setUint16', 32: 'setUint32' };

const NO_INTEGERS: readonly unknown[] = [0.5, -0.5, 1e-300, Number.NaN, Infinity, -Infinity];

function signed(name: string, bits: number, type = name): ScalarCase {
  const edge = 2 ** (bits - 1);
  const setter = signedSetters[bits] ?? 'setInt32';
  return {
    name,
    type,
    size: bits / 8,
    passages: [...same([0, 1, -1, 42, edge - 1, -edge, -edge + 1]), { given: -0, got: 0 }],
    outside: [edge, -edge - 1, 2 ** bits, -(2 ** bits), 2 ** 32, 2 ** 53, 1e308, ...NO_INTEGERS],
    zero: 0,
    bytes: bytesBy(setter, bits / 8),
  };
}

function unsigned(name: string, bits: number, type = name): ScalarCase {
  const edge = 2 ** bits;
  const setter = unsignedSetters[bits] ?? 'setUint32';
  return {
    name,
    type,
    size: bits / 8,
    passages: [...same([0, 1, 42, edge / 2 - 1, edge / 2, edge - 1]), { given: -0, got: 0 }],
    outside: [-1, -128, edge, edge + 1, -edge, 2 ** 32, 2 ** 53, -1e308, ...NO_INTEGERS],
    zero: 0,
    bytes: bytesBy(setter, bits / 8),
  };
}

const SAFE = Number.MAX_SAFE_INTEGER;

function wideSigned(name: string, type = name): ScalarCase {
  const wide = [
    0n,
    1n,
    -1n,
    2n ** 53n - 1n,
    2n ** 53n,
    2n ** 53n + 1n,
    -(2n ** 53n) - 1n,
    2n ** 63n - 1n,
    -(2n ** 63n),
  ];
  return {
    name,
    type,
    size: 8,
    passages: [...same(wide), ...asWide([0, -0, 1, -1, 2 ** 31, -(2 ** 31), 2 ** 32 - 1, -(2 ** 32), SAFE, -SAFE])],
    outside: [2n ** 63n, -(2n ** 63n) - 1n, 2n ** 64n, 2n ** 200n, 2 ** 53, -(2 ** 53), 2 ** 63, ...NO_INTEGERS],
    zero: 0n,
    bytes: bytesBy('setBigInt64', 8),
  };
}

function wideUnsigned(name: string, type = name): ScalarCase {
  const wide = [
    0n,
    1n,
    2n ** 31n,
    2n ** 32n,
    2n ** 53n - 1n,
    2n ** 53n + 1n,
    2n ** 63n - 1n,
    2n ** 63n,
    2n ** 64n - 1n,
  ];
  return {
    name,
    type,
    size: 8,
    passages: [...same(wide), ...asWide([0, -0, 1, 2 ** 31, 2 ** 32 - 1, 2 ** 32, SAFE])],
    outside: [-1n, -(2n ** 63n), 2n ** 64n, 2n ** 200n, -1, 2 ** 53, 2 ** 63, 2 ** 64, ...NO_INTEGERS],
    zero: 0n,
    bytes: bytesBy('setBigUint64', 8),
  };
}

const FLOATS: readonly number[] = [
  0,
  -0,
  1,
  -1.5,
  Infinity,
  -Infinity,
  Number.NaN,
  MAX_FLOAT,
  -MAX_FLOAT,
  1e-45,
  -1e-40,
];
const float: ScalarCase = {
  name: 'float',
  type: 'float',
  size: 4,
  passages: [
    ...same([...FLOATS.slice(0, 9), Math.fround(1e-45), Math.fround(-1e-40), Math.fround(1.1754943508222875e-38)]),
    ...[0.1, 1 / 3, 2 ** 24 + 1, 5e-324, 1e-46, BEFORE_OVERFLOW, -BEFORE_OVERFLOW].map((given) => ({
      given,
      got: Math.fround(given),
    })),
  ],
  outside: [FLOAT_OVERFLOW, -FLOAT_OVERFLOW, 1e39, Number.MAX_VALUE, -Number.MAX_VALUE],
  zero: 0,
  bytes: bytesBy('setFloat32', 4),
};

const double: ScalarCase = {
  name: 'double',
  type: 'double',
  size: 8,
  passages: same([
    ...FLOATS,
    0.1,
    FLOAT_OVERFLOW,
    Number.MAX_VALUE,
    -Number.MAX_VALUE,
    5e-324,
    2 ** -1022,
    2 ** 53 + 2,
  ]),
  outside: [],
  zero: 0,
  bytes: bytesBy('setFloat64', 8),
};

const bool: ScalarCase = {
  name: 'bool',
  type: 'bool',
  size: 1,
  passages: same([true, false]),
  outside: [],
  zero: false,
  bytes: bytesBy('setUint8', 1),
};

const pointer: ScalarCase = {
  name: 'pointer',
  type: '*void',
  size: 8,
  passages: [
    ...same([0n, 1n, 2n ** 47n - 1n, 2n ** 63n, 2n ** 64n - 1n]),
    { given: null, got: 0n },
    { given: { address: 2n ** 64n - 2n }, got: 2n ** 64n - 2n },
  ],
  outside: [-1n, 2n ** 64n, -(2n ** 63n)],
  zero: 0n,
  bytes: bytesBy('setBigUint64', 8),
};

/** AAPCS64, 10.1.1 and 10.1.2: plain char and wchar_t are unsigned; Apple and Microsoft keep theirs. */
const plain = process.arch === 'arm64' && process.platform === 'linux' ? unsigned : signed;

/** Sizes and signs as on Linux. */
export const scalarCases: readonly ScalarCase[] = [
  bool,
  signed('int8', 8),
  unsigned('uint8', 8),
  signed('int16', 16),
  unsigned('uint16', 16),
  signed('int32', 32),
  unsigned('uint32', 32),
  wideSigned('int64'),
  wideUnsigned('uint64'),
  plain('char', 8),
  wideSigned('long'),
  wideUnsigned('ulong'),
  plain('wchar_t', 32),
  float,
  double,
  pointer,
  signed('colour', 32, '(e:int)'),
  unsigned('flags', 32, '(e:uint32)'),
];

/** Never called by anything that only looks at a value. */
const trap = (): never => {
  throw new Error('user code ran while a value was checked');
};
const TRAPPED: object = { valueOf: trap, toString: trap, [Symbol.toPrimitive]: trap };

const NEVER_SCALARS: readonly unknown[] = [
  ...[undefined, Symbol('symbol'), {}, [], [1], () => 1, TRAPPED, new Number(1), new Date(0), '', '1', 'text'],
];

/** Values of a kind that the type does not take: `ERR_ARGUMENT_KIND`. */
export function wrongKinds({ type }: ScalarCase): readonly unknown[] {
  if (type === 'bool') return [...NEVER_SCALARS, null, 0, 1, 1n, Number.NaN];
  if (type === '*void') return [...NEVER_SCALARS, 0, 1, Number.NaN, true, { address: 1 }, { address: '1' }];
  const wide = /64|long/.test(type);
  return [...NEVER_SCALARS, null, true, false, new Uint8Array(1), ...(wide ? [] : [0n, 1n])];
}
