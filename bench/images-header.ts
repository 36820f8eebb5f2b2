// The generated code of the native benchmark as a C header: bytes, where the symbols are, and where a call frame keeps
// its values.

import { generate } from '../src/emit/generate.ts';
import { InterfixError } from '../src/errors.ts';
import { type Prepared, prepare } from '../src/plan/prepare.ts';
import type { TrampolineKind } from '../src/plan/step.ts';

const SIGNATURES = {
  ints: '(int, int) -> int',
  mixed: '(int, double, int64, float, int16, double) -> double',
  doubles: `(${Array.from({ length: 12 }, () => 'double').join(', ')}) -> double`,
  points: '({double, double}, {double, double}) -> {double, double}',
} as const;

const KINDS: readonly TrampolineKind[] = ['forward', 'bound', 'adapter', 'entry', 'reverse'];
const SYMBOLS = ['target', 'frame', 'dispatcher', 'context'] as const;

const DECLARATIONS = `enum { ${SYMBOLS.map((name) => `SYMBOL_${name.toUpperCase()}`).join(', ')}, SYMBOLS };

struct image {
  const unsigned char *bytes;
  unsigned long size;
  /** Where the address of each is written; -1: nowhere. */
  int symbols[SYMBOLS];
};

struct images {
  struct image ${KINDS.join(', ')};
};
`;

/** Null for what this library refuses. */
function prepared(text: string, kind: TrampolineKind): Prepared | null {
  try {
    return prepare(text, { abi: 'sysv-x64', kind, ...(kind === 'adapter' && { receiver: true }) });
  } catch (error) {
    if (error instanceof InterfixError && error.code === 'ERR_UNSUPPORTED') return null;
    throw error;
  }
}

function imageText(name: string, image: Prepared): { readonly bytes: string; readonly initializer: string } {
  const { bytes, symbols } = generate(image);
  const offsets = SYMBOLS.map((symbol) => symbols.find((each) => each.name === symbol)?.offset ?? -1);
  return {
    bytes: `static const unsigned char ${name}[] = {${[...bytes].join(',')}};`,
    initializer: `{${name}, sizeof ${name}, {${offsets.join(', ')}}}`,
  };
}

function signatureText(id: string, text: string): string {
  const lines: string[] = [];
  const initializers: string[] = [];
  for (const kind of KINDS) {
    const image = prepared(text, kind);
    if (image === null) continue;
    const { bytes, initializer } = imageText(`${id}_${kind}_bytes`, image);
    lines.push(bytes);
    initializers.push(`.${kind} = ${initializer}`);
    if (kind !== 'entry' || image.frame === null) continue;
    const { args, ret } = image.frame;
    const fields = args.map(({ offset }, index) => `${id.toUpperCase()}_ARG_${index} = ${offset}`);
    lines.push(`enum { ${[...fields, `${id.toUpperCase()}_RET = ${ret.offset}`].join(', ')} };`);
  }
  return [...lines, `static const struct images ${id}_images = {${initializers.join(', ')}};`].join('\n');
}

export const imagesHeader = (): string =>
  `${DECLARATIONS}\n${Object.entries(SIGNATURES)
    .map(([id, text]) => signatureText(id, text))
    .join('\n')}\n`;
