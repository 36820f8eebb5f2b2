// Who may import whom: reads the import lines of every file under src and holds them against a table.

import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path/posix';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

/** Folder → the folders that may import it. `cli` and `index` are left out below: they may import everything. */
const IMPORTERS: Readonly<Record<string, readonly string[]>> = {
  errors: ['ctype', 'signature', 'isa', 'abi', 'plan', 'emit', 'marshal', 'exec', 'pure'],
  ctype: ['signature', 'abi', 'plan', 'marshal', 'exec', 'pure'],
  signature: ['abi', 'plan', 'marshal', 'exec', 'pure'],
  isa: ['abi', 'plan', 'emit', 'pure'],
  abi: ['plan', 'emit', 'marshal', 'exec', 'pure'],
  plan: ['emit', 'exec', 'pure'],
  emit: ['exec', 'pure'],
  marshal: ['exec', 'pure'],
  exec: [],
  pure: [],
  index: ['cli'],
  cli: [],
};
const EVERYTHING = ['cli', 'index'];
/** Only here may code see the machine it runs on: Node's modules, installed packages, `process`, `require`. */
const ON_A_MACHINE = ['exec', 'cli'];
/** Pairs of folders that are further apart than their parents. */
const STRANGERS = [['emit/x64', 'emit/aarch64']] as const;

const root = fileURLToPath(new URL('../../src/', import.meta.url));
const sources: ReadonlyMap<string, string> = new Map(
  readdirSync(root, { recursive: true, encoding: 'utf8' })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => path.endsWith('.ts'))
    .sort()
    .map((path) => [path, readFileSync(join(root, path), 'utf8')] as const),
);

/** `errors.ts`, `pure.ts` and `index.ts` are folders of one file. `pure` must not see `exec`: it runs in browsers. */
const folderOf = (path: string): string => path.replace(/\.ts$/, '').split('/')[0] ?? '';

const withoutComments = (source: string): string =>
  source.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '$1');

const specifiersIn = (source: string): string[] =>
  [...source.matchAll(/\b(?:from\s*|import\s*\(\s*|import\s+)(['"])([^'"\n]+)\1/g)].map((match) => match[2] ?? '');

/** Every broken rule of one file, in words. */
function problemsOf(path: string, text: string): string[] {
  const source = withoutComments(text);
  const folder = folderOf(path);
  const problems: string[] = [];
  if (IMPORTERS[folder] === undefined) problems.push(`${path}: no rule for the folder ${folder}`);
  for (const specifier of specifiersIn(source)) problems.push(...problemsOfImport(path, folder, specifier));
  if (/\bexport\s+default\b|\bas\s+default\b/.test(source)) problems.push(`${path}: a default export`);
  if (!ON_A_MACHINE.includes(folder)) {
    for (const [, word] of source.matchAll(/(?<![.\w])(process|require|globalThis)\b\s*[.([]/g)) {
      problems.push(`${path}: ${word} outside ${ON_A_MACHINE.join(' and ')}`);
    }
  }
  return problems;
}

function problemsOfImport(path: string, folder: string, specifier: string): string[] {
  if (!specifier.startsWith('.')) {
    return ON_A_MACHINE.includes(folder) ? [] : [`${path}: imports ${specifier}, not being part of exec or cli`];
  }
  const target = normalize(join(dirname(path), specifier));
  const imported = folderOf(target);
  const problems: string[] = [];
  const allowed = imported === folder || EVERYTHING.includes(folder) || (IMPORTERS[imported] ?? []).includes(folder);
  if (!allowed || (folder === 'index' && imported === 'cli')) {
    problems.push(`${path}: ${folder} may not import ${imported} (${specifier})`);
  }
  for (const [one, other] of [...STRANGERS, ...STRANGERS.map(([a, b]) => [b, a] as const)]) {
    if (path.startsWith(`${one}/`) && target.startsWith(`${other}/`)) problems.push(`${path}: may not import ${other}`);
  }
  return problems;
}

/** The folders that each folder really imports. */
function edges(): Map<string, Set<string>> {
  const all = new Map<string, Set<string>>();
  for (const [path, text] of sources) {
    const folder = folderOf(path);
    const imported = all.get(folder) ?? new Set<string>();
    all.set(folder, imported);
    for (const specifier of specifiersIn(withoutComments(text))) {
      const target = folderOf(normalize(join(dirname(path), specifier)));
      if (specifier.startsWith('.') && target !== folder) imported.add(target);
    }
  }
  return all;
}

describe('imports', () => {
  it('go only where the table allows', () => {
    expect(sources.size).toBeGreaterThan(40);
    expect([...sources].flatMap(([path, text]) => problemsOf(path, text))).toEqual([]);
  });

  it('make no circle between folders', () => {
    const all = edges();
    const reaches = (from: string, to: string, seen = new Set<string>()): boolean =>
      [...(all.get(from) ?? [])].some((next) => {
        if (next === to) return true;
        if (seen.has(next)) return false;
        seen.add(next);
        return reaches(next, to, seen);
      });
    expect([...all.keys()].filter((folder) => reaches(folder, folder))).toEqual([]);
  });
});

describe('the checker of imports catches', () => {
  const catches = (what: string, path: string, text: string, problem: string): void => {
    it(what, () => {
      expect(problemsOf(path, text)).toEqual([expect.stringContaining(problem)]);
    });
  };
  catches('a folder above', 'abi/x.ts', "import { a } from '../plan/step.ts';", 'abi may not import plan');
  catches('a type import', 'plan/x.ts', "import type { A } from '../emit/a.ts';", 'plan may not import emit');
  catches('an import over many lines', 'isa/x.ts', "import {\n  a,\n} from '../abi/a.ts';", 'isa may not import abi');
  catches('a re-export', 'ctype/x.ts', "export { a } from '../signature/parse.ts';", 'ctype may not import signature');
  catches('an import for its effect', 'emit/x.ts', "import '../exec/a.ts';", 'emit may not import exec');
  catches('a dynamic import', 'marshal/x.ts', "await import('../emit/a.ts');", 'marshal may not import emit');
  catches('index importing the CLI', 'index.ts', "export * from './cli/main.ts';", 'index may not import cli');
  catches('one CPU importing another', 'emit/x64/x.ts', "import { a } from '../aarch64/a.ts';", 'emit/aarch64');
  catches('and the other way round', 'emit/aarch64/x.ts', "import { a } from '../x64/a.ts';", 'emit/x64');
  catches("Node's modules", 'abi/x.ts', "import { arch } from 'node:os';", 'node:os');
  catches('a package', 'marshal/x.ts', "import koffi from 'koffi';", 'koffi');
  catches('process', 'plan/x.ts', 'export const a = process.platform;', 'process outside');
  catches('process by index', 'plan/x.ts', "export const a = process['platform'];", 'process outside');
  catches('require', 'signature/x.ts', "const a = require('os');", 'require outside');
  catches('a default export', 'exec/x.ts', 'export default 1;', 'a default export');
  catches('a default export by name', 'exec/x.ts', 'export { a as default };', 'a default export');
  catches('a folder without rules', 'misc/x.ts', 'export const a = 1;', 'no rule for the folder misc');
});
