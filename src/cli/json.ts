// JSON as the command line prints it: what fits on a line stands on one, so that people can read it too.

export type Json = null | boolean | number | string | Json[] | { readonly [key: string]: Json };

const LINE = 116;

/** The text ends without a newline. */
export function jsonText(value: Json, indent = ''): string {
  const flat = flatText(value);
  if (indent.length + flat.length <= LINE || typeof value !== 'object' || value === null) return flat;
  const inner = `${indent}  `;
  if (Array.isArray(value))
    return block(
      '[',
      value.map((one) => jsonText(one, inner)),
      ']',
      indent,
    );
  const entries = Object.entries(value).map(([key, one]) => `${JSON.stringify(key)}: ${jsonText(one, inner)}`);
  return block('{', entries, '}', indent);
}

const block = (open: string, parts: readonly string[], close: string, indent: string): string =>
  `${open}\n${parts.map((part) => `${indent}  ${part}`).join(',\n')}\n${indent}${close}`;

function flatText(value: Json): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(flatText).join(', ')}]`;
  const entries = Object.entries(value).map(([key, one]) => `${JSON.stringify(key)}: ${flatText(one)}`);
  return entries.length === 0 ? '{}' : `{ ${entries.join(', ')} }`;
}
