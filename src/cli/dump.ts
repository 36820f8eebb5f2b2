// `interfix dump`: a signature → layout, plan and code, as text for people or as JSON, hex or bytes for programs.

import type { ConventionId } from '../abi/convention.ts';
import { generate } from '../emit/generate.ts';
import { unreachable } from '../errors.ts';
import { type Prepared, prepare } from '../plan/prepare.ts';
import { dumpJson } from './dump-json.ts';
import { dumpText } from './dump-text.ts';
import { jsonText } from './json.ts';
import { abiIds, type DumpOptions } from './options.ts';

/** What is to be written to stdout. Throws what `parseSignature`, `prepare` and `generate` throw. */
export function dump({ signature, abis, kind, entry, format, landingPad }: DumpOptions): string | Uint8Array {
  const all = abiIds(abis).map((abi) => prepareFor(signature, abi, kind, entry));
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

const prepareFor = (
  signature: string,
  abi: ConventionId,
  kind: DumpOptions['kind'],
  entry: ConventionId | null,
): Prepared => prepare(signature, entry === null ? { abi, kind } : { abi, kind, entry });

const hexLine = ({ abi }: Prepared, bytes: Uint8Array, labelled: boolean): string =>
  `${labelled ? `${abi} ` : ''}${Buffer.from(bytes).toString('hex')}\n`;
