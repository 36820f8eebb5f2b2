// From the host's id to the user's function, on the JavaScript thread: where an error goes, and what is reported.
//
//   arrival   what throws goes
//   call      up: pending until C returns to the bound call, where it is thrown; or to onError
//   post      to onError, or to the process as an uncaught exception: no call of JavaScript's is waiting for it
//   block     the same
//
// Native code gets zeros in each case.

import { assert, InterfixError } from '../errors.ts';
import { type Endpoint, endpoints } from './callback-endpoints.ts';
import type { CallbackReport } from './callback-options.ts';
import type { Arrival, Host, HostReport } from './host.ts';
import { host } from './select-host.ts';
import { v8Calls } from './v8-calls.ts';

let listening: Host | undefined;

/** The host, which from now on knows whom to call. */
export function listeningHost(): Host {
  if (listening !== undefined) return listening;
  const native = host();
  const v8 = v8Calls();
  native.onInvoke(invoke, v8 === null ? null : (run, leaf) => v8.invoker(run, leaf));
  native.onReport(report);
  listening = native;
  return native;
}

// A constant of this module is looked up when code is optimised, what is imported by every call.
const byId = endpoints;

function missing(): never {
  assert(false, 'a context has an endpoint');
}

const endpointOf = (id: number): Endpoint => byId[id] ?? missing();

function invoke(id: number, base: number, arrival: Arrival): void {
  const endpoint = byId[id] ?? missing();
  if (arrival === 'call' && endpoint.onError === undefined) endpoint.decode(base, endpoint.user);
  else deliver(endpoint, base, arrival);
}

function deliver({ decode, user, onError }: Endpoint, base: number, arrival: Arrival): void {
  try {
    decode(base, user);
  } catch (error) {
    try {
      if (onError === undefined) throw error;
      onError(error);
    } catch (left) {
      if (arrival === 'call') throw left;
      uncaught(left);
    }
    host().failInvocation();
  }
}

/** Not from here: this may run below a bound call that has nothing to do with it. */
function uncaught(error: unknown): void {
  queueMicrotask(() => {
    throw error;
  });
}

function report(id: number, { kind, starved, after }: HostReport): void {
  const endpoint = endpointOf(id);
  const { onReport } = endpoint;
  const message = `${endpoint.describe()}: ${starved ? starvation(after) : reasons[kind](after)}`;
  if (onReport === undefined) {
    process.emitWarning(message, { type: 'InterfixWarning', code: 'INTERFIX_CALLBACK' });
    return;
  }
  try {
    onReport(kind, message);
  } catch (error) {
    uncaught(error);
  }
}

const reasons: Readonly<Record<CallbackReport, (after: number) => string>> = {
  refused: () => "called from a thread that is not its owner's, it gave zero; thread: 'post' or 'block' allows that",
  dropped: () => 'a posted call was dropped: as many as may wait were waiting',
  timeout: (after) => `the calling thread has waited ${after} ms for the result, and goes on with zero`,
  late: () => 'called from another thread after its disposal, it gave zero',
};

const starvation = (after: number): string =>
  `the JavaScript thread did not serve callbacks for ${after} ms: is it inside a synchronous call that waits for this ` +
  'thread? bind that function with { serve: true }, or call it with .async';

/** The end of a callback that C still has the pointer of. */
export function tombstone(): never {
  throw new InterfixError('ERR_DISPOSED', 'C called a callback after its disposal');
}
