// The four C functions of one signature: a callee, a caller, and the compiler's own forward and reverse trampolines.
// They reach the runner through memory at fixed addresses and call nothing but the functions that they are given.

import type { CType, IntegerName, ResolvedType, Signature } from '../../src/ctype/ctype.ts';
import { resolved } from '../../src/ctype/ctype.ts';
import { dataModelOf } from '../../src/ctype/data-model.ts';
import { layoutOfType } from '../../src/ctype/layout.ts';
import type { AdapterCalls, CTarget } from './c-target.ts';

/** One signature under construction: its C names and what is the same in several of its functions. */
export interface CCase {
  readonly id: number;
  readonly signature: Signature;
  readonly target: CTarget;
  /** The typedefs of its parameters. */
  readonly types: readonly string[];
  /** The typedef of its result, or void. */
  readonly result: string;
}

const NARROW: ReadonlySet<IntegerName> = new Set(['int8', 'uint8', 'int16', 'uint16', 'char']);

const integerName = (type: ResolvedType): IntegerName | null => {
  if (type.kind === 'enum') return type.underlying.name;
  return type.kind === 'integer' ? type.name : null;
};

/** Integers below int, as arguments; as results nobody may expect them extended: gcc 12 does not do it. */
function isNarrow(declared: CType): boolean {
  const type = resolved(declared);
  const name = integerName(type);
  return type.kind === 'bool' || (name !== null && NARROW.has(name));
}

/** Whether an argument takes one general register, and nothing else. */
function isWord(declared: CType): boolean {
  const type = resolved(declared);
  const name = integerName(type);
  if (name !== null) return !name.endsWith('128');
  return ['bool', 'pointer', 'function', 'array'].includes(type.kind);
}

/** Apple: on the stack a narrow argument has no more than its own bytes, so all before it must be in registers. */
const APPLE_REGISTERS = 8;

/** Whether the callee declares parameter `index` as the int that the narrow integer should arrive as. */
function isChecked({ signature, target }: CCase, index: number): boolean {
  const type = signature.parameters[index]?.type;
  if (!target.checksExtension || type === undefined || index >= namedCount(signature) || !isNarrow(type)) return false;
  const before = signature.parameters.slice(0, index);
  return target.abi !== 'aapcs64-apple' || (index < APPLE_REGISTERS && before.every((each) => isWord(each.type)));
}

const namedCount = ({ parameters, variadicFrom }: Signature): number => variadicFrom ?? parameters.length;
const isVoid = ({ result }: CCase): boolean => result === 'void';

type Checks = 'checked' | 'as declared';

function parameterList(c: CCase, checks: Checks): string {
  const list = c.types.slice(0, namedCount(c.signature)).map((type, index) => {
    const isInt = checks === 'checked' && isChecked(c, index);
    return `${isInt ? 'int' : type} a${index}`;
  });
  if (c.signature.variadicFrom !== null) list.push('...');
  return list.length === 0 ? 'void' : list.join(', ');
}

/** As in C23, nobody needs the last named parameter; gcc 12 for AArch64 refuses one that is a `__bf16`. */
function fetchVariadic({ signature: { variadicFrom }, types }: CCase): string {
  if (variadicFrom === null) return '';
  const fetches = types
    .slice(variadicFrom)
    .map((type, index) => `  ${type} a${variadicFrom + index} = __builtin_va_arg(ap, ${type});\n`);
  const start = '  __builtin_va_list ap;\n  __builtin_va_start(ap, 0);\n';
  return `${start}${fetches.join('')}  __builtin_va_end(ap);\n`;
}

/** The named arguments are stored before there is a branch, and the others are fetched with some. */
function callee(c: CCase): string {
  const named = namedCount(c.signature);
  const stores = c.types.map((type, index) =>
    isChecked(c, index) ? `  SEEN_NARROW(${type}, ${index})\n` : `  SEEN(${index})\n`,
  );
  const give = isVoid(c) ? '' : `  return *(${c.result} *)GIVE;\n`;
  const head = `${c.result} callee_${c.id}(${parameterList(c, 'checked')})`;
  return `${head} {\n${[...stores.slice(0, named), fetchVariadic(c), ...stores.slice(named)].join('')}${give}}`;
}

const callOf = (c: CCase, values: readonly string[]): string =>
  `((${c.result} (*)(${parameterList(c, 'as declared')}))fn)(${values.join(', ')})`;

function caller(c: CCase): string {
  const call = callOf(
    c,
    c.types.map((type, index) => `*(${type} *)GIVEN(${index})`),
  );
  const body = isVoid(c) ? `${call};` : `${c.result} r = ${call}; __builtin_memcpy(GOT, &r, sizeof r);`;
  return `void caller_${c.id}(void *fn) { ${body} }`;
}

