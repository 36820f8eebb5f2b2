// `interfix dump`: a signature → layout, plan and code, as text for people or as JSON, hex or bytes for programs.

import type { ConventionId } from '../abi/convention.ts';
import { generate } from '../emit/generate.ts';
import { unreachable } from '../errors.ts';
import { type Prepared, prepare } from '../plan/prepare.ts';
import { dumpJson } from './dump-json.ts';
import { dumpText } from './dump-text.ts';
import { jsonText } from './json.ts';
import { abiIds, type DumpOptions } from './options.ts';
import { functionFrom } from './types.ts';

/** What is to be written to stdout. Throws what `parseSignature`, `prepare` and `generate` throw. */
export function dump(asked: DumpOptions): string | Uint8Array {
  const { abis, format, landingPad } = asked;
  const all = abiIds(abis).map((abi) => prepareFor(asked, abi));
  const options = { landingPad };
  switch (format) {
    case 'text':
      return all.map((prepared) => dumpText(prepared, options)).join('\n');
    case 'json': {
      const dumps = all.map((prepared) => dumpJson(prepared, options));
      return `${jsonText(abis.all ? dumps : (dumps[0] ?? null))}\n`;
    }
    case 'hex':
      return all.map((prepared) => hexLine(prepared, generate(prepared, options).bytes, abis.all)).join('');
    case 'bin':
      return Buffer.concat(all.map((prepared) => generate(prepared, options).bytes));
    default:
      return unreachable(format);
  }
}

function prepareFor({ signature: text, definitions, kind, entry }: DumpOptions, abi: ConventionId): Prepared {
  const { signature } = functionFrom(text, definitions, abi);
  return prepare(signature, entry === null ? { abi, kind } : { abi, kind, entry });
}

const hexLine = ({ abi }: Prepared, bytes: Uint8Array, labelled: boolean): string =>
  `${labelled ? `${abi} ` : ''}${Buffer.from(bytes).toString('hex')}\n`;
