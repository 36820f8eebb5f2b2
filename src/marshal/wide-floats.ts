// `long double` in memory, to and from JavaScript numbers: the x87 double-extended format in 16 bytes, and IEEE 754
// binary128. Every double is a number of both, so storing is exact; loading gives the nearest double, ties to even.
//
//   x87         bytes 0–7  significand, its leading bit explicit    8–9  sign and exponent    10–15  padding
//   binary128   bytes 0–13 fraction                               14–15  sign and exponent
//
// Both have 15 bits of exponent with a bias of 16383.

const BIAS = 16383;
const SPECIAL = 0x7fff;
/** Of a double: bits of its significand, and the exponent of its least bit. */
const DOUBLE_BITS = 53;
const DOUBLE_LEAST = -1074;

const double = new Float64Array(1);
const words = new Uint32Array(double.buffer);

const bitLength = (value: bigint): number => {
  const digits = value.toString(16);
  return 4 * digits.length - Math.clz32(Number.parseInt(digits.charAt(0), 16)) + 28;
};

/** The double next to `significand` × 2^`exponent`, ties to even; too large becomes infinity, too small zero. */
function nearestDouble(significand: bigint, exponent: number): number {
  const length = bitLength(significand);
  if (length + exponent > 1024) return Infinity;
  const drop = Math.max(length - DOUBLE_BITS, DOUBLE_LEAST - exponent, 0);
  // Nothing is left of a value below half of the least double, and such a shift need not be made.
  if (drop > length) return 0;
  return Number(shiftedToEven(significand, drop)) * 2 ** (exponent + drop);
}

/** `value` / 2^`bits`, rounded to an integer, ties to even. */
function shiftedToEven(value: bigint, bits: number): bigint {
  if (bits === 0) return value;
  const by = BigInt(bits);
  const floor = value >> by;
  const rest = value - (floor << by);
  const half = 1n << (by - 1n);
  return rest > half || (rest === half && (floor & 1n) === 1n) ? floor + 1n : floor;
}

/** The same for 64 bits where the result is a normal double: the sum rounds, once, and the scaling is exact. */
function scaledDouble(high: number, low: number, exponent: number): number {
  words[0] = 0;
  words[1] = (exponent + 1023) << 20;
  return (high * 2 ** 32 + low) * (double[0] ?? 0);
}

/** A quiet NaN with the upper 51 bits of a payload. */
function nanWith(sign: number, high: number, low: number): number {
  words[0] = low;
  words[1] = (sign << 31) | 0x7ff80000 | high;
  return double[0] ?? 0;
}

/**
 * Encodings that the processor refuses (SDM vol. 1, table 8-3: unnormals, pseudo-infinities, pseudo-NaNs) are NaN, as
 * they are to every instruction. Denormals and pseudo-denormals are below every double, and become zero.
 */
export function getX87(memory: DataView, offset: number): number {
  const top = memory.getUint16(offset + 8, true);
  const sign = top >>> 15;
  const exponent = top & SPECIAL;
  if (exponent === 0) return sign === 1 ? -0 : 0;
  const high = memory.getUint32(offset + 4, true);
  const low = memory.getUint32(offset, true);
  if (high >>> 31 === 0) return Number.NaN;
  if (exponent === SPECIAL) {
    if (high === 0x80000000 && low === 0) return sign === 1 ? -Infinity : Infinity;
    return nanWith(sign, (high >>> 11) & 0x7ffff, (high << 21) | (low >>> 11));
  }
  const isNormal = exponent > BIAS - 900 && exponent <= BIAS + 1023;
  const magnitude = isNormal
    ? scaledDouble(high, low, exponent - BIAS - 63)
    : nearestDouble(memory.getBigUint64(offset, true), exponent - BIAS - 63);
  return sign === 1 ? -magnitude : magnitude;
}

export function getBinary128(memory: DataView, offset: number): number {
  const top = memory.getUint16(offset + 14, true);
  const sign = top >>> 15;
  const exponent = top & SPECIAL;
  if (exponent === 0) return sign === 1 ? -0 : 0; // subnormals are below every double
  const high = memory.getBigUint64(offset + 8, true) & 0xffff_ffff_ffffn;
  const fraction = (high << 64n) | memory.getBigUint64(offset, true);
  if (exponent === SPECIAL) {
    if (fraction === 0n) return sign === 1 ? -Infinity : Infinity;
    const payload = fraction >> 60n;
    return nanWith(sign, Number(payload >> 32n) & 0x7ffff, Number(payload & 0xffff_ffffn));
  }
  const magnitude = nearestDouble((1n << 112n) | fraction, exponent - BIAS - 112);
  return sign === 1 ? -magnitude : magnitude;
}

/** The parts of a double, as the wider formats want them: `high` and `low` are its fraction, 20 and 32 bits. */
interface Parts {
  readonly sign: number;
  /** With the bias of the wide formats; 0 for zero. */
  readonly exponent: number;
  readonly high: number;
  readonly low: number;
}

function partsOf(value: number): Parts {
  double[0] = value;
  const sign = (words[1] ?? 0) >>> 31;
  if (value === 0) return { sign, exponent: 0, high: 0, low: 0 };
  const isSubnormal = ((words[1] ?? 0) & 0x7ff00000) === 0;
  // What is subnormal as a double is normal here: scaled up, it shows its fraction without the leading bit.
  if (isSubnormal) double[0] = value * 2 ** 64;
  const top = words[1] ?? 0;
  const biased = (top >>> 20) & 0x7ff;
  const scale = isSubnormal ? 64 : 0;
  // A NaN is made quiet, as hardware makes it on loading.
  const quiet = Number.isNaN(value) ? 0x80000 : 0;
  const exponent = biased === 0x7ff ? SPECIAL : biased - 1023 - scale + BIAS;
  return { sign, exponent, high: (top & 0xfffff) | quiet, low: words[0] ?? 0 };
}

/** Writes all 16 bytes: the six that the format leaves over become zero. */
export function setX87(memory: DataView, offset: number, value: number): void {
  const { sign, exponent, high, low } = partsOf(value);
  const leading = exponent === 0 ? 0 : 0x80000000;
  memory.setUint32(offset, low << 11, true);
  memory.setUint32(offset + 4, leading | (high << 11) | (low >>> 21), true);
  memory.setUint32(offset + 8, (sign << 15) | exponent, true);
  memory.setUint32(offset + 12, 0, true);
}

export function setBinary128(memory: DataView, offset: number, value: number): void {
  const { sign, exponent, high, low } = partsOf(value);
  memory.setUint32(offset, 0, true);
  memory.setUint32(offset + 4, low << 28, true);
  memory.setUint32(offset + 8, (high << 28) | (low >>> 4), true);
  memory.setUint32(offset + 12, (sign << 31) | (exponent << 16) | (high >>> 4), true);
}
