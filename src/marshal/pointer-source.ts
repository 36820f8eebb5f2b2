// JavaScript source that finds the address which a value stands for where C wants a pointer. Whoever takes the value
// says who owns what is made of it:
//
//   the frame of a call   strings and functions are copied for the call; buffers are remembered at their parameter
//   a call elsewhere      the same, kept with everything else that was passed: such calls end in any order
//   memory, a callback    nobody: a string or a function is no value for a pointer there

import { type CType, type PointerType, type ResolvedType, resolved } from '../ctype/ctype.ts';
import type { DataModel } from '../ctype/data-model.ts';
import { printType } from '../signature/print.ts';
import { type Scalar, type Site, type SourceNames, storeSource, within } from './cells.ts';
import { type Checked, failSource, isFixed } from './checks.ts';

export type Owner = 'frame' | 'kept' | 'nobody';

/** A pointer on its way. */
export interface PointerTransfer {
  readonly type: ResolvedType;
  readonly site: Site;
  /** The variable with the value. */
  readonly v: string;
  readonly path: string;
  /** Of a whole argument: its index. */
  readonly parameter: number | null;
  /** Whether nobody's code can run between `take` and `put`. */
  readonly isLast: boolean;
}

export interface PointerSource {
  /** Variables beside `v` that carry something from `take` to `put`. */
  readonly handles: readonly string[];
  readonly take: string;
  readonly put: string;
  /**
   * What is true if there is a text to be copied by `put`, or perhaps. That is when nobody's code can run any more before the
   * call: so a copy that comes to nothing, because another text is wrong, is simply written over by the next call.
   */
  readonly texts: readonly string[];
}

export function pointerSource(
  transfer: PointerTransfer,
  owner: Owner,
  model: DataModel,
  names: SourceNames,
): PointerSource {
  return owner === 'frame' ? placedSource(transfer, model, names) : foundSource(transfer, owner, model, names);
}

/**
 * The address is kept as the double of the same bits (exec/pointers.ts), but for bigints, and for texts, which have none yet:
 * those are `late`. (A variable says so, and no value of `bits`: then optimised code need not look at the value at all.)
 */
function placedSource(
  { type, site, v, path, parameter, isLast }: PointerTransfer,
  model: DataModel,
  names: SourceNames,
): PointerSource {
  const bits = names.fresh('x');
  const late = names.fresh('w');
  const place = names.distinct('p', 'place()');
  const checked = { v, path, names, type: printType(type) };
  const text = textUnit(type, model);
  const words = `[${JSON.stringify(checked.type)}, \`${path}\`]`;
  const what = isFixed(path) && names.isShort ? names.constant('t', words) : words;
  const take = [
    `${bits} = 0; ${late} = false;`,
    `if (typeof ${v} === "bigint") ${late} = ${fitsSource(checked)} || ${failSource(checked, 'pointer')}`,
    `else if (${v} === ${place}.view && ${v}.length === ${place}.length) ${bits} = ${place}.bits;`,
    ...(text === null ? [] : [`else if (typeof ${v} === "string") ${late} = true;`]),
    ...functionTake(type, v, parameter).map(
      ({ test, value }) => `else if (${test}) { ${late} = true; ${v} = ${value}; }`,
    ),
    `else if (${v} !== null && (${bits} = ${names.constant('z', FIND)}(${v}, ${place}, ${what})) === ${NO_ADDRESS}) {`,
    `${late} = true; ${v} = ${place}.whole; }`,
  ];
  const whole = storeSource(ADDRESS, site, v, names);
  const copied = text === null ? null : storeSource(BITS, site, `strings.copy${text}(${v}, \`${path}\`)`, names);
  const other = copied === null ? whole : `{ if (typeof ${v} === "bigint") ${whole} else ${copied} }`;
  const known = storeSource(BITS, site, bits, names);
  const stay = staySource(v, `${v} !== null`, path, names);
  return {
    handles: [bits, late],
    take: take.join('\n'),
    put: `if (${late}) ${other}\nelse ${isLast ? known : `{ ${stay} ${known} }`}`,
    texts: text === null ? [] : [late],
  };
}

/** The bits of no address: what has one is another value then. */
export const NO_ADDRESS = 0.5;

/** Whether what is known of a view (`knownView` of exec/buffer-address.ts) is still true; inlined by every wrapper. */
const IS_TRUE = 'k !== undefined && k.owner === v && k.elements === v.length';

/**
 * The address of a view that is known (exec/buffer-address.ts). Each wrapper has its own, which the engine makes for the
 * kinds of buffers that come there.
 */
const FIND =
  '(v, p, t) => { const k = v?.[known]; ' +
  `if (!(${IS_TRUE})) return pointer(v, p, t); ` +
  'if ((k.sightings++ & 63) === 0) remember(p, v, k); return k.bits; }';

