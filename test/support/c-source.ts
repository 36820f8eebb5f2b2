// Types and signatures as C, and the callee, the caller and the compiler's own trampolines for each signature.

import { type CType, type IntegerName, pointer, type RecordType, type Signature } from '../../src/ctype/ctype.ts';

const INTEGERS: Readonly<Record<IntegerName, string>> = {
  int8: 'int8_t',
  uint8: 'uint8_t',
  int16: 'int16_t',
  uint16: 'uint16_t',
  int32: 'int32_t',
  uint32: 'uint32_t',
  int64: 'int64_t',
  uint64: 'uint64_t',
  int128: '__int128',
  uint128: 'unsigned __int128',
  char: 'char',
  long: 'long',
  ulong: 'unsigned long',
  wchar_t: 'wchar_t',
};

/** C before C23 lets nobody choose the underlying type: gcc takes unsigned int, or int if a constant is negative. */
const ENUMS: Partial<Readonly<Record<IntegerName, string>>> = { int32: 'enum oracle_int', uint32: 'enum oracle_uint' };

/** The C text that declares `declarator` with the type; members are named m0, m1, … by position. */
export function declare(type: CType, declarator: string): string {
  switch (type.kind) {
    case 'void':
      return `void ${declarator}`;
    case 'bool':
      return `_Bool ${declarator}`;
    case 'integer':
      return `${INTEGERS[type.name]} ${declarator}`;
    case 'enum':
      return `${ENUMS[type.underlying.name] ?? INTEGERS[type.underlying.name]} ${declarator}`;
    case 'float':
      return `${type.name} ${declarator}`;
    case 'function':
      return `void (*${declarator})(void)`;
    case 'pointer':
      return type.pointee.kind === 'function' ? `void (*${declarator})(void)` : `void *${declarator}`;
    case 'array':
      return declare(type.element, `${declarator}[${type.length}]`);
    case 'struct':
    case 'union':
      return `${type.kind} { ${members(type)} } ${declarator}`;
    default:
      throw new TypeError(`the random signatures have no ${type.kind}`);
  }
}

const members = (type: RecordType): string =>
  type.members.map((each, index) => `${declare(each.type, `m${index}`)};`).join(' ');

/** A signature as a person would write it, for messages. */
export function signatureText(signature: Signature): string {
  const texts = signature.parameters.map((each) => declare(each.type, '').trim());
  const from = signature.variadicFrom;
  if (from !== null) texts.splice(from, 0, '/* ... */');
  return `${declare(signature.result, '').trim()} f(${texts.join(', ')})`;
}

interface Leaf {
  readonly path: string;
  readonly isBool: boolean;
}

function leaves(type: CType, path: string): readonly Leaf[] {
  if (type.kind === 'struct' || type.kind === 'union') {
    return type.members.flatMap((each, index) => leaves(each.type, path === '' ? `m${index}` : `${path}.m${index}`));
  }
  if (type.kind === 'array') {
    return Array.from({ length: type.length ?? 0 }, (_, index) => leaves(type.element, `${path}[${index}]`)).flat();
  }
  return [{ path, isBool: type.kind === 'bool' }];
}

function leafTable(type: CType, name: string, table: string): string {
  const rows = leaves(type, '').map(({ path, isBool }) =>
    path === ''
      ? `{0, sizeof(${name}), ${Number(isBool)}}`
      : `{offsetof(${name}, ${path}), sizeof(((${name} *)0)->${path}), ${Number(isBool)}}`,
  );
  return `static const struct oracle_leaf ${table}[] = {${rows.join(', ')}};`;
}

const valueRow = (type: CType, name: string, table: string): string =>
  type.kind === 'void'
    ? '{0, 1, 0, 0}'
    : `{sizeof(${name}), _Alignof(${name}), sizeof ${table} / sizeof *${table}, ${table}}`;

const NARROW: ReadonlySet<IntegerName> = new Set(['int8', 'uint8', 'int16', 'uint16', 'char']);

/**
 * Integers below int. As arguments, callees of some compilers expect them extended to 32 bits (observed: clang 14, 19);
 * as results nobody may: gcc 12 does not extend them.
 */
function isNarrow(type: CType): boolean {
  if (type.kind === 'enum') return NARROW.has(type.underlying.name);
  return type.kind === 'bool' || (type.kind === 'integer' && NARROW.has(type.name));
}

/** Array parameters are pointers (C11 6.7.6.3p7); so are functions, which `declare` knows. */
const decayed = (type: CType): CType => (type.kind === 'array' ? pointer(type.element) : type);

/** One case under construction: its C names and what is the same in several of its functions. */
interface Case {
  readonly id: number;
  readonly signature: Signature;
  readonly types: readonly string[];
  readonly result: string;
  readonly named: number;
}

const isVoid = ({ signature }: Case): boolean => signature.result.kind === 'void';

/** The parameter list; with `extended`, narrow integers are declared as the int that they should arrive as. */
function parameterList(c: Case, extended: boolean): string {
  const list = c.types.slice(0, c.named).map((type, index) => {
    const narrow = extended && isNarrow(c.signature.parameters[index]?.type ?? { kind: 'void' });
    return `${narrow ? 'int' : type} a${index}`;
  });
  if (c.signature.variadicFrom !== null) list.push('...');
  return list.length === 0 ? 'void' : list.join(', ');
}

