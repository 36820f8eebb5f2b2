// The bits of the 16-bit floating-point formats: IEEE 754 binary16 and bfloat16, to and from JavaScript numbers. Which
// numbers are refused before, because they would round to infinity, is decided in checks.ts.
//
//   binary16   s eeeee mmmmmmmmmm       bias 15
//   bfloat16   s eeeeeeee mmmmmmm       bias 127: the upper half of a binary32

/** A format of a sign, an exponent and a fraction that together have 16 bits. */
interface SmallFormat {
  readonly fractionBits: number;
  readonly bias: number;
  /** Exponent field of infinities and NaNs. */
  readonly special: number;
}

const BINARY16: SmallFormat = Object.freeze({ fractionBits: 10, bias: 15, special: 31 });
const BFLOAT16: SmallFormat = Object.freeze({ fractionBits: 7, bias: 127, special: 255 });

/** The least magnitudes that round to infinity: half a step past the largest finite number, a tie that goes up. */
export const BINARY16_OVERFLOW: number = 65520;
export const BFLOAT16_OVERFLOW: number = 2 ** 128 - 2 ** 119;

/** Adding this to a number in 0 … 2^51 and taking it away again rounds to an integer, ties to even (IEEE 754 4.3.1). */
const TO_INTEGER = 2 ** 52;

const double = new Float64Array(1);
const words = new Uint32Array(double.buffer);

const LOW = 0;
const HIGH = 1;

const wordOf = (index: number): number => words[index] ?? 0;

/** The bits of the nearest number of the format, ties to even. NaNs stay NaNs and keep the upper bits of their payload. */
function encode(value: number, { fractionBits, bias, special }: SmallFormat): number {
  double[0] = value;
  const high = wordOf(HIGH);
  const sign = (high >>> 16) & 0x8000;
  // A NaN whose payload lies in the lower bits must not become an infinity: the quiet bit is set.
  if (Number.isNaN(value))
    return sign | (special << fractionBits) | (1 << (fractionBits - 1)) | ((high & 0xfffff) >>> (20 - fractionBits));
  const magnitude = Math.abs(value);
  if (magnitude === Infinity) return sign | (special << fractionBits);
  // Below the least normal exponent the step between two numbers no longer shrinks: these are the subnormals.
  const exponent = Math.max(((high >>> 20) & 0x7ff) - 1023, 1 - bias);
  words[LOW] = 0;
  words[HIGH] = (1023 + fractionBits - exponent) << 20;
  const stepsInOne = double[0] ?? 0; // 2^(fractionBits − exponent), exactly
  const significand = magnitude * stepsInOne + TO_INTEGER - TO_INTEGER;
  // The leading bit of a normal significand adds one to the exponent field, and so does a carry out of the rounding.
  return sign | Math.min(((exponent + bias - 1) << fractionBits) + significand, special << fractionBits);
}

export function float16FromBits(bits: number): number {
  const sign = (bits & 0x8000) << 16;
  const exponent = (bits >>> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 0) return (sign === 0 ? 1 : -1) * fraction * 2 ** -24;
  if (exponent === 31 && fraction === 0) return sign === 0 ? Infinity : -Infinity;
  words[LOW] = 0;
  // What is left is a normal number, whose bias changes from 15 to 1023, or a NaN, which becomes quiet.
  words[HIGH] = sign | (exponent === 31 ? 0x7ff80000 : (exponent + 1008) << 20) | (fraction << 10);
  return double[0] ?? 0;
}

const single = new Float32Array(1);
const singleWord = new Uint32Array(single.buffer);

/** bfloat16 is the upper half of a binary32 (Intel, "BFLOAT16 Hardware Numerics Definition", 2018). */
export function bfloat16FromBits(bits: number): number {
  singleWord[0] = bits << 16;
  return single[0] ?? 0;
}

export const float16ToBits = (value: number): number => encode(value, BINARY16);
/** Rounds once, from the double: by way of a float, numbers just beside a tie would fall on it. */
export const bfloat16ToBits = (value: number): number => encode(value, BFLOAT16);
