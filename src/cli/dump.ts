// `interfix dump`: a signature → layout, plan and code, as text for people or as JSON, hex or bytes for programs.

import type { ConventionId } from '../abi/convention.ts';
import { conventions } from '../abi/conventions.ts';
import type { Signature } from '../ctype/ctype.ts';
import { type GenerateOptions, generate } from '../emit/generate.ts';
import { InterfixError, unreachable } from '../errors.ts';
import { kinds, type Prepared, prepare } from '../plan/prepare.ts';
import { printSignature } from '../signature/print.ts';
import { dumpJson } from './dump-json.ts';
import { dumpText } from './dump-text.ts';
import { type Json, jsonText } from './json.ts';
import { abiIds, type DumpOptions } from './options.ts';
import { functionFrom } from './types.ts';

/** What is to be written to stdout. Throws what `parseSignature`, `prepare` and `generate` throw. */
export function dump(asked: DumpOptions): string | Uint8Array {
  const { abis, format, landingPad } = asked;
  const all = abiIds(abis).map((abi) => prepareFor(asked, abi));
  const options = { landingPad };
  switch (format) {
    case 'text':
      return all.map((one) => (isRefusal(one) ? refusalText(one) : dumpText(one, options))).join('\n');
    case 'json': {
      const dumps = all.map((one) => (isRefusal(one) ? refusalJson(one) : dumpJson(one, options)));
      return `${jsonText(abis.all ? dumps : (dumps[0] ?? null))}\n`;
    }
    case 'hex':
      return all.map((one) => hexLine(one, options, abis.all)).join('');
    case 'bin':
      return Buffer.concat(all.map((one) => (isRefusal(one) ? Buffer.of() : generate(one, options).bytes)));
    default:
      return unreachable(format);
  }
}

/** Of all conventions some may refuse what others pass: that is an answer, too. */
interface Refusal {
  readonly signature: Signature;
  readonly abi: ConventionId;
  readonly error: InterfixError;
}

const isRefusal = (one: Prepared | Refusal): one is Refusal => 'error' in one;

function prepareFor(asked: DumpOptions, abi: ConventionId): Prepared | Refusal {
  const { kind, entry, vectors, receiver, result, stubs, abis } = asked;
  const { signature } = functionFrom(asked.signature, asked.definitions, abi);
  try {
    return prepare(signature, { abi, kind, entry: entry ?? abi, vectors, receiver, result, stubs });
  } catch (error) {
    const isAnswer = abis.all && error instanceof InterfixError && error.code === 'ERR_UNSUPPORTED';
    if (isAnswer && conventions.includes(abi) && kinds.includes(kind)) return { signature, abi, error };
    throw error;
  }
}

const refusalText = ({ signature, abi, error }: Refusal): string =>
  `signature   ${printSignature(signature)}\nabi         ${abi}\nrefused     ${error.message}\n`;

const refusalJson = ({ signature, abi, error }: Refusal): Json => ({
  signature: printSignature(signature),
  abi,
  refused: { code: error.code, rule: error.rule ?? null, message: error.message },
});

function hexLine(one: Prepared | Refusal, options: GenerateOptions, labelled: boolean): string {
  const text = isRefusal(one) ? 'refused' : Buffer.from(generate(one, options).bytes).toString('hex');
  return `${labelled ? `${one.abi} ` : ''}${text}\n`;
}
