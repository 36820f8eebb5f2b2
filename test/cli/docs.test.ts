// Every command shown in the documentation prints what stands below it. A fenced block whose first line is
// `$ interfix …` is such a command; UPDATE_FIXTURES=1 writes the output that the command has now.

import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { hostAbi } from '../../src/exec/host-abi.ts';
import { interfix, interfixProcess } from './command.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const { UPDATE_FIXTURES } = process.env;
const update = UPDATE_FIXTURES === '1';

const pagesIn = (folder: string): string[] =>
  existsSync(root + folder)
    ? readdirSync(root + folder).flatMap((name) => (name.endsWith('.md') ? [folder + name] : []))
    : [];
const pages = ['README.md', ...pagesIn('docs/'), ...pagesIn('docs/abi/')].filter((page) => existsSync(root + page));

/** Fence, command, output, fence. */
const BLOCK = /^(```\w*\n)\$ (?:npx )?interfix (.*)\n([\s\S]*?)^```$/gm;

/** Splits as a shell does, as far as our examples need it: blanks, and quotes without anything inside them. */
const wordsOf = (command: string): string[] =>
  [...command.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map((match) => match[1] ?? match[2] ?? match[3] ?? '');

/** A call prints from C as well, and its libraries are those of one platform. */
async function outputOf(command: string): Promise<string | null> {
  const words = wordsOf(command);
  if (words[0] === 'call') {
    if (process.platform !== 'linux' || hostAbi() !== 'sysv-x64') return null;
    const ended = interfixProcess(...words);
    return ended.out + ended.err;
  }
  const ended = await interfix(...words);
  return ended.out + ended.err;
}

describe.each(pages)('%s', (page) => {
  const text = readFileSync(root + page, 'utf8');
  const blocks = [...text.matchAll(BLOCK)].map(([, , command = '', output = '']) => ({ command, output }));

  test.each(blocks)('$command', async ({ command, output }) => {
    const now = await outputOf(command);
    if (now === null) return;
    if (update) replaceOutput(page, command, now);
    else expect(now).toBe(output);
  });

  test('no other block begins with a prompt', () => {
    const prompts = [...text.matchAll(/^```\w*\n\$ (?:npx )?interfix /gm)];
    expect(blocks.length).toBe(prompts.length);
  });
});

test('there are pages with commands', () => {
  expect(pages.length).toBeGreaterThan(0);
});

function replaceOutput(page: string, command: string, output: string): void {
  const text = readFileSync(root + page, 'utf8');
  const replaced = text.replace(BLOCK, (block: string, fence: string, of: string) => {
    const prompt = block.slice(fence.length, block.indexOf('\n', fence.length) + 1);
    return of === command ? `${fence}${prompt}${output}\`\`\`` : block;
  });
  if (replaced !== text) writeFileSync(root + page, replaced);
}
