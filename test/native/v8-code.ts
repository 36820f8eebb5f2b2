// C functions as V8's fast API calls them, and the same through a call frame: what generated code does, compiled by gcc.

import { writeFileSync } from 'node:fs';
import { afterAll } from 'vitest';
import { host } from '../../src/exec/select-host.ts';
import type { RegisterCall, RegisterType } from '../../src/exec/v8-calls.ts';
import { compile, scratch } from './build.ts';

/** The C type of a value; narrow integers travel as 32 bits and lie in the frame in their own size. */
export interface Value {
  readonly c: string;
  readonly type: RegisterType;
  readonly size: number;
}

export const VALUES: Readonly<Record<string, Value>> = {
  bool: { c: '_Bool', type: 'bool', size: 1 },
  int8: { c: 'int8_t', type: 'int32', size: 1 },
  uint8: { c: 'uint8_t', type: 'uint32', size: 1 },
  int16: { c: 'int16_t', type: 'int32', size: 2 },
  uint16: { c: 'uint16_t', type: 'uint32', size: 2 },
  int32: { c: 'int32_t', type: 'int32', size: 4 },
  uint32: { c: 'uint32_t', type: 'uint32', size: 4 },
  int64: { c: 'int64_t', type: 'int64', size: 8 },
  uint64: { c: 'uint64_t', type: 'uint64', size: 8 },
  float32: { c: 'float', type: 'float32', size: 4 },
  float64: { c: 'double', type: 'float64', size: 8 },
};

export const valueNamed = (name: string): Value => {
  const value = VALUES[name];
  if (value === undefined) throw new Error(`no type ${name}`);
  return value;
};

/** Bytes of the library's frame, and where its results lie. */
const FRAME = 512;
const RESULT = 256;

/** `R name(receiver, args…) { return expression; }`, and the entry that reads `a0`, `a1` … from the frame. */
export interface Code {
  readonly name: string;
  /** Names of VALUES. */
  readonly args: readonly string[];
  /** A name of VALUES, or `void`. */
  readonly result: string;
  readonly expression: string;
}

const cType = (name: string): string => (name === 'void' ? 'void' : valueNamed(name).c);

function source({ name, args, result, expression }: Code): string {
  const parameters = args.map((arg, i) => `, ${cType(arg)} a${i}`).join('');
  const reads = args
    .map((arg, i) => `  ${cType(arg)} a${i}; memcpy(&a${i}, frame + ${8 * i}, sizeof a${i});\n`)
    .join('');
  const call = `call_${name}(${['NULL', ...args.map((_, i) => `a${i}`)].join(', ')})`;
  const store =
    result === 'void'
      ? `  ${call};\n`
      : `  ${cType(result)} r = ${call};\n  memcpy(frame + ${RESULT}, &r, sizeof r);\n`;
  const body = result === 'void' ? `${expression};` : `return ${expression};`;
  return `${cType(result)} call_${name}(void *receiver${parameters})
{
  (void)receiver;
  ${body}
}
void *enter_${name}(void *env, void *info)
{
  (void)env; (void)info;
${reads}${store}  return NULL;
}
`;
}

const opened: bigint[] = [];

afterAll(() => {
  for (const library of opened.splice(0)) host().closeLibrary(library);
});

export interface Compiled {
  readonly path: string;
  readonly frame: bigint;
  symbol(name: string): bigint;
  /** What `registers` takes. */
  call(name: string): RegisterCall;
}

/** Compiles them to one library with one frame. `more` is C text in front. */
export function compileCode(file: string, codes: readonly Code[], more = ''): Compiled {
  const path = scratch(`${file}.c`);
  const head = `#include <stdint.h>\n#include <string.h>\n_Alignas(16) uint8_t frame[${FRAME}];\n`;
  writeFileSync(path, `${head}${more}\n${codes.map(source).join('\n')}`);
  const output = compile(`${file}.so`, ['-shared', '-fPIC'], [path]);
  const library = host().openLibrary(output);
  opened.push(library);
  const symbol = (name: string): bigint => host().symbol(library, name);
  const frame = symbol('frame');
  const call = (name: string): RegisterCall => {
    const code = codes.find((each) => each.name === name);
    if (code === undefined) throw new Error(`no code ${name}`);
    return { ...registerCall(code, frame), adapter: symbol(`call_${name}`), entry: symbol(`enter_${name}`) };
  };
  return { path: output, frame, symbol, call };
}

/** Where its values lie and as what they travel. */
export function registerCall({ args, result }: Code, frame: bigint): Omit<RegisterCall, 'adapter' | 'entry'> {
  const types = {
    args: args.map((arg) => valueNamed(arg).type),
    result: result === 'void' ? ('void' as const) : valueNamed(result).type,
  };
  const ret = { offset: RESULT, size: result === 'void' ? 0 : valueNamed(result).size };
  const fields = args.map((arg, i) => ({ offset: 8 * i, size: valueNamed(arg).size }));
  return { frame, types, layout: { size: FRAME, args: fields, ret }, leaf: false };
}
