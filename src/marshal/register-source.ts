// The two ends of a call whose values travel in registers: what a checked argument becomes on its way, and what is made
// of the result. Nothing is written to the call frame.

import { type CType, resolved, type Signature } from '../ctype/ctype.ts';
import type { DataModel } from '../ctype/data-model.ts';
import { assert } from '../errors.ts';
import { printType } from '../signature/print.ts';
import { type Scalar, type SourceNames, scalarOf } from './cells.ts';
import { checkSource, enumeratorSource, failSource, isWidened, isWideType } from './checks.ts';
import { wideSource } from './reader.ts';
import type { RegisterType, RegisterTypes } from './register-types.ts';

/** Statements that check the arguments, and the expressions for what is passed. */
export interface RegisterArguments {
  readonly take: readonly string[];
  readonly passed: readonly string[];
}

export function registerArguments(
  { parameters }: Signature,
  { args }: RegisterTypes,
  model: DataModel,
  names: SourceNames,
): RegisterArguments {
  const taken = parameters.map(({ type }, index) => {
    const v = `a${index}`;
    const exact = resolved(type);
    const scalar = scalarIn(type, model);
    const travels = args[index];
    assert(travels !== undefined, 'every argument has a register type');
    const isWide = isWideType(exact, model);
    const isNamed = exact.kind === 'enum' && exact.values.length > 0;
    const path = `argument ${index}`;
    const named = isNamed ? [enumeratorSource(exact, v, path, isWide, names)] : [];
    if (travels === 'int64' && !isWidened(exact, scalar, model)) {
      const taken = names.fresh('w');
      const wrong = failSource({ v, path, type: printType(exact), names }, 'wide integer');
      return { take: [...named, ...int64Source(v, taken, wrong)], passed: taken };
    }
    const check = checkSource(exact, scalar, { v, path, names }, model);
    const widened = isWidened(exact, scalar, model);
    return { take: [...named, check], passed: passedSource(travels, widened ? `Number(${v})` : v) };
  });
  return { take: taken.flatMap(({ take }) => take), passed: taken.map(({ passed }) => passed) };
}

/**
 * Statements that leave a checked value in `taken`. `v | v` is v: once it has seen 64 bits only, the optimising compiler
 * makes one check of it that gives them in a register. What follows costs nothing then; of `v` itself each use looks at
 * the bigint again. (Not for `uint64`: half of its values have more than 63 bits, where the operator is slow.)
 */
const int64Source = (v: string, taken: string, wrong: string): readonly string[] => [
  `let ${taken};`,
  `if (typeof ${v} === "bigint") { ${taken} = ${v} | ${v}; if (BigInt.asIntN(64, ${taken}) !== ${taken}) ${wrong} }`,
  `else if (Number.isSafeInteger(${v})) ${taken} = wide(${v}); else ${wrong}`,
];

/** The operators change no checked value: they tell the optimising compiler what it is, and it converts nothing. */
function passedSource(travels: RegisterType, v: string): string {
  switch (travels) {
    case 'int32':
      return `${v} | 0`;
    case 'uint32':
      return `${v} >>> 0`;
    case 'int64':
    case 'uint64':
      return `typeof ${v} === "bigint" ? ${v} : wide(${v})`;
    default:
      return v;
  }
}

/** How much of a narrow result C has defined. */
const narrow: Readonly<Record<string, (result: string) => string>> = {
  i8: (result) => `${result} << 24 >> 24`,
  u8: (result) => `${result} & 255`,
  i16: (result) => `${result} << 16 >> 16`,
  u16: (result) => `${result} & 65535`,
};

/** An expression for what JavaScript gets; `result` is evaluated once. */
export function registerResult(declared: CType, result: string, model: DataModel, names: SourceNames): string {
  const type = resolved(declared);
  if (type.kind === 'void' || type.kind === 'bool') return result;
  const scalar = scalarIn(declared, model);
  const cut = 'view' in scalar ? narrow[scalar.view] : undefined;
  if (cut !== undefined) return cut(result);
  if (isWidened(type, scalar, model)) return names.int64 === 'number' ? result : `BigInt(${result})`;
  return isWideType(type, model) ? wideSource(result, names) : result;
}

function scalarIn(declared: CType, model: DataModel): Scalar {
  const scalar = scalarOf(resolved(declared), model);
  assert(scalar !== null, 'what travels in a register is a scalar');
  return scalar;
}
