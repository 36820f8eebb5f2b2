// The literals behind the code: 8 bytes for each symbol in use, which finalize fills in.

import type { SymbolName } from '../plan/step.ts';
import type { CodeBuffer } from './code-buffer.ts';
import type { ImageSymbol } from './code-image.ts';

/** The literal of a symbol. The first who asks for it has it appended to the code and to `symbols`. */
export function literalOf(symbol: SymbolName, symbols: ImageSymbol[], buffer: CodeBuffer): ImageSymbol {
  for (const known of symbols) if (known.name === symbol) return known;
  const literal: ImageSymbol = { name: symbol, offset: buffer.length };
  symbols.push(literal);
  buffer.u32(0);
  buffer.u32(0);
  return literal;
}