/**
 * A buffer whose address was taken may have been transferred since then, by a getter of another argument: that is refused
 * before C gets a pointer to memory that is somebody else's.
 */
const staySource = (v: string, isObject: string, path: string, names: SourceNames): string =>
  `if (${isObject} && !${names.constant('z', STAYS)}(${v})) stay(${v}, \`${path}\`);`;

/** As FIND: what is known of a view, and still true. */
const STAYS = `(v) => { const k = v[known]; return ${IS_TRUE}; }`;

/** The address is found as a number, or as a bigint. */
function foundSource(
  { type, site, v, path, parameter, isLast }: PointerTransfer,
  owner: Owner,
  model: DataModel,
  names: SourceNames,
): PointerSource {
  const checked = { v, path, names, type: printType(type) };
  const text = owner === 'nobody' ? null : textUnit(type, model);
  const taken = owner === 'nobody' ? [] : functionTake(type, v, parameter);
  const owned = [
    ...(text === null ? [] : [`typeof ${v} === "string" ? strings.take${text}(${v}, \`${path}\`) : `]),
    ...taken.map(({ test, value }) => `${test} ? ${value} : `),
  ];
  const found = `${owned.join('')}address(${v}, ${JSON.stringify(checked.type)}, \`${path}\`)`;
  const low = storeSource(WORD, site, v, names);
  const high = storeSource(WORD, within(site, 4), `Math.floor(${v} / 4294967296)`, names);
  const take = `if (typeof ${v} !== "bigint") ${v} = ${found}; else ${rangeCheck(checked)}`;
  const put = `if (typeof ${v} === "bigint") ${storeSource(ADDRESS, site, v, names)} else { ${low} ${high} }`;
  if (isLast) return { handles: [], take, put, texts: [] };
  const given = names.fresh('o');
  const isObject = `typeof ${v} !== "bigint" && typeof ${given} === "object" && ${given} !== null`;
  const stay = staySource(given, isObject, path, names);
  return { handles: [given], take: `${given} = ${v}; ${take}`, put: `${stay}\n${put}`, texts: [] };
}

const rangeCheck = (checked: Checked): string => `if (!${fitsSource(checked)}) ${failSource(checked, 'pointer')}`;

const fitsSource = ({ v, names }: Checked): string => `${names.constant('z', FITS)}(${v})`;

const FITS = '(v) => BigInt.asUintN(64, v) === v';

/** A JavaScript function becomes a callback; one that has an address of its own is C's already, and is not wrapped. */
function functionTake(
  { kind }: ResolvedType,
  v: string,
  parameter: number | null,
): readonly { readonly test: string; readonly value: string }[] {
  if (kind !== 'function' || parameter === null) return [];
  const test = `typeof ${v} === "function" && ${v}.address === undefined`;
  return [{ test, value: `functions.take(${v}, ${parameter})` }];
}

const ADDRESS: Scalar = Object.freeze({ view: 'u64', shift: 3 });
const BITS: Scalar = Object.freeze({ view: 'f64', shift: 3 });
const WORD: Scalar = Object.freeze({ view: 'u32', shift: 2 });

/** What the names of the runtime's functions for text end with, by the bytes of a unit. */
export type TextUnit = '' | '16' | '32';

const UNITS: Readonly<Record<number, TextUnit>> = { 1: '', 2: '16', 4: '32' };

/**
 * What a string becomes that stands for a pointer, or null where none may: UTF-8 for `char`, `int8` and `uint8`, as C
 * libraries declare text; UTF-16 for `uint16`, which `char16_t` is; and for `wchar_t` what the platform has.
 */
export function textUnit(declared: CType, model: DataModel): TextUnit | null {
  const type = resolved(declared);
  const pointee = type.kind === 'pointer' ? definition(type) : null;
  if (pointee?.kind !== 'integer') return null;
  return TEXT.includes(pointee.name) ? (UNITS[model.integers[pointee.name].size] ?? null) : null;
}

const BYTES: readonly string[] = ['char', 'int8', 'uint8'];
const TEXT: readonly string[] = [...BYTES, 'uint16', 'wchar_t'];

/** Whether that is UTF-8 on every platform. */
export function isCharPointer(declared: CType): boolean {
  const type = resolved(declared);
  const pointee = type.kind === 'pointer' ? definition(type) : null;
  return pointee?.kind === 'integer' && BYTES.includes(pointee.name);
}

/** What a pointer points at; null for a name without a definition, which pointers may well lead to. */
function definition({ pointee }: PointerType): CType | null {
  let found: CType | null = pointee;
  while (found?.kind === 'named') found = found.slot.type;
  return found;
}
