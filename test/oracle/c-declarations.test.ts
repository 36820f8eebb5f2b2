// C declarations against compilers: what the parser makes of system headers is said again in C and held against the
// headers themselves. Sizes and offsets by static assertions, functions by redeclaring them, typedefs by compatibility.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { CType, RecordType } from '../../src/ctype/ctype.ts';
import { AAPCS64, type DataModel, SYSV_X64, WIN_X64 } from '../../src/ctype/data-model.ts';
import { layoutOfRecord } from '../../src/ctype/layout.ts';
import { InterfixError } from '../../src/errors.ts';
import { type Declarations, parseDeclarations } from '../../src/signature/c/declarations.ts';
import { createRegistry } from '../../src/signature/registry.ts';
import { type CStyle, declare, prototype, vectorTypedefs } from '../support/c-text.ts';
import { randomProgram } from '../support/random-c.ts';
import { findTool, isSkipped, runTool, type Tool, withTool } from '../support/tool.ts';

const { INTERFIX_SEED } = process.env;
const SEED = Number(INTERFIX_SEED ?? Math.floor(Math.random() * 2 ** 31));

/** What a header is included behind, where it does not stand alone. */
const PREFIXES: Readonly<Record<string, string>> = {
  'jpeglib.h': '#include <stdio.h>\n',
  'readline/readline.h': '#include <stdio.h>\n',
};
const C_LIBRARY = [
  ...['assert.h', 'complex.h', 'ctype.h', 'errno.h', 'fenv.h', 'inttypes.h', 'limits.h', 'locale.h', 'math.h'],
  ...['setjmp.h', 'signal.h', 'stdarg.h', 'stdbool.h', 'stddef.h', 'stdint.h', 'stdio.h', 'stdlib.h', 'string.h'],
  ...['time.h', 'wchar.h', 'wctype.h'],
];
const POSIX = [
  ...[
    'dirent.h',
    'dlfcn.h',
    'fcntl.h',
    'glob.h',
    'grp.h',
    'ifaddrs.h',
    'langinfo.h',
    'mqueue.h',
    'net/if.h',
    'netdb.h',
  ],
  ...['netinet/in.h', 'poll.h', 'pthread.h', 'pwd.h', 'regex.h', 'sched.h', 'search.h', 'semaphore.h', 'spawn.h'],
  ...['sys/epoll.h', 'sys/mman.h', 'sys/resource.h', 'sys/select.h', 'sys/socket.h', 'sys/stat.h', 'sys/statvfs.h'],
  ...['sys/time.h', 'sys/types.h', 'sys/uio.h', 'sys/un.h', 'sys/utsname.h', 'sys/wait.h', 'syslog.h', 'termios.h'],
  ...['threads.h', 'uchar.h', 'ucontext.h', 'unistd.h', 'linux/input.h', 'linux/perf_event.h', 'linux/fuse.h', 'elf.h'],
];
const LIBRARIES = [
  ...['bzlib.h', 'expat.h', 'jpeglib.h', 'lzma.h', 'ncurses.h', 'openssl/evp.h', 'png.h', 'readline/readline.h'],
  ...['sqlite3.h', 'zlib.h'],
];
/** These declare nothing but macros, and their one function in other circumstances. */
const EMPTY: ReadonlySet<string> = new Set(['assert.h', 'limits.h', 'stdbool.h']);
const WINDOWS = ['io.h', 'process.h', 'winsock2.h', 'windows.h'];

/** Headers with something that is refused, and what. Everything else has to be understood. */
const REFUSED: readonly (readonly [header: string, code: string, what: string])[] = [
  ['aio.h', 'ERR_UNSUPPORTED', 'behind a flexible array'],
  ['linux/sem.h', 'ERR_UNSUPPORTED', 'behind a flexible array'],
  ['stdatomic.h', 'ERR_UNSUPPORTED', '_Atomic'],
];

interface Platform {
  readonly tool: Tool;
  readonly model: DataModel;
  readonly headers: readonly string[];
}

const native = process.arch === 'arm64' ? AAPCS64 : SYSV_X64;
const platforms = [
  { tool: findTool('gcc', ['gcc-12', 'gcc']), model: native, headers: [...C_LIBRARY, ...POSIX, ...LIBRARIES] },
  {
    tool: findTool('aarch64-linux-gnu-gcc', ['aarch64-linux-gnu-gcc']),
    model: AAPCS64,
    headers: [...C_LIBRARY, ...POSIX],
  },
  {
    tool: findTool('x86_64-w64-mingw32-gcc', ['x86_64-w64-mingw32-gcc']),
    model: WIN_X64,
    headers: [...C_LIBRARY, ...WINDOWS],
  },
] as const satisfies readonly Platform[];

