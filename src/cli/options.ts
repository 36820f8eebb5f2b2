// The words of the command line → what each command is asked to do. Nothing is done here.

import { parseArgs } from 'node:util';
import { type ConventionId, type VectorLevel, vectorLevels } from '../abi/convention.ts';
import { conventionOf, conventions } from '../abi/conventions.ts';
import { dataModelIds, dataModelOf } from '../ctype/data-model.ts';
import { InterfixError } from '../errors.ts';
import { hostAbi } from '../exec/host-abi.ts';
import { type ResultPlace, resultPlaces } from '../plan/prepare.ts';
import type { Stubs, TrampolineKind } from '../plan/step.ts';
import type { Definitions } from './types.ts';

export interface DumpOptions {
  readonly signature: string;
  readonly definitions: Definitions;
  readonly abis: Abis;
  readonly kind: TrampolineKind;
  /** Null: the same as the abi. */
  readonly entry: ConventionId | null;
  readonly vectors: VectorLevel;
  readonly receiver: boolean;
  readonly result: ResultPlace;
  readonly stubs: Stubs | undefined;
  readonly format: 'text' | 'json' | 'hex' | 'bin';
  readonly landingPad: boolean;
}

export interface LayoutOptions {
  readonly type: string;
  readonly definitions: Definitions;
  readonly abis: Abis;
  readonly format: 'text' | 'json';
}

export interface CallOptions {
  /** Null: the program itself. */
  readonly library: string | null;
  readonly signature: string;
  readonly definitions: Definitions;
  readonly words: readonly string[];
}

/** `--abi all` is not the same as one that happens to be the only one: its JSON is an array. */
export type Abis =
  | { readonly all: true; readonly ids: readonly ConventionId[] }
  | { readonly all: false; readonly id: ConventionId };

export const abiIds = (abis: Abis): readonly ConventionId[] => (abis.all ? abis.ids : [abis.id]);

export function parseDump(argv: readonly string[]): DumpOptions | 'help' {
  const { values, positionals } = parsed(
    argv,
    [...common, 'kind', 'entry', 'vectors', 'stubs', 'result'],
    ['receiver', 'no-landing-pad'],
  );
  if (values.has('help')) return 'help';
  const format = oneOf('--format', values.get('format') ?? 'text', ['text', 'json', 'hex', 'bin']);
  const entry = values.has('entry') ? generated(values.get('entry') ?? '') : null;
  const callable = conventions.filter((id) => entry === null || conventionOf(id).isa === conventionOf(entry).isa);
  const abis = parseAbis(values.get('abi'), callable, generated);
  if (format === 'bin' && abis.all) {
    throw new InterfixError('ERR_OPTION', '--format bin writes the bytes of one convention: choose one with --abi');
  }
  return {
    signature: onlyWord('dump', 'signature', positionals),
    definitions: definitionsIn(values),
    abis,
    // `prepare` refuses what is no kind.
    kind: (values.get('kind') ?? 'forward') as TrampolineKind,
    entry,
    vectors: oneOf('--vectors', values.get('vectors') ?? 'sse', vectorLevels),
    receiver: values.has('receiver'),
    result: oneOf('--result', values.get('result') ?? 'returned', resultPlaces),
    stubs: stubsIn(values.get('stubs')),
    format,
    landingPad: !values.has('no-landing-pad'),
  };
}

/** `16,88`. `prepare` refuses numbers out of range. */
function stubsIn(word: string | undefined): Stubs | undefined {
  if (word === undefined) return undefined;
  const [, count, stride] = /^(\d+),(\d+)$/.exec(word) ?? [];
  if (count === undefined) throw new InterfixError('ERR_OPTION', `--stubs is <count>,<stride>, not '${word}'`);
  return { count: Number(count), stride: Number(stride) };
}

