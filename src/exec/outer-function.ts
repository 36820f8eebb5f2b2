// The JavaScript function that `bind` gives back. It has nothing of its signature but the number of parameters; what it
// leads to is made by its first call:
//
//   fn(a0, a1) ─▶ inner(2, a0, a1)      the wrapper that call-source.ts writes, or whatever took its place; it also
//                                       refuses a wrong number of arguments
//
// Each has code of its own, so that the engine sees one inner function there and inlines it: the calls of functions that
// shared their code cost three times as much (measured, Node 20).

import { Script } from 'node:vm';
import { assert } from '../errors.ts';

/** `given` is the number of arguments that there were; `args` are as many as there are parameters. */
export type Inner = (given: number, ...args: readonly unknown[]) => unknown;

/** What users call. */
export type Outer = (...args: readonly unknown[]) => unknown;

/**
 * From now on calls lead there, or again to the beginning. Returns the number of arguments of the call that is beginning, or
 * of the last that did.
 */
type Lead = (to: Inner | undefined) => number;

export interface OuterFunction {
  readonly fn: Outer;
  readonly lead: Lead;
}

/** What is made while the engine only interprets: no more than the functions. The rest is left to code that it has optimised. */
interface Made {
  readonly holder: Readonly<Record<string, Outer>>;
  readonly lead: Lead;
}

const give = (holder: Made['holder'], lead: Lead): Made => ({ holder, lead });

/** What makes the inner function, and leads there, when it is converted to a string. */
export interface Beginning {
  readonly [Symbol.toPrimitive]: () => string;
}

type Make = (name: string, beginning: Beginning, give: (...made: never) => Made) => Made;

/** Longer parameter lists are rare, and their texts large. */
const MAX_KEPT = 256;
const scripts: Script[] = [];

/** A function of that name and so many parameters, for which `beginning` is there as long as it leads nowhere. */
export function outerFunction(name: string, parameters: number, beginning: Beginning): OuterFunction {
  const script = scripts[parameters] ?? newScript(parameters);
  const { holder, lead } = (script.runInThisContext() as Make)(name, beginning, give);
  const fn = holder[name];
  assert(fn !== undefined, 'a function has its name');
  return { fn, lead };
}

function newScript(parameters: number): Script {
  const script = new Script(outerSource(parameters));
  if (parameters <= MAX_KEPT) scripts[parameters] = script;
  return script;
}

/**
 * The one call is left to a single function, and whatever comes before it is no call; refusal-source.ts says why. A method,
 * because no such function can be constructed. `inner` and `given` are parameters that nothing is passed for: V8 would ask in
 * every call whether a `let` has been reached.
 */
function outerSource(parameters: number): string {
  const list = Array.from({ length: parameters }, (_, index) => `a${index}`);
  return [
    '(function (name, beginning, give, inner, given) {"use strict";',
    `return give({ [name](${list.join(', ')}) {`,
    `if (inner === undefined) { given = arguments.length; \`\${beginning}\`; }`,
    `return inner(${['arguments.length', ...list].join(', ')});`,
    '} }, (to) => { inner = to; return given; });',
    '})',
  ].join('\n');
}