const folder = mkdtempSync(join(tmpdir(), 'interfix-c-'));
afterAll(() => rmSync(folder, { recursive: true }));

function fileOf(text: string): string {
  const path = join(folder, 'oracle.c');
  writeFileSync(path, text);
  return path;
}

const including = (header: string): string => `${PREFIXES[header] ?? ''}#include <${header}>\n`;
const preprocessed = (tool: Tool, header: string): string => runTool(tool, ['-E', fileOf(including(header))]);

/** Whether the header is there. */
function isInstalled(tool: Tool, header: string): boolean {
  if (tool.command === null) return true;
  try {
    preprocessed(tool, header);
    return true;
  } catch {
    return false;
  }
}

/** How the text itself says a name: behind the keyword of its tag, if it has one. */
function styleOf(text: string): CStyle {
  const keywords = new Map<string, string>();
  for (const [, keyword = '', name = ''] of text.matchAll(
    /\b(struct|union|enum)\s+(?:__attribute__\s*\(\(.*?\)\)\s*)?(\w+)/g,
  )) {
    keywords.set(name, keyword);
  }
  return { nameOf: (name) => (keywords.has(name) ? `${keywords.get(name)} ${name}` : name) };
}

const assertion = (condition: string, what: string): string => `_Static_assert(${condition}, "${what}");`;