export function parseLayout(argv: readonly string[]): LayoutOptions | 'help' {
  const { values, positionals } = parsed(argv, common, []);
  if (values.has('help')) return 'help';
  return {
    type: onlyWord('layout', 'type', positionals),
    definitions: definitionsIn(values),
    abis: parseAbis(values.get('abi'), dataModelIds, laidOut),
    format: oneOf('--format', values.get('format') ?? 'text', ['text', 'json']),
  };
}

/** Options end at the first word: behind it `-5` is a number. A `--` in front of the arguments may say so, too. */
export function parseCall(argv: readonly string[]): CallOptions | 'help' {
  const start = firstWord(argv);
  const { values } = parsed(argv.slice(0, start), named, []);
  if (values.has('help')) return 'help';
  const [library, signature, ...words] = argv.slice(start);
  if (library === undefined || signature === undefined) {
    throw new InterfixError('ERR_OPTION', `call needs a library and '<name><signature>'; see interfix call --help`);
  }
  return {
    library: library === '-' || library === 'self' ? null : library,
    signature,
    definitions: definitionsIn(values),
    words: words[0] === '--' ? words.slice(1) : words,
  };
}

/** Index of the first word that is neither an option nor the value of one. */
function firstWord(argv: readonly string[]): number {
  let index = 0;
  while (index < argv.length) {
    const word = argv[index] ?? '';
    if (word === '-' || !word.startsWith('-')) break;
    index += named.some((name) => word === `--${name}`) ? 2 : 1;
  }
  return index;
}

const named: readonly string[] = ['types', 'types-file'];
const common: readonly string[] = ['abi', 'format', ...named];

const definitionsIn = (values: ReadonlyMap<string, string>): Definitions => ({
  text: values.get('types') ?? null,
  file: values.get('types-file') ?? null,
});

interface Parsed {
  /** By option name; a flag that was given has the value ''. */
  readonly values: ReadonlyMap<string, string>;
  readonly positionals: readonly string[];
}

function parsed(argv: readonly string[], texts: readonly string[], flags: readonly string[]): Parsed {
  const options: Record<string, { type: 'string' | 'boolean'; short?: string }> = {
    help: { type: 'boolean', short: 'h' },
  };
  for (const name of texts) options[name] = { type: 'string' };
  for (const name of flags) options[name] = { type: 'boolean' };
  try {
    const { values, positionals } = parseArgs({ args: [...argv], options, allowPositionals: true, strict: true });
    const entries = Object.entries(values).map(([name, value]) => [name, value === true ? '' : String(value)] as const);
    return { values: new Map(entries), positionals };
  } catch (cause) {
    const [message = ''] = String(cause instanceof Error ? cause.message : cause).split('. To specify');
    throw new InterfixError('ERR_OPTION', message, { cause });
  }
}

function onlyWord(command: string, what: string, words: readonly string[]): string {
  const [only, second] = words;
  if (only === undefined) {
    throw new InterfixError('ERR_OPTION', `${command} needs a ${what}; see interfix ${command} --help`);
  }
  if (second !== undefined) {
    throw new InterfixError(
      'ERR_OPTION',
      `${command} takes one ${what}, and '${second}' is a second; put it in quotes`,
    );
  }
  return only;
}

function oneOf<T extends string>(option: string, word: string, allowed: readonly T[]): T {
  const found = allowed.find((one) => one === word);
  if (found === undefined) {
    throw new InterfixError('ERR_OPTION', `${option} is one of ${allowed.join(', ')}, not '${word}'`);
  }
  return found;
}

function parseAbis(
  word: string | undefined,
  ids: readonly ConventionId[],
  known: (word: string) => ConventionId,
): Abis {
  if (word === 'all') return { all: true, ids };
  return { all: false, id: word === undefined ? hostAbi() : known(word) };
}

/** Throws `ERR_OPTION` or `ERR_UNSUPPORTED` for a word that names no convention of this version. */
const generated = (word: string): ConventionId => conventionOf(word as ConventionId).id;

/** Types are laid out for every platform. Throws `ERR_OPTION` for a word that names none. */
const laidOut = (word: string): ConventionId => dataModelOf(word as ConventionId).id;
