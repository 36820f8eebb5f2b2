// The JavaScript function that `bind` gives back. It has nothing of its signature but the number of parameters; what it
// leads to is made by its first call:
//
//   fn(a0, a1) ─ how many? ─▶ inner(a0, a1)      the wrapper that call-source.ts writes, or whatever took its place
//
// Each has code of its own, so that the engine sees one inner function there and inlines it: the calls of functions that
// shared their code cost three times as much (measured, Node 20).

import { Script } from 'node:vm';
import { count } from './refusals.ts';
import { TextCache } from './text-cache.ts';

export type Inner = (...args: readonly unknown[]) => unknown;

export interface OuterFunction {
  readonly fn: Inner;
  /** From now on calls lead there. */
  readonly lead: (to: Inner) => void;
}

type Make = (name: string, start: Inner, refuse: typeof count) => readonly [Inner, OuterFunction['lead']];

/** Longer parameter lists are rare, and their texts large. */
const MAX_KEPT = 256;
const scripts = new TextCache<Script>();

/** A function of that name and so many parameters; its first calls go to `start`, until it leads elsewhere. */
export function outerFunction(name: string, parameters: number, start: Inner): OuterFunction {
  const make = (): Script => new Script(outerSource(parameters));
  const script = parameters > MAX_KEPT ? make() : scripts.get(`${parameters}`, undefined, make);
  const [fn, lead] = (script.runInThisContext() as Make)(name, start, count);
  return { fn, lead };
}

/**
 * The call of `start` is one of its own, which leaves the other to a single function. A method, because no such function
 * can be constructed. `inner` is a parameter that nothing is passed for: V8 would ask in every call whether a `let` has been
 * reached.
 */
function outerSource(parameters: number): string {
  const names = Array.from({ length: parameters }, (_, index) => `a${index}`).join(', ');
  return [
    '(function (name, start, count, inner) {"use strict";',
    `return [{ [name](${names}) {`,
    `if (arguments.length !== ${parameters}) count(arguments, ${parameters}, "the function");`,
    `if (inner === undefined) return start(${names});`,
    `return inner(${names});`,
    '} }[name], (to) => { inner = to; }];',
    '})',
  ].join('\n');
}
