// The rows for creating: from the text of a signature to code, to a function, to a callback.

import type { Row, Work } from './measure.ts';
import type { Interfix, Koffi, Subjects } from './subjects.ts';

/** Each of these leaves code and functions behind until the round is over. */
const LIMIT = 2000;
/** The whole pipeline is a lot of code; before that time it still gets faster. */
const WARM_UP = 1000;
const SCALARS = ['int8', 'uint16', 'int', 'float', 'int64', 'double', 'uint8', 'uint32'] as const;
const C_NAMES = ['int8_t', 'uint16_t', 'int', 'float', 'int64_t', 'double', 'uint8_t', 'uint32_t'] as const;

const addOne = (a: number, b: number): number => a + b;

let numbered = 0;

/** Five small numbers that differ from one signature to the next, and a number that no other signature has. */
function nextChoice(): { readonly digits: readonly number[]; readonly id: number } {
  const id = numbered++;
  return { id, digits: [0, 3, 6, 9, 12].map((shift) => (id >> shift) & 7) };
}

const picked = (names: readonly string[], digits: readonly number[], index: number): string =>
  names[digits[index] ?? 0] ?? 'int';

/** Three scalars and a result; the name of a parameter makes the text new even when the types come round again. */
function scalarText(): string {
  const { id, digits } = nextChoice();
  const [a, b, c, r] = [0, 1, 2, 3].map((index) => picked(SCALARS, digits, index));
  return `(x${id}:${a}, ${b}, ${c}) -> ${r}`;
}

/** A struct of two scalars among the parameters. */
function structText(): string {
  const { id, digits } = nextChoice();
  const [a, b, c, d, r] = [0, 1, 2, 3, 4].map((index) => picked(SCALARS, digits, index));
  return `(${a}, {m${id}:${b}, n${id}:${c}}, ${d}) -> ${r}`;
}

/** Does something with a new text each time; the texts are made before the clock runs. */
function onTexts(text: () => string, make: (text: string) => Disposable): Work {
  let texts: string[] = [];
  const made: Disposable[] = [];
  return {
    limit: LIMIT,
    warmUp: WARM_UP,
    before: (count) => {
      texts = Array.from({ length: count }, text);
    },
    run: () => {
      for (const each of texts) made.push(make(each));
    },
    after: () => {
      for (const each of made) each[Symbol.dispose]();
      made.length = 0;
    },
  };
}

function trampolineRows(interfix: Interfix, target: bigint): Row[] {
  const { prepare, generate, finalize, executableMemory, imageOf, hostAbi } = interfix;
  const abi = hostAbi();
  const memory = executableMemory();
  const whole = (text: string): Disposable =>
    finalize(generate(prepare(text, { abi, kind: 'bound' })), memory, { target });
  // What `bind` does: an image that is known by its signature's text is not generated again.
  const options = { abi, vectors: 'sse', registry: undefined } as const;
  const known = (text: string): Disposable => finalize(imageOf(text, 'bound', options).image, memory, { target });
  const seen = scalarText();
  const renamed = (): string => `(p${numbered++}:int, int, double) -> double`;
  return [
    { name: 'trampoline, new signature, 3 scalars', ours: onTexts(scalarText, whole), koffi: null },
    { name: 'trampoline, new signature, struct', ours: onTexts(structText, whole), koffi: null },
    { name: 'trampoline, known layout, new text', ours: onTexts(renamed, known), koffi: null },
    { name: 'trampoline, known signature', ours: onTexts(() => seen, known), koffi: null },
  ];
}

type Func = ReturnType<Koffi['load']>['func'];

/** koffi functions are freed by its garbage collection; there is nothing to dispose of. */
const held = (value: unknown): Disposable => ({ [Symbol.dispose]: () => void value });

/** koffi has no text for a struct: each is declared by a call of its own. */
function declareWithStruct(koffi: Koffi, func: Func): Disposable {
  const { id, digits } = nextChoice();
  const [a = '', b = '', c = '', d = '', r = ''] = [0, 1, 2, 3, 4].map((index) => picked(C_NAMES, digits, index));
  const struct = koffi.struct({ [`m${id}`]: b, [`n${id}`]: c });
  return held(func('add_ints', r, [a, struct, d]));
}

function callableRows({ interfix, koffi, library }: Subjects, target: bigint): Row[] {
  const known = '(int, int) -> int';
  const bind = (text: string): Disposable => interfix.bind(target, text);
  const theirs = koffi?.load(library);
  const func = theirs?.func.bind(theirs) as Func | undefined;
  const none = (): string => '';
  const both = koffi === null || func === undefined ? null : { koffi, func };
  return [
    {
      name: 'callable, new signature, struct',
      ours: onTexts(structText, bind),
      koffi: both === null ? null : onTexts(none, () => declareWithStruct(both.koffi, both.func)),
    },
    {
      name: 'callable, known signature, int(int, int)',
      ours: onTexts(() => known, bind),
      koffi:
        both === null
          ? null
          : onTexts(
              () => 'int add_ints(int, int)',
              (text) => held(both.func(text)),
            ),
    },
  ];
}

/** Parsing and laying out, which need no code: a struct of 20 fields that was never seen before. */
function layoutRow({ interfix }: Subjects): Row {
  const abi = interfix.hostAbi();
  const text = (): string => {
    const { id, digits } = nextChoice();
    const field = (_: unknown, index: number): string =>
      `f${index}_${id}:${SCALARS[((digits[index % 5] ?? 0) + index) & 7]}`;
    return `{${Array.from({ length: 20 }, field).join(', ')}}`;
  };
  return {
    name: 'layout, new struct of 20 fields',
    ours: onTexts(text, (each) => held(interfix.layoutOf(each, abi))),
    koffi: null,
  };
}

/** Disposing is timed too: koffi has 8,192 callbacks at most, so it cannot be put off. */
function callbackRow({ interfix, koffi }: Subjects): Row {
  const text = '(int, int) -> int';
  const name = 'callback int(int, int), with disposal';
  const ours: Work = {
    limit: LIMIT,
    warmUp: WARM_UP,
    run: (count) => {
      for (let i = 0; i < count; i++) interfix.callback(text, addOne).dispose();
    },
  };
  if (koffi === null) return { name, ours, koffi: null };
  const type = koffi.pointer(koffi.proto('int CreatedAdder(int, int)'));
  const run = (count: number): void => {
    for (let i = 0; i < count; i++) koffi.unregister(koffi.register(addOne, type));
  };
  return { name, ours, koffi: { limit: LIMIT, warmUp: WARM_UP, run } };
}

export function creationRows(subjects: Subjects): Row[] {
  const target = subjects.interfix.open(subjects.library).symbol('add_ints');
  return [
    layoutRow(subjects),
    ...trampolineRows(subjects.interfix, target),
    ...callableRows(subjects, target),
    callbackRow(subjects),
  ];
}
