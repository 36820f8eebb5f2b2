// Which host this environment uses. Decides once; a worker decides for itself.

import { InterfixError } from '../errors.ts';
import type { Host } from './host.ts';
import { createKoffiHost } from './koffi-host.ts';
import { createNativeHost } from './native-host.ts';

const CREATE = { native: createNativeHost, koffi: createKoffiHost } as const;

const available = (): Host => {
  let first: unknown;
  try {
    return createNativeHost();
  } catch (cause) {
    first = cause;
  }
  try {
    return createKoffiHost();
  } catch (second) {
    const cause = new AggregateError([first, second]);
    throw new InterfixError('ERR_HOST', 'neither the native shim nor koffi can be loaded', { cause });
  }
};

const choose = (wanted: string | undefined): Host => {
  if (wanted === undefined || wanted === '') return available();
  if (wanted === 'native' || wanted === 'koffi') return CREATE[wanted]();
  throw new InterfixError('ERR_OPTION', `INTERFIX_HOST is '${wanted}'; it may be 'native' or 'koffi'`);
};

let chosen: Host | undefined;

/** The host of this environment: the native shim if it is built, else koffi. INTERFIX_HOST forces one. */
export const host = (): Host => {
  if (chosen === undefined) {
    const { INTERFIX_HOST } = process.env;
    chosen = choose(INTERFIX_HOST);
  }
  return chosen;
};
