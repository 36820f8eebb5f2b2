// The documentation's figures. They stand between markers, and nothing else writes there:
//
//   <!-- bench: calls -->
//   …a table…
//   <!-- end of bench -->

const BLOCK = /<!-- bench: ([\w-]+) -->\n[\s\S]*?<!-- end of bench -->/g;
const OPENING = /<!-- bench: /g;

/** The text with every block written anew. Throws for a block that nobody writes, and for one that does not end. */
export function withBlocks(text: string, blocks: ReadonlyMap<string, string>): string {
  const found = [...text.matchAll(BLOCK)].length;
  const opened = [...text.matchAll(OPENING)].length;
  if (found !== opened) throw new Error(`${opened} blocks of figures begin, ${found} of them end`);
  return text.replace(BLOCK, (_, name: string) => {
    const content = blocks.get(name);
    if (content === undefined) throw new Error(`no benchmark writes the block '${name}'`);
    return `<!-- bench: ${name} -->\n${content}\n<!-- end of bench -->`;
  });
}

/** The names of the blocks in a text. */
export const blocksIn = (text: string): string[] => [...text.matchAll(BLOCK)].map(([, name = '']) => name);

/** What is left of a text without its blocks: no place for figures. */
export const withoutBlocks = (text: string): string => text.replace(BLOCK, '');