/** The bytes of a narrow integer with rubbish above them, as an unsigned int; null for what is none. */
function dirty(c: CCase, index: number, { extendsNarrow }: AdapterCalls): string | null {
  const type = c.signature.parameters[index]?.type;
  if (type === undefined || extendsNarrow || index >= namedCount(c.signature) || !isNarrow(type)) return null;
  const { size } = layoutOfType(type, dataModelOf(c.target.abi));
  return size === 1
    ? `(*(unsigned char *)GIVEN(${index}) | 0xa5a5a500u)`
    : `(*(unsigned short *)GIVEN(${index}) | 0xa5a50000u)`;
}

/** How C sees an adapter: with or without a receiver in front, and a result. */
interface Adapted {
  readonly name: string;
  readonly receiver: readonly string[];
  readonly result: string;
}

/** Calls an adapter, as C of the convention that it is called with. */
function adapterCaller(c: CCase, { name, receiver, result }: Adapted, calls: AdapterCalls): string {
  const rubbish = c.types.map((_, index) => dirty(c, index, calls));
  const types = c.types.map((type, index) => (rubbish[index] === null ? type : 'unsigned'));
  const values = c.types.map((type, index) => rubbish[index] ?? `*(${type} *)GIVEN(${index})`);
  const list = [...receiver.map(() => 'void *'), ...types.slice(0, namedCount(c.signature))];
  if (c.signature.variadicFrom !== null) list.push('...');
  const prototype = list.length === 0 ? 'void' : list.join(', ');
  const call = `((${result} (${calls.attribute} *)(${prototype}))fn)(${[...receiver, ...values].join(', ')})`;
  const body = result === 'void' ? `${call};` : `${result} r = ${call}; __builtin_memcpy(GOT, &r, sizeof r);`;
  return `void ${name}_${c.id}(void *fn) { ${body} }`;
}

const RECEIVER: readonly string[] = ['(void *)0x5ece17e5'];

function adapterCallers(c: CCase): string[] {
  const calls = c.target.adapters;
  if (calls === null) return [];
  const { result } = c;
  const all: readonly Adapted[] = [
    { name: 'adapted', receiver: [], result },
    { name: 'received', receiver: RECEIVER, result },
    { name: 'kept', receiver: RECEIVER, result: 'void' },
  ];
  return all.map((each) => adapterCaller(c, each, calls));
}

function forward(c: CCase): string {
  const call = callOf(
    c,
    c.types.map((type, index) => `*(${type} *)args[${index}]`),
  );
  const store = isVoid(c) ? '' : `*(${c.result} *)ret = `;
  return `void forward_${c.id}(void *fn, void *ret, void **args) { ${store}${call}; }`;
}

function reverse(c: CCase): string {
  const pointers = c.types.map((_, index) => `&a${index}`).join(', ');
  const args = pointers === '' ? '  void **args = 0;\n' : `  void *args[] = {${pointers}};\n`;
  const body = isVoid(c) ? '  DISPATCH(0, args);\n' : `  ${c.result} r;\n  DISPATCH(&r, args);\n  return r;\n`;
  return `${c.result} reverse_${c.id}(${parameterList(c, 'as declared')}) {\n${fetchVariadic(c)}${args}${body}}`;
}

/**
 * What the functions take for granted: the shared memory by name. Nothing branches: clang 19 for x64 keeps a `__bf16` that
 * outlives a branch as a float, and rounds it back with a library function, which changes NaNs.
 */
export function caseMacros({ shared }: CTarget): string {
  return `#define GIVEN(i) ((void *)(${shared.given}ull + (i) * ${shared.slot}ull))
#define TOOK(i) ((void *)(${shared.seen}ull + (i) * ${shared.slot}ull))
#define GIVE ((void *)${shared.give}ull)
#define GOT ((void *)${shared.got}ull)
#define SEEN(i) __builtin_memcpy(TOOK(i), &a##i, sizeof a##i);
#define SEEN_NARROW(T, i) { T t = (T)a##i; __builtin_memcpy(TOOK(i), &t, sizeof t); \\
  *(unsigned *)${shared.unextended}ull |= (unsigned)((int)t != a##i) << i; }
#define DISPATCH(ret, args) (*(void (**)(void *, void *, void **))${shared.dispatcher}ull) \\
  (*(void **)${shared.context}ull, ret, args)`;
}

export const caseFunctions = (c: CCase): string =>
  [callee(c), caller(c), forward(c), reverse(c), ...adapterCallers(c)].join('\n');