const fetchVariadic = (c: Case): string =>
  c.signature.variadicFrom === null
    ? ''
    : `  va_list ap; va_start(ap, a${c.named - 1});\n${c.types
        .map((type, index) => (index < c.named ? '' : `  ${type} a${index} = va_arg(ap, ${type});\n`))
        .join('')}  va_end(ap);\n`;

function callee(c: Case): string {
  const stores = c.signature.parameters.map(({ type }, index) =>
    index < c.named && isNarrow(type) ? `  SEEN_NARROW(${c.types[index]}, ${index})\n` : `  SEEN(${index})\n`,
  );
  const give = isVoid(c) ? '' : `  return *(${c.result} *)oracle_give;\n`;
  return `static ${c.result} callee_${c.id}(${parameterList(c, true)}) {\n${fetchVariadic(c)}${stores.join('')}${give}}`;
}

function caller(c: Case): string {
  const given = c.types.map((type, index) => `*(${type} *)oracle_given[${index}]`).join(', ');
  const call = `((${c.result} (*)(${parameterList(c, false)}))fn)(${given})`;
  const body = isVoid(c) ? `${call};` : `GOT(${c.result}, ${call})`;
  return `static void caller_${c.id}(void *fn) { ${body} }`;
}

function forward(c: Case): string {
  const given = c.types.map((type, index) => `*(${type} *)args[${index}]`).join(', ');
  const call = `((${c.result} (*)(${parameterList(c, false)}))fn)(${given});`;
  const store = isVoid(c) ? '' : `*(${c.result} *)ret = `;
  return `static void forward_${c.id}(void *fn, void *ret, void **args) { ${store}${call} }`;
}

function reverse(c: Case): string {
  const pointers = c.types.map((_, index) => `&a${index}`).join(', ');
  const args = pointers === '' ? '  void **args = 0;\n' : `  void *args[] = {${pointers}};\n`;
  const body = isVoid(c)
    ? '  oracle_dispatcher(oracle_context, 0, args);\n'
    : `  ${c.result} r;\n  oracle_dispatcher(oracle_context, &r, args);\n  return r;\n`;
  return `static ${c.result} reverse_${c.id}(${parameterList(c, false)}) {\n${fetchVariadic(c)}${args}${body}}`;
}

function caseSource(c: Case): string {
  const { id, signature } = c;
  const parameters = signature.parameters.map(({ type }) => decayed(type));
  const typedefs = parameters.map((type, index) => `typedef ${declare(type, `T${id}_${index}`)};`);
  const tables = parameters.map((type, index) => leafTable(type, `T${id}_${index}`, `L${id}_${index}`));
  if (!isVoid(c)) {
    typedefs.push(`typedef ${declare(signature.result, c.result)};`);
    tables.push(leafTable(signature.result, c.result, `L${id}_r`));
  }
  const values = parameters.map((type, index) => valueRow(type, `T${id}_${index}`, `L${id}_${index}`));
  const table = `static const struct oracle_value V${id}[] = {${values.join(', ') || '{0, 1, 0, 0}'}};`;
  return [...typedefs, ...tables, table, callee(c), caller(c), forward(c), reverse(c)].join('\n');
}

const PROLOGUE = `#include "runner.h"
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
enum oracle_int { oracle_least = -2147483647 - 1, oracle_most = 2147483647 };
enum oracle_uint { oracle_none, oracle_all = 0xffffffffu };
#define SEEN(i) __builtin_memcpy(oracle_seen[i], &a##i, sizeof a##i);
#define SEEN_NARROW(T, i) { T t = (T)a##i; __builtin_memcpy(oracle_seen[i], &t, sizeof t); \\
  if ((int)t != a##i) oracle_unextended |= 1u << i; }
#define GOT(T, call) T r = call; __builtin_memcpy(oracle_got, &r, sizeof r);
`;

/** The C of a batch: case i of the table `oracle_cases` is signature i. */
export function batchSource(signatures: readonly Signature[]): string {
  const cases = signatures.map(
    (signature, id): Case => ({
      id,
      signature,
      types: signature.parameters.map((_, index) => `T${id}_${index}`),
      result: signature.result.kind === 'void' ? 'void' : `R${id}`,
      named: signature.variadicFrom ?? signature.parameters.length,
    }),
  );
  const rows = cases.map(
    (c) =>
      `  {${c.types.length}, ${c.signature.variadicFrom ?? -1}, V${c.id}, ` +
      `${valueRow(c.signature.result, c.result, `L${c.id}_r`)}, callee_${c.id}, caller_${c.id}, forward_${c.id}, ` +
      `reverse_${c.id}},`,
  );
  const table = `const struct oracle_case oracle_cases[] = {\n${rows.join('\n')}\n};\n`;
  return `${PROLOGUE}\n${cases.map(caseSource).join('\n\n')}\n\n${table}`;
}