/** One line for each statement that the compiler is asked to confirm. */
function statements(declared: Declarations, style: CStyle, model: DataModel): string[] {
  const lines: string[] = [];
  for (const [name, type] of declared.types)
    lines.push(...typeStatements(style.nameOf(name, type), type, style, model));
  for (const [name, value] of declared.constants) {
    lines.push(assertion(`(${name}) == ${value < 0n ? `-${-value - 1n}ll - 1` : `${value}ull`}`, name));
  }
  for (const [name, signature] of declared.functions) lines.push(`#undef ${name}`, prototype(signature, name, style));
  // An untagged record is another one each time it is written.
  return lines.filter((line) => !/\b(?:struct|union|enum)\b[^;*]*\{/.test(line));
}

function typeStatements(name: string, type: CType, style: CStyle, model: DataModel): string[] {
  if (type.kind === 'named' && type.slot.type === null) return [];
  if (type.kind === 'struct' || type.kind === 'union') return recordStatements(name, type, model);
  if (type.kind === 'enum') {
    const { size, signed } = model.integers[type.underlying.name];
    return [assertion(`sizeof(${name}) == ${size} && ((${name})-1 < 0) == ${Number(signed)}`, name)];
  }
  // A function's typedef and a pointer's look alike here; parameters are checked where functions use them.
  if (type.kind === 'function' || (type.kind === 'array' && type.length === null)) return [];
  const isSame = `__builtin_types_compatible_p(${name}, ${declare(type, '', style)})`;
  // What has a machine mode is known by its width: `register_t` is a long.
  const isLong = `__builtin_types_compatible_p(${name}, ${type.kind === 'integer' && type.name === 'uint64' ? 'unsigned ' : ''}long)`;
  const is64 = type.kind === 'integer' && type.name.endsWith('64');
  return [`#undef ${name}`, assertion(is64 ? `${isSame} || ${isLong}` : isSame, name)];
}

function recordStatements(name: string, type: RecordType, model: DataModel): string[] {
  const { size, align, members } = layoutOfRecord(type, model);
  if (hasLongDouble(type) && model === WIN_X64) return []; // mingw has the x87's, Windows a double.
  const offsets = members.flatMap((each) =>
    each.name === null || each.bitWidth !== null
      ? []
      : [
          `#undef ${each.name}`,
          assertion(`__builtin_offsetof(${name}, ${each.name}) == ${each.offset}`, `${name} ${each.name}`),
        ],
  );
  const aligned = OVERALIGNED.has(name) ? '' : ` && _Alignof(${name}) == ${align}`;
  return [assertion(`sizeof(${name}) == ${size}${aligned}`, name), ...offsets];
}

/** Records whose typedef asks for more alignment than fits their size: only members of that type are aligned so. */
const OVERALIGNED: ReadonlySet<string> = new Set(['__pthread_unwind_buf_t']);

const hasLongDouble = (type: CType): boolean => {
  if (type.kind === 'array') return hasLongDouble(type.element);
  if (type.kind === 'complex') return hasLongDouble(type.element);
  if (type.kind === 'named') return type.slot.type !== null && hasLongDouble(type.slot.type);
  if (type.kind === 'struct' || type.kind === 'union') return type.members.some((each) => hasLongDouble(each.type));
  return type.kind === 'float' && type.name === 'longdouble';
};

/** Functions of the text with a volatile pointee, by its name if it has one: the one thing that a type does not keep. */
function volatileFunctions(text: string): ReadonlySet<string> {
  const typedefs = [...text.matchAll(/\btypedef\s+volatile\s[^;{}]*?(\w+)\s*;/g)].map(([, name = '']) => name);
  const words = new RegExp(`\\b(?:${['volatile', ...typedefs].join('|')})\\b`);
  const functions = text.matchAll(/(\w+)\s*\((?=([^;{}]*))/g);
  return new Set([...functions].flatMap(([, name = '', list = '']) => (words.test(list) ? [name] : [])));
}

interface Checked {
  readonly functions: number;
  readonly types: number;
}

function check(tool: Tool, header: string, model: DataModel): Checked {
  const text = preprocessed(tool, header);
  const registry = createRegistry();
  const declared = parseDeclarations(text, { registry, abi: model.id });
  const skipped = volatileFunctions(text);
  const functions = new Map([...declared.functions].filter(([name]) => !skipped.has(name)));
  const lines = statements({ ...declared, functions }, styleOf(text), model);
  const source = [including(header), ...vectorTypedefs(lines.join('\n')), ...lines, ''].join('\n');
  runTool(tool, ['-fsyntax-only', '-w', fileOf(source)]);
  createRegistry().define(registry.print());
  return { functions: functions.size, types: declared.types.size };
}

describe.each(platforms)('$tool.name', ({ tool, model, headers }) => {
  for (const header of headers) {
    const isMissing = !isInstalled(tool, header);
    const name = isMissing ? `<${header}> (not installed)` : withTool(`<${header}>`, tool);
    it.skipIf(isSkipped(tool) || isMissing)(name, () => {
      const { functions, types } = check(tool, header, model);
      expect(functions + types).toBeGreaterThanOrEqual(EMPTY.has(header) ? 0 : 1);
    });
  }
});

describe('what is refused', () => {
  const [{ tool, model }] = platforms;
  it.each(REFUSED)('<%s>: %s, %s', (header, code, what) => {
    if (isSkipped(tool) || !isInstalled(tool, header)) return;
    let refusal: unknown = null;
    try {
      parseDeclarations(preprocessed(tool, header), { abi: model.id });
    } catch (error) {
      refusal = error;
    }
    expect(refusal).toBeInstanceOf(InterfixError);
    expect(refusal).toMatchObject({ code, message: expect.stringContaining(what) });
  });
});

describe(`random C declarations (INTERFIX_SEED=${SEED})`, () => {
  const [{ tool, model }] = platforms;
  const style: CStyle = { nameOf: (name, type) => (/^[RE]/.test(name) ? `${type?.kind} ${name}` : name) };
  const COUNT = 60;

  /** The programs in one file, which gcc takes as they are; names are made different first. */
  function sourceOf(seed: number, wrong: boolean): string {
    const vectors = new Set<string>();
    const parts = Array.from({ length: COUNT }, (_, index) => {
      const renamed = randomProgram(seed, index).text.replace(/\b([RTEKfm]\d+)\b/g, `$1_${index}`);
      const text = renamed.replace(/^typedef .* vec\d+_\w+ __attribute.*\n/gm, '');
      for (const [name] of renamed.matchAll(/\bvec\d+_\w+/g)) vectors.add(name);
      const vectorLines = vectorTypedefs(renamed).join('\n');
      const declared = parseDeclarations(`${vectorLines}\n${text}`, { abi: model.id });
      const types = new Map([...declared.types].filter(([name]) => !name.startsWith('vec')));
      const lines = statements({ ...declared, types }, style, model);
      if (wrong)
        for (const [at, line] of lines.entries()) lines[at] = line.replace('_Alignof(struct', '1 + _Alignof(struct');
      return `${text}\n${lines.join('\n')}\n`;
    });
    const prelude = '#include <stddef.h>\n#include <stdint.h>\n#include <stdbool.h>\n';
    return `${prelude}${vectorTypedefs([...vectors].join(' ')).join('\n')}\n${parts.join('\n')}`;
  }
  const compile = (source: string): string => runTool(tool, ['-fsyntax-only', '-w', '-mavx512f', fileOf(source)]);

  it.skipIf(isSkipped(tool)).each([1, SEED])(withTool('are what gcc makes of them, seed %d', tool), (seed) => {
    compile(sourceOf(seed, false));
  });

  it.skipIf(isSkipped(tool))(withTool('are not what gcc makes of other ones', tool), () => {
    expect(() => compile(sourceOf(1, true))).toThrow('static assertion failed');
  });
});
