// A bound function's own code, and the wrapper in front of it: what its first call makes.
//
//   inner(a, b) ─ checks, writes ─▶ frame ─ reads ─▶ entry: generated code, called by V8 as a Node-API callback
//     ▲                               │                │ call
//     └─────────── result ────────────┴───── stores ◀──┴──▶ the C function
//
// On the other paths of call-path.ts V8 comes to the entry, or to an adapter, in another way.

import { assert } from '../errors.ts';
import { hasFunctionParameter } from '../marshal/call-source.ts';
import type { CallFrame } from '../plan/frame-layout.ts';
import type { SymbolName } from '../plan/step.ts';
import { bufferAddress } from './buffer-address.ts';
import type { CallRoute } from './call-path.ts';
import { disposeAll } from './call-resources.ts';
import { callSource } from './call-sources.ts';
import { compile } from './compile.ts';
import { errnoAddress, lastError } from './errno.ts';
import { executableMemory, finalize, type Trampoline } from './finalize.ts';
import type { Callee } from './foreign-calls.ts';
import { FunctionArguments } from './function-arguments.ts';
import type { PreparedImage } from './images.ts';
import type { Inner } from './outer-function.ts';
import { host } from './select-host.ts';
import { type RegisterFunction, type V8Calls, v8Calls } from './v8-calls.ts';

export interface EnteredCall {
  readonly inner: Inner;
  /** Makes the calls throw that are still taking their arguments; null where nobody's code runs meanwhile. */
  readonly replaceEntry: ((entry: () => never) => void) | null;
  /** What goes with it, the last first. */
  readonly owned: readonly Disposable[];
}

/** What the call does, besides what its callee says. */
export interface EnteredOptions {
  readonly image: PreparedImage;
  readonly route: CallRoute;
  readonly leaf: boolean;
  readonly reuse: boolean;
}

/**
 * Makes everything that a call needs. Throws `ERR_MEMORY`, and `ERR_HOST` for what the host cannot do; nothing is left
 * behind then.
 */
export function enteredCall(callee: Callee, options: EnteredOptions): EnteredCall {
  const owned: Disposable[] = [];
  try {
    const [inner, replaceEntry] = made(callee, options, owned);
    return { inner, replaceEntry, owned };
  } catch (error) {
    disposeAll(owned);
    throw error;
  }
}

type Compiled = readonly [EnteredCall['inner'], EnteredCall['replaceEntry']];

function made(callee: Callee, { image, route, leaf, reuse }: EnteredOptions, owned: Disposable[]): Compiled {
  const { signature, frame: layout } = image.prepared;
  assert(layout !== null, 'an entry has a frame');
  const { abi, vectors, registry, int64, target } = callee;
  const frame = new ArrayBuffer(layout.size);
  const code = placed(image, target, frame, owned);
  const callsBack = hasFunctionParameter(signature);
  const entry = entryOf(route, { code, target, frame, layout, leaf, callsBack }, owned);
  const isFast = 'calls' in route;
  const types = 'types' in route ? route.types : null;
  const source = callSource(image, layout, { types, isFast, int64, leaf, reuse });
  const free = {
    call: entry,
    ...(layout.errno !== null && { lastError: lastError() }),
    ...((leaf || isFast) && { state: host().state, rethrow }),
    ...(callsBack && {
      functions: new FunctionArguments(signature, { abi, vectors, registry, int64 }),
    }),
  };
  return compile(source, frame, free) as Compiled;
}

const rethrow = (): void => host().rethrow();

interface Parts {
  readonly code: Trampoline;
  readonly target: bigint;
  readonly frame: ArrayBuffer;
  readonly layout: CallFrame;
  readonly leaf: boolean;
  readonly callsBack: boolean;
}

/** The JavaScript function that runs the code. Callbacks go through Node-API where V8's own call is not to be had. */
function entryOf(route: CallRoute, parts: Parts, owned: Disposable[]): RegisterFunction {
  const { code, target, frame, layout, leaf, callsBack } = parts;
  if (!('calls' in route)) return host().entry(code.address, callsBack && !leaf && v8Calls() === null);
  const { calls } = route;
  if (route.path === 'v8-frame') return released(calls.entry(code.address), calls, frame, owned);
  // A C function that may call JavaScript has an address of its own there: the same one may be bound as a leaf as well.
  const adapter = leaf && isJump(route.adapter) ? target : placed(route.adapter, target, frame, owned).address;
  const addresses = { adapter, entry: code.address, frame: BigInt(bufferAddress(frame)) };
  return released(calls.registers({ ...addresses, layout, types: route.types, leaf }), calls, frame, owned);
}

/** Whether the values are in their places already: then V8 may call the C function itself. */
export function isJump({ prepared: { plan } }: PreparedImage): boolean {
  const [step] = plan.steps;
  return plan.steps.length === 1 && step?.op === 'call' && step.tail;
}

/** The function goes back before its code goes. V8's slow way needs the frame, which no wrapper may mention. */
function released(fn: RegisterFunction, calls: V8Calls, frame: ArrayBuffer, owned: Disposable[]): RegisterFunction {
  const release = (): void => {
    calls.release(fn);
    void frame;
  };
  owned.push({ [Symbol.dispose]: release });
  return fn;
}

function placed({ image }: PreparedImage, target: bigint, frame: ArrayBuffer, owned: Disposable[]): Trampoline {
  const symbols: Record<string, bigint> = {};
  for (const { name } of image.symbols) symbols[name] = symbolAddress(name, target, frame);
  const trampoline = finalize(image, executableMemory(), symbols);
  owned.push(trampoline);
  return trampoline;
}

function symbolAddress(name: SymbolName, target: bigint, frame: ArrayBuffer): bigint {
  if (name === 'errno') return errnoAddress();
  return name === 'frame' ? BigInt(bufferAddress(frame)) : target;
}
