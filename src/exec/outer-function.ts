// The JavaScript function that `bind` gives back. It has nothing of its signature but the number of parameters; what it
// leads to is made by its first call:
//
//   fn(a0, a1) ─ how many? ─▶ inner(a0, a1)      the wrapper that call-source.ts writes, or whatever took its place
//
// Each has code of its own, so that the engine sees one inner function there and inlines it: the calls of functions that
// shared their code cost three times as much (measured, Node 20).

import { Script } from 'node:vm';
import { assert } from '../errors.ts';
import { count } from './refusals.ts';

export type Inner = (...args: readonly unknown[]) => unknown;

export interface OuterFunction {
  readonly fn: Inner;
  /** From now on calls lead there. */
  readonly lead: (to: Inner) => void;
}

/** What is made while the engine only interprets: no more than the functions. The rest is left to code that it has optimised. */
interface Made {
  readonly holder: Readonly<Record<string, Inner>>;
  readonly lead: OuterFunction['lead'];
}

const give = (holder: Made['holder'], lead: Made['lead']): Made => ({ holder, lead });

/** Makes the first call of `subject`. One function serves all of them: a closure for each would have to be kept. */
export type Begin<S> = (subject: S, ...args: readonly unknown[]) => unknown;

type Make = <S>(
  name: string,
  subject: S,
  begin: Begin<S>,
  refuse: typeof count,
  give: (...made: never) => Made,
) => Made;

/** Longer parameter lists are rare, and their texts large. */
const MAX_KEPT = 256;
const scripts: Script[] = [];

/** A function of that name and so many parameters; its first calls go to `begin`, until it leads elsewhere. */
export function outerFunction<S>(name: string, parameters: number, subject: S, begin: Begin<S>): OuterFunction {
  const script = scripts[parameters] ?? newScript(parameters);
  const { holder, lead } = (script.runInThisContext() as Make)(name, subject, begin, count, give);
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
 * The call of `begin` is one of its own, which leaves the other to a single function. A method, because no such function
 * can be constructed. `inner` is a parameter that nothing is passed for: V8 would ask in every call whether a `let` has been
 * reached.
 */
function outerSource(parameters: number): string {
  const list = Array.from({ length: parameters }, (_, index) => `a${index}`);
  const names = list.join(', ');
  return [
    '(function (name, subject, begin, count, give, inner) {"use strict";',
    `return give({ [name](${names}) {`,
    `if (arguments.length !== ${parameters}) count(arguments, ${parameters}, "the function");`,
    `if (inner === undefined) return begin(${['subject', ...list].join(', ')});`,
    `return inner(${names});`,
    '} }, (to) => { inner = to; });',
    '})',
  ].join('\n');
}
