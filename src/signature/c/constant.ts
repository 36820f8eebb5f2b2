// Integer constants with C's types and its arithmetic, for one data model. How an expression is read is decided in
// expression.ts.

import type { DataModel } from '../../ctype/data-model.ts';

/** Bits and sign as C types the value; its `value` is in their range. */
export interface IntegerFormat {
  readonly bits: number;
  readonly isSigned: boolean;
}

export interface Constant extends IntegerFormat {
  readonly value: bigint;
}

export const INT: IntegerFormat = Object.freeze({ bits: 32, isSigned: true });

/** The value converted to the format, as C11 6.3.1.3 does for unsigned and every compiler does for signed types. */
export const converted = (value: bigint, { bits, isSigned }: IntegerFormat): Constant => ({
  value: isSigned ? BigInt.asIntN(bits, value) : BigInt.asUintN(bits, value),
  bits,
  isSigned,
});

const truth = (condition: boolean): Constant => converted(condition ? 1n : 0n, INT);

/** The format in which two operands meet: C11 6.3.1.8, with nothing narrower than int. */
export function common(a: IntegerFormat, b: IntegerFormat): IntegerFormat {
  const bits = Math.max(32, a.bits, b.bits);
  const isUnsigned = (operand: IntegerFormat): boolean => operand.bits === bits && !operand.isSigned;
  return { bits, isSigned: !isUnsigned(a) && !isUnsigned(b) };
}

export function unary(operator: string, operand: Constant): Constant {
  const format = common(operand, INT);
  switch (operator) {
    case '-':
      return converted(-operand.value, format);
    case '~':
      return converted(~operand.value, format);
    case '!':
      return truth(operand.value === 0n);
    default:
      return converted(operand.value, format);
  }
}

/** The result, or null where C gives none: a division by zero, a shift by more bits than there are. */
export function binary(operator: string, left: Constant, right: Constant): Constant | null {
  if (operator === '<<' || operator === '>>') return shifted(operator, left, right.value);
  const format = common(left, right);
  const a = converted(left.value, format).value;
  const b = converted(right.value, format).value;
  const comparison = compared(operator, a, b);
  if (comparison !== null) return truth(comparison);
  const result = calculated(operator, a, b);
  return result === null ? null : converted(result, format);
}

function shifted(operator: string, left: Constant, count: bigint): Constant | null {
  const format = common(left, INT);
  if (count < 0n || count >= BigInt(format.bits)) return null;
  return converted(operator === '<<' ? left.value << count : left.value >> count, format);
}

function compared(operator: string, a: bigint, b: bigint): boolean | null {
  switch (operator) {
    case '==':
      return a === b;
    case '!=':
      return a !== b;
    case '<':
      return a < b;
    case '>':
      return a > b;
    case '<=':
      return a <= b;
    case '>=':
      return a >= b;
    default:
      return null;
  }
}

function calculated(operator: string, a: bigint, b: bigint): bigint | null {
  switch (operator) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '/':
      return b === 0n ? null : a / b;
    case '%':
      return b === 0n ? null : a % b;
    case '&':
      return a & b;
    case '|':
      return a | b;
    case '^':
      return a ^ b;
    default:
      return null;
  }
}

/** `&&` and `||`: the side that does not matter may be undefined. */
export function logical(operator: '&&' | '||', left: Constant | null, right: Constant | null): Constant | null {
  if (left === null) return null;
  const decides = operator === '||';
  if ((left.value !== 0n) === decides) return truth(decides);
  return right === null ? null : truth(right.value !== 0n);
}

/** More digits than any 64-bit number has, leading zeros and suffix included. */
const MAX_DIGITS = 80;

/** An integer literal, typed by C11 6.4.4.1p5; `null` if it is none, `'too large'` if no type has it. */
export function integerLiteral(text: string, model: DataModel): Constant | 'too large' | null {
  const match = /^(0x[0-9a-f]+|0b[01]+|0[0-7]*|[1-9][0-9]*)(u?)(l{0,2})(u?)$/i.exec(text.slice(0, MAX_DIGITS + 1));
  if (match === null || (match[2] !== '' && match[4] !== '')) return text.length > MAX_DIGITS ? 'too large' : null;
  const [, digits = '', front = '', long = '', back = ''] = match;
  if (long === 'lL' || long === 'Ll') return null;
  const value = BigInt(/^0[0-7]/.test(digits) ? `0o${digits.slice(1)}` : digits);
  const isUnsigned = front !== '' || back !== '';
  const mayBeUnsigned = isUnsigned || digits.startsWith('0');
  const longBits = model.integers.long.size * 8;
  const widths = [[32, longBits, 64], [longBits, 64], [64]][long.length] ?? [64];
  for (const bits of widths) {
    if (!isUnsigned && value < 1n << BigInt(bits - 1)) return { value, bits, isSigned: true };
    if (mayBeUnsigned && value < 1n << BigInt(bits)) return { value, bits, isSigned: false };
  }
  return 'too large';
}

const ESCAPES: ReadonlyMap<string, number> = new Map([
  ...([
    ['n', 10],
    ['t', 9],
    ['r', 13],
    ['a', 7],
    ['b', 8],
    ['f', 12],
    ['v', 11],
    ['e', 27],
  ] as const), // prettier-ignore
  ...(['\\', "'", '"', '?'] as const).map((mark) => [mark, mark.charCodeAt(0)] as const),
]);

/** The format of the literal's characters: `char`, or what its prefix says (C11 6.4.4.4). */
function characterFormat(prefix: string, model: DataModel): IntegerFormat {
  if (prefix === 'u') return { bits: 16, isSigned: false };
  if (prefix === 'U') return { bits: 32, isSigned: false };
  if (prefix === 'u8') return { bits: 8, isSigned: false };
  const { size, signed } = model.integers[prefix === 'L' ? 'wchar_t' : 'char'];
  return { bits: size * 8, isSigned: signed };
}

/** A literal of one character; null if it is none, has several, or one that its type cannot hold. */
export function characterLiteral(text: string, model: DataModel): Constant | null {
  const match = /^(L|u8|u|U|)'(.*)'$/s.exec(text.slice(0, 16));
  if (match === null) return null;
  const [, prefix = '', body = ''] = match;
  const code = characterCode(body);
  const format = characterFormat(prefix, model);
  if (code === null || code >= 2 ** format.bits) return null;
  // Outside ASCII, what one plain character is depends on the encoding of the file.
  if (format.bits === 8 && code > 0x7f && !body.startsWith('\\')) return null;
  const value = converted(BigInt(code), format);
  return prefix === '' ? converted(value.value, INT) : value;
}

function characterCode(body: string): number | null {
  if (!body.startsWith('\\')) {
    const code = body.codePointAt(0);
    return code !== undefined && String.fromCodePoint(code) === body ? code : null;
  }
  const digits = /^\\(?:x([0-9a-fA-F]{1,8})|([0-7]{1,3})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8}))$/.exec(body);
  if (digits === null) return body.length === 2 ? (ESCAPES.get(body[1] ?? '') ?? null) : null;
  const octal = digits[2];
  return octal === undefined
    ? Number.parseInt(digits[1] ?? digits[3] ?? digits[4] ?? '', 16)
    : Number.parseInt(octal, 8);
}
