// Blocks of lines side by side, as many as fit on the screen, and the others below. What they say is not its concern.

const WIDTH = 120;
const GAP = 4;

/** The lines of all blocks. Nothing is cut off: a block that is too wide stands alone. */
export function beside(blocks: readonly (readonly string[])[]): string[] {
  const rows: (readonly string[])[][] = [];
  let used = WIDTH;
  for (const block of blocks) {
    const width = widthOf(block);
    const row = rows.at(-1);
    if (row === undefined || used + GAP + width > WIDTH) {
      rows.push([block]);
      used = width;
    } else {
      row.push(block);
      used += GAP + width;
    }
  }
  return rows.flatMap((row, index) => (index === 0 ? joined(row) : ['', ...joined(row)]));
}

const widthOf = (block: readonly string[]): number => Math.max(0, ...block.map(({ length }) => length));

function joined(row: readonly (readonly string[])[]): string[] {
  const height = Math.max(...row.map(({ length }) => length));
  const widths = row.map((block) => widthOf(block) + GAP);
  return Array.from({ length: height }, (_, line) =>
    row
      .map((block, column) => (block[line] ?? '').padEnd(widths[column] ?? 0))
      .join('')
      .trimEnd(),
  );
}
