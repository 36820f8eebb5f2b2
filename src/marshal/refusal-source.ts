// The statements of a wrapper that throw, which are hardly ever reached: as calls, or hidden from V8.
//
// V8 peels a loop, that is, compiles its first round by itself, if every way out of it is one of the loop's own. A call that
// has not been made yet is compiled as a return to the interpreter, and those of an inlined function are ways out that V8
// has not marked as the loop's. It does not peel it then, which costs most where the loop carries a double: to a loop that
// is entered while it runs, what was before the first round may be anything, so every double becomes an object, of 16 bytes
// (observed: V8 13.6 and 14.6; 11.3 and 12.4 peel no loop around such a call in any case).
//
// A conversion to a string needs no experience: V8 compiles it as it stands, and here it throws.
//
//     if (typeof a0 !== "number") { wrong = a0; words = t0; `${s1}`; }

import { type CType, resolved } from '../ctype/ctype.ts';
import type { SourceNames } from './cells.ts';
import type { RegisterType, RegisterTypes } from './register-types.ts';

/** What is checked without a further call, and is no new object where it is refused. */
const PLAIN: readonly RegisterType[] = ['bool', 'int32', 'uint32', 'float64'];

/** Whether the result of a wrapper is a double, and nothing else in it keeps V8 from peeling the loop around it. */
export const gainsByHiding = (result: CType, types: RegisterTypes | null): boolean =>
  resolved(result).kind === 'float' && types !== null && types.args.every((type) => PLAIN.includes(type));

/** Throws for the value of a variable. `words` names a constant: what `refuse` says. */
export const refuseSource = (v: string, words: string, names: SourceNames): string =>
  names.hidesCalls ? hidden(v, words, names) : `refuse(${v}, ${words});`;

/** Throws for a number of arguments, which is the value of `given`. */
export const miscountSource = (given: string, expected: number, names: SourceNames): string =>
  names.hidesCalls ? hidden(given, `${expected}`, names) : `miscounted(${given}, ${expected});`;

/** Throws what waits for the bound call. */
export const rethrowSource = (names: SourceNames): string =>
  names.hidesCalls ? converted('{ [Symbol.toPrimitive]: rethrow }', names) : 'rethrow();';

const hidden = (v: string, words: string, names: SourceNames): string =>
  `{ wrong = ${v}; words = ${words}; ${converted(REFUSAL, names)} }`;

const converted = (thrower: string, names: SourceNames): string => `\`\${${names.constant('s', thrower)}}\`;`;

/** Nothing of the value is kept. */
const REFUSAL =
  '{ [Symbol.toPrimitive]: () => { const value = wrong; wrong = undefined; ' +
  'if (typeof words === "number") miscounted(value, words); refuse(value, words); } }';

/**
 * Declares what is handed to the refusal: variables, because a store to an object needs experience too. Not by `let`, of
 * which V8 asks in every function whether it has been reached, with a way out if not.
 */
export const refusalVariables = ({ hidesCalls }: SourceNames): readonly string[] =>
  hidesCalls ? ['var wrong, words;'] : [];
