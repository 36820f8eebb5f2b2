// Which way a bound function goes to its code. All of them do the same, and differ in speed.
//
//   v8-registers  optimised JavaScript calls the code itself, with the arguments in registers; the result comes in one,
//                 or through the call frame where C may call JavaScript meanwhile
//   v8-frame      the same through the call frame, for every signature
//   node-api      V8 calls the code as a Node-API callback, through the call frame
//   koffi         the same by koffi, where the native shim is not built
//   served        C runs on another thread, and JavaScript waits for it

import { conventionOf } from '../abi/conventions.ts';
import type { Signature } from '../ctype/ctype.ts';
import { InterfixError } from '../errors.ts';
import { type RegisterTypes, registerTypes } from '../marshal/register-types.ts';
import type { ResultPlace } from '../plan/prepare.ts';
import type { Callee } from './foreign-calls.ts';
import { imageOf, type PreparedImage } from './images.ts';
import { host } from './select-host.ts';
import { type V8Calls, v8Calls } from './v8-calls.ts';

export type CallPath = 'v8-registers' | 'v8-frame' | 'node-api' | 'koffi' | 'served';

/** A way, and what is needed to go it. */
export type CallRoute =
  | {
      readonly path: 'v8-registers';
      readonly calls: V8Calls;
      /** As what V8 sees the values: no result, if that goes through the frame. */
      readonly types: RegisterTypes;
      readonly adapter: PreparedImage;
    }
  | { readonly path: 'v8-frame'; readonly calls: V8Calls }
  | { readonly path: 'node-api' | 'koffi' };

/** What decides besides the signature; see BindOptions. */
export interface RouteOptions {
  readonly fast: boolean;
  readonly leaf: boolean;
  readonly errno: boolean;
}

/** Throws what `v8Calls` throws. */
export function callRoute(callee: Callee, signature: Signature, { fast, leaf, errno }: RouteOptions): CallRoute {
  const calls = fast ? v8Calls() : null;
  if (calls === null) return { path: host().name === 'koffi' ? 'koffi' : 'node-api' };
  if (!leaf && !calls.reentrant) return { path: 'node-api' };
  const all = errno ? null : registerTypes(signature, conventionOf(callee.abi).dataModel);
  if (all === null) return { path: 'v8-frame', calls };
  // V8 14.6 leaves code that JavaScript has invalidated during a call, but not if the call has a result in a register.
  const result = leaf || all.result === 'void' ? 'returned' : 'frame';
  const types: RegisterTypes = result === 'frame' ? { args: all.args, result: 'void' } : all;
  const adapter = calls.takes(types) ? adapterOf(callee, result) : null;
  if (adapter === null) return { path: 'v8-frame', calls };
  return { path: 'v8-registers', calls, types, adapter };
}

/** The code between V8's call and C's; null where it would need memory, or where V8 does not keep to the convention. */
function adapterOf({ signature, abi, vectors, registry }: Callee, result: ResultPlace): PreparedImage | null {
  try {
    const made = imageOf(signature, 'adapter', { abi, vectors, registry, receiver: true, result });
    return breaksConvention(made) ? null : made;
  } catch (error) {
    if (error instanceof InterfixError && error.code === 'ERR_UNSUPPORTED') return null;
    throw error;
  }
}

/** Apple packs narrow values on the stack (Apple, "Passing arguments"); V8 gives each 8 bytes there, as everywhere. */
const breaksConvention = ({ prepared: { entry, incoming } }: PreparedImage): boolean =>
  entry === 'aapcs64-apple' && incoming !== null && incoming.stackSize > 0;
